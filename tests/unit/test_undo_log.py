"""The undo log puts back whatever was done to any table, not only what bundles happen to do today."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from factories import file_household, make_office
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from neighbours import dump
from sqlalchemy import Connection, text

from db.services.office import OfficeSession
from db.store import undo_log

OUTSIDE = {"journal", "office_setting", "bundle_item", "backup", "draft", "undo_step", "clerk",
           "paper_out", "paper_out_archive", "paper_out_item", "fund_sum"}  # fmt: skip
YEAR = "INSERT OR REPLACE INTO work_calendar VALUES (:n, :text, '文', 'edited', 'o', '2026', '陈')"
VISIT = (
    "INSERT INTO visit_item VALUES (:text, (SELECT id FROM archive LIMIT 1), 'read', :n, 1, '2026', '陈', NULL)"
    " ON CONFLICT DO UPDATE SET base_revision = :n"
)
BLOB = (
    "INSERT INTO assessment SELECT hex(randomblob(8)) || :n || count(*), (SELECT id FROM archive LIMIT 1), 1, '2026', 'c', '陈',"
    " 'o', 'd', 1, '2026-01-01', 2026, 0, 'p', '1', 'x', '', 's', 'e', 'met', NULL, NULL, '', '', '', NULL, NULL,"
    " x'00ff27', CAST(:text AS BLOB), x'' FROM assessment"
)
STATEMENTS = [
    YEAR,
    VISIT,
    BLOB,
    "DELETE FROM work_calendar WHERE year >= 2020 + :n",
    "UPDATE OR REPLACE work_calendar SET year = year + 100 WHERE year = 2020 + :n",
    "DELETE FROM household_member WHERE rowid = (SELECT max(rowid) FROM household_member)",
    "INSERT INTO household_member (id, archive_id, position, name) SELECT hex(randomblob(8)) || :text, id, 9, :text"
    " FROM archive",
    "UPDATE household_member SET name = :text, id_number = NULL WHERE position = :n",
    "UPDATE archive SET name = :text, revision = revision + :n, floor_area = CASE WHEN :n = 1 THEN NULL ELSE :n END",
    "DELETE FROM visit_item WHERE laptop_id = :text",
    "UPDATE partner_office SET name = :text",
]
STEPS = st.lists(
    st.tuples(st.sampled_from(STATEMENTS), st.integers(0, 3), st.sampled_from(["周", "a'b\"c", '乙,"rowid":', "\x00q", ""])),
    max_size=12,
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township with an archive."""
    session, _ = make_office(tmp_path / "town")
    file_household(session)
    yield session
    session.close()


def run(connection: Connection, steps: list[tuple[str, int, str]]) -> None:
    """Do the steps; a year counts from 2020."""
    for statement, number, words in steps:
        parameters = {"n": number + 2020 if statement is YEAR else number, "text": words}
        connection.execute(text(statement), parameters)


def test_tables__every_one_is_watched_or_named_outside(office: OfficeSession) -> None:
    """A table of a later migration is covered by itself; each has numbered rows and a key."""
    with office.database.reading() as connection:
        rows = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        watched = {table.name: table for table in undo_log.tables(connection)}
        names = {row[0] for row in rows if not row[0].startswith(("person_search", "sqlite_"))}
        assert names == set(watched) | OUTSIDE
        for name, table in watched.items():
            assert table.key and connection.execute(text(f"SELECT count(rowid) FROM {name}")).scalar() is not None
            types = connection.exec_driver_sql("SELECT type FROM pragma_table_info(?)", (name,)).scalars()
            assert set(types) <= {"TEXT", "INTEGER", "BLOB"}, f"{name}: JSON keeps these exactly, others not"


@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(before=STEPS, recorded=STEPS)
def test_go_back__after_anything__leaves_no_trace(
    before: list[tuple[str, int, str]], recorded: list[tuple[str, int, str]]
) -> None:
    """Inserts, updates of keys and of nothing, deletes, rows put in the place of others, reused row numbers, BLOBs."""
    with TemporaryDirectory() as folder:
        session, _ = make_office(Path(folder) / "town")
        file_household(session)
        with session.database.writing() as connection:
            connection.exec_driver_sql("DROP TRIGGER assessment_is_not_deleted")
            run(connection, before)
        stood = dump(session)
        with session.database.writing() as connection, undo_log.recording(connection, "bundle"):
            run(connection, recorded)
        with session.database.writing() as connection:
            assert undo_log.recorded(connection) is not None
            undo_log.go_back(connection)
        assert dump(session) == stood
        session.close()


def test_recording__that_fails__leaves_neither_steps_nor_triggers(office: OfficeSession) -> None:
    """The transaction is taken back and the connection is as good as new."""
    before = dump(office)
    with pytest.raises(KeyboardInterrupt), office.database.writing() as connection, undo_log.recording(connection, "bundle"):
        run(connection, [(VISIT, 1, "甲")])
        raise KeyboardInterrupt
    assert dump(office) == before
    with office.database.writing() as connection:
        assert connection.execute(text("SELECT count(*) FROM temp.sqlite_master")).scalar() == 0
        assert connection.exec_driver_sql("PRAGMA recursive_triggers").scalar() == 0
        connection.execute(text("UPDATE archive SET name = '周'"))
        assert connection.execute(text("SELECT count(*) FROM undo_step")).scalar() == 0


def test_go_back__row_number_taken_since__finds_another(office: OfficeSession) -> None:
    """A member the bundle removed comes back although another archive's member stands in its place by now."""
    with office.database.writing() as connection, undo_log.recording(connection, "bundle"):
        run(connection, [(STATEMENTS[5], 0, "")])
    with office.database.writing() as connection:
        run(connection, [(STATEMENTS[6], 0, "后来")])
        undo_log.go_back(connection)
        names = connection.execute(text("SELECT name FROM household_member")).scalars().all()
    assert len(names) == 3 and "后来" in names


def test_marks_alone__do_not_count_as_changed(office: OfficeSession) -> None:
    """Where only the state of submission of an archive changed, later work on it does not depend on that."""
    with office.database.writing() as connection, undo_log.recording(connection, "bundle"):
        connection.execute(text("UPDATE archive SET acknowledged_revision = 1, acknowledged_at = '2026', name = name"))
    with office.database.reading() as connection:
        told = undo_log.recorded(connection)
    assert told and not told.touched and len(told.marked) == 1
