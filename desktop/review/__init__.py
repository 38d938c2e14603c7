"""Review: the work list, the case in hand, what was said of an archive."""
