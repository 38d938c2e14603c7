"""``--self-check``: prove that this copy of the program is whole, without a screen and without a word when it is.

Builds run it on the frozen program: a new office, households with rare characters, a printed form, a bundle to the
office above and back, a package for one without this program, an assessment under a packaged policy, a text for
Word, every page.
"""

import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from db.domain.reports.period import period_of
from db.errors import NuandangError
from db.services import (
    archiving,
    assessing,
    demo,
    demo_casework,
    exchange,
    policies,
    policy_printing,
    printing,
    submission_package,
    text_drafts,
)
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
            _carry_bundle(session, Path(folder))
            _write_package(session, Path(folder))
            _assess(session)
            _draft_text(session, Path(folder))
            _open_pages(session, Path(folder))
        except NuandangError as exc:
            sys.stderr.write(f"自检没有通过：{exc.text()}\n")
            return 1
        except Exception as exc:  # noqa: BLE001 - whatever is broken is what the check is for
            sys.stderr.write(f"自检没有通过：\n{bug_report(exc)[1]}")
            return 1
    return 0


def _create_office(folder: Path, level: str, region_code: str) -> OfficeSession:
    session, _ = offices.create_office(
        folder,
        name=f"自检单位 {level}",
        level=level,
        region_code=region_code,
        clerk_name="自检",
        passphrase="self-check-passphrase",  # noqa: S106 - of an office that is deleted at once
        light=True,
    )
    return session


def _fill_office(folder: Path) -> OfficeSession:
    session = _create_office(folder, "township", "340882100")
    demo.fill_office(session, HOUSEHOLDS, with_means=True)
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


def _carry_bundle(session: OfficeSession, folder: Path) -> None:
    county = _create_office(folder / "county", "county", "340882")
    for writer, reader, name in ((session, county, "town"), (county, session, "county")):
        card = folder / f"{name}{exchange.CARD_SUFFIX}"
        exchange.write_card(writer, card)
        exchange.enrol(reader, card)
    stick = folder / "stick"
    stick.mkdir()
    bundle = exchange.export_bundle(session, None, stick)
    outcome = exchange.receive_bundle(county, bundle.path)
    county.close()
    if outcome.new_count != HOUSEHOLDS:
        raise RuntimeError("bundle")


def _write_package(session: OfficeSession, folder: Path) -> None:
    """Written and read back with its password: the library for it brings compiled code of its own."""
    ids = archiving.archive_ids(session, archiving.ArchiveQuery())
    submission_package.write_package(session, ids, folder, submission_package.new_password())


def _assess(session: OfficeSession) -> None:
    """Every packaged policy is read and printed; one is edited, chosen, and assessed by."""
    for row in policies.policy_rows(session):
        if row.loaded is None or not policy_printing.plain_policy_pdf(row.loaded).startswith(b"%PDF"):
            raise RuntimeError("policy")
    demo_casework.set_up_policy(session)
    ids = archiving.archive_ids(session, archiving.ArchiveQuery())
    demo_casework.assess_some(session, ids)
    kept = [item for archive_id in ids for item in assessing.list_assessments(session, archive_id)]
    if not kept or not policy_printing.assessment_pdf(session, kept[0].id).startswith(b"%PDF"):
        raise RuntimeError("assessment")


def _draft_text(session: OfficeSession, folder: Path) -> None:
    """A text for Word: the library for it looks for its templates beside its modules."""
    draft = text_drafts.make_text(session, "annual", period_of(int(session.today[:4])))
    text_drafts.write_text(session, draft, folder / "text.docx")


def _open_pages(session: OfficeSession, folder: Path) -> None:
    from desktop.app import create_application
    from desktop.main_window import MainWindow
    from desktop.preferences import Preferences
    from desktop.rooms import PAGES

    qInstallMessageHandler(_on_qt_message)
    preferences = Preferences(folder / "preferences.json")
    app = create_application(preferences)
    window = MainWindow(preferences)
    window.show()
    window.enter_unlocked(session)
    if window.workspace is None:
        raise RuntimeError("workspace")
    first = archiving.archive_ids(session, archiving.ArchiveQuery())[0]
    for name in PAGES:
        window.workspace.show_page(name, **({"archive_id": first} if name == "archive" else {}))
        app.processEvents()
    window.close()


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    # the platform without a screen says what it cannot do; everything else is a finding
    if kind != QtMsgType.QtDebugMsg and "This plugin does not support" not in text:
        sys.stderr.write(f"{text}\n")
