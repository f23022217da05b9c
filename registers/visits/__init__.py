"""Visits on a phone: packets taken along, what comes back from them, the phones that may hold them."""
