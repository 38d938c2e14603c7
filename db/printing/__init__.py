"""PDF pages: the archive form, cover sheets, recovery codes."""
