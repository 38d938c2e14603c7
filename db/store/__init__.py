"""The encrypted office file: opening, migrating, queries."""
