"""Paying out: runs, doubts, files of banks, accounts, funds, recoveries."""
