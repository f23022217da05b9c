"""Having an earlier form corrected without going back (补正): no token moves, the corrected form comes straight back to
whoever asked."""
