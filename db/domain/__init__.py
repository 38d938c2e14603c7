"""Pure rules of the field: the form, its kinds, checks and derivations. No clock, no database, no screen."""
