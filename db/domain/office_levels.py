"""The levels of the union, from the lowest up."""

OFFICE_LEVELS = ("grassroots", "township", "county", "city", "province")
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


def levels_above(level: str) -> tuple[str, ...]:
    """The levels above *level*, the lowest first."""
    return OFFICE_LEVELS[OFFICE_LEVELS.index(level) + 1 :]


def levels_upto(level: str) -> tuple[str, ...]:
    """*level* and those below it."""
    return OFFICE_LEVELS[: OFFICE_LEVELS.index(level) + 1]


def is_above(level: str, other: str) -> bool:
    """Whether an office of *level* stands above one of *other*."""
    return OFFICE_LEVELS.index(level) > OFFICE_LEVELS.index(other)
