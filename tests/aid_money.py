"""Households on file in Qinghai in 2022, money to grant from, and grants, for tests of aid and payments."""

from datetime import datetime, timedelta, timezone
from typing import Any

from casework import worksheet
from factories import file_household

from db.domain import id_number
from db.domain.case_words import Act
from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent
from db.services import aid, casework, funds, means, policies
from db.services.aid import Grant, GrantInput
from db.services.archiving import Archive
from db.services.office import OfficeSession
from db.services.policy_editing import NewSource
from db.services.policy_standards import NewStandard

REGION = "630104"
"""西宁市城西区; the invented notice of :func:`in_2022` sets 672 元 a month there, the figure of source 000."""


def in_2022(session: OfficeSession, day: str = "2022-07-01") -> OfficeSession:
    """The office on a morning of 2022, working by the packaged policy of Qinghai."""
    year, month, date = map(int, day.split("-"))
    session.clock = lambda: datetime(year, month, date, 9, tzinfo=timezone(timedelta(hours=8)))
    policies.choose_policy(session, "qinghai-2022")
    book = policies.policy_book(session)
    if book.standard("subsistence", REGION, "urban", "2022-07-01") is None:
        source = NewSource("关于提高城市低保标准的通知", "西宁市民政局", checked_on="2022-07-01")
        policies.add_standard(session, NewStandard("subsistence", [REGION], "urban", "2022-01-01", "672", source, "一"))
    return session


def on_file(session: OfficeSession, seed: int = 1, **values: Any) -> Archive:
    """A household of three that was on file before the program came, of the class 深度困难."""
    plain = {"hardship_category": "deep_hardship", "is_migrant_worker": False, "worker_number": f"T{seed:04d}",
             "filed_on": "2021-05-20", **values}  # fmt: skip
    archive = file_household(session, seed, **plain)
    fill_means(session, archive, 2021)
    casework.take_step(session, archive.id, Act.NOTE_ON_FILE, {"reason": "原有档案"})
    return archive


def fill_means(session: OfficeSession, archive: Archive, year: int) -> None:
    """The household's worksheet of a year."""
    sheet = worksheet(session, archive, 1_000_000, year)
    sheet.values |= {"region": REGION, "is_on_file": True}
    means.save_means(session, archive.id, sheet)


def fund(session: OfficeSession, amount: int = 10_000_000, name: str = "2022 年中央财政", **values: Any) -> str:
    """A source with *amount* 分 received; its id."""
    content = {"name": name, "source_kind": "central", "year": 2022, "begins_on": "2022-01-01", "needs_archive": True}
    made = funds.save_fund(session, RecordContent({**content, **values}))
    movement: dict[str, Value] = {"fund_id": made.record_id, "movement": "receipt",
                                  "on_day": f"{values.get('year', 2022)}-03-01", "amount": amount}  # fmt: skip
    if amount:
        funds.save_movement(session, RecordContent(movement))
    return made.record_id


def grant(session: OfficeSession, archive_id: str, fund_id: str, amount: int = 100_000, **more: Any) -> Grant:
    """Living aid granted to a household."""
    return aid.grant_aid(session, archive_id, GrantInput(item="living", amount=amount, fund_id=fund_id, **more))


def card_number(seed: int) -> str:
    """A card number of the right length with a right last digit, of no bank in particular."""
    first = f"99{seed:016d}"
    total = sum(sum(divmod(int(digit) * (2 - at % 2), 10)) for at, digit in enumerate(reversed(first)))
    return first + str(-total % 10)


def citizen(seed: int) -> str:
    """A citizen number."""
    first = f"6301041980{1 + seed % 12:02d}{1 + seed % 28:02d}{seed % 1000:03d}"
    return first + id_number.check_digit(first)
