"""Back-entries of the township: who may enter and confirm them, what bars them, the leaders' list."""
