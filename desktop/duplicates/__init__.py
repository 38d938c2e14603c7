"""Parts of the page 查重: the list of pairs, and one pair side by side."""
