"""``--self-check``: prove that this copy of the program is whole, without a screen and without a word when it is.

Builds run it on the frozen program: a new office, households with rare characters, a printed form, every page.
"""

import sys
import tempfile
from pathlib import Path

from db.errors import NuandangError
from db.services import archiving, demo, printing
from db.services import office as offices
from db.services.office import OfficeSession

RARE_NAME = "王𠮷祥"
HOUSEHOLDS = 3


def run_self_check() -> int:
    """0 and silence when all is well; otherwise the report of what is broken on stderr."""
    from desktop.messages import bug_report

    with tempfile.TemporaryDirectory(prefix="nuandang-check-", ignore_cleanup_errors=True) as folder:
        try:
            session = _fill_office(Path(folder) / "office")
            _print_form(session)
            _open_pages(session, Path(folder))
        except NuandangError as exc:
            sys.stderr.write(f"自检没有通过：{exc.text()}\n")
            return 1
        except Exception as exc:  # noqa: BLE001 - whatever is broken is what the check is for
            sys.stderr.write(f"自检没有通过：\n{bug_report(exc)[1]}")
            return 1
    return 0


def _fill_office(folder: Path) -> OfficeSession:
    session, _ = offices.create_office(
        folder,
        name="自检单位",
        level="township",
        region_code="340882100",
        clerk_name="自检",
        passphrase="self-check-passphrase",  # noqa: S106 - of an office that is deleted at once
        light=True,
    )
    demo.fill_office(session, HOUSEHOLDS)
    first = archiving.archive_ids(session, archiving.ArchiveQuery())[0]
    archive = archiving.load_archive(session, first)
    archive.content.values["name"] = RARE_NAME
    archiving.save_archive(session, archive.content, first)
    if not archiving.search_people(session, RARE_NAME):
        raise RuntimeError("search")
    return session


def _print_form(session: OfficeSession) -> None:
    ids = archiving.archive_ids(session, archiving.ArchiveQuery())
    if not printing.archive_pdf(session, ids).startswith(b"%PDF"):
        raise RuntimeError("print")


def _open_pages(session: OfficeSession, folder: Path) -> None:
    from desktop.app import create_application
    from desktop.main_window import MainWindow
    from desktop.preferences import Preferences
    from desktop.workspace import PAGES

    preferences = Preferences(folder / "preferences.json")
    app = create_application(preferences)
    window = MainWindow(preferences)
    window.show()
    window.enter_unlocked(session)
    first = archiving.archive_ids(session, archiving.ArchiveQuery())[0]
    for name in PAGES:
        window.workspace.show_page(name, **({"archive_id": first} if name == "archive" else {}))
        app.processEvents()
    window.close()
