"""The casework of an archive: where it stands, what may be done next and what is missing, and doing it.

An act is a step of its own and makes a revision of the archive, so it is signed in the history and travels with it. What
the office above decides comes in its reviews; both are told together (:mod:`db.domain.case_flow`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from db.domain.archive_content import new_id
from db.domain.case_acts import ActOffer, CaseFacts, available_acts
from db.domain.case_detail import BY_KEY, DetailFault, DetailKind, cleaned, detail_faults
from db.domain.case_flow import RULES, CaseState, IllegalStepError, Step, apply, first_state, replay, track_since
from db.domain.case_words import STAGE_LABELS, Act, Need, Stage, Standing, Track
from db.domain.option_lists import option_list
from db.domain.paper_checklist import recent_since, unproven_exit
from db.domain.policy.pack import Pack
from db.domain.records.home_visit import verifies
from db.domain.records.record_form import RecordKind, read_record
from db.domain.work_calendar import CountedDay, add_working_days, working_days_between
from db.errors import Progress, UserError
from db.services import archiving, policies
from db.services.calendars import calendar_of
from db.services.means import record_revision, signature_of
from db.services.office import OfficeSession
from db.services.ownership import own_archive, standing
from db.services.skipped import Skipped, skipped
from db.store import bundle_store, case_store, casework_store, hidden, record_store
from db.store.archive_store import RevisionNote, StoredArchive


@dataclass(frozen=True, slots=True)
class StepEntry:
    """One line of what has happened: an act, or a review from above. *counted* is False where it was passed over."""

    act: Act
    label: str
    on: str
    detail: dict[str, str]
    made_at: str
    clerk_name: str
    counted: bool
    state_after: str

    def lines(self) -> list[str]:
        """What was filled in, as people read it."""
        return [f"{BY_KEY[key].label}：{detail_words(key, value)}" for key, value in self.detail.items() if key in BY_KEY]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as the screen shows it: *offers* are empty, with the reason in *locked*, where it cannot be changed here."""

    archive_id: str
    state: CaseState
    offers: tuple[ActOffer, ...]
    steps: tuple[StepEntry, ...]
    locked: str = ""
    note: str = ""
    """What to mind of the act just taken: a year whose holidays are not known."""

    def offer(self, act: Act) -> ActOffer | None:
        """The offer of an act; None where it does not begin here."""
        return next((item for item in self.offers if item.act is act), None)


def detail_words(key: str, value: str) -> str:
    """An answer as people read it: options by their label."""
    field = BY_KEY.get(key)
    return option_list(field.options).label(value) if field and field.kind is DetailKind.CHOICE else value


# -- looking ------------------------------------------------------------------------------------------------------


def case_of(session: OfficeSession, archive_id: str) -> CaseView:
    """Where a case stands, what may be done, and what has been done, oldest first."""
    pack = _pack(session)
    with session.database.reading() as connection:
        stored = archiving.load_stored(connection, archive_id)
        found = standing(connection, session, stored)
        events = case_store.events_of(connection, [archive_id])[archive_id]
        state = replay(events.first, events.steps())
        facts = _facts(connection, session, stored, pack, events)
        offers = available_acts(state, facts, pack) if found.may_change else []
    return CaseView(archive_id, state, tuple(offers), _entries(events), found.sentence)


def cases_told(session: OfficeSession, ids: Sequence[str]) -> dict[str, CaseView]:
    """Where these cases stand and what has been done, by archive, without what may be done: for papers about many."""
    with session.database.reading() as connection:
        found = case_store.events_of(connection, ids)
    return {
        archive_id: CaseView(archive_id, replay(events.first, events.steps()), (), _entries(events))
        for archive_id, events in found.items()
    }


def _pack(session: OfficeSession) -> Pack | None:
    loaded = policies.chosen_policy(session, date.fromisoformat(session.today))
    return loaded.pack if loaded else None


_PAPERS = text(
    "SELECT document_type, max(substr(added_at, 1, 10)) FROM attachment WHERE archive_id = :id AND removed_at IS NULL GROUP BY 1"
)


def _facts(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    pack: Pack | None,
    events: case_store.CaseEvents,
) -> CaseFacts:
    assessments = casework_store.assessments_of(connection, stored.id, 1)
    decisions = casework_store.decisions_of(connection, stored.id)
    decided = decisions[0] if decisions else None
    partners = bundle_store.partners(connection)
    newest = {row[0]: row[1] for row in connection.execute(_PAPERS, {"id": stored.id})}
    since = recent_since(session.today)
    return CaseFacts(
        today=session.today,
        papers=frozenset(newest),
        recent_papers=frozenset(code for code, day in newest.items() if day >= since),
        missing_fields=stored.missing_count,
        has_means=bool(casework_store.means_years(connection, stored.id)),
        has_visit=_visit(connection, stored.id, events) is not None,
        is_assessed=bool(assessments),
        is_decided=bool(decided and assessments and decided["assessment_id"] == assessments[0]["id"]),
        class_code=str((decided and decided["decided_class"]) or stored.content.values.get("hardship_category") or ""),
        level=decided["decided_level"] if decided else None,
        wants_photo=pack.notice.photo if pack and pack.notice else True,
        has_program_above=any(row["relation"] == "parent" for row in partners),
    )


def _visit(connection: Connection, archive_id: str, events: case_store.CaseEvents) -> dict[str, Any] | None:
    """The latest visit that verifies the household, since what is being decided now was begun."""
    since = track_since(events.first, events.steps())
    rows = record_store.records_of(connection, [archive_id], RecordKind.HOME_VISIT)
    counting = (row for row in reversed(rows) if row["on_day"] >= since and verifies(read_record(row["content"])))
    return next(counting, None)


def _entries(events: case_store.CaseEvents) -> tuple[StepEntry, ...]:
    entries = []
    for event, state, counted in events.told():
        step = event.step
        words = (event.made_at, event.made_by, counted, state.words)
        entries.append(StepEntry(step.act, RULES[step.act].label, step.on, step.detail, *words))
    return tuple(entries)


def notice_days(session: OfficeSession) -> int | None:
    """How long the policy in force wants a notice to hang; None where it does not say."""
    pack = _pack(session)
    return int(pack.notice.days) if pack and pack.notice and pack.notice.days else None


def policy_documents(session: OfficeSession) -> str:
    """The documents of the policy in force, as papers cite them; empty where none is chosen."""
    pack = _pack(session)
    return pack.documents if pack else ""


# -- doing --------------------------------------------------------------------------------------------------------


def take_step(
    session: OfficeSession, archive_id: str, act: Act, detail: dict[str, Any] | None = None, *, posted_days: int | None = None
) -> CaseView:
    """Record an act; UserError with what is missing (``faults`` in its context) and then nothing is stored.

    *posted_days*: how long a notice hangs where the policy does not say; the last day is counted by the office's calendar.
    """
    pack = _pack(session)
    with session.database.writing() as connection:
        stored = own_archive(connection, session, archive_id)
        events = case_store.events_of(connection, [archive_id])[archive_id]
        state = replay(events.first, events.steps())
        given = _checked(connection, session, stored, events, act, detail or {}, pack)
        given |= _of_visit(connection, archive_id, events) if act is Act.VERIFY else {}
        last_day = _last_day(connection, events, state, act, given, pack, posted_days)
        given |= {"ends_on": last_day.day.isoformat()} if last_day else {}
        step = Step(act, _day_of(given, session.today), given)
        _refuse_illegal(state, step)
        note = record_revision(connection, session, stored, "step", _reason(act, given))
        case_store.insert_steps(connection, [_step_row(stored, step, events.first, note)])
        case_store.refresh(connection, [archive_id])
    return replace(case_of(session, archive_id), note=last_day.note if last_day else "")


def _refuse_illegal(state: CaseState, step: Step) -> None:
    try:
        apply(state, step)
    except IllegalStepError as fault:
        raise UserError("case_act_not_here", act=RULES[step.act].label, state=state.words) from fault


def _checked(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    events: case_store.CaseEvents,
    act: Act,
    detail: dict[str, Any],
    pack: Pack | None,
) -> dict[str, str]:
    rule, state = RULES[act], replay(events.first, events.steps())
    facts = _facts(connection, session, stored, pack, events)
    offers = available_acts(state, facts, pack)
    offer = next((item for item in offers if item.act is act), None)
    if offer is None:
        raise UserError("case_act_not_here", act=rule.label, state=state.words)
    if offer.missing:
        told = "".join(item.text for item in offer.missing)
        raise UserError("case_missing", act=rule.label, first=told, faults=offer.missing)
    faults = detail_faults(rule.needs, detail, session.today)
    if act is Act.STEP_BACK and detail.get("to_stage") not in set(Stage):
        faults.append(DetailFault("to_stage", "请选择退回到哪一个环节。"))
    given = cleaned(act, rule.needs, detail)
    if Need.EVIDENCE in rule.needs and not faults:
        unproven = unproven_exit(given.get("exit_reason", ""), facts.recent_papers)
        faults += [DetailFault("exit_reason", unproven)] if unproven else []
    if faults:
        raise UserError("case_detail", act=rule.label, first=faults[0].text, faults=tuple(faults))
    return given


def _of_visit(connection: Connection, archive_id: str, events: case_store.CaseEvents) -> dict[str, str]:
    """What a verification rests on: the visit, its day and who went."""
    row = _visit(connection, archive_id, events)
    assert row is not None  # without one the act was refused
    content = read_record(row["content"])
    told = {"visited_on": content.text("visited_on"), "visitors": content.text("visitors"), "findings": content.text("findings")}
    return {"visit_id": row["record_id"], **{key: words for key, words in told.items() if words}}


def _day_of(given: dict[str, str], today: str) -> str:
    """The day on which it happened: what the act itself says, else today."""
    return max((value for key, value in given.items() if key in BY_KEY and BY_KEY[key].past), default=today)


def _reason(act: Act, given: dict[str, str]) -> str:
    told = [f"{BY_KEY[key].label}：{detail_words(key, value)}" for key, value in given.items() if key in BY_KEY]
    if act is Act.STEP_BACK:
        told.insert(0, f"到“{STAGE_LABELS[Stage(given['to_stage'])]}”")
    return RULES[act].label + (f"。{'；'.join(told)}" if told else "")


def note_leads(connection: Connection, session: OfficeSession, archives: Sequence[StoredArchive]) -> None:
    """Let households that were just filed be 摸底线索; one that came with its 职工编号 is on file and stays so."""
    rows = []
    for stored in archives:
        first = first_state(stored.content.text("worker_number"))
        if RULES[Act.NOTE_LEAD].fits(first):
            note = record_revision(connection, session, stored, "step", RULES[Act.NOTE_LEAD].label)
            step = Step(Act.NOTE_LEAD, session.today)
            rows.append(_step_row(stored, step, first, note))
    case_store.insert_steps(connection, rows)
    case_store.refresh(connection, [row["archive_id"] for row in rows])


def _step_row(stored: StoredArchive, step: Step, first: CaseState, note: RevisionNote) -> dict[str, Any]:
    return {
        "id": new_id(),
        "archive_id": stored.id,
        "archive_revision": stored.revision,
        "act": step.act.value,
        "on_day": step.on,
        "detail": step.detail,
        "first_state": first.to_json(),
        **signature_of(note),
    }


# -- the days of a notice -----------------------------------------------------------------------------------------


def _last_day(
    connection: Connection,
    events: case_store.CaseEvents,
    state: CaseState,
    act: Act,
    given: dict[str, str],
    pack: Pack | None,
    posted_days: int | None,
) -> CountedDay | None:
    """The last day of a notice that is posted, or goes on after an objection; None for other acts."""
    if act not in {Act.POST, Act.SETTLE}:
        return None
    notice = pack.notice if pack else None
    working = notice is None or notice.day_kind == "working"
    if act is Act.POST:
        days = posted_days or (int(notice.days) if notice and notice.days else 0)
        if not 0 < days <= _LONGEST_NOTICE:
            raise UserError("case_notice_days")
        return _days_after(connection, given["starts_on"], days, working=working)
    objected = next(step.on for step in reversed(events.steps()) if step.act is Act.OBJECT)
    left = _days_left(connection, objected, state.notice_ends or objected, working=working)
    return _days_after(connection, given["settled_on"], left, working=working)


_LONGEST_NOTICE = 90


def _days_after(connection: Connection, start: str, number: int, *, working: bool) -> CountedDay:
    """The *number*-th day after a day, which itself does not count (requirements §d.6 no. 11)."""
    first = date.fromisoformat(start)
    if not working:
        return CountedDay(first + timedelta(days=number))
    return add_working_days(first, number, calendar_of(connection))


def _days_left(connection: Connection, objected: str, ends: str, *, working: bool) -> int:
    """The days of a notice that an objection has stopped: its own day and those after it."""
    before, last = date.fromisoformat(objected) - timedelta(days=1), date.fromisoformat(ends)
    left = working_days_between(before, last, calendar_of(connection)).number if working else (last - before).days
    return max(left, 1)


# -- many at once -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ManyOffer:
    """An act that begins where some of the chosen cases stand: *ready* of them miss nothing for it."""

    offer: ActOffer
    ready: int


def offers_of_many(session: OfficeSession, ids: Sequence[str]) -> list[ManyOffer]:
    """The acts that could be taken for some of the archives *ids*, in the order of the work."""
    found: dict[Act, tuple[ActOffer, int]] = {}
    for archive_id in ids:
        for offer in case_of(session, archive_id).offers:
            first, ready = found.get(offer.act, (replace(offer, missing=()), 0))
            found[offer.act] = (first, ready + offer.is_open)
    return [ManyOffer(*found[act]) for act in RULES if act in found]


def take_step_many(
    session: OfficeSession,
    ids: Sequence[str],
    act: Act,
    detail: dict[str, Any] | None = None,
    progress: Progress | None = None,
    *,
    posted_days: int | None = None,
) -> tuple[int, list[Skipped]]:
    """Take the same act for many archives, each on its own: how many, and which were passed over with the reason.

    What is wrong with *detail* itself is said before anything is done.
    """
    faults = detail_faults(RULES[act].needs, detail or {}, session.today)
    if faults:
        raise UserError("case_detail", act=RULES[act].label, first=faults[0].text, faults=tuple(faults))
    passed_over: list[Skipped] = []
    for number, archive_id in enumerate(ids, 1):
        try:
            take_step(session, archive_id, act, detail, posted_days=posted_days)
        except UserError as fault:
            passed_over.append(skipped(session, archive_id, fault))
        if progress:
            progress(number, len(ids))
    return len(ids) - len(passed_over), passed_over


# -- lists --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """How many archives stand where."""

    standings: dict[Standing, int]
    stages: dict[tuple[Track, Stage], int]


def count_cases(session: OfficeSession) -> CaseCounts:
    """The pools, and the stages of what is under way; merged archives and those handed over are left out."""
    standings: Counter[Standing] = Counter()
    stages: Counter[tuple[Track, Stage]] = Counter()
    with session.database.reading() as connection:
        rows = case_store.count_cases(connection, hidden.shown("a"))
    for pool, track, stage, number in rows:
        standings[Standing(pool)] += number
        if track:
            stages[Track(track), Stage(stage)] += number
    return CaseCounts(dict(standings), dict(stages))

