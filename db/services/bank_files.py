"""Which files for the bank were written of a payment list: told before another one is, for the bank may pay each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from db.domain.aid.bank_layout import packaged_layouts
from db.domain.archive_content import new_id
from db.domain.field_kinds import printable
from db.errors import UserError
from db.services.office import OfficeSession, write_journal
from db.services.paper_trail import BANK_FILE, note_paper, put_paper, way_of
from db.store import bank_file_store

LONGEST_AGAIN = 200
"""Characters of why a file is written once more."""


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that may have gone to the bank. *made_at*, *clerk_name* and *path* are empty where nobody noted them."""

    made_at: str
    clerk_name: str
    layout: str
    layout_title: str
    path: str
    reason: str

    @property
    def words(self) -> str:
        """Which layout, when, by whom, where, and why once more."""
        where = f"，存为 {self.path}" if self.path else ""
        why = f"（{self.reason}）" if self.reason else ""
        return f"{self.made_at[:16].replace('T', ' ')} {self.clerk_name}用“{self.layout_title}”版式{where}{why}".strip()


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file about to be written: its layout, where it goes, and why it is written although there is one."""

    layout: str
    layout_title: str
    path: Path
    sha256: str
    reason: str = ""


def written_files(connection: Connection, row: dict[str, Any]) -> tuple[WrittenFile, ...]:
    """The files written of the list *row*, the first first."""
    if not row["sent_layout"]:
        return ()
    noted = bank_file_store.files_of(connection, row["id"])
    if not noted:  # an older program kept no more than this
        layout = packaged_layouts().get(row["sent_layout"])
        title = layout.title if layout else row["sent_layout"]
        return (WrittenFile(row["sent_at"], "", row["sent_layout"], title, "", ""),)
    keys = ("made_at", "clerk_name", "layout", "layout_title", "path", "reason")
    return tuple(WrittenFile(**{key: item[key] for key in keys}) for item in noted if not item["failed"])


def refuse_second(row: dict[str, Any], files: Sequence[WrittenFile], reason: str) -> None:
    """UserError where the list has a file already and nobody says why another is needed."""
    if len(reason) > LONGEST_AGAIN:
        raise UserError("text_too_long", label="再写一份的原因", limit=LONGEST_AGAIN)
    if files and not reason.strip():
        raise UserError("list_file_written", number=row["number"], count=len(files), last=files[-1].words)


def doubt_of_second(files: Sequence[WrittenFile], paid_before: int) -> str:
    """What to ask the bank where another answer says of lines that are paid that they are; empty where nothing is odd."""
    if len(files) < 2 or not paid_before:
        return ""
    return (
        f"这份名册写过 {len(files)} 份银行文件，这份回盘里又有 {paid_before:,} 笔成功，以前已登记过，没有再登记。"
        "请马上向银行核实是不是付了两次；多付的追回，不要再登记发放。"
    )


def note_written(
    connection: Connection,
    session: OfficeSession,
    row: dict[str, Any],
    new: NewFile,
    archive_ids: Sequence[str],
    before: int,
) -> str:
    """Put down in journal and timelines that a file is written; *before*: how many there are. Its id in the journal."""
    again = f"，第 {before + 1} 份" if before else ""
    paper, file_id = f"{BANK_FILE}（{row['number']}，{new.layout_title}{again}）", new_id()
    reason = printable(new.reason).strip() if before else ""
    detail = {"list": row["id"], "file": file_id, "number": row["number"], "layout": new.layout,
              "layout_title": new.layout_title, "path": str(new.path), "sha256": new.sha256,
              "reason": reason, "paper": paper}  # fmt: skip
    write_journal(connection, session, bank_file_store.WRITTEN, detail)
    put_paper(connection, session, archive_ids, paper, way_of(new.path))
    return file_id


def note_not_written(session: OfficeSession, file_id: str, archive_ids: Sequence[str], path: Path) -> None:
    """The file that was noted came to nothing: the next one is not a second one."""
    with session.database.writing() as connection:
        write_journal(connection, session, bank_file_store.NOT_WRITTEN, {"file": file_id})
    note_paper(session, archive_ids, f"{BANK_FILE}没有写成", way_of(path))
