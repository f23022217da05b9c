"""In whose hands items are, when those hands have left."""
