"""Complaints (信访), reviews of their answers, reports against staff (检举控告), and the ledger of real-name clues."""
