"""The hall: what anybody may read."""
