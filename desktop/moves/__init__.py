"""Merging two archives of one family, and handing one over to another office."""
