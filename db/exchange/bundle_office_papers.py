"""Photos that travel beside an entry of a register: a list of students as it hangs.

They go up with every bundle, as the entries do, so a lost stick loses nothing; those of lists long past stay behind
unless everything is sent. Each belongs to its entry, and that to its office: nobody else can add one.
"""

import json
from collections.abc import Container, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, text

from db.domain.records.record_form import RecordKind
from db.exchange.bundle_format import MalformedError, objects_of
from db.exchange.bundle_papers import PaperIntake
from db.exchange.bundle_records import IncomingAttachment, attachment_of
from db.store import record_store
from db.store.aid_store import PAPER

Row = dict[str, Any]

PAPERS = "papers"
MOST_PAPERS = 100
_OWNERS = {RecordKind.STUDENT_NOTICE.value: "student_notice"}
"""Kinds of entries whose papers travel, and the owner their papers are kept under."""
_YEARS = 1
"""Years back whose lists still take their photos along."""
_SENT = ("id", "name", "note", "media_type", "size", "sha256", "stored_size", "stored_sha256", "secret", "added_at", "added_by",
         "removed_at")  # fmt: skip
_PLAIN = {"document_type": "other", "original_size": ""}
"""What a paper of an archive says besides."""

# -- writing ------------------------------------------------------------------------------------------------------

_OUT = text(
    "SELECT * FROM office_paper WHERE owner_kind IN (SELECT value FROM json_each(:kinds))"
    " AND owner_id IN (SELECT value FROM json_each(:ids)) ORDER BY added_at, rowid"
)


def papers_out(connection: Connection, entries: Iterable[Row], this_year: int) -> dict[str, list[Row]]:
    """By entry: the papers that go along, those taken out too; *this_year* 0: of every year."""
    ids = [
        row["record_id"]
        for row in entries
        if row["kind"] in _OWNERS
        and not row["is_removed"]
        and int(row["content"]["values"].get("year") or 0) >= this_year - _YEARS
    ]
    params = {"kinds": json.dumps(sorted(_OWNERS.values())), "ids": json.dumps(ids)}
    found: dict[str, list[Row]] = {}
    for row in connection.execute(_OUT, params).mappings() if ids else ():
        found.setdefault(row["owner_id"], []).append(dict(row))
    return found


def as_sent(papers: Sequence[Row]) -> list[Row]:
    """Papers as their entry names them in a bundle."""
    return [{**{key: row[key] for key in _SENT}, **_PLAIN} for row in papers]


# -- reading ------------------------------------------------------------------------------------------------------

_HELD = text("SELECT id FROM office_paper WHERE id IN (SELECT value FROM json_each(:ids))")
_TAKE_OUT = text("UPDATE office_paper SET removed_at = :at WHERE id = :id AND owner_id = :owner AND removed_at IS NULL")


@dataclass(slots=True)
class OfficePaperIntake:
    """Gathers the papers of the entries of one bundle; the files follow."""

    _found: list[tuple[Row, list[IncomingAttachment], bool]] = field(default_factory=list)
    """Entry, its papers, and whether the program knows what the entry says."""

    def note(self, entry: Row, body: Row, *, known: bool) -> None:
        """The papers beside an entry; none may come twice."""
        papers = objects_of(body, PAPERS, attachment_of) if body.get(PAPERS) is not None else []
        if len(papers) > MOST_PAPERS or (papers and entry["kind"] not in _OWNERS):
            raise MalformedError("台账的附件不对")
        ids = [paper.id for _, others, _ in self._found for paper in others] + [paper.id for paper in papers]
        if len(set(ids)) != len(ids):
            raise MalformedError("附件重复")
        if papers:
            self._found.append((entry, papers, known))

    def settle(self, connection: Connection, files: PaperIntake, *, keep: bool) -> None:
        """Expect the files of those that are new; with *keep* their rows are stored. Called once the entries are stored."""
        ids = [paper.id for _, papers, _ in self._found for paper in papers]
        held = {row[0] for row in connection.execute(_HELD, {"ids": json.dumps(ids)})} if ids else set()
        homes = {
            row["record_id"]: (row["office_id"], row["kind"])
            for row in record_store.office_records_held(connection, [entry["record_id"] for entry, _, _ in self._found])
        }
        for entry, papers, known in self._found:
            told = (entry["office_id"], entry["kind"])
            is_its_own = known and homes.get(entry["record_id"], told) == told
            for paper in papers:
                self._take(connection, files, entry, paper, held, keep=keep, may_add=is_its_own)

    def _take(
        self,
        connection: Connection,
        files: PaperIntake,
        entry: Row,
        paper: IncomingAttachment,
        held: Container[str],
        *,
        keep: bool,
        may_add: bool,
    ) -> None:
        is_new = may_add and paper.id not in held and paper.removed_at is None
        stored_name = files.expect(paper, is_new=is_new)
        if is_new:
            files.stored += 1
        if is_new and keep:
            told = {key: value for key, value in asdict(paper).items() if key in _SENT}
            owner = {"owner_kind": _OWNERS[entry["kind"]], "owner_id": entry["record_id"]}
            connection.execute(insert(PAPER), {**told, **owner, "stored_name": stored_name})
        elif keep and may_add and paper.removed_at is not None:
            connection.execute(_TAKE_OUT, {"at": paper.removed_at, "id": paper.id, "owner": entry["record_id"]})
