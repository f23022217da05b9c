"""Civil evaluation meetings (民主评议)."""
