"""The timeline of a household, and the evidence file made of it."""
