"""Appeals against decisions and against their absence, and the time in which they may be made."""
