"""Money for households: what may be granted, from which source, and how a list of payments goes its way."""
