"""Where money goes: accounts that two people confirmed, and cards in the hands of staff."""
