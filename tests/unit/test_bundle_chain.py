"""Every way in which a bundle does not fit into the chain: told in one sentence, with what to do about it."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from factories import file_household, make_office
from neighbours import acquaint, expect_refusal, town_and_county, unchanged
from sqlalchemy import text
from test_bundle_hostile import outer_file, parts

from db.services import archiving, exchange, undoing
from db.services.office import OfficeSession


@dataclass
class Table:
    """A township with an archive, its county, a stick, and a folder for whoever else comes into it."""

    town: OfficeSession
    county: OfficeSession
    stick: Path
    folder: Path
    seeds: int = 1

    def exported(self) -> Path:
        """The township's next bundle, with one more household in it."""
        self.seeds += 1
        file_household(self.town, self.seeds)
        return exchange.export_bundle(self.town, None, self.stick).path

    def received(self, path: Path) -> Path:
        """The county has received *path*."""
        exchange.receive_bundle(self.county, path)
        return path

    def card(self, session: OfficeSession) -> Path:
        """A fresh card of *session*."""
        path = self.folder / f"{session.office.id}-{session.now}.nuandang-card".replace(":", "")
        exchange.write_card(session, path)
        return path

    def renewed(self) -> None:
        """The township has new keys and is enrolled anew."""
        exchange.renew_own_keys(self.town, "电脑丢失")
        exchange.enrol(self.county, self.card(self.town), replace=True)


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    """Each moment a minute after the one before."""
    with town_and_county(tmp_path) as (town, county, stick):
        moments = iter(range(100_000))
        for session in (town, county):
            session.clock = lambda: datetime.now().astimezone() + timedelta(minutes=next(moments))
        yield Table(town, county, stick, tmp_path)


def somebody_elses(table: Table) -> Path:
    other, _ = make_office(table.folder / "other", "怀宁县总工会", "county")
    acquaint(table.town, other, table.folder)
    path = exchange.export_bundle(table.town, [file_household(table.town, 90).id], table.stick, other.office.id).path
    other.close()
    return path


def unknown(table: Table) -> Path:
    stranger, _ = make_office(table.folder / "stranger", "王河镇总工会")
    card = table.folder / "county.nuandang-card"
    exchange.write_card(table.county, card)
    exchange.enrol(stranger, card)
    file_household(stranger, 5)
    path = exchange.export_bundle(stranger, None, table.stick).path
    stranger.close()
    return path


def renumbered(table: Table) -> Path:
    table.received(table.exported())
    with table.town.database.writing() as connection:
        for statement in ("DELETE FROM bundle_item", "DELETE FROM bundle", "DELETE FROM office_setting WHERE key = 'sequence_floor'"):
            connection.execute(text(statement))
    table.renewed()
    return table.exported()


def wrong_direction(table: Table) -> Path:
    path = table.exported()
    with table.county.database.writing() as connection:
        connection.execute(text("UPDATE partner_office SET relation = 'parent'"))
    return path


def newer(table: Table) -> Path:
    cover, payload = parts(table.exported().read_bytes())
    path = table.stick / "newer.nuandang"
    path.write_bytes(outer_file({**cover, "format": 9}, payload))
    return path


def older(table: Table) -> Path:
    first = table.exported()
    table.received(table.exported())
    return first


def former(table: Table) -> Path:
    path = table.exported()
    table.renewed()
    return path


def revoked_before(table: Table) -> Path:
    path = table.exported()
    exchange.revoke(table.county, table.town.office.id, "电脑丢失")
    table.renewed()
    return path


def revoked(table: Table) -> Path:
    path = table.exported()
    exchange.revoke(table.county, table.town.office.id, "电脑丢失")
    return path


def stranger_signed(table: Table) -> Path:
    exchange.renew_own_keys(table.town, "没有告诉县里")
    return table.exported()


def for_another_key(table: Table) -> Path:
    path = table.exported()
    with table.county.database.writing() as connection:
        connection.execute(text("DELETE FROM office_setting WHERE key = 'exchange_keys'"))
    exchange.own_card(table.county)
    return path


def repeated(table: Table) -> Path:
    return Path(shutil.copy(table.received(table.exported()), table.stick / "again.nuandang"))


def owing(table: Table) -> Path:
    path = repeated(table)
    with table.county.database.writing() as connection:
        connection.execute(text("UPDATE bundle SET receipted_at = NULL"))
    return path


def damaged(table: Table) -> Path:
    path = table.exported()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    return path


REFUSALS: dict[str, tuple[Callable[[Table], Path], str, str]] = {
    "repeat": (repeated, "bundle_repeated", "不用再处理"),
    "repeat without a receipt": (owing, "bundle_owes_receipt", "重写回执"),
    "older": (older, "bundle_older", "重新导出"),
    "somebody else's": (somebody_elses, "bundle_for_other", "请交给该单位"),
    "unknown": (unknown, "bundle_unknown_sender", "登记它的单位名片"),
    "re-enrolled, numbers begin anew": (renumbered, "bundle_renumbered", "接在第 1 包之后"),
    "wrong direction": (wrong_direction, "bundle_wrong_direction", "核对双方登记的上下级关系"),
    "newer format": (newer, "bundle_newer", "升级暖档"),
    "former key": (former, "bundle_former_key", "重新导出"),
    "revoked key": (revoked_before, "bundle_revoked_key", "打电话核对"),
    "revoked sender": (revoked, "bundle_sender_revoked", "重新登记"),
    "nobody's signature": (stranger_signed, "bundle_unsigned", "打电话核对"),
    "for another key": (for_another_key, "bundle_wrong_key", "重新登记"),
    "damaged": (damaged, "bundle_damaged", "重新导出"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal__one_sentence_and_what_to_do(table: Table, name: str) -> None:
    """Looked into and received alike; the office stays as it is."""
    make, code, advice = REFUSALS[name]
    path = make(table)
    with unchanged(table.county):
        told = expect_refusal(lambda: exchange.inspect_bundle(table.county, path), code).text()
        assert expect_refusal(lambda: exchange.receive_bundle(table.county, path), code).text() == told
    assert advice in told and "\n" not in told and len(told) < 130, told


def gap(table: Table) -> Path:
    table.exported()
    return table.exported()


def long_gap(table: Table) -> Path:
    exchange.continue_numbering(table.town, table.county.office.id, 7)
    return table.exported()


def broken(table: Table) -> Path:
    table.received(table.exported())
    with table.town.database.writing() as connection:
        connection.execute(text("UPDATE bundle SET payload_sha256 = :other WHERE direction = 'sent'"), {"other": "ab" * 32})
    return table.exported()


def reenrolled(table: Table) -> Path:
    path = broken(table)
    path.unlink()
    exchange.renew_own_keys(table.town, "电脑丢失")
    exchange.enrol(table.county, table.card(table.town), replace=True)
    with table.county.database.writing() as connection:
        connection.execute(text("UPDATE bundle SET sequence = 2 WHERE direction = 'received'"))
    ids = archiving.archive_ids(table.town, archiving.ArchiveQuery())
    return exchange.export_bundle(table.town, ids, table.stick).path


def undone(table: Table) -> Path:
    path = table.received(table.exported())
    undo_last(table.county)
    return path


def after_undone(table: Table) -> Path:
    undone(table)
    return table.exported()


def undo_last(county: OfficeSession) -> None:
    offer = undoing.undoable(county)
    assert offer is not None and not offer.obstacle, offer
    undoing.undo_last(county, offer.bundle_id)


def future(table: Table) -> Path:
    clock = table.town.clock
    table.town.clock = lambda: clock() + timedelta(days=400)
    return table.exported()


WARNINGS: dict[str, tuple[Callable[[Table], Path], tuple[str, ...]]] = {
    "gap": (gap, ("缺第 1 包", "请对方重新导出")),
    "long gap": (long_gap, ("缺第 1 至 7 包", "请对方重新导出")),
    "broken chain": (broken, ("接不上", "请打电话核对", "“全部”")),
    "re-enrolled": (reenrolled, ("换了密钥重新登记", "“全部”")),
    "undone, again": (undone, ("撤销了", "重新接收")),
    "after an undone one": (after_undone, ("第 1 包收过又撤销了", "先重新接收它")),
    "date ahead": (future, ("在今天之后", "核对两边电脑的时间")),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_warning__one_sentence_and_what_to_do(table: Table, name: str) -> None:
    """The bundle is taken, and what is odd about it is told once, in one sentence."""
    make, words = WARNINGS[name]
    path = make(table)
    preview = exchange.inspect_bundle(table.county, path)
    told = [warning for warning in preview.warnings if all(word in warning for word in words)]
    assert len(told) == 1 and told[0].endswith("。") and len(told[0]) < 100, preview.warnings
    assert told[0] in exchange.receive_bundle(table.county, path).warnings


def test_sound_chain__nothing_is_said(table: Table) -> None:
    """Three bundles in order: no warning about the chain."""
    for _ in range(3):
        outcome = exchange.receive_bundle(table.county, table.exported())
        assert not [warning for warning in outcome.warnings if "包" in warning], outcome.warnings
    with table.county.database.reading() as connection:
        summaries = connection.execute(text("SELECT summary FROM bundle WHERE direction = 'received'")).scalars().all()
    assert len(summaries) == 3 and all(json.loads(summary) for summary in summaries)
