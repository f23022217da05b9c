"""The ledgers on the screen: parameters, search."""
