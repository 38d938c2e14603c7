"""The invented offices the tour walks through: a township in the middle of its work and the county above it.

Everything follows from fixed seeds and a clock that is set by hand, so that two tours show the same.
"""

from __future__ import annotations

import io
import random
from datetime import datetime, timedelta, timezone
from pathlib import Path

import tour_casework
from PIL import Image, ImageDraw

from db.domain.archive_content import ArchiveContent
from db.services import archiving, attachments, backups, clock_check, demo, drafts, exchange
from db.services import office as offices
from db.services.office import OfficeSession
from desktop.start.recovery_code import RECOVERY_CONFIRMED

PASSPHRASE = "梅城镇 2026 年的口令"
_CHINA = timezone(timedelta(hours=8))


class HandSetClock:
    """A clock that stands still between `put`."""

    def __init__(self) -> None:
        self._at = datetime(2026, 11, 3, 9, 12, tzinfo=_CHINA)

    def put(self, day: int, hour: int, minute: int = 0) -> None:
        """Set day and time of November 2026."""
        self._at = datetime(2026, 11, day, hour, minute, tzinfo=_CHINA)

    def __call__(self) -> datetime:
        return self._at


class Stage:
    """Both offices, what lies on the stick, and who is worth a picture."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stick = folder / "U盘"
        self.stick.mkdir(parents=True)
        self.clock = HandSetClock()
        self.town = self.new_office("梅城镇总工会", "township", "340882100", "潜山市总工会", "陈志强")
        self.county = self.new_office("潜山市总工会", "county", "340882", "安庆市总工会", "吴立新")
        self.empty = self.new_office("源潭镇总工会", "township", "340882101", "潜山市总工会", "汪海燕")
        self.ids: list[str] = []
        self.clock.put(3, 9, 12)
        self.ids += demo.fill_office(self.town, 24, seed=1)
        self.clock.put(9, 14, 40)
        self.ids += demo.fill_office(self.town, 20, seed=2)
        self.rich = self.ids[4]
        self._file_papers()
        self._meet()
        self._first_package()
        self._later_work()
        self.second = self._second_package()
        self._unfinished_work()
        tour_casework.prepare(self)
        self.clock.put(21, 9, 30)
        backups.back_up(self.town)
        self.clock.put(21, 9, 42)

    def new_office(self, name: str, level: str, region_code: str, parent_name: str, clerk_name: str) -> OfficeSession:
        """An office of its own."""
        session, _ = offices.create_office(
            self.folder / name,
            name=name,
            level=level,
            region_code=region_code,
            parent_name=parent_name,
            clerk_name=clerk_name,
            passphrase=PASSPHRASE,
            light=True,
        )
        session.clock = self.clock
        clock_check.confirm_clock(session)
        offices.set_setting(session, RECOVERY_CONFIRMED, "yes")
        return session

    def close(self) -> None:
        """Close every office."""
        for session in (self.town, self.county, self.empty):
            session.close()

    # the story

    def _meet(self) -> None:
        for writer, reader in ((self.town, self.county), (self.county, self.town)):
            card = self.card_of(writer)
            exchange.write_card(writer, card)
            exchange.enrol(reader, card)
        exchange.write_card(self.empty, self.card_of(self.empty))

    def card_of(self, session: OfficeSession) -> Path:
        """Where the card of an office lies on the stick."""
        return self.stick / f"{session.office.name}-单位名片{exchange.CARD_SUFFIX}"

    def _first_package(self) -> None:
        self.clock.put(10, 10, 5)
        sent = exchange.export_bundle(self.town, None, self.stick)
        self.clock.put(11, 9, 20)
        received = exchange.receive_bundle(self.county, sent.path)
        self.clock.put(12, 15, 8)
        assert received.receipt is not None
        exchange.receive_bundle(self.town, received.receipt.path)

    def _later_work(self) -> None:
        self.clock.put(16, 10, 26)
        self.ids += demo.fill_office(self.town, 8, seed=3)
        self._amend(self.ids[2], mobile_phone="13800005678")
        self._amend(self.ids[9], home_address="梅城镇舒州大道18号6栋302室", housing_type="low_rent")
        self.clock.put(17, 16, 5)
        content = archiving.load_archive(self.town, self.rich).content
        if content.members:
            content.members[0].update({"member_identity": "college", "school_or_employer": "安徽师范大学"})
        archiving.save_archive(self.town, content, self.rich)
        self._amend(self.rich, monthly_income=200_000, annual_household_income=3_120_000)

    def _amend(self, archive_id: str, **values: str | int) -> None:
        content = archiving.load_archive(self.town, archive_id).content
        content.values.update(values)
        archiving.save_archive(self.town, content, archive_id)

    def _second_package(self) -> Path:
        """Travels to the county during the tour: new, changed, same, and one family that is there already."""
        double = demo.make_household(random.Random(41), members=1)
        known = archiving.load_archive(self.town, self.ids[12]).content
        double.members[0].update({key: known.values[key] for key in ("name", "id_number")})
        archiving.save_archive(self.town, double)
        self.clock.put(18, 10, 30)
        return exchange.export_bundle(self.town, [*exchange.unsubmitted_ids(self.town), *self.ids[20:24]], self.stick).path

    def _unfinished_work(self) -> None:
        self.clock.put(19, 11, 15)
        self.ids += demo.fill_office(self.town, 7, seed=4)
        for archive_id, gaps in zip(self.ids[-2:], (("bank_account", "bank_branch"), ("health_status",)), strict=True):
            content = archiving.load_archive(self.town, archive_id).content
            for key in gaps:
                content.values.pop(key, None)
            archiving.save_archive(self.town, content, archive_id)
        self.clock.put(20, 17, 22)
        self.draft = self._draft(_half_typed())
        self.clock.put(21, 9, 10)
        self._draft(ArchiveContent({"name": "尉迟秀兰", "mobile_phone": "13955601234"}))

    def _draft(self, content: ArchiveContent) -> str:
        draft = drafts.start_draft(self.town)
        draft.content.values.update(content.values)
        draft.content.members.extend(content.members)
        draft.raw["monthly_income"] = "一千五"
        drafts.save_draft(self.town, draft)
        return draft.id

    def _file_papers(self) -> None:
        papers = (("id_card", "身份证正面.jpg"), ("household_register", "户口簿.jpg"), ("income_proof", "收入证明.jpg"))
        for number, (kind, name) in enumerate(papers):
            attachments.add_attachment(self.town, self.rich, name, _photo(number), kind)


def _half_typed() -> ArchiveContent:
    """A form in the making: some steps done, one wrong, the rest empty."""
    content = demo.make_household(random.Random(17), members=2)
    for key in ("bank_name", "bank_branch", "bank_account", "medical_insurance_status", "monthly_income", "decided_on"):
        content.values.pop(key, None)
    content.values["name"] = "李桂兰"
    content.values["mobile_phone"] = "1390000123"
    return content


def _photo(number: int) -> bytes:
    """A made-up scan: paper with lines on a table."""
    image = Image.new("RGB", (1200, 820), (121, 103, 82))
    draw = ImageDraw.Draw(image)
    draw.rectangle((110, 80, 1090, 740), fill=(246, 243, 234), outline=(200, 196, 184), width=3)
    for line in range(9):
        draw.line((180, 180 + 56 * line, 700 + 37 * ((line + number) % 7), 180 + 56 * line), fill=(90, 90, 96), width=7)
    draw.ellipse((820, 470, 1010, 660), outline=(196, 40, 48), width=9)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=80)
    return stream.getvalue()
