"""The pulse of the installation: which processes live, what is due, what failed."""
