"""The file that goes to a bank and the one that comes back."""
