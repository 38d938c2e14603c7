"""A clock set back or ahead: it is told, the day under it is forgotten once it is right, and history keeps its order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from factories import PASSPHRASE, file_household

from db.domain.case_words import Act, Standing
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import archiving, casework, clock_check, health, records, work_board
from db.services import office as offices
from db.services.office import OfficeSession
from db.services.revisions import archive_history

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def at(office: OfficeSession) -> Callable[[datetime], OfficeSession]:
    """Sets the office's clock; whatever was recorded while the office was made is left behind."""

    def put(moment: datetime) -> OfficeSession:
        office.clock = lambda: moment
        return office

    put(NOW)
    clock_check.confirm_clock(office)
    return put


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW - timedelta(minutes=5), ""),
        (NOW + timedelta(days=190), ""),
        (NOW - timedelta(days=1), "电脑时间是 2026-11-20 09:00，可是上一次办理记在 2026-11-21 09:00"),
        (datetime(2009, 1, 1, 0, 3, tzinfo=UTC), "电脑时间是 2009-01-01 00:03，"),
        (datetime(2036, 11, 21, 9, tzinfo=UTC), "电脑时间是 2036-11-21 09:00，离上一次办理（2026-11-21）已有 3,653 天"),
    ],
)
def test_clock__told_on_the_board_and_in_the_check_up(
    at: Callable[[datetime], OfficeSession], moment: datetime, words: str
) -> None:
    """A little is no fault, a day back or years ahead are; both places say the same and what to do."""
    session = at(moment)
    board = work_board.read_board(session).clock
    finding = next(item for item in health.check_office(session) if item.title == "电脑时间")
    assert (board is not None) == bool(words) == (finding.level == health.WARNING)
    if board is not None:
        assert finding.text.startswith(words) and board.words.startswith(words) and "请核对" in finding.action


def test_clock__wrong_for_a_day(at: Callable[[datetime], OfficeSession]) -> None:
    """Signing in and working do not make a wrong clock right; put right, nothing more is said of that day."""
    session = at(NOW + timedelta(days=3653))
    with session.database.writing() as connection:
        offices.write_journal(connection, session, "sign_in", {})
    archive = file_household(session)
    assert clock_check.clock_fault(session) is not None
    at(NOW + timedelta(hours=1))
    assert clock_check.clock_fault(session) is None
    content = archive.content.copy()
    content.values["remarks"] = "时间改好以后"
    archiving.save_archive(session, content, archive.id)
    assert clock_check.clock_fault(session) is None


def test_clock__confirmed_by_the_clerk(at: Callable[[datetime], OfficeSession]) -> None:
    """After a year's pause the clerk says that the clock is right; a later fault is told again."""
    session = at(NOW + timedelta(days=400))
    assert clock_check.clock_fault(session) is not None
    clock_check.confirm_clock(session)
    assert clock_check.clock_fault(session) is None
    at(NOW)
    assert clock_check.clock_fault(session) is not None


def test_order__of_history_does_not_rest_on_the_clock(at: Callable[[datetime], OfficeSession]) -> None:
    """Ten years ahead, then twenty back: revisions, steps, records and registers tell what was done in its order."""
    session = at(NOW)
    archive = file_household(session, worker_number="T0001")
    call = {"method": "call", "purpose": "contact", "visited_on": "2010-01-01", "visitors": "张三"}
    at(NOW + timedelta(days=3650))
    casework.take_step(session, archive.id, Act.NOTE_LEAD)
    record = records.save_record(session, archive.id, RecordKind.HOME_VISIT, RecordContent({**call, "needs": "甲"}))
    cadre = {"name": "李四", "unit": "镇总工会", "phone": "0556-1234567", "is_leader": False}
    entry = records.save_entry(session, RecordKind.CADRE, RecordContent(dict(cadre)))
    at(NOW - timedelta(days=3650))
    casework.take_step(session, archive.id, Act.APPLY)
    last = records.save_record(
        session, archive.id, RecordKind.HOME_VISIT, RecordContent({**call, "needs": "乙"}), record.record_id
    )
    records.save_entry(session, RecordKind.CADRE, RecordContent({**cadre, "post": "主席"}), entry.record_id)
    at(NOW)
    casework.take_step(session, archive.id, Act.GIVE_UP, {"reason": "本人撤回"})
    view = casework.case_of(session, archive.id)
    assert [step.act for step in view.steps] == [Act.NOTE_LEAD, Act.APPLY, Act.GIVE_UP]
    assert all(step.counted for step in view.steps) and view.state.standing is Standing.GIVEN_UP
    assert [entry.revision for entry in archive_history(session, archive.id)] == [6, 5, 4, 3, 2, 1]
    assert [item.id for item in records.list_records(session, archive.id)] == [last.id]
    assert [item.content.text("needs") for item in records.record_versions(session, record.record_id)] == ["甲", "乙"]
    assert [item.content.text("post") for item in records.list_entries(session, RecordKind.CADRE)] == ["主席"]
    assert health.check_office(session)[3].level == health.GOOD
    folder = session.folder
    session.close()
    assert offices.open_office(folder, PASSPHRASE).clerk.name == "陈志强"
