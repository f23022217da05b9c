"""Help: how a step is done, and the manual for clerks."""
