"""Money that was paid too much and must come back (追缴)."""
