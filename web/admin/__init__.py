"""Administration: incidents, accounts, relatives of staff, releases."""
