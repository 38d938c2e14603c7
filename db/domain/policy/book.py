"""The policy book: packs and dated standards, looked up for a place and a day. Nothing is inherited or guessed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

import resources
from db.domain.policy.facts import Record, yuan
from db.domain.policy.pack import Pack, StandardTable
from db.domain.policy.policy_text import fingerprint
from db.domain.policy.reading import read_pack, read_standards

PACKAGED = "packaged"
MOST_REMEMBERED = 1000
TOPICS = {
    "subsistence": "低保标准",
    "minimum_wage": "最低工资标准",
    "public_rental": "公租房租赁费标准",
    "heating": "取暖费标准",
}
"""Names of the standards that packs speak of, for offices whose tables do not hold them yet."""


@dataclass(frozen=True)
class LoadedPack:
    """A pack with the very text it was read from, so that an assessment can be proved years later."""

    pack: Pack
    text: str
    file: str
    origin: str = PACKAGED
    """``packaged``, ``edited`` here or ``delivered`` by another office."""

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the text."""
        return fingerprint(self.text)


def load_pack(text: str, file: str, origin: str = PACKAGED) -> LoadedPack:
    """Read a pack together with its text."""
    return LoadedPack(read_pack(text, file), text, file, origin)


@dataclass(frozen=True, slots=True)
class StandardHit:
    """A standard found: 元 in the unit of its table, since when, by which document."""

    amount: Fraction
    begins: str
    citation: str
    source: str = ""
    clause: str = ""


def version_key(version: str) -> tuple[int, ...]:
    """``"1.10"`` after ``"1.9"``."""
    return tuple(int(part) for part in version.split("."))


@dataclass(frozen=True)
class PolicyBook:
    """Every pack and every standard known to an office. *extra* standards stand before the packaged ones."""

    packs: tuple[LoadedPack, ...]
    standards: tuple[StandardTable, ...] = field(default=())

    @cached_property
    def _memory(self) -> dict[object, dict[object, Any]]:
        return {}

    def remembered(self, place_and_day: object) -> dict[object, Any]:
        """Room for what follows from this book at a place on a day, so that many households need not look it up."""
        if len(self._memory) > MOST_REMEMBERED:
            self._memory.clear()
        return self._memory.setdefault(place_and_day, {})

    def versions(self, pack_id: str) -> list[LoadedPack]:
        """All versions of a pack, the newest first."""
        found = [loaded for loaded in self.packs if loaded.pack.id == pack_id]
        return sorted(found, key=lambda item: (item.pack.begins, version_key(item.pack.version)), reverse=True)

    def pack(self, pack_id: str, on: str | None = None) -> LoadedPack | None:
        """The version of *pack_id* in force on a day (ISO); without a day the newest."""
        for loaded in self.versions(pack_id):
            if on is None or in_force(loaded.pack, on):
                return loaded
        return None

    def pack_for(self, region: str, on: str) -> LoadedPack | None:
        """The one pack in force for *region* on a day, the nearest region first; None where none or several fit."""
        ids = {loaded.pack.id for loaded in self.packs}
        current = [loaded for pack_id in ids if (loaded := self.pack(pack_id, on)) is not None]
        best: dict[int, list[LoadedPack]] = {}
        for loaded in current:
            depth = max((_depth(code, region) for code in loaded.pack.regions), default=0)
            best.setdefault(depth, []).append(loaded)
        deepest = max(best, default=0)
        return best[deepest][0] if deepest and len(best[deepest]) == 1 else None

    def standard(
        self, topic: str, region: str, area: str, on: str, local: Sequence[Record] = ()
    ) -> StandardHit | None:
        """The standard *topic* of exactly this region on a day; figures that came with the facts go first."""
        own = [row for row in local if row.get("topic") == topic and row.get("region") == region]
        for row in sorted(own, key=lambda item: str(item.get("begins")), reverse=True):
            if str(row.get("begins") or "") <= on and row.get("area") in {None, area}:
                amount = row.get("amount")
                return StandardHit(yuan(amount if isinstance(amount, int) else 0), str(row["begins"]), "随家庭情况提供")
        found = [
            (value.begins, table, value)
            for table in self.standards
            if table.topic == topic
            for value in table.value
            if region in value.regions
            and value.area in {"any", area}
            and value.begins <= on
            and (value.ends is None or on <= value.ends)
        ]
        if not found:
            return None
        begins, table, value = max(found, key=lambda item: item[0])
        assert value.amount is not None
        return StandardHit(value.amount, begins, _cited(table, value.source, value.clause), value.source, value.clause)

    def standard_label(self, topic: str) -> str:
        """The name of a standard, ``低保标准``."""
        return next((table.label for table in self.standards if table.topic == topic), TOPICS.get(topic, topic))

    def next_standard(self, topic: str, region: str, after: str) -> str | None:
        """The next day after *after* on which a standard of this region changes, as far as is known."""
        days = [
            value.begins
            for table in self.standards
            if table.topic == topic
            for value in table.value
            if region in value.regions and value.begins > after
        ]
        return min(days, default=None)

    def with_packs(self, packs: Iterable[LoadedPack], standards: Iterable[StandardTable] = ()) -> "PolicyBook":
        """A book that holds these too."""
        return PolicyBook((*self.packs, *packs), (*standards, *self.standards))


def _cited(table: StandardTable, source: str, clause: str) -> str:
    title = next((item.title for item in table.source if item.id == source), "")
    return f"《{title}》{clause}" if title else clause


def in_force(pack: Pack, on: str) -> bool:
    """Whether a pack is in force on a day (ISO)."""
    return pack.begins <= on and (pack.ends is None or on <= pack.ends)


def _depth(code: str, region: str) -> int:
    """How exactly *code* covers *region*: 0 not at all, else the length of the shared part."""
    stem = code.rstrip("0") if len(code) == 6 else code
    stem = stem + "0" * (-len(stem) % 2) if len(code) == 6 else stem
    return len(stem) if region.startswith(stem) else 0


@cache
def packaged_book() -> PolicyBook:
    """The packs and standards that come with the program."""
    packs, tables = [], []
    for file in [name for folder in resources.folders("policy") for name in resources.names(folder, ".toml")]:
        text = resources.read_text(file)
        if file.startswith("policy/standards/"):
            tables.append(read_standards(text, file))
        else:
            packs.append(load_pack(text, file))
    return PolicyBook(tuple(packs), tuple(tables))
