"""What travels between the machines of one office: a head that lists the archives, texts of policies, then the archives.

Both ends are the same office with the same people, so an archive of its own may come back changed here; everything else
is judged as strictly as in any bundle.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from db.domain.change_diff import Change
from db.exchange.bundle_beside import HeldBeside
from db.exchange.bundle_compare import Judge, Verdict
from db.exchange.bundle_format import (
    LONGEST_TEXT,
    MOST_RECORDS,
    MalformedError,
    Outcome,
    id_of,
    moment_of,
    number_of,
    object_of,
    parse_json,
    sha256_of,
    text_of,
)
from db.exchange.bundle_history import HeldVersion
from db.exchange.bundle_records import IncomingArchive
from db.store.archive_store import StoredArchive

Row = dict[str, Any]

WRITE, READ = "write", "read"
_LARGEST_TEXT = 4 << 20


@dataclass(slots=True)
class VisitItemLine:
    """An archive that is out: whether it may be edited there, and the revision that went out."""

    archive_id: str
    access: str
    base_revision: int
    out_at: str

    @classmethod
    def from_json(cls, body: Any) -> "VisitItemLine":
        """Read one item."""
        if not isinstance(body, dict) or text_of(body, "access", 10) not in {WRITE, READ}:
            raise MalformedError("外出清单不对")
        return cls(id_of(body, "archive_id"), body["access"], number_of(body, "base_revision"), moment_of(body, "out_at"))


@dataclass(slots=True)
class VisitHead:
    """The first line: whose office, which laptop, what is out, by which policy the office works."""

    office_id: str
    laptop_id: str
    items: list[VisitItemLine] = field(default_factory=list)
    chosen_policy: str = ""

    def to_line(self) -> bytes:
        """The line."""
        items = [{key: getattr(item, key) for key in VisitItemLine.__dataclass_fields__} for item in self.items]
        body = {"office_id": self.office_id, "laptop_id": self.laptop_id, "items": items}
        return _line({"visit": {**body, "chosen_policy": self.chosen_policy}})

    @classmethod
    def from_json(cls, body: Row) -> "VisitHead":
        """Read the head."""
        items = body.get("items")
        if not isinstance(items, list) or len(items) > MOST_RECORDS:
            raise MalformedError("外出清单不对")
        head = cls(
            id_of(body, "office_id"),
            id_of(body, "laptop_id"),
            [VisitItemLine.from_json(item) for item in items],
            text_of(body, "chosen_policy", 80),
        )
        if len({item.archive_id for item in head.items}) != len(head.items):
            raise MalformedError("外出清单重复")
        return head


def _line(body: Row) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


_POLICY_KEYS = ("sha256", "pack_id", "kind", "version", "begins", "ends", "text", "origin", "source_office_id", "note")


def policy_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """The office's own texts of policies and standards, as they stand in its book."""
    for row in rows:
        yield _line({"policy": {key: row[key] for key in _POLICY_KEYS}})


def _policy(body: Row) -> Row:
    if text_of(body, "kind", 20) not in {"pack", "standards"} or text_of(body, "origin", 20) not in {"edited", "delivered"}:
        raise MalformedError("政策文本的种类不对")
    return {
        "sha256": sha256_of(body, "sha256"),
        **{key: text_of(body, key, 80) for key in ("pack_id", "kind", "version", "begins", "origin")},
        "ends": text_of(body, "ends", 10) if body.get("ends") is not None else None,
        "text": text_of(body, "text", _LARGEST_TEXT),
        "source_office_id": text_of(body, "source_office_id", 80),
        "note": text_of(body, "note", LONGEST_TEXT),
    }


def read_beginning(line: bytes) -> VisitHead | Row | None:
    """The head or a policy text, if the line is one; None for the line of an archive."""
    if line.startswith(b'{"visit":'):
        return VisitHead.from_json(object_of(parse_json(line, "外出清单"), "visit"))
    if line.startswith(b'{"policy":'):
        return _policy(object_of(parse_json(line, "政策文本"), "policy"))
    return None


# -- judging ------------------------------------------------------------------------------------------------------

Told = tuple[Outcome, list[Change], str]
"""What becomes of an archive that is here: outcome, changes, and what to say of it."""


class VisitJudge(Judge):
    """Judges what comes from another machine of this office; the branches of what is here are laid side by side."""

    def __init__(
        self,
        *arguments: Any,
        may_come: Callable[[IncomingArchive, StoredArchive | None], str],
        side_by_side: Callable[[IncomingArchive, StoredArchive], Told],
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self._may_come, self._side_by_side = may_come, side_by_side

    def _ownership_fault(
        self, incoming: IncomingArchive, stored: StoredArchive | None, delivered_by: str | None
    ) -> str:
        """Whether the archive may come from that machine; empty when it may."""
        if stored and stored.office_id != incoming.office_id:
            return "所属单位与这里的不同"
        return self._may_come(incoming, stored)

    def _compare(
        self, incoming: IncomingArchive, stored: StoredArchive, verdict: Verdict, common: HeldVersion | None
    ) -> None:
        verdict.outcome, verdict.changes, verdict.reason = self._side_by_side(incoming, stored)

    def _beside_fault(self, incoming: IncomingArchive, held: HeldBeside) -> str:
        """The other machine of this office has from others what they said to this office."""
        return ""
