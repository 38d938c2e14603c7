"""办理: where a case stands, the next act, and what has been done."""
