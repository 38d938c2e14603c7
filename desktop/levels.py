"""Levels of the union as the clerk reads them, and how deep the region of each level goes."""

LEVEL_LABELS = {
    "grassroots": "基层",
    "township": "乡镇街道",
    "county": "县区",
    "city": "市",
    "province": "省",
}
LEVEL_BADGES = {
    "grassroots": "基层",
    "township": "乡镇级",
    "county": "县级",
    "city": "市级",
    "province": "省级",
}
# levels of the region offered, and how many of them must be chosen: a firm need not lie in one township
REGION_DEPTH = {"grassroots": (4, 3), "township": (4, 4), "county": (3, 3), "city": (2, 2), "province": (1, 1)}
