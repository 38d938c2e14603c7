"""What comes before the work: first start, choice of office, sign-in and lock."""
