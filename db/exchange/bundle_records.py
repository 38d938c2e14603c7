"""The records of a bundle, one JSON line each: an archive with all that belongs to it, or one line of a receipt.

Writing joins the JSON texts as they stand in the database, so a history of any length is neither parsed nor held.
Reading trusts nothing: see :mod:`bundle_format`.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from pyrage import IdentityError, x25519
from sqlalchemy import Connection

from db.domain.archive_content import ArchiveContent
from db.domain.change_diff import ATTACHMENT, Change
from db.domain.form_schema import Value
from db.domain.option_lists import option_list
from db.exchange.bundle_beside import BesideRows, beside_of, read_beside
from db.exchange.bundle_casework import CaseworkWriter, IncomingCasework, read_casework
from db.exchange.bundle_format import (
    LARGEST_ATTACHMENT,
    LARGEST_NUMBER,
    LARGEST_RECORD,
    LONGEST_TEXT,
    MOST_PER_ARCHIVE,
    MalformedError,
    Outcome,
    id_of,
    moment_of,
    number_of,
    object_of,
    objects_of,
    parse_json,
    sha256_of,
    text_of,
)
from db.store import bundle_store, casework_store

MEDIA_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png"})


# -- writing -----------------------------------------------------------------------------------------------------


def archive_lines(
    connection: Connection, ids: Iterable[str], *, full: bool, levels: frozenset[str] = frozenset()
) -> Iterator[bytes]:
    """The line of each archive; without *full* only the history the receiver has not acknowledged.

    *levels*: whose reviews and merges go along, see :func:`db.exchange.bundle_beside.levels_of`.
    """
    writer = CaseworkWriter(connection)
    for rows in bundle_store.archive_batches(connection, ids, full=full):
        batch = [archive["id"] for archive in rows.archives]
        casework = casework_store.travelling(connection, batch, full=full)
        others = beside_of(connection, batch, levels)
        for archive in rows.archives:
            header = dict(archive)
            header["confirmations"] = json.loads(header["confirmations"])
            revisions = ",".join(_revision_text(row) for row in rows.revisions.get(archive["id"], []))
            papers = [dict(row) for row in rows.attachments.get(archive["id"], [])]
            beside = writer.parts(archive["id"], casework)
            beside += "".join(f',"{name}":{_dumps(part)}' for name, part in others.get(archive["id"], {}).items())
            text = f'{{"archive":{_dumps(header)},"revisions":[{revisions}],"attachments":{_dumps(papers)}{beside}}}\n'
            yield text.encode()


_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _revision_text(row: dict[str, Any]) -> str:
    """One revision; its changes and snapshot are JSON texts already."""
    plain = {key: value for key, value in row.items() if key not in {"changes", "snapshot", "archive_id"}}
    return f'{_dumps(plain)[:-1]},"changes":{row["changes"]},"snapshot":{row["snapshot"]}}}'


def receipt_lines(items: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """The lines of a receipt: archive, revision, outcome."""
    for item in items:
        yield f"{_dumps(item)}\n".encode()


# -- reading -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class IncomingAttachment:
    """A paper as its record describes it; the file follows later in the bundle."""

    id: str
    document_type: str
    name: str
    note: str
    media_type: str
    size: int
    original_size: str
    sha256: str
    stored_size: int
    stored_sha256: str
    secret: str
    added_at: str
    added_by: str
    removed_at: str | None


@dataclass(slots=True)
class IncomingArchive:
    """An archive as a bundle brings it; its content is the snapshot of its last revision."""

    id: str
    archive_number: str
    office_id: str
    revision: int
    is_complete: bool
    created_at: str
    updated_at: str
    updated_by: str
    confirmations: dict[str, str]
    content: ArchiveContent
    revisions: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[IncomingAttachment] = field(default_factory=list)
    casework: IncomingCasework = field(default_factory=IncomingCasework)
    beside: BesideRows = field(default_factory=BesideRows)

    @property
    def part_ids(self) -> list[str]:
        """Ids of everything in it that is told apart by one: members, papers, casework, rows beside."""
        members = [str(member["id"]) for member in self.content.members]
        return [*members, *(paper.id for paper in self.attachments), *self.casework.ids, *self.beside.all_ids]


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """What the receiver did with one archive."""

    archive_id: str
    revision: int
    outcome: Outcome
    reason: str


def _plain_value(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT
    if isinstance(value, int):
        return abs(value) < LARGEST_NUMBER
    return isinstance(value, list) and len(value) <= 100 and all(isinstance(item, str) for item in value)


def _plain_record(record: Any) -> dict[str, Value]:
    if not isinstance(record, dict) or len(record) > 500:
        raise MalformedError("档案内容不对")
    # hundreds of thousands of values in a bundle, nearly all of them short texts
    odd = [
        value
        for value in record.values()
        if (
            len(value) > LONGEST_TEXT
            if type(value) is str
            else value is not None and value is not True and value is not False and type(value) is not int
        )
        or (type(value) is int and not -LARGEST_NUMBER < value < LARGEST_NUMBER)
    ]
    if odd and not all(map(_plain_value, odd)):
        raise MalformedError("档案内容不对")
    return record


def _snapshot(body: dict[str, Any]) -> ArchiveContent:
    members = body.get("members")
    if not isinstance(members, list) or len(members) > MOST_PER_ARCHIVE:
        raise MalformedError("家庭成员不对")
    records = [_plain_record(member) for member in members]
    ids = {id_of(member, "id") for member in records}
    if len(ids) != len(records):
        raise MalformedError("家庭成员重复")
    return ArchiveContent(_plain_record(body.get("worker")), records, text_of(body, "edition", 80))


def _change(item: Any) -> list[Any]:
    if not isinstance(item, list) or len(item) != 5 or not all(isinstance(part, str) for part in item[:3]):
        raise MalformedError("修改记录不对")
    if not (_plain_value(item[3]) and _plain_value(item[4])):
        raise MalformedError("修改记录不对")
    try:
        assert Change.from_json(item).label or item[0] == ATTACHMENT
    except KeyError as fault:
        raise MalformedError("修改记录里的字段不认识") from fault
    return item


_REVISION_TEXTS = {"clerk_id": 80, "clerk_name": 200, "device_id": 80, "action": 40, "reason": LONGEST_TEXT}


def _texts(body: dict[str, Any]) -> dict[str, str]:
    """The short texts of a revision."""
    found = {key: body.get(key) for key in _REVISION_TEXTS}
    for key, value in found.items():
        if type(value) is not str or len(value) > _REVISION_TEXTS[key]:
            raise MalformedError(f"{key} 不对")
    return found  # type: ignore[return-value]


def _revision(body: dict[str, Any]) -> tuple[dict[str, Any], ArchiveContent]:
    """The row of one revision, and the content it made."""
    changes = body.get("changes")
    if not isinstance(changes, list) or len(changes) > MOST_PER_ARCHIVE:
        raise MalformedError("修改记录不对")
    snapshot = object_of(body, "snapshot")
    content = _snapshot(snapshot)
    row = {
        "revision": number_of(body, "revision", 1),
        "made_at": moment_of(body, "made_at"),
        **_texts(body),
        "office_id": id_of(body, "office_id"),
        "device_counter": number_of(body, "device_counter"),
        "changes": [_change(change) for change in changes],
        "snapshot": snapshot,
    }
    return row, content


def _file_name(body: dict[str, Any]) -> str:
    """The shown name without any folder, whatever system wrote it; it never becomes a path here."""
    name = PureWindowsPath(PurePosixPath(text_of(body, "name", 255)).name).name
    if not name or any(ord(char) < 32 for char in name):
        raise MalformedError("附件名称不对")
    return name


def attachment_of(body: dict[str, Any]) -> IncomingAttachment:
    paper = IncomingAttachment(
        id=id_of(body, "id"),
        document_type=text_of(body, "document_type", 80),
        name=_file_name(body),
        note=text_of(body, "note", LONGEST_TEXT),
        media_type=text_of(body, "media_type", 80),
        size=number_of(body, "size"),
        original_size=text_of(body, "original_size", 40),
        sha256=sha256_of(body, "sha256"),
        stored_size=number_of(body, "stored_size", 1),
        stored_sha256=sha256_of(body, "stored_sha256"),
        secret=text_of(body, "secret", 100),
        added_at=moment_of(body, "added_at"),
        added_by=text_of(body, "added_by", 200),
        removed_at=moment_of(body, "removed_at") if body.get("removed_at") is not None else None,
    )
    known = paper.media_type in MEDIA_TYPES and paper.document_type in option_list("document_type").by_code
    if not known or paper.stored_size > LARGEST_ATTACHMENT:
        raise MalformedError("附件类型或大小不对")
    try:
        x25519.Identity.from_str(paper.secret)
    except IdentityError as fault:
        raise MalformedError("附件密钥不对") from fault
    return paper


def parse_archive(line: bytes) -> IncomingArchive:
    """Read one line of ``records.jsonl`` of an archives bundle."""
    body = parse_json(line, "档案记录")
    header = object_of(body, "archive")
    read = objects_of(body, "revisions", _revision)
    revisions = [row for row, _ in read]
    numbers = [row["revision"] for row in revisions]
    revision = number_of(header, "revision", 1)
    if not numbers or numbers != sorted(set(numbers)) or numbers[-1] != revision:
        raise MalformedError("档案的版本不连贯")
    confirmations = object_of(header, "confirmations")
    if not all(isinstance(value, str) and len(value) <= LONGEST_TEXT for value in confirmations.values()):
        raise MalformedError("确认说明不对")
    papers = objects_of(body, "attachments", attachment_of)
    if len({paper.id for paper in papers}) != len(papers):
        raise MalformedError("附件重复")
    return IncomingArchive(
        id=id_of(header, "id"),
        archive_number=text_of(header, "archive_number", 80),
        office_id=id_of(header, "office_id"),
        revision=revision,
        is_complete=bool(number_of(header, "is_complete")),
        created_at=moment_of(header, "created_at"),
        updated_at=moment_of(header, "updated_at"),
        updated_by=text_of(header, "updated_by", 200),
        confirmations=confirmations,
        content=read[-1][1],
        revisions=revisions,
        attachments=papers,
        casework=read_casework(body, revision),
        beside=read_beside(body),
    )


def parse_receipt(line: bytes) -> ReceiptLine:
    """Read one line of ``records.jsonl`` of a receipt."""
    body = parse_json(line, "回执记录")
    try:
        outcome = Outcome(text_of(body, "outcome", 40))
    except ValueError as fault:
        raise MalformedError("回执记录不对") from fault
    return ReceiptLine(id_of(body, "archive_id"), number_of(body, "revision", 1), outcome, text_of(body, "reason"))


class LineSplitter:
    """Cut a stream of bytes into lines without letting one line grow beyond reason."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are complete with *data*."""
        first, *others = data.split(b"\n")
        self._keep(first)
        lines: list[bytes] = []
        for part in others:
            lines.append(b"".join(self._parts))
            self._parts, self._size = [], 0
            self._keep(part)
        return lines

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > LARGEST_RECORD:
            raise MalformedError("有一条记录大得不合理")
        if part:
            self._parts.append(part)

    def finish(self) -> None:
        """Nothing may be left after the last line."""
        if self._parts:
            raise MalformedError("最后一条记录不完整")
