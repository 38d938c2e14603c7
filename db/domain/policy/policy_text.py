"""The text of a policy as a thing to keep: how long it may be, and the fingerprint by which it is found again."""

import hashlib

LARGEST_TEXT = 1_000_000
"""Longest policy file read, in characters."""


def fingerprint(text: str) -> str:
    """SHA-256 of a policy text, hex."""
    return hashlib.sha256(text.encode()).hexdigest()
