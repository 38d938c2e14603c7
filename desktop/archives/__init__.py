"""Parts of the archive list and the archive page."""
