"""Parts of the room 助学就业."""
