"""认定: the result with its reasons, what-if, decision, and the work list."""
