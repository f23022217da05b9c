"""The ledger of complaints and real-name clues."""
