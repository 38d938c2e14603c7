"""Choosing per field between two versions of one archive."""
