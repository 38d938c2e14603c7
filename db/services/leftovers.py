"""Clear away what a program that was killed, or lost its power, left behind – also in the folders it wrote to.

A half written PDF or Excel file holds names and numbers in clear, under a name nobody notices. So each folder that
is written to is remembered in the encrypted office, and looked through at the next sign-in.
"""

from contextlib import suppress
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from db.errors import MachineError
from db.exchange import staging
from db.services.office import ATTACHMENTS, OfficeSession
from db.store import bundle_store, partial_files, setting_store

_FOLDERS = "output_folders"
_MOST = 20


def remember_output(session: OfficeSession, folder: Path) -> None:
    """Remember that something is about to be written to *folder*."""
    place = str(folder.absolute())
    if not folder.is_dir():
        return
    with session.database.reading() as connection:
        known: list[str] = setting_store.read(connection, _FOLDERS) or []
    if place in known:
        return
    try:
        with session.database.writing() as connection:
            setting_store.put(connection, _FOLDERS, [place, *known][:_MOST])
    except MachineError:
        return  # a busy or full office must not stop a clerk from printing; the next file there sweeps the folder, too


def clear_leftovers(session: OfficeSession) -> int:
    """Remove what was left half written, in the office and in the folders last written to; how many files went."""
    with session.database.reading() as connection:
        known: list[str] = setting_store.read(connection, _FOLDERS) or []
    gone = sum(partial_files.sweep(Path(place)) for place in known)
    with suppress(MachineError):  # somebody is receiving in another window: nothing is left over yet
        gone += tidy_incoming(session)
    return gone


def tidy_incoming(session: OfficeSession) -> int:
    """Remove what a reception that was cut off has left in the attachments folder; how many files went."""
    if not staging.left_behind(session.folder / ATTACHMENTS):
        return 0
    with session.database.writing() as connection:
        return tidy_attachments(connection, session)


def tidy_attachments(connection: Connection, session: OfficeSession) -> int:
    """The same within the caller's writing transaction: nobody else is receiving while it lasts."""
    return staging.tidy(session.folder / ATTACHMENTS, partial(bundle_store.known_stored_names, connection))
