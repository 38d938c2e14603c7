"""How deep the region of an office of each level goes."""

# levels of the region offered, and how many of them must be chosen: a firm need not lie in one township
REGION_DEPTH = {"grassroots": (4, 3), "township": (4, 4), "county": (3, 3), "city": (2, 2), "province": (1, 1)}
