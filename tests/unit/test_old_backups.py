"""Backups that hold destroyed archives: each is named until somebody made sure of it, and the register says what became of it."""

import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pypdfium2
import pytest
from case_steps import applicant
from factories import file_household, make_office

from db.domain.case_words import Act
from db.domain.records.record_form import RecordContent
from db.errors import UserError
from db.services import backups, casework, clock_check, health, old_backups, retention
from db.services.backups import BackupRecord
from db.services.office import OfficeSession
from db.services.old_backups import GONE_WORDS, ROWS, Gone
from db.services.records import Record

APPROVAL = RecordContent(
    {
        "destroyed_on": "2026-11-21",
        "approved_by": "汪建国",
        "approval": "县工〔2026〕18 号",
        "destroyers": "陈志强",
        "supervisors": "吴秀英、程宗义",
    }
)


def at(session: OfficeSession, hour: int, day: int = 21) -> None:
    """The office at an hour of a day in November 2026, its clock looked at."""
    session.clock = lambda: datetime(2026, 11, day, hour, tzinfo=timezone(timedelta(hours=8)))
    clock_check.confirm_clock(session)


def ripe(session: OfficeSession, seed: int = 1) -> str:
    """A household that left eleven years ago."""
    archive_id = applicant(session, seed).id
    casework.take_step(session, archive_id, Act.NOTE_EXITED, {"exited_on": "2015-06-01", "exit_reason": "cured"})
    return archive_id


def destroyed(session: OfficeSession, archive_id: str) -> Record:
    """The entry of the register after an archive was destroyed at noon."""
    at(session, 12)
    return retention.destroy(session, [archive_id], APPROVAL).record


def told(session: OfficeSession) -> list[tuple[str, str]]:
    """Place and state of each line about backups in the latest entry of the register."""
    return [(str(row["place"]), str(row["state"])) for row in retention.list_destructions(session)[0].content.rows.get(ROWS, [])]


def on_stick(session: OfficeSession, stick: Path, hour: int) -> BackupRecord:
    """A backup on a stick."""
    at(session, hour)
    return backups.back_up(session, stick)


def test_destroyed__every_backup_that_holds_it_is_named(office: OfficeSession, tmp_path: Path) -> None:
    """Those made before it was filed or after it went are not; one beside the office goes at once; the paper says all."""
    at(office, 7)
    file_household(office, 9)
    before = on_stick(office, tmp_path / "甲", 8)
    at(office, 9)
    archive_id = ripe(office)
    first, second = on_stick(office, tmp_path / "甲", 10), on_stick(office, tmp_path / "乙", 11)
    backups.back_up(office)
    record = destroyed(office, archive_id)
    after = on_stick(office, tmp_path / "丙", 14)
    assert old_backups.brings_back(office, second.path) and not old_backups.brings_back(office, after.path)
    assert [finding.text[:5] for finding in health.check_office(office) if finding.title == "旧备份"] == ["2 份旧备"]
    assert [item.backup.id for item in old_backups.holding_backups(office)] == [first.id, second.id]
    assert {before.id, after.id} <= {item.id for item in backups.list_backups(office)}
    rows = record.content.rows[ROWS]
    assert [(row["place"], row["state"]) for row in rows] == [
        ("本机，1 份", "已删除"),
        (str(first.path.parent), "还没有处理"),
        (str(second.path.parent), "还没有处理"),
    ]
    document = pypdfium2.PdfDocument(retention.keeping_pdf(office, record))
    words = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    assert "还留有这些档案的备份" in words and "还没有处理" in words


def test_marked__is_asked_for_no_more_and_put_down(office: OfficeSession, tmp_path: Path) -> None:
    """With day and clerk; said once it stays said; a day to come is refused."""
    at(office, 8)
    archive_id = ripe(office)
    made = on_stick(office, tmp_path / "甲", 10)
    record = destroyed(office, archive_id)
    with pytest.raises(UserError) as caught:
        old_backups.mark_gone(office, [made.id], Gone.DESTROYED, "2026-11-22")
    assert caught.value.code == "backup_gone_ahead"
    at(office, 9, 25)
    assert old_backups.mark_gone(office, [made.id], Gone.DESTROYED) == 1
    assert old_backups.mark_gone(office, [made.id], Gone.ERASED) == 0
    assert old_backups.holding_backups(office) == []
    (row,) = retention.list_destructions(office)[0].content.rows[ROWS]
    assert (row["state"], row["gone_on"], row["gone_by"]) == (GONE_WORDS[Gone.DESTROYED], "2026-11-25", office.clerk.name)
    assert retention.list_destructions(office)[0].content.rows["archives"] == record.content.rows["archives"]


def test_erased__only_where_it_can_be_reached(office: OfficeSession, tmp_path: Path) -> None:
    """The stick is asked for; what newer backups on it need stays readable."""
    at(office, 8)
    file_household(office, 9)
    archive_id = ripe(office)
    made = on_stick(office, tmp_path / "甲", 10)
    destroyed(office, archive_id)
    newer = on_stick(office, tmp_path / "甲", 14)
    shutil.move(tmp_path / "甲", tmp_path / "抽屉")
    with pytest.raises(UserError) as caught:
        old_backups.erase(office, made.id)
    assert caught.value.code == "backup_not_here" and told(office) == [(str(made.path.parent), "还没有处理")]
    shutil.move(tmp_path / "抽屉", tmp_path / "甲")
    old_backups.erase(office, made.id)
    assert not made.path.exists() and newer.exists and told(office) == [(str(made.path.parent), "已删除")]
    with pytest.raises(UserError):
        old_backups.erase(office, made.id)


def test_replaced__by_the_new_backup_in_the_same_folder(office: OfficeSession, tmp_path: Path) -> None:
    """Also one that is on no list; never one of another office, never the new one, never one made since."""
    at(office, 8)
    archive_id = ripe(office)
    made = on_stick(office, tmp_path / "甲", 9)
    unlisted = on_stick(office, tmp_path / "甲", 10)
    with office.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM backup WHERE id = ?", (unlisted.id,))
    assert old_backups.replaceable(office, unlisted) == [], "nothing was destroyed yet"
    destroyed(office, archive_id)
    since = on_stick(office, tmp_path / "甲", 13)
    other, _ = make_office(tmp_path / "other", "源潭镇总工会")
    at(other, 8)
    foreign = backups.back_up(other)
    shutil.copytree(foreign.path, made.path.parent / "2026-11-20-080000")
    new = on_stick(office, tmp_path / "甲", 15)
    assert old_backups.replaceable(office, new) == [made.path, unlisted.path]
    assert old_backups.replace_older(office, new) == 2
    assert since.exists and new.exists and (made.path.parent / "2026-11-20-080000").is_dir()
    assert told(office) == [(str(made.path.parent), GONE_WORDS[Gone.REPLACED])]
    assert old_backups.replaceable(office, new) == [] == old_backups.holding_backups(office)
    other.close()
