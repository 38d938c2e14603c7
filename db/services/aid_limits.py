"""Up to how much each kind of aid may reach for a household as it stands today, less what it had this year.

The pack in force judges; what this office knows of the household – its class, its students, its grants – is put before it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.domain.aid.aid_check import DONATION, STUDY_AID, AidFinding, Weight
from db.domain.aid.list_flow import Outcome
from db.domain.aid.policy_gaps import stacking_doubt, why_no_limit
from db.domain.case_words import Standing
from db.domain.means_form import WORKER
from db.domain.option_lists import option_list
from db.domain.policy.assessment import CapResult
from db.domain.policy.book import LoadedPack
from db.domain.policy.eligibility import aid_caps, kept_from
from db.domain.policy.facts import HouseholdFacts, Record
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.student_rules import DONATED, FOR_WHOM
from db.services import archiving, assessing, policies, student_facts
from db.services.former_archives import household_ids
from db.services.office import OfficeSession
from db.store import aid_store, case_store, casework_store, household_record, review_store
from db.store.archive_store import StoredArchive

EARLIER, STUDENTS = "earlier_aid", "students"


def kinds(session: OfficeSession) -> list[tuple[str, str]]:
    """The kinds of aid with their names: those of the policy in force first, the others as ones it does not speak of."""
    options = {option.code: option.label for option in option_list("aid_item").current()}
    loaded = policies.chosen_policy(session, session.today)
    written = [code for code in dict.fromkeys(item.item for item in (loaded.pack.aid if loaded else ())) if code in options]
    beside = "（现行政策没有写）" if loaded else ""
    return [(code, options[code]) for code in written] + [
        (code, f"{words}{beside}") for code, words in options.items() if code not in written
    ]


def caps_of(session: OfficeSession, archive_id: str) -> tuple[CapResult, ...]:
    """The limits of every kind of aid for a household today, less what was granted this year."""
    with session.database.reading() as connection:
        stored = archiving.load_stored(connection, archive_id)
        return caps_within(connection, session, stored, case_store.standing_of(connection, stored.id), session.today)


def caps_for_student(
    connection: Connection, session: OfficeSession, stored: StoredArchive, student: RecordContent
) -> tuple[dict[str, CapResult], Standing]:
    """The limits by item for a student as their registration tells them, saved or not, and where the household stands."""
    pool = case_store.standing_of(connection, stored.id)
    limits = caps_within(connection, session, stored, pool, session.today, student)
    person, regime = student.text("person"), student.text("regime")
    written = {cap.item for cap in limits} | {"tuition"}
    found = {item: cap_for(limits, item, person, regime) for item in STUDY_AID & written}
    return {item: cap for item, cap in found.items() if cap is not None}, pool


def cap_for(caps: Sequence[CapResult], item: str, person: str, regime: str = "") -> CapResult | None:
    """The limit for this person, else for the household; that of a single person stands in where nobody was named.

    *regime*: of a student. What donors give follows their wish where the pack says so, whatever it is given for.
    """
    if regime == DONATED and item in STUDY_AID:
        wished = next((cap for cap in caps if cap.item == DONATION), None)
        if wished is not None:
            return wished
    of_item = [cap for cap in caps if cap.item == item]
    exact = [cap for cap in of_item if cap.person == person] or [cap for cap in of_item if not cap.person]
    # one item may have several regimes, as 助学 has for those on file and those who cannot be: the student's own, else the
    # one that is open
    fitting = exact or (of_item if len(of_item) == 1 else [])
    own = [cap for cap in fitting if regime and cap.for_whom == FOR_WHOM.get(regime)]
    return min(own or fitting, key=lambda cap: cap.allowed is False, default=None)


def caps_within(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    pool: Standing,
    on: str,
    student: RecordContent | None = None,
) -> tuple[CapResult, ...]:
    """The limits on a day, by the pack in force then; *student*: a registration that is being filled in."""
    day = date.fromisoformat(on)
    loaded = policies.chosen_policy(session, day)
    if loaded is None:
        return ()
    facts = student_facts.with_students(connection, stored, _facts(connection, stored, loaded, day), day.year, student)
    class_code, level = decided(connection, stored)
    known = {item.code for item in loaded.pack.hardship_class}
    filed = pool in {Standing.ON_FILE, Standing.PHASING_OUT}
    by_wish = any(item.item == DONATION for item in loaded.pack.aid)
    asked = _with_grants(connection, stored, replace(facts, values={**facts.values, "is_on_file": filed}), on, by_wish)
    wanted = class_code if class_code in known and filed else None
    return aid_caps(asked, loaded, policies.policy_book(session), day, wanted, level if wanted else None)


def _facts(connection: Connection, stored: StoredArchive, loaded: LoadedPack, day: date) -> HouseholdFacts:
    return assessing.facts_within(connection, stored, assessing.means_year(loaded, day))[0]


def why_none(
    connection: Connection, session: OfficeSession, stored: StoredArchive, item: str, person: str, name: str, on: str
) -> str:
    """Why an item that the policy in force has knows no limit for *person*, called *name*; empty where it has no such item."""
    loaded = policies.chosen_policy(session, date.fromisoformat(on))
    if loaded is None:
        return "还没有选用这一天有效的政策，上限算不出：请先到“设置 → 政策”选用。先给的，请写明理由。"
    return why_no_limit(loaded.pack, item, name if person else "", school_stage(connection, stored, person, on))


def doubts(connection: Connection, session: OfficeSession, stored: StoredArchive, item: str, on: str) -> list[AidFinding]:
    """What the policy in force says beside its limits: who may only have some kinds of aid, and what it leaves open of several."""
    day = date.fromisoformat(on)
    loaded = policies.chosen_policy(session, day)
    if loaded is None:
        return []
    found = _kept_from(connection, session, stored, loaded, item, day)
    if not loaded.pack.stacking:
        return found
    rows = aid_store.grants_of(connection, household_ids(connection, stored.id), int(on[:4]))
    had = [row["item"] for row in rows if row["outcome"] != Outcome.WITHDRAWN]
    doubt = stacking_doubt(loaded.pack, item, decided(connection, stored)[0], had)
    return [*found, doubt] if doubt else found


def _kept_from(
    connection: Connection, session: OfficeSession, stored: StoredArchive, loaded: LoadedPack, item: str, day: date
) -> list[AidFinding]:
    """That a kind of aid the pack does not speak of is kept from the household all the same (S003-09: 只能享受助学)."""
    if any(entry.item == item for entry in loaded.pack.aid):
        return []
    book = policies.policy_book(session)
    rule = kept_from(_facts(connection, stored, loaded, day), loaded, book, day, item)
    label = option_list("aid_item").label(item)
    return [AidFinding("not_allowed", Weight.STOP, f"不能给“{label}”：{rule.label}。（{rule.citation}）")] if rule else []


def decided(connection: Connection, stored: StoredArchive) -> tuple[str | None, str | None]:
    """Class and level that count: as an office above said, else as was decided here, else as the form says."""
    for row in review_store.reviews_of(connection, stored.id):
        if row["step"] == "final" and row["class_code"]:
            return row["class_code"], row["level_code"]
    latest = next(iter(casework_store.decisions_of(connection, stored.id)), None)
    if latest and latest["decided_class"]:
        return latest["decided_class"], latest["decided_level"]
    said = stored.content.values.get("hardship_category")
    return (str(said) if said else None), None


def _with_grants(
    connection: Connection, stored: StoredArchive, facts: HouseholdFacts, on: str, by_wish: bool
) -> HouseholdFacts:
    """The facts with this year's grants among the aid had, less what came back; what was typed into the worksheet counts besides.

    *by_wish*: what donors give for schooling follows their wish and uses up no limit of the union's own money.
    """
    granted: list[Record] = [
        {
            "item": row["item"],
            "amount": row["amount"] - row["came_back"],
            "giver": "society" if by_wish and _is_donated(row) else "union",
            "person": _person_here(stored, row) or None,
            "received_on": row["granted_on"],
        }
        for row in aid_store.grants_of(connection, household_ids(connection, stored.id), int(on[:4]))
        if row["outcome"] != Outcome.WITHDRAWN
    ]
    return replace(facts, rows={**facts.rows, EARLIER: (*facts.rows.get(EARLIER, ()), *granted)})


def _is_donated(grant: dict[str, Any]) -> bool:
    return bool(grant["fund_source"] == DONATION and grant["item"] in STUDY_AID)


def _person_here(stored: StoredArchive, grant: dict[str, Any]) -> str:
    """For whom a grant was, as this archive names them: one of an archive merged into it is known by the ID number."""
    person: str = grant["person"]
    if grant["archive_id"] == stored.id or person in {"", WORKER} or not grant["recipient_number"]:
        return person
    same = (member for member in stored.content.members if member.get("id_number") == grant["recipient_number"])
    return next((str(member["id"]) for member in same), person)


_LOWER_YEARS = 3
"""Of a 五年制高职: the years that count as 中职, the rest as 高职 (requirements §d.6 no. 18)."""


def school_stage(connection: Connection, stored: StoredArchive, person: str, on: str) -> str:
    """The stage of a student as registered, else as the newest worksheet tells it; empty for anybody else."""
    if not person:
        return ""
    year = int(on[:4])
    for row in reversed(household_record.of_household(connection, stored.id, RecordKind.STUDENT)):
        values = student_facts.here(stored, row).values
        if values.get("person") == person and isinstance(values.get("year"), int) and int(str(values["year"])) <= year:
            return _upper(str(values.get("stage") or ""), values.get("enrolled_year"), year)
    years = [year for year in casework_store.means_years(connection, stored.id) if year <= int(on[:4])]
    facts, _ = assessing.facts_within(connection, stored, max(years)) if years else (None, 0)
    found = [row for row in facts.rows.get(STUDENTS, ()) if row.get("person") == person] if facts else []
    if not found:
        return ""
    enrolled = str(found[-1].get("enrolled_on") or "")[:4]
    return _upper(str(found[-1].get("stage") or ""), int(enrolled) if enrolled else None, year)


def _upper(stage: str, enrolled: object, year: int) -> str:
    """A 五年制高职 counts as 高职 from its fourth year on."""
    later = stage == "five_year_vocational" and isinstance(enrolled, int) and year - enrolled >= _LOWER_YEARS
    return "higher_vocational" if later else stage
