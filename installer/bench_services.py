"""The figures that need no window: search, save, import, export, print, and growth with the size of the office."""

import random
import shutil
import statistics
from collections.abc import Iterable
from typing import Any

from bench_drawing import PageRecorder, draw_bare, register_faces, workbook_cells, write_cells
from bench_rows import BareInsert, BareUpdate, insert_sheet, read_rows, read_sheet, with_new_identity
from bench_workshop import ARCHIVES, PEOPLE, Figure, Workshop, bare_connection, in_turn, milliseconds

from db.domain.archive_content import ArchiveContent
from db.domain.validation import Severity, Stage
from db.services import archiving, printing, workbooks
from db.services.archiving import Archive, ArchiveQuery
from db.services.demo import make_household
from db.services.office import OfficeSession

LIKE = (
    "SELECT p.archive_id, a.archive_number, p.member_id, p.name, p.id_number, p.birth_on, p.phone, a.name,"
    " a.home_address, a.office_id, m.relation_to_head FROM person_entry p JOIN archive a ON a.id = p.archive_id"
    " LEFT JOIN household_member m ON m.id = p.member_id WHERE {condition} LIMIT 20"
)
BY_NAME, BY_NUMBER = LIKE.format(condition="p.name LIKE ?"), LIKE.format(condition="p.id_number LIKE ? OR p.phone LIKE ?")
GROWTH_SIZES = (1_000, 10_000, 100_000)


def search(workshop: Workshop) -> Figure:
    """Names, ID numbers and their last four digits typed into an office of 100 000 people."""
    session = workshop.grown_to(100_000, PEOPLE)
    connection = bare_connection(session.folder)
    typed = _typed_texts(connection)

    def like(_round: int) -> float:
        return statistics.mean(milliseconds(_like, connection, text) for text in typed)

    def service(_round: int) -> float:
        return statistics.mean(milliseconds(archiving.search_people, session, text) for text in typed)

    floor, ours = in_turn(7, like, service)
    found = {
        "people": workshop.count(session, PEOPLE),
        "texts": len(typed),
        "rows_found_by_like": sum(len(_like(connection, text)) for text in typed),
        "rows_found_by_us": sum(len(archiving.search_people(session, text)) for text in typed),
    }
    connection.close()
    return Figure("search of one person, 100 000 people, at most 20 rows", "bare SQL LIKE", 2, floor, ours, 7, found)


def _typed_texts(connection: Any) -> list[str]:
    """What a clerk might type: surnames, whole names, ID numbers and their last four digits."""
    rows = connection.execute("SELECT name, id_number FROM person_entry WHERE id_number <> '' ORDER BY seq").fetchall()
    chosen = random.Random(8).sample(rows, 6)
    return [
        text for name, number in chosen for text in (name[0], name, number, number[-4:])
    ]


def _like(connection: Any, text: str) -> list[Any]:
    if text[0].isdigit():
        found = connection.execute(BY_NUMBER, (f"%{text}%", f"%{text}%")).fetchall()
    else:
        found = connection.execute(BY_NAME, (f"%{text}%",)).fetchall()
    return list(found)


def _household_of_six(rng: random.Random) -> ArchiveContent:
    """A worker with five members, everything filled in as the checks want it."""
    return make_household(rng, members=5)


def _file(session: OfficeSession, content: ArchiveContent, archive_id: str | None = None) -> Archive:
    """Save as a clerk does who submits: all checks, every reminder confirmed."""
    found = archiving.check_content(session, content, Stage.SUBMIT, archive_id)
    confirmed = {problem.place: "核对无误" for problem in found if problem.severity is Severity.WARNING}
    return archiving.save_archive(session, content, archive_id, complete=True, confirmations=confirmed)


def save(workshop: Workshop) -> Figure:
    """One field of a household with five members changed and saved, with all checks."""
    session = workshop.grown_to(1_000)
    archive = _file(session, _household_of_six(random.Random(41)))
    connection = bare_connection(_copy_of(workshop, session, "save-floor"))
    update = BareUpdate(read_rows(connection, archive.id))

    def bare(_round: int) -> float:
        return milliseconds(update.run, connection)

    def service(number: int) -> float:
        return _save_changed(session, archive.id, f"第{number}次改动")

    floor, ours = in_turn(60, bare, service)
    connection.close()
    rows = "1 archive row, 5 member rows, 1 revision with snapshot and changes"
    return Figure(
        "save of one changed archive with 5 members", "the same rows in one bare transaction", 3, floor, ours, 60,
        {"rows": rows},
    )  # fmt: skip


def _save_changed(session: OfficeSession, archive_id: str, remark: str) -> float:
    archive = archiving.load_archive(session, archive_id)
    content = archive.content.copy()
    content.values["remarks"] = remark
    confirmed = archive.confirmations

    def submit() -> None:
        archiving.save_archive(session, content, archive_id, complete=True, confirmations=confirmed)

    return milliseconds(submit)


def save_new(workshop: Workshop) -> Figure:
    """A new household with five members filed, with all checks."""
    session = workshop.grown_to(1_000)
    rng = random.Random(42)
    first = _file(session, _household_of_six(rng))
    connection = bare_connection(_copy_of(workshop, session, "save-new-floor"))
    rows = read_rows(connection, first.id)
    next_seq = connection.execute("SELECT max(seq) FROM person_entry").fetchone()[0] + 1_000

    def bare(number: int) -> float:
        insert = BareInsert(with_new_identity(rows, next_seq + number * 10))
        return milliseconds(insert.run, connection)

    def service(_round: int) -> float:
        content = _household_of_six(rng)
        found = archiving.check_content(session, content, Stage.SUBMIT)
        confirmed = {problem.place: "核对无误" for problem in found if problem.severity is Severity.WARNING}

        def submit() -> None:
            archiving.save_archive(session, content, complete=True, confirmations=confirmed)

        return milliseconds(submit)

    floor, ours = in_turn(60, bare, service)
    connection.close()
    counts = {table: len(content) for table, content in rows.items()}
    return Figure(
        "save of one new archive with 5 members", "the same rows in one bare transaction", 3, floor, ours, 60,
        {"rows": counts},
    )  # fmt: skip


def _copy_of(workshop: Workshop, session: OfficeSession, name: str) -> Any:
    """A second office with the same rows for the bare statements, so that neither side grows the other's file."""
    folder = workshop.folder / name
    folder.mkdir()
    shutil.copy(session.folder / "keys.json", folder)
    connection = bare_connection(session.folder)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    shutil.copy(session.folder / "office.db", folder)
    return folder


def import_rows(workshop: Workshop) -> Figure:
    """5 000 households of the flat layout into an empty office."""
    source = workshop.grown_to(5_000)
    path = workshop.folder / "import.xlsx"
    workbooks.export_flat(source, archiving.archive_ids(source, ArchiveQuery())[:5_000], path)
    trial = workshop.new_office("import-trial")
    outcome = workbooks.run_import(trial, path)
    if outcome.created < 4_990:  # among so many invented people a few share an ID number, which the import refuses
        raise ValueError(f"the import took only {outcome.created} of 5 000 rows")
    imported = bare_connection(trial.folder)
    insert = BareInsert(read_rows(imported))
    imported.close()
    trial.close()
    strict: list[float] = []

    def bare(number: int) -> float:
        session = workshop.new_office(f"import-bare-{number}")
        connection = bare_connection(session.folder)
        read = milliseconds(read_sheet, path)
        cells = read_sheet(path)
        strict.append(read + milliseconds(insert_sheet, connection, cells))
        written = milliseconds(insert.run, connection)
        connection.close()
        session.close()
        return read + written

    def service(number: int) -> float:
        session = workshop.new_office(f"import-ours-{number}")
        spent = milliseconds(workbooks.run_import, session, path)
        session.close()
        return spent

    floor, ours = in_turn(3, bare, service)
    notes = {
        "rows_stored": outcome.created,
        "rows_of_the_floor": "every row the import stores: archives, members, revisions, people, search index",
        "file_rows_only_ms": round(statistics.median(strict), 2),
        "ratio_to_file_rows_only": round(ours / statistics.median(strict), 2),
    }
    return Figure(
        "import of 5 000 rows of the flat layout", "calamine read + bare insert", 4, floor, ours, 3, notes
    )


def export_rows(workshop: Workshop) -> Figure:
    """10 000 archives to the flat layout."""
    session = workshop.grown_to(10_000)
    ids = archiving.archive_ids(session, ArchiveQuery())[:10_000]
    ours_path, bare_path = workshop.folder / "export.xlsx", workshop.folder / "export-bare.xlsx"
    workbooks.export_flat(session, ids, ours_path)
    cells = workbook_cells(ours_path)

    def bare(_round: int) -> float:
        return milliseconds(write_cells, cells, bare_path)

    def service(_round: int) -> float:
        return milliseconds(workbooks.export_flat, session, ids, ours_path)

    floor, ours = in_turn(3, bare, service)
    count = sum(1 for rows in cells.values() for row in rows for cell in row if cell != "")
    return Figure(
        "export of 10 000 archives to the flat layout", "bare xlsxwriter constant-memory write of the same cells",
        1.5, floor, ours, 3, {"cells": count},
    )  # fmt: skip


def print_forms(workshop: Workshop) -> Figure:
    """500 forms as one PDF."""
    session = workshop.grown_to(1_000)
    ids = archiving.archive_ids(session, ArchiveQuery())[:500]
    with PageRecorder() as recorder:
        printing.archive_pdf(session, ids)
    pages = recorder.pages
    register_faces(pages)

    def bare(_round: int) -> float:
        return milliseconds(draw_bare, pages)

    def service(_round: int) -> float:
        return milliseconds(printing.archive_pdf, session, ids)

    floor, ours = in_turn(3, bare, service)
    notes = {
        "pages": len(pages),
        "strings": sum(len(texts) for _, _, texts in pages),
        "lines": sum(len(lines) for _, lines, _ in pages),
    }
    return Figure(
        "batch print of 500 forms", "bare reportlab drawing of the same strings and lines", 2, floor, ours, 3, notes
    )


def growth(workshop: Workshop) -> list[dict[str, Any]]:
    """Search, save and list in offices of 1 000, 10 000 and 100 000 archives; medians in milliseconds."""
    own = Workshop(workshop.folder / "growth")  # the shared office is larger than the first sizes by now
    table = [_growth_row(own, size) for size in GROWTH_SIZES]
    own.close()
    return table


def _growth_row(workshop: Workshop, size: int) -> dict[str, Any]:
    session = workshop.grown_to(size - 1)
    archive = _file(session, _household_of_six(random.Random(size)))
    connection = bare_connection(session.folder)
    typed = _typed_texts(connection) * 3
    connection.close()
    query = ArchiveQuery()
    again = range(30)
    return {
        "archives": workshop.count(session, ARCHIVES),
        "people": workshop.count(session, PEOPLE),
        "search_ms": _median(milliseconds(archiving.search_people, session, text) for text in typed),
        "save_ms": _median(_save_changed(session, archive.id, f"{size} {number}") for number in again),
        "list_ms": _median(milliseconds(archiving.list_archives, session, query, 0, 100) for _ in again),
        "count_ms": _median(milliseconds(archiving.count_archives, session, query) for _ in again),
    }


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 2)
