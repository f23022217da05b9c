"""The separate account (专账) of each fund, and what of it is carried over."""
