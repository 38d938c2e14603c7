"""Bundles in volumes (分卷): one payload in several files, so that none is larger than FAT32 allows.

Each file is a bundle file of its own with a part of the payload and a cover that says which part. What belongs together
is told by the hash of the whole payload in every cover, never by names: files may be renamed, copied twice or mixed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from db.errors import NuandangError, UserError
from db.exchange.bundle_format import SUFFIX, Cover
from db.exchange.bundle_outer import OuterFile, read_outer

_NAME = re.compile(r"^(?P<stem>.*)-第(?P<number>\d{1,3})卷共(?P<total>\d{1,3})卷(?P<rest>.*)$")
_MOST_SEARCHED = 500
"""Files of a folder that are opened in search of volumes with other names."""


def volume_name(name: str, number: int, total: int) -> str:
    """``梅城镇总工会-第13包-20261121-第2卷共3卷.nuandang`` of the bundle's plain name."""
    return f"{name.removesuffix(SUFFIX)}-第{number}卷共{total}卷{SUFFIX}"


def gather(chosen: OuterFile) -> list[OuterFile]:
    """All volumes of the bundle of which *chosen* is one, in order; UserError names the one that is missing or spoilt."""
    assert chosen.cover.volume
    total = chosen.cover.volume.total
    found = {chosen.number: chosen}
    for candidate in _candidates(chosen):
        if len(found) == total:
            break
        other = _sound(candidate)
        if other and belongs_to(other.cover, chosen.cover):
            found.setdefault(other.number, other)
    missing = next((number for number in range(1, total + 1) if number not in found), None)
    if missing is not None:
        raise _missing(chosen, missing, len(found))
    files = [found[number] for number in range(1, total + 1)]
    if sum(file.cover.content_bytes for file in files) != chosen.cover.payload_bytes:
        raise UserError("bundle_damaged", name=chosen.path.name, reason="各卷合起来的大小不对")
    return files


def belongs_to(other: Cover, cover: Cover) -> bool:
    """Whether both covers are of volumes of the same bundle."""
    if other.volume is None or cover.volume is None or other.volume.total != cover.volume.total:
        return False
    return replace(other, volume=None) == replace(cover, volume=None)


def one_of_each(paths: Iterable[Path]) -> list[Path]:
    """*paths*, but of the volumes of one bundle only the first that can be read."""
    kept: dict[object, Path] = {}
    for path in paths:
        outer = _sound(path)
        split = outer is not None and outer.cover.volume is not None
        kept.setdefault((path.parent, outer.cover.payload_sha256) if outer and split else path, path)
    return list(kept.values())


def _sound(path: Path) -> OuterFile | None:
    try:
        return read_outer(path)
    except NuandangError:
        return None


def _candidates(chosen: OuterFile) -> Iterator[Path]:
    """Files beside the chosen one: first those that bear the names of its volumes, then every other bundle."""
    expected = [path for path in _expected(chosen) if path.is_file()]
    yield from expected
    known = {chosen.path, *expected}
    try:
        beside = sorted(path for path in chosen.path.parent.iterdir() if path.suffix.lower() == SUFFIX)
    except OSError:
        return  # the stick is gone, which reading the chosen file will tell
    yield from [path for path in beside if path not in known][:_MOST_SEARCHED]


def _expected(chosen: OuterFile) -> list[Path]:
    match = _NAME.match(chosen.path.name)
    assert chosen.cover.volume
    total = chosen.cover.volume.total
    if match is None:
        return []
    names = (f"{match['stem']}-第{number}卷共{total}卷{match['rest']}" for number in range(1, total + 1))
    return [chosen.path.with_name(name) for name in names if name != chosen.path.name]


def _missing(chosen: OuterFile, number: int, present: int) -> UserError:
    """Why volume *number* is not there: spoilt, of another bundle under its name, or not in this folder."""
    assert chosen.cover.volume
    total = chosen.cover.volume.total
    for path in _expected(chosen):
        match = _NAME.match(path.name)
        if match and int(match["number"]) == number and path.is_file():
            there = _sound(path)
            if there is None:
                return UserError("bundle_volume_damaged", name=path.name, number=number, total=total)
            if not belongs_to(there.cover, chosen.cover):
                return UserError("bundle_volume_foreign", name=path.name, number=number, total=total)
    return UserError("bundle_volume_missing", number=number, total=total, present=present)
