"""Files beside those that come with the program – tables, texts –: an office reads its own, and has those sent down from above.

Whoever reads a file in is told in plain words which line is wrong. What came from above and cannot be read is left out.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection

from db.domain.field_kinds import printable
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import UserError
from db.services import records
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.records import Record
from db.store import bundle_store, record_store
from db.store.file_faults import read_at_most
from db.store.partial_files import written_whole

_NOT_UTF8 = "文件不是 UTF-8 编码的文字，请用记事本另存为 UTF-8"
_BYTES_PER_CHARACTER = 4
"""At most, in UTF-8."""


class Described(Protocol):
    """What a file says: its id, and its text as it was written."""

    @property
    def id(self) -> str:
        """By which it is called; of two with the same id the later one takes the place of the earlier."""

    @property
    def text(self) -> str:
        """The file."""


D = TypeVar("D", bound=Described)


@dataclass(frozen=True, slots=True)
class OwnFile(Generic[D]):
    """A file that does not come with the program, and what it says."""

    record: Record
    said: D
    is_own: bool
    """Read in here; else it came from the office above."""


@dataclass(frozen=True)
class OwnFiles(Generic[D]):
    """The files of one kind: where they are kept and how they are read."""

    kind: RecordKind
    id_field: str
    longest: int
    """Characters a file may have."""
    packaged: Callable[[], Mapping[str, D]]
    read: Callable[[str], D]
    fault: type[Exception]
    """What *read* raises, its words in Chinese with the line."""
    name_of: Callable[[D], str]
    errors: str
    """How the codes of its errors begin: ``…_wrong``, ``…_long``, ``…_taken``, ``…_not_ours``."""
    unknown: str
    """The code of the error for an id nobody has."""

    def known(self, session: OfficeSession) -> dict[str, D]:
        """Every one there is, by id: the program's, then the office's own and those from above."""
        return {**self.packaged(), **{key: item.said for key, item in self.own(session).items()}}

    def own(self, session: OfficeSession) -> dict[str, OwnFile[D]]:
        """Those that do not come with the program, by id; of two with the same id the office's own counts."""
        packaged = self.packaged()
        with session.database.reading() as connection:
            found = [item for item in self._entries(connection, session) if item.content.text(self.id_field) not in packaged]
        files: dict[str, OwnFile[D]] = {}
        for item in sorted(found, key=lambda entry: (entry.office_id == session.office.id, entry.made_at)):
            with suppress(self.fault):
                said = self.read(item.content.text("layout"))
                files[said.id] = OwnFile(item, said, item.office_id == session.office.id)
        return files

    def _entries(self, connection: Connection, session: OfficeSession) -> list[Record]:
        """What stands in the register; what offices below have written for themselves is theirs."""
        below = set(bundle_store.offices_below(connection, session.office.id))
        rows = record_store.office_records(connection, self.kind)
        return [records.record_of(row) for row in rows if row["office_id"] not in below]

    def take(self, session: OfficeSession, path: Path) -> D:
        """Read a file into the register, or its next version; UserError says what is wrong with it, and in which line."""
        text = self._text_of(path)
        try:
            said = self.read(text)
        except self.fault as fault:
            raise UserError(f"{self.errors}_wrong", name=path.name, first=str(fault)) from fault
        if said.id in self.packaged():
            raise UserError(f"{self.errors}_taken", id=said.id)
        known = self.own(session).get(said.id)
        values = {self.id_field: said.id, "title": self.name_of(said), "taken_on": session.today, "layout": text}
        record_id = known.record.record_id if known and known.is_own else ""
        records.save_entry(session, self.kind, RecordContent({**values}), record_id)
        return said

    def _text_of(self, path: Path) -> str:
        most = _BYTES_PER_CHARACTER * self.longest
        data = read_at_most(path, most + 1)
        try:
            text = "" if len(data) > most else printable(data.decode("utf-8-sig")).strip()
        except UnicodeDecodeError as fault:
            raise UserError(f"{self.errors}_wrong", name=path.name, first=_NOT_UTF8) from fault
        if len(data) > most or len(text) > self.longest:
            raise UserError(f"{self.errors}_long", name=path.name, limit=self.longest)
        return text

    def remove(self, session: OfficeSession, file_id: str) -> None:
        """Take an own one off the list; what was made with it stays as it is."""
        own = self.own(session)
        known = own.get(file_id)
        if known is None:
            raise UserError(self.unknown, text=file_id, known="、".join(own) or "（没有）")
        if not known.is_own:
            raise UserError(f"{self.errors}_not_ours", title=self.name_of(known.said))
        records.remove_entry(session, known.record.record_id)

    def write(self, session: OfficeSession, file_id: str, path: Path) -> None:
        """Write the file out, to be changed and read in as another one."""
        known = self.known(session)
        if file_id not in known:
            raise UserError(self.unknown, text=file_id, known="、".join(known))
        remember_output(session, path.parent)
        with written_whole(path) as out:
            out.write(known[file_id].text.encode("utf-8"))
