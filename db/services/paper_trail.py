"""Who took which paper of a household out of the program, when and how: printed, saved, exported.

It is this office's own knowledge: kept in its file and its backups, told in the timeline and in the evidence file, sent
nowhere. Looking at a preview takes nothing out.
"""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection

from db.services.office import OfficeSession
from db.store import paper_trail_store


class WayOut(StrEnum):
    """How a paper left; stored, never changed."""

    PRINTED = "printed"
    PDF = "pdf"
    EXCEL = "excel"
    WORD = "word"
    FILE = "file"
    PACKAGE = "package"


WAY_VERBS = {
    WayOut.PRINTED: "打印",
    WayOut.PDF: "存为 PDF",
    WayOut.EXCEL: "存为 Excel",
    WayOut.WORD: "存为 Word",
    WayOut.FILE: "存为文件",
    WayOut.PACKAGE: "写进资料包",
}


BANK_FILE = "银行代发文件"
"""How the title of a file for the bank begins; why one was written once more stands in the journal."""
_BY_SUFFIX = {".pdf": WayOut.PDF, ".xlsx": WayOut.EXCEL, ".docx": WayOut.WORD}


def way_of(path: Path) -> WayOut:
    """How a paper leaves that is written to *path*."""
    return _BY_SUFFIX.get(path.suffix.lower(), WayOut.FILE)


def note_file(session: OfficeSession, archive_ids: Iterable[str], title: str, path: Path) -> None:
    """Note that a file called *title* about these archives was written to *path*."""
    note_paper(session, archive_ids, title, way_of(path))


def note_paper(session: OfficeSession, archive_ids: Iterable[str], title: str, way: WayOut) -> None:
    """Note that a paper called *title* about these archives left the program; blanks are about nobody and not noted.

    *title* is what such papers are called and names nobody: it outlives the archives.
    """
    ids = list(archive_ids)
    if ids:
        with session.database.writing() as connection:
            put_paper(connection, session, ids, title, way)


def put_paper(
    connection: Connection, session: OfficeSession, archive_ids: Iterable[str], title: str, way: WayOut
) -> None:
    """The same within a transaction."""
    row = {
        "made_at": session.now,
        "clerk_id": session.clerk.id,
        "clerk_name": session.clerk.name,
        "title": title,
        "way": way.value,
    }
    paper_trail_store.add(connection, row, archive_ids)
