"""Parts of the room 报表."""
