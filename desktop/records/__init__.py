"""The dialog in which a record beside an archive, or an entry of a register, is filled in."""
