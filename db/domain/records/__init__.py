"""Records kept beside an archive or in an office's own registers, each kind declared once."""
