"""Who changes the dated parameters, who hears of it, and which cases it touches."""
