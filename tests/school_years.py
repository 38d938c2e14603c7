"""Two school years of a township and its county: money comes in, is granted, paid, fails, comes back; all of it once more in a notebook.

The households are those of :mod:`two_years`, with children. What a clerk or a bank did stands in the notebook as plain
facts, so that a recount need not believe the program. Nobody in it exists.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from banks import Bank
from casework import worksheet
from factories import citizen_number, household, photo
from money_notes import Child, Moved, Paid, Source, band_of
from two_years import Life, Pace, World

from db.domain.form_schema import Value
from db.domain.means_form import WORKER
from db.domain.records.record_form import RecordContent
from db.services import (
    aid,
    archiving,
    bank_exchange,
    disbursement,
    funds,
    means,
    office_papers,
)
from db.services import office as offices
from db.services.aid import GrantInput
from db.services.archiving import Archive
from db.services.disbursement import ListView
from db.services.office import OfficeSession
from db.services.office_papers import PaperOwner

STUDY_REGION = "340882"
STAGES = {
    "preschool": 3, "primary": 6, "junior_high": 3, "senior_high": 3, "secondary_vocational": 3, "five_year_vocational": 5,
    "junior_college": 3, "bachelor": 4, "postgraduate": 3, "special": 9,
}  # fmt: skip
"""School stages with how many years they take."""
NEXT = {"preschool": "primary", "primary": "junior_high", "junior_high": "senior_high", "senior_high": "bachelor",
        "secondary_vocational": "junior_college"}  # fmt: skip


class SchoolWorld(World):
    """The world of the casework with children, sources of money and a bank."""

    def __init__(self, town: OfficeSession, county: OfficeSession, stick: Path, rng: Any) -> None:
        pace = Pace(with_number=26, known_before=12, gone_before=4, leads=4, applicants=6, new_each_month=1, exits_each_window=3,
                    phase_outs_each_window=2, adjusted_each_window=1, paired=12, contacts_each_month=4, sheets=2)  # fmt: skip
        super().__init__(town, county, stick, rng, pace)
        self.bank = Bank(rng, stick)
        self.grants: dict[int, Paid] = {}
        """By amount in 分."""
        self.moves: list[Moved] = []
        self.children: list[Child] = []
        self.sources: dict[str, Source] = {}
        """By name."""
        self.day_care: list[tuple[str, str, int]] = []
        self.posts: list[tuple[str, str, str, int]] = []
        self.goods: list[tuple[str, str]] = []
        """Archive and day."""
        self.programmes: dict[str, str] = {}
        """Ids by title."""
        self.graduates: dict[str, tuple[str, str]] = {}
        """By number: since when on record, and since when at work."""
        self.serial = 0
        self.ledgers: dict[str, object] = {}
        """How a source stood when its ledger was read last."""
        self.read: set[str] = set()
        """Lists whose paper has been read."""
        offices.add_clerk(county, "周国平", "另一个口令2026")
        slot = next(slot for slot in offices.clerk_slots(county.folder) if slot.name == "周国平")
        self.second = offices.open_office(county.folder, "另一个口令2026", slot.clerk_id)
        self.second.clock = self.now

    def close(self) -> None:
        """The second clerk of the county goes home."""
        self.second.close()

    # -- households -------------------------------------------------------------------------------------------------

    def file(self, **values: Value) -> str:
        """A new household with a child or two, a worksheet, and a card of its own."""
        self._numbers += 1
        self.minutes += 1
        migrant = self.rng.random() < 0.35
        filed_on = "2021-05-20" if str(values.get("worker_number") or "T")[0] != "T" else None
        known: dict[str, Value] = {"is_migrant_worker": migrant, "filed_on": filed_on, **values}
        content = household(f"school years {self._numbers}", 2 + self._numbers % 3, **known)
        for place, member in enumerate(content.members):
            if member["relation_to_head"] in {"son", "daughter"}:
                born = f"{2002 + (self._numbers + place) % 14}{1 + place:02d}{1 + self._numbers % 28:02d}"
                member["id_number"] = citizen_number(f"340882{born}{self._numbers % 1000:03d}")
        archive_id = archiving.save_archive(self.town, content).id
        self.notebook[archive_id] = []
        return archive_id

    def sheet(self, archive: Archive, year: int) -> None:
        """The worksheet by which limits are worked out."""
        if means.load_means(self.town, archive.id, year) is None:
            sheet = worksheet(self.town, archive, self.rng.randint(8, 30) * 100_000, year)
            sheet.values |= {"region": STUDY_REGION, "is_on_file": True}
            means.save_means(self.town, archive.id, sheet)

    # -- sources ----------------------------------------------------------------------------------------------------

    def session(self, office: str) -> OfficeSession:
        """``town`` or ``county``."""
        return self.town if office == "town" else self.county

    def source(self, office: str, name: str, kind: str, *items: str, **more: Value) -> Source:
        """A new source."""
        content = {"name": name, "source_kind": kind, "year": self.day.year, "begins_on": f"{self.day.year}-01-01",
                   "needs_archive": kind == "central", **({"allowed_items": list(items)} if items else {}), **more}  # fmt: skip
        made = funds.save_fund(self.session(office), RecordContent(content))
        self.sources[name] = Source(made.record_id, office, kind, items)
        return self.sources[name]

    def move(self, name: str, movement: str, amount: int) -> None:
        """Money comes into a source, or goes back to where it came from."""
        source = self.sources[name]
        values: dict[str, Value] = {"fund_id": source.id, "movement": movement, "on_day": self.today, "amount": amount}
        funds.save_movement(self.session(source.office), RecordContent(values))
        self.moves.append(Moved(source.office, name, movement, self.today, amount))

    # -- granting ---------------------------------------------------------------------------------------------------

    def grant(self, name: str, item: str, archive: Archive, amount: int, person: str = "", **more: Any) -> str | None:
        """Grant what may be granted, up to the limit; the grant's id, None where nothing is left."""
        self.minutes += 1
        source = self.sources[name]
        session = self.session(source.office)
        self.serial += 1
        amount = amount // 1000 * 1000 + self.serial
        given = GrantInput(item, amount, person=person, fund_id=source.id, reason="按活动方案", **more)
        look = aid.look_at_grant(session, archive.id, given)
        if look.cap_left is not None and look.cap_left < amount:
            self.note("at the limit")
            amount = look.cap_left // 1000 * 1000 - 1000 + self.serial
            if amount < 1000 or amount > look.cap_left or amount in self.grants:
                self.note("nothing left")
                return None
            given = GrantInput(item, amount, person=person, fund_id=source.id, reason="按活动方案", **more)
            look = aid.look_at_grant(session, archive.id, given)
        if look.is_stopped:
            self.note("stopped")
            return None
        made = aid.grant_aid(session, archive.id, given)
        child = self.child_of(archive.id, made.recipient_number) if person not in {"", WORKER} else None
        self.grants[amount] = Paid(
            source.office, name, item, amount, archive.id, made.recipient_number, given.granted_on or self.today,
            band_of(child, int(self.today[:4])) if child else "", bool(archive.content.values.get("is_migrant_worker")),
            programme=more.get("programme_title", ""),
        )  # fmt: skip
        return made.id

    def child_of(self, archive_id: str, number: str) -> Child | None:
        """The newest registration of a child."""
        known = [child for child in self.children if child.archive_id == archive_id and child.number == number]
        return known[-1] if known else None

    # -- paying -----------------------------------------------------------------------------------------------------

    def pay(self, office: str, title: str, ids: list[str], layout: str, *, again: bool = False) -> str:
        """A list from draft to the bank; its id. The answer comes by :meth:`answer`."""
        session = self.session(office)
        self.minutes += 1
        made = disbursement.pay_again(session, ids[0]) if again else disbursement.create_list(session, title, ids)
        view = self.sound(session, made.id)
        disbursement.lock_list(session, made.id, {line.grant_id: line.account for line in view.lines})
        if office == "county":
            disbursement.approve_list(self.second, made.id)
        else:
            paper = office_papers.add_paper(session, PaperOwner.PAYMENT_LIST, made.id, "签字名册.jpg", photo(60, 40))
            disbursement.approve_list(session, made.id, paper.id)
        ending = {"standard": "xlsx", "csv": "csv", "txt": "txt"}[layout]
        path = self.stick / f"{made.number}-{office}.{ending}"
        bank_exchange.write_roster(session, made.id, layout, path)
        self.bank.take(path, made.id)
        return made.id

    def sound(self, session: OfficeSession, list_id: str) -> ListView:
        """The list without the lines that cannot be paid."""
        view = disbursement.load_list(session, list_id)
        typed = {line.grant_id: line.account for line in view.lines}
        wrong = {item.index for item in disbursement.load_list(session, list_id, typed).findings if item.severity == "error"}
        if wrong:
            disbursement.take_off_list(session, list_id, [view.lines[at].id for at in wrong])
            self.note("taken off a list")
        return disbursement.load_list(session, list_id)

    def answer(self, office: str, list_id: str) -> None:
        """The bank's answer is read, looked at and put down; the bank remembers what it paid."""
        self.minutes += 1
        session = self.session(office)
        while path := self.bank.answer(list_id):
            preview = bank_exchange.read_return(session, list_id, path, "csv")
            assert len(preview.set_aside) == self.bank.odd_rows, [item.text for item in preview.set_aside]
            bank_exchange.apply_return(session, list_id, preview, self.today)
        for amount in self.bank.paid[list_id]:
            known = self.grants[amount]
            known.paid_on, known.order = self.today, self.seen["paid"]
            known.list_id = list_id
            self.note("paid")
        for amount in self.bank.failed[list_id]:
            self.grants[amount].failed += 1
            self.note("failed")

    def comes_back(self, amount: int, back: int, reason: str) -> None:
        """Money that was paid comes back."""
        known = self.grants[amount]
        session = self.session(known.office)
        grant = next(item for item in aid.grants_of(session, known.archive_id) if item.amount == amount)
        disbursement.note_returned(session, grant.id, back, self.today, reason)
        known.back.append((self.today, back))
        self.note("came back")

    def give_up(self, amount: int) -> None:
        """A grant that is not paid is withdrawn."""
        known = self.grants[amount]
        session = self.session(known.office)
        grant = next(item for item in aid.grants_of(session, known.archive_id) if item.amount == amount)
        aid.withdraw_grants(session, [grant.id], "本人放弃")
        known.withdrawn_on = self.today
        self.note("withdrawn")

    # -- what is planned --------------------------------------------------------------------------------------------

    def on(self, year: int, month: int, day: int, act: Callable[[], None]) -> None:
        """Let it happen on a day."""
        self.agenda.setdefault(date(year, month, day), []).append(once(act))


def once(act: Callable[[], None]) -> Life:
    """Something that happens and is over."""
    act()
    yield from ()
