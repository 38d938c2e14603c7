"""What the cadres of paired households owe: the duties of the policy in force, and by when each household is due.

Done is what :mod:`db.domain.records.home_visit` records say, of whomever they are: it is the household that is owed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from db.domain.pairing_duties import DEFAULT_DUTIES, PairingDuty, duties_of_pack, month_end
from db.errors import UserError
from db.exchange.ical import CalendarEvent, write_calendar
from db.services import pairing, policies
from db.services.leftovers import remember_output
from db.services.office import OfficeSession, get_setting, set_setting
from db.services.pairing import Pairing
from db.store import pairing_store

_SETTING = "pairing_duties"
MOST_MONTHS = 24


class RuleOrigin(StrEnum):
    """Who says how often a paired household is to be contacted."""

    POLICY = "policy"
    OFFICE = "office"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class DutyRules:
    """The duties that count here and who set them: the policy in force, else this office, else the usual ones."""

    duties: tuple[PairingDuty, ...]
    origin: RuleOrigin

    @property
    def words(self) -> str:
        """The duties in one sentence."""
        told = "、".join(duty.words for duty in self.duties)
        sources = {
            RuleOrigin.POLICY: self.duties[0].basis,
            RuleOrigin.OFFICE: "本单位规定，政策没有写明",
            RuleOrigin.DEFAULT: "政策没有写明，按潜山 2020 年的要求",
        }
        return f"{told}（{sources[self.origin]}）"


def duty_rules(session: OfficeSession) -> DutyRules:
    """The duties of the policy in force; where it says nothing those of the office, else the usual ones."""
    loaded = policies.chosen_policy(session, session.today)
    if loaded is not None and loaded.pack.duty:
        return DutyRules(duties_of_pack(loaded.pack.duty, f"《{loaded.pack.title}》"), RuleOrigin.POLICY)
    own = get_setting(session, _SETTING, None)
    if not own:
        return DutyRules(DEFAULT_DUTIES, RuleOrigin.DEFAULT)
    return DutyRules(tuple(replace(duty, every_months=own[duty.code]) for duty in DEFAULT_DUTIES), RuleOrigin.OFFICE)


def set_duty_months(session: OfficeSession, months: Mapping[str, int]) -> None:
    """Every how many months a household is called and visited where the policy does not say; empty: as usual."""
    if months and (set(months) != {duty.code for duty in DEFAULT_DUTIES}):
        raise ValueError(f"duties {sorted(months)}")
    if any(not 1 <= number <= MOST_MONTHS for number in months.values()):
        raise UserError("duty_months", limit=MOST_MONTHS)
    set_setting(session, _SETTING, dict(months))


# -- the list -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingQuery:
    """What the list shows: *pile* is one of ``all``, ``missing``, ``paired``, ``overdue``, ``due`` and ``owed`` (both);
    ``gone`` are those that have left the archives while somebody still looks after them.

    *until*: the last day that counts as due; empty: that of the month.
    """

    pile: str = "all"
    until: str = ""
    text: str = ""
    office_id: str = ""
    cadre_id: str = ""
    archive_id: str = ""
    order: str = "due"
    descending: bool = False

    @property
    def filters(self) -> Mapping[str, str]:
        """What narrows the pile."""
        return {
            "text": self.text.strip(),
            "office_id": self.office_id,
            "cadre_id": self.cadre_id,
            "archive_id": self.archive_id,
        }


@dataclass(frozen=True, slots=True)
class DutyState:
    """How a household stands with one duty."""

    duty: PairingDuty
    last_on: str
    """The last contact that counted; empty where there was none."""
    due_on: str

    def is_overdue(self, today: str) -> bool:
        """Whether the day has passed."""
        return self.due_on < today


@dataclass(frozen=True, slots=True)
class PairingRow:
    """One household of the list."""

    archive_id: str
    archive_number: str
    office_id: str
    name: str
    hardship_category: str | None
    since: str
    """Since when somebody has looked after it without a gap; empty while nobody does."""
    cadres: tuple[Pairing, ...]
    duties: tuple[DutyState, ...]

    @property
    def responsible(self) -> Pairing | None:
        """Who answers for it: the one responsible, else who helps the longest."""
        return self.cadres[0] if self.cadres else None

    @property
    def due(self) -> DutyState | None:
        """What is due first."""
        return min(self.duties, key=lambda state: state.due_on, default=None)

    def duty(self, code: str) -> DutyState | None:
        """The state of one duty."""
        return next((state for state in self.duties if state.duty.code == code), None)


def end_of_month(session: OfficeSession) -> str:
    """The last day of the month of today."""
    return month_end(date.fromisoformat(session.today), 0).isoformat()


def pairing_rows(session: OfficeSession, query: PairingQuery, offset: int = 0, limit: int = 100) -> list[PairingRow]:
    """One page of the list."""
    duties = duty_rules(session).duties
    with session.database.reading() as connection:
        found = pairing_store.households(
            connection,
            duties,
            query.pile,
            session.today,
            query.until or end_of_month(session),
            query.filters,
            query.order,
            query.descending,
            limit,
            offset,
        )
    standing = pairing.standing_pairings(session, [row["id"] for row in found if row["is_paired"]])
    return [_row(row, duties, standing.get(row["id"], [])) for row in found]


def _row(row: Mapping[str, Any], duties: Sequence[PairingDuty], cadres: Sequence[Pairing]) -> PairingRow:
    states = [
        DutyState(duty, row[f"last{at}"] or "", row[f"due{at}"]) for at, duty in enumerate(duties) if row.get(f"due{at}")
    ]
    about = (row["id"], row["archive_number"], row["office_id"], row["name"], row["hardship_category"])
    return PairingRow(*about, row["since"] or "", tuple(cadres), tuple(states))


def pairing_ids(session: OfficeSession, query: PairingQuery) -> list[str]:
    """Ids of every archive the query means."""
    duties = duty_rules(session).duties
    with session.database.reading() as connection:
        until = query.until or end_of_month(session)
        return pairing_store.household_ids(connection, duties, query.pile, session.today, until, query.filters)


def count_piles(session: OfficeSession, query: PairingQuery) -> dict[str, int]:
    """How many households stand in each pile, whatever the query's own pile."""
    with session.database.reading() as connection:
        return piles_of(connection, session, duty_rules(session).duties, query)


def piles_of(
    connection: Connection, session: OfficeSession, duties: Sequence[PairingDuty], query: PairingQuery
) -> dict[str, int]:
    """The same in the caller's transaction."""
    return pairing_store.count_piles(connection, duties, session.today, query.until or end_of_month(session), query.filters)


def household_duties(session: OfficeSession, archive_id: str) -> tuple[DutyState, ...]:
    """What one household is owed; nothing where it is not paired or not on file."""
    rows = pairing_rows(session, PairingQuery(archive_id=archive_id, pile="paired"))
    return rows[0].duties if rows else ()


# -- what is due --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DueDuty:
    """One contact that is owed."""

    archive_id: str
    archive_number: str
    name: str
    office_id: str
    code: str
    label: str
    every_months: int
    due_on: str
    last_on: str
    cadre_id: str
    cadre_name: str


def due_duties(session: OfficeSession, today: str = "", *, until: str = "", cadre_id: str = "") -> list[DueDuty]:
    """Every contact due up to *until* (the end of the month), the longest overdue first."""
    last = until or month_end(date.fromisoformat(today or session.today), 0).isoformat()
    rows = pairing_rows(session, PairingQuery(pile="owed", until=last, cadre_id=cadre_id), 0, -1)
    found = [_due(row, state) for row in rows for state in row.duties if state.due_on <= last]
    return sorted(found, key=lambda item: (item.due_on, item.code, item.archive_number))


def _due(row: PairingRow, state: DutyState) -> DueDuty:
    who = row.responsible
    return DueDuty(
        row.archive_id,
        row.archive_number,
        row.name,
        row.office_id,
        state.duty.code,
        state.duty.label,
        state.duty.every_months,
        state.due_on,
        state.last_on,
        who.cadre_id if who else "",
        who.name if who else "",
    )


# -- the calendar file --------------------------------------------------------------------------------------------

_MONTHS_AHEAD = 12
_ALARM_DAYS = 3


def calendar_events(session: OfficeSession, cadre_id: str = "", *, with_names: bool = False) -> list[CalendarEvent]:
    """The contacts of the coming year, those of one cadre on one day together.

    How many households, unless names are wanted; never numbers or phones: the file is not encrypted.
    """
    today = date.fromisoformat(session.today)
    horizon = month_end(today, _MONTHS_AHEAD).isoformat()
    groups: dict[tuple[str, str, str], list[DueDuty]] = {}
    for item in due_duties(session, until=horizon, cadre_id=cadre_id):
        for each in _series(item, session.today, horizon):
            groups.setdefault((each.due_on, each.cadre_id, each.code), []).append(each)
    return [_event(group, session.today, with_names) for group in groups.values()]


def _series(item: DueDuty, today: str, horizon: str) -> list[DueDuty]:
    """This contact and those that follow when each is made in time; what is overdue stands on today."""
    series = [replace(item, due_on=max(item.due_on, today))]
    while True:
        following = month_end(date.fromisoformat(series[-1].due_on), item.every_months).isoformat()
        if following > horizon:
            return series
        series.append(replace(item, due_on=following))


def _event(group: Sequence[DueDuty], today: str, with_names: bool) -> CalendarEvent:
    first = group[0]
    who = f"（{first.cadre_name}）" if first.cadre_name else ""
    names = "、".join(item.name or item.archive_number for item in group) + "\n" if with_names else ""
    return CalendarEvent(
        uid=f"duty-{first.code}-{first.cadre_id}-{first.due_on}",
        day=first.due_on,
        summary=f"{first.label}结对家庭 {len(group)} 户{who}",
        description=f"{names}在这一天以前联系，联系后请在暖档里记下。",
        alarm_days=_ALARM_DAYS if first.due_on > today else 0,
    )


def write_duty_calendar(session: OfficeSession, path: Path, cadre_id: str = "", *, with_names: bool = False) -> int:
    """Write the contacts of the coming year as a calendar file; how many days it has."""
    remember_output(session, path.parent)
    events = calendar_events(session, cadre_id, with_names=with_names)
    return write_calendar(path, events, name="暖档·结对联系", made_at=session.now)
