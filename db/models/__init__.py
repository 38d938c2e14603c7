"""SQLModel tables of an office."""
