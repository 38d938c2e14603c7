"""The papers (attachments) of a bundle that comes in: which files are needed, and where each goes.

Records come first and name their papers; the files follow. A file that no record named is refused, one that is here
already is passed over, one that is needed must come.
"""

import secrets
from collections.abc import Container, Iterable
from dataclasses import asdict, dataclass, field

from db.exchange.bundle_format import MalformedError
from db.exchange.bundle_records import IncomingAttachment
from db.exchange.staging import Incoming
from db.store.bundle_store import Row


@dataclass(slots=True)
class _Wanted:
    """A file some record refers to: its size, where it goes (None: it is not kept), whether it must come."""

    size: int
    stored_name: str | None
    required: bool


@dataclass(slots=True)
class PaperIntake:
    """Takes the files of a bundle; without *staging* they are only checked."""

    staging: Incoming | None = None
    stored: int = 0
    """How many papers were new."""
    _wanted: dict[str, _Wanted] = field(default_factory=dict)
    _current: _Wanted | None = None

    def new_rows(self, archive_id: str, papers: Iterable[IncomingAttachment], held: Container[str]) -> list[Row]:
        """Rows of those papers of an archive that are not here yet (*held*: ids of those that are); files are expected."""
        rows = [
            {"archive_id": archive_id, "stored_name": self.expect(paper, is_new=True), **asdict(paper)}
            for paper in papers
            if paper.id not in held
        ]
        self.stored += len(rows)
        return rows

    def expect(self, paper: IncomingAttachment, *, is_new: bool) -> str:
        """Expect the paper's file; the random name it will be stored under. A removed paper brings no file."""
        wanted = self._wanted.get(paper.stored_sha256)
        if wanted is not None and wanted.size != paper.stored_size:
            raise MalformedError("附件大小不对")
        stored_name = (wanted.stored_name if wanted else None) or secrets.token_hex(16)
        if paper.removed_at is None:
            keeps = is_new or (wanted is not None and wanted.stored_name is not None)
            required = is_new or (wanted is not None and wanted.required)
            self._wanted[paper.stored_sha256] = _Wanted(paper.stored_size, stored_name if keeps else None, required)
        return stored_name

    def begin(self, sha256: str, size: int) -> None:
        """A file comes; only one that a record refers to is taken."""
        wanted = self._wanted.pop(sha256, None)
        if wanted is None or wanted.size != size:
            raise MalformedError("有不属于任何档案的附件")
        self._current = wanted
        if self.staging and wanted.stored_name:
            self.staging.begin(wanted.stored_name)

    def write(self, data: bytes) -> None:
        """A piece of the file."""
        if self.staging and self._current and self._current.stored_name:
            self.staging.write(data)

    def end(self) -> None:
        """The file is complete."""
        if self.staging and self._current and self._current.stored_name:
            self.staging.end()
        self._current = None

    def finish(self) -> None:
        """Everything has come; every needed file must be among it."""
        if any(wanted.required for wanted in self._wanted.values()):
            raise MalformedError("缺少附件")


def known_row(paper: IncomingAttachment) -> Row:
    """What may change of a paper that is here already."""
    keys = ("id", "document_type", "name", "note", "removed_at")
    return {key: getattr(paper, key) for key in keys}


class TakesPapers:
    """What an intake does with the files of its bundle."""

    __slots__ = ()
    _papers: PaperIntake

    @property
    def papers_stored(self) -> int:
        """How many papers were new."""
        return self._papers.stored

    def begin_attachment(self, sha256: str, size: int) -> None:
        """A file comes."""
        self._papers.begin(sha256, size)

    def attachment_bytes(self, data: bytes) -> None:
        """A piece of the file."""
        self._papers.write(data)

    def end_attachment(self) -> None:
        """The file is complete."""
        self._papers.end()

    def finish(self) -> None:
        """Everything has come."""
        self._papers.finish()
