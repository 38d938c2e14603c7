"""How the history of an incoming archive lies to the one that is here: goes on from it, lies behind it, or is another.

Only a continuation may take the place of what is here. Two laptops of one office, or a backup restored after more had
been sent, make histories that part; whichever of the two were simply taken, the edits of the other would be lost.
"""

import json
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import Connection, text

from db.domain.archive_content import ArchiveContent
from db.domain.change_diff import changes_between
from db.exchange.bundle_records import IncomingArchive

Row = dict[str, Any]

_MARKS = ("made_at", "device_id", "device_counter")
_VERSIONS = text(
    "SELECT r.archive_id, r.revision, r.made_at, r.device_id, r.device_counter, r.snapshot FROM json_each(:wanted) AS wanted"
    " JOIN archive_revision r ON r.archive_id = wanted.key AND r.revision = wanted.value"
)


class Branch(Enum):
    """How the sender's history lies to ours."""

    CONTINUES = auto()
    BEHIND = auto()
    APART = auto()


@dataclass(frozen=True, slots=True)
class HeldVersion:
    """A revision as our history has it."""

    revision: int
    mark: tuple[Any, ...]
    snapshot: Row

    def is_row(self, row: Row) -> bool:
        """Whether *row* of the sender's history is this very revision: by content, under this number or by its mark."""
        if row["revision"] != self.revision and tuple(row[key] for key in _MARKS) != self.mark:
            return False
        return row["snapshot"] == self.snapshot or not changes_between(
            ArchiveContent.from_json(self.snapshot), ArchiveContent.from_json(row["snapshot"])
        )


def held_versions(connection: Connection, wanted: dict[str, int]) -> dict[str, HeldVersion]:
    """The wanted revision of each archive (id → number), as far as our history has it."""
    if not wanted:
        return {}
    found = connection.execute(_VERSIONS, {"wanted": json.dumps(wanted)}).mappings()
    return {
        row["archive_id"]: HeldVersion(row["revision"], tuple(row[key] for key in _MARKS), json.loads(row["snapshot"]))
        for row in found
    }


def branch_of(incoming: IncomingArchive, held_revision: int, common: HeldVersion | None) -> Branch:
    """How *incoming* lies to the archive held in *held_revision*; *common*: our version of the lower of the two numbers."""
    if incoming.revision < held_revision:
        return Branch.BEHIND if common is not None and common.is_row(incoming.revisions[-1]) else Branch.APART
    known = [row for row in incoming.revisions if row["revision"] <= held_revision]
    if not known:  # only what is newer came: the sender knows that we have the rest
        return Branch.CONTINUES
    goes_on = common is not None and any(common.is_row(row) for row in reversed(incoming.revisions))
    return Branch.CONTINUES if goes_on else Branch.APART
