"""Administrative divisions (行政区划, GB/T 2260): names by code, codes by name, children for cascading pickers.

Codes: province ``340000``, prefecture ``340800``, county ``340882``, township/street ``340882100`` (9 digits).
Retired county codes are known too: they still stand at the head of many ID numbers.
"""

from functools import cache

import resources


def _table(name: str) -> dict[str, str]:
    lines = resources.read_text(f"regions/{name}").splitlines()
    return dict(line.split("\t") for line in lines)


@cache
def _current() -> dict[str, str]:
    return _table("regions.tsv")


@cache
def _retired() -> dict[str, str]:
    return _table("retired.tsv")


@cache
def _children() -> dict[str, list[str]]:
    children: dict[str, list[str]] = {}
    for code in _current():
        children.setdefault(parent_of(code), []).append(code)
    return children


@cache
def _codes_by_name() -> dict[str, list[str]]:
    codes: dict[str, list[str]] = {}
    for code, name in _current().items():
        if len(code) == 6:
            codes.setdefault(name, []).append(code)
    for code, name in _retired().items():
        if name not in codes:
            codes.setdefault(name, []).append(code)
    return codes


def parent_of(code: str) -> str:
    """Code one level up; the empty string above a province."""
    if len(code) == 9:
        return code[:6]
    if code.endswith("0000"):
        return ""
    if code.endswith("00"):
        return code[:2] + "0000"
    prefecture = code[:4] + "00"
    return prefecture if prefecture in _current() else code[:2] + "0000"


def is_known(code: str) -> bool:
    """Whether *code* is in force today or was in force once (county level and above)."""
    return code in _current() or code in _retired()


def is_current(code: str) -> bool:
    """Whether *code* is in force today."""
    return code in _current()


def name_of(code: str) -> str:
    """Short name of *code*, e.g. 潜山市; the code itself when unknown."""
    return _current().get(code) or _retired().get(code) or code


def full_name(code: str) -> str:
    """Names from prefecture down, e.g. ``安庆市 / 潜山市``; 市辖区 and 县 as mere groupings are left out."""
    names: list[str] = []
    while code and not code.endswith("0000"):
        name = name_of(code)
        if name not in {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}:
            names.insert(0, name)
        code = parent_of(code)
    return " / ".join(names) if names else name_of(code)


def children_of(code: str) -> list[tuple[str, str]]:
    """(code, name) one level below *code*, in the order of the codes; provinces below the empty string."""
    return [(child, _current()[child]) for child in _children().get(code, [])]


def find_codes(name: str) -> list[str]:
    """Codes (6 digits) whose name is *name*, also as the tail of a longer writing such as 安徽省潜山市."""
    exact = _codes_by_name().get(name)
    if exact:
        return exact
    tails = {len(known): codes for known, codes in _codes_by_name().items() if len(known) > 1 and name.endswith(known)}
    return tails[max(tails)] if tails else []


def counties() -> list[tuple[str, str]]:
    """(code, name) of every county-level division in force, for pickers that filter as one types."""
    return [(code, name) for code, name in _current().items() if len(code) == 6 and not code.endswith("00")]
