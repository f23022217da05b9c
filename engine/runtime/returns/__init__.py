"""Going back: to an earlier step, to one's own last act, to a case that is over. The law's clocks run on through it."""
