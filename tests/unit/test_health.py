"""体检: what it finds, and that each finding says what to do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from case_steps import posted
from casework import assessed_household, in_2020
from factories import PASSPHRASE, file_household, make_office, photo
from neighbours import acquaint, unchanged
from sqlalchemy import text

from db.services import attachments, backups, exchange, health
from db.services import office as offices
from db.services.health import ERROR, GOOD, NOTE, WARNING, Finding
from db.services.office import ATTACHMENTS, OfficeSession

TITLES = ["数据库", "附件", "认定依据", "办理", "帮扶资金", "备份", "磁盘空间", "电脑时间", "上报"]


def found(session: OfficeSession, title: str) -> Finding:
    """The finding under *title*; every one that is not good or a mere note says what to do."""
    with unchanged(session):
        findings = health.check_office(session)
    assert all(finding.action for finding in findings if finding.level in {WARNING, ERROR})
    assert [finding.title for finding in findings] == TITLES
    return next(finding for finding in findings if finding.title == title)


@pytest.fixture
def paper(office: OfficeSession) -> Path:
    """The file of a paper."""
    archive = file_household(office)
    attachments.add_attachment(office, archive.id, "证.jpg", photo(), "id_card")
    return next((office.folder / ATTACHMENTS).iterdir())


def test_check__sound_office__is_good(office: OfficeSession, paper: Path, tmp_path: Path) -> None:
    """Everything in order: no error, no warning."""
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    acquaint(office, county, tmp_path)
    exchange.export_bundle(office, None, tmp_path)
    backups.back_up(office, tmp_path)
    findings = health.check_office(office)
    assert [finding.level for finding in findings] == [GOOD] * len(TITLES)
    assert findings[0].level_label == "正常"
    county.close()


@pytest.mark.parametrize(
    ("harm", "level", "words"),
    [
        (lambda path: path.unlink(), ERROR, "1 个找不到"),
        (lambda path: path.write_bytes(b"x"), ERROR, "1 个与登记的不一致"),
        (lambda path: path.with_name("orphan").write_bytes(b"x"), NOTE, "1 个不属于任何档案"),
    ],
)
def test_check__papers(
    office: OfficeSession, paper: Path, harm: Callable[[Path], object], level: str, words: str
) -> None:
    """Missing, altered and stray files."""
    assert found(office, "附件").level == GOOD
    harm(paper)
    finding = found(office, "附件")
    assert finding.level == level and words in finding.text


def test_check__folder_of_papers_gone__is_an_error(office: OfficeSession, paper: Path) -> None:
    """Somebody removed the whole folder."""
    paper.unlink()
    paper.parent.rmdir()
    with office.database.reading():
        finding = next(item for item in health.check_office(office) if item.title == "附件")
    assert finding.level == ERROR


def test_check__damaged_database__is_an_error(office: OfficeSession) -> None:
    """A flipped byte in a page shows in the page authentication."""
    for seed in range(30):
        file_household(office, seed)
    path = office.database.path
    office.close()
    data = bytearray(path.read_bytes())
    data[len(data) - 2000] ^= 1
    path.write_bytes(bytes(data))
    opened = offices.open_office(office.folder, PASSPHRASE)
    finding = health._database(opened)
    opened.close()
    assert finding.level == ERROR and "加密校验" in finding.text


def test_check__broken_reference__is_an_error(office: OfficeSession) -> None:
    """A member without an archive."""
    archive = file_household(office)
    raw = office.database.raw_connection()
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("UPDATE household_member SET archive_id = 'none' WHERE archive_id = ?", (archive.id,))
    raw.close()
    finding = found(office, "数据库")
    assert finding.level == ERROR and "household_member" in finding.text


def test_check__backups(office: OfficeSession, tmp_path: Path) -> None:
    """None, only here, elsewhere, long ago."""
    assert found(office, "备份").level == WARNING
    now = datetime(2026, 11, 1, 9, tzinfo=UTC)
    office.clock = lambda: now
    backups.back_up(office)
    assert found(office, "备份").level == NOTE
    backups.back_up(office, tmp_path)
    assert found(office, "备份").level == GOOD
    office.clock = lambda: now + timedelta(days=9)
    assert "9 天" in found(office, "备份").text


def test_check__backups_of_the_future__do_not_count(office: OfficeSession) -> None:
    """Made while the clock ran ten years ahead, they would keep the warning away as long."""
    now = office.clock()
    office.clock = lambda: now + timedelta(days=3650)
    backups.back_up(office)
    office.clock = lambda: now
    assert found(office, "备份").level == "warning"
    backups.back_up(office)
    assert now.date().isoformat() in found(office, "备份").text


@pytest.mark.parametrize(("free", "level"), [(2 << 30, GOOD), (500 << 20, WARNING), (50 << 20, ERROR)])
def test_check__disk_space(office: OfficeSession, monkeypatch: pytest.MonkeyPatch, free: int, level: str) -> None:
    """Little room, hardly any room."""
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert found(office, "磁盘空间").level == level


def test_check__clock_set_back__is_told(office: OfficeSession) -> None:
    """The computer's clock stands before the last change."""
    file_household(office)
    assert found(office, "电脑时间").level == GOOD
    office.clock = lambda: datetime(2020, 1, 1, tzinfo=UTC)
    assert found(office, "电脑时间").level == WARNING


def test_check__submission(office: OfficeSession, tmp_path: Path) -> None:
    """No office above, archives waiting, nothing waiting."""
    assert "登记上级单位" in found(office, "上报").text
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    acquaint(office, county, tmp_path)
    assert found(office, "上报").level == GOOD
    file_household(office)
    assert "1 户还没有上报" in found(office, "上报").text
    county.close()


def test_unchanged__would_notice(office: OfficeSession) -> None:
    """The guard the other tests use is not blind."""
    with pytest.raises(AssertionError), unchanged(office), office.database.writing() as connection:
        connection.execute(text("INSERT INTO office_setting (key, value) VALUES ('x', '1')"))


@pytest.mark.parametrize("harm", ["DELETE FROM policy_version", "UPDATE policy_version SET text = text || '#'"])
def test_check__policy_texts(office: OfficeSession, harm: str) -> None:
    """Every assessment has the very text of its policy; one that is gone or altered is told."""
    assert found(office, "认定依据").text == "还没有认定过"
    assessed_household(in_2020(office))
    assert found(office, "认定依据").level == GOOD
    with office.database.writing() as connection:
        connection.execute(text("DROP TRIGGER policy_text_is_kept"))
        connection.execute(text("DROP TRIGGER policy_text_is_not_deleted"))
        connection.execute(text(harm))
    assert found(office, "认定依据").level == ERROR


def test_check__cases(office: OfficeSession) -> None:
    """A list that says something else than the record is found."""
    posted(office)
    assert found(office, "办理").level == GOOD
    with office.database.writing() as connection:
        connection.execute(text("UPDATE case_state SET standing = 'exited'"))
    assert found(office, "办理").level == ERROR
