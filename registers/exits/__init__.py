"""Leaving and changing: the register's side of the exit flow."""
