"""Draws and spot checks: the register for those who check, the result for everybody."""
