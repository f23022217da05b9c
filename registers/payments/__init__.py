"""Paying out month by month (按月发放): the roster, the bank, the fund's ledger, and money that must come back."""
