"""Every date opens to why it is that date."""
