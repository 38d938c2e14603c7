"""How long the program waits for a sign of life before it locks."""

LOCK_MINUTES = "lock_minutes"
LOCK_CHOICES = (3, 5, 10, 20, 30)
DEFAULT_LOCK_MINUTES = 10
