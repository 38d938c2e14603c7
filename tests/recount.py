"""A second opinion on the figures of lists and boards: told in plain Python from the history that an office keeps.

Nothing of the program's own telling is used: neither its table of acts nor its SQL, only the rows as they were written.
"""

import json
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import text

from db.services.office import OfficeSession

Row = dict[str, Any]

WEEK, AHEAD = 7, 30
IN_PERSON = ("home", "workplace", "office")

STAGE_AFTER = {
    "accept": "verification", "verify": "comparison", "compare": "deliberation", "agree": "notice", "fast_track": "notice",
    "object": "objection", "settle": "notice", "end_notice": "submission", "submit": "review", "returned": "submission",
}  # fmt: skip
BEGINS = {
    "apply": ("file", "application"), "convert": ("file", "verification"), "readmit": ("readmit", "application"),
    "begin_adjust": ("adjust", "verification"), "begin_exit": ("exit", "verification"),
}  # fmt: skip
MOVES = {
    "note_lead": "lead", "note_on_file": "on_file", "note_exited": "exited", "give_up": "given_up", "make_temporary": "temporary",
    "cancel": "cancelled",
}  # fmt: skip
DROPS = {"not_eligible", "disagree", "uphold", "abandon", "refused"}


@dataclass(frozen=True)
class Told:
    """Where a household stands, as its history tells it."""

    pool: str = "applicant"
    track: str = "file"
    stage: str = "application"
    notice_ends: str | None = None
    verify_by: str | None = None
    phase_out_ends: str | None = None
    exited_on: str | None = None
    before: str = ""
    """The pool before it was cancelled."""


def after(told: Told, act: str, on: str, detail: Row) -> Told:
    """One more line of the history. It has happened, so nobody asks whether it was allowed."""
    if act == "approved":
        return approved(told, on)
    if act in DROPS:
        return idle(replace(told, pool="not_eligible" if told.track == "file" else told.pool))
    if act in MOVES:
        return replace(idle(replace(told, before=told.pool, pool=MOVES[act])), exited_on=detail.get("exited_on"))
    if act in BEGINS:
        track, stage = BEGINS[act]
        return replace(told, track=track, stage=stage, pool="applicant" if track == "file" else told.pool)
    return replace(told, **{"stage": STAGE_AFTER.get(act, told.stage), **beside(told, act, detail)})


def beside(told: Told, act: str, detail: Row) -> Row:
    """What an act changes beside the stage."""
    changes: dict[str, Row] = {
        "step_back": {"stage": detail.get("to_stage")},
        "post": {"notice_ends": detail.get("ends_on")},
        "settle": {"notice_ends": detail.get("ends_on")},
        "fast_track": {"verify_by": detail.get("verify_by")},
        "supply_comparison": {"verify_by": None},
        "restore": {"pool": told.before},
        "phase_out": {"pool": "phasing_out", "phase_out_ends": detail.get("end_date")},
        "relapse": {"pool": "on_file", "phase_out_ends": None},
    }
    return changes.get(act, {})


def idle(told: Told) -> Told:
    """Nothing is being decided any more, and nothing is owed for it."""
    return replace(told, track="", stage="", notice_ends=None, verify_by=None)


def approved(told: Told, on: str) -> Told:
    """The office above agreed."""
    if told.track == "exit":
        return idle(replace(told, pool="exited", exited_on=on, phase_out_ends=None))
    return replace(idle(replace(told, pool="on_file", exited_on=None, phase_out_ends=None)), verify_by=told.verify_by)


# -- reading the history ------------------------------------------------------------------------------------------


@dataclass
class History:
    """The plain rows of an office, by archive, in the order in which they were written."""

    revisions: dict[str, list[Row]] = field(default_factory=dict)
    steps: dict[str, list[Row]] = field(default_factory=dict)
    reviews: dict[str, list[Row]] = field(default_factory=dict)
    records: dict[str, list[Row]] = field(default_factory=dict)
    targets: dict[str, set[str]] = field(default_factory=dict)


def history_of(session: OfficeSession) -> History:
    """Everything a recount looks at."""
    found = History()
    tables = {
        "revisions": "SELECT archive_id, revision, made_at, action, snapshot FROM archive_revision ORDER BY revision",
        "steps": "SELECT archive_id, archive_revision, act, on_day, detail FROM case_step ORDER BY archive_revision",
        "reviews": "SELECT archive_id, archive_revision, outcome, made_at, due_on FROM review ORDER BY rowid",
        "records": "SELECT archive_id, archive_revision, record_id, kind, is_removed, content FROM case_record"
        " ORDER BY archive_revision",
    }
    with session.database.reading() as connection:
        for name, statement in tables.items():
            rows: dict[str, list[Row]] = getattr(found, name)
            for row in connection.execute(text(statement)).mappings():
                rows.setdefault(row["archive_id"], []).append(dict(row))
        for campaign, archive_id in connection.execute(text("SELECT campaign_id, archive_id FROM campaign_target")):
            found.targets.setdefault(campaign, set()).add(archive_id)
    return found


def first_told(oldest: Row) -> Told:
    """Where a household began: one that came with its 职工编号 was on file."""
    number = json.loads(oldest["snapshot"])["worker"].get("worker_number") or ""
    has_number = number and not number.startswith(("T", "临"))
    return idle(Told("on_file")) if has_number else Told()


def retold(history: History, archive_id: str) -> Told:
    """The history of one household from its first line to its last."""
    *_, (told, _day) = ((first_told(history.revisions[archive_id][0]), ""), *telling(history, archive_id))
    return told


def telling(history: History, archive_id: str) -> Iterator[tuple[Told, str]]:
    """Where a household stood after each line of its history, and the day of the line."""
    lines = [(row["archive_revision"], 0, row) for row in history.steps.get(archive_id, [])]
    last_words = {row["archive_revision"]: row for row in history.reviews.get(archive_id, [])}
    lines += [(revision, 1, row) for revision, row in last_words.items()]
    told = first_told(history.revisions[archive_id][0])
    for _revision, is_review, row in sorted(lines, key=lambda line: line[:2]):
        if is_review:
            told = after(told, row["outcome"], row["made_at"][:10], {})
        else:
            told = after(told, row["act"], row["on_day"], json.loads(row["detail"]))
        yield told, row["made_at"][:10] if is_review else row["on_day"]


def told_on(history: History, day: str) -> dict[str, Told]:
    """Where every household stood at the end of a day, by what had happened until then."""
    until = History(
        history.revisions,
        {key: [row for row in rows if row["on_day"] <= day] for key, rows in history.steps.items()},
        {key: [row for row in rows if row["made_at"][:10] <= day] for key, rows in history.reviews.items()},
    )
    return {archive_id: retold(until, archive_id) for archive_id in history.revisions}


def left_between(history: History, first: str, last: str) -> Counter[str]:
    """How often households left the archives between two days: ``exited`` and ``cancelled``."""
    found: Counter[str] = Counter()
    for archive_id in history.revisions:
        before = first_told(history.revisions[archive_id][0])
        for told, day in telling(history, archive_id):
            on = told.exited_on if told.pool == "exited" and told.exited_on else day
            if before.pool in {"on_file", "phasing_out"} and told.pool in {"exited", "cancelled"} and first <= on <= last:
                found[told.pool] += 1
            before = told
    return found


def current_records(history: History, archive_id: str, kind: str) -> list[Row]:
    """The answers of the records of a kind that count: the last version of each, unless it was removed."""
    last = {row["record_id"]: row for row in history.records.get(archive_id, []) if row["kind"] == kind}
    return [json.loads(row["content"])["values"] for row in last.values() if not row["is_removed"]]


# -- figures ------------------------------------------------------------------------------------------------------


@dataclass
class Recount:
    """Every figure that a list or a board of the township shows, counted once more."""

    history: History
    today: str
    told: dict[str, Told] = field(init=False)

    def __post_init__(self) -> None:
        self.told = {archive_id: retold(self.history, archive_id) for archive_id in self.history.revisions}

    @property
    def pools(self) -> Counter[str]:
        """How many stand in each pool."""
        return Counter(told.pool for told in self.told.values())

    @property
    def stages(self) -> Counter[tuple[str, str]]:
        """How far what is being decided has come."""
        return Counter((told.track, told.stage) for told in self.told.values() if told.track)

    @property
    def in_archives(self) -> list[str]:
        """Whoever is on file, those phasing out among them."""
        return [key for key, told in self.told.items() if told.pool in {"on_file", "phasing_out"}]

    def nagging(self) -> dict[str, set[str]]:
        """The piles that nag."""
        year_ago = f"{int(self.today[:4]) - 1}{self.today[4:]}"
        told = self.told.items()
        return {
            "notice": {key for key, it in told if it.stage == "notice" and (it.notice_ends or self.today) < self.today},
            "verify": {key for key, it in told if it.verify_by and it.verify_by < self.today},
            "phase_out": {key for key, it in told if it.pool == "phasing_out" and (it.phase_out_ends or "") < self.today},
            "old": {key for key in self.in_archives if self.history.revisions[key][-1]["made_at"][:10] < year_ago},
        }

    # -- pairing

    def pairings(self, archive_id: str) -> list[Row]:
        """Those that stand today."""
        found = current_records(self.history, archive_id, "pairing")
        return [row for row in found if row["since"] <= self.today and not row.get("until", "9") <= self.today]

    def coverage(self) -> tuple[int, int, int]:
        """Households in the archives, those with a cadre, those with a leader."""
        pairs = [self.pairings(key) for key in self.in_archives]
        return len(pairs), sum(map(bool, pairs)), sum(any(row["is_leader"] for row in rows) for rows in pairs)

    def paired_since(self, archive_id: str) -> str:
        """Since when somebody has looked after it without a gap."""
        spans = sorted((row["since"], row.get("until", "9999")) for row in current_records(self.history, archive_id, "pairing"))
        since, until = "", ""
        for begins, ends in (span for span in spans if span[0] <= self.today):
            since = since if since and begins <= until else begins
            until = max(until, ends)
        return since

    def contact_days(self) -> list[tuple[str, str]]:
        """What is owed to the paired: a contact by the end of the next month, a visit within half a year."""
        found = []
        for key in (key for key in self.in_archives if self.pairings(key)):
            visits = current_records(self.history, key, "home_visit")
            for kind, methods, months in (("call", ("call", *IN_PERSON), 1), ("visit", ("home",), 6)):
                last = max((row["visited_on"] for row in visits if row["method"] in methods), default="")
                found.append((kind, end_of_month(max(last, self.paired_since(key)), months)))
        return found

    # -- the board

    def due_days(self) -> list[tuple[str, str]]:
        """Every kind of thing that falls due with a household, and its day."""
        found = self.contact_days()
        for key, told in self.told.items():
            if told.verify_by:
                found.append(("verify", told.verify_by))
            if told.stage == "notice" and told.notice_ends:
                found.append(("notice", next_day(told.notice_ends)))
            if told.pool == "phasing_out" and told.phase_out_ends:
                found.append(("phase_out", told.phase_out_ends))
            found += self._of_records(key, told.pool) + self._sent_back(key)
        return found

    def _of_records(self, key: str, pool: str) -> list[tuple[str, str]]:
        found = []
        if pool in {"applicant", "on_file", "phasing_out", "temporary"}:
            measures = current_records(self.history, key, "measure")
            found += [("measure", row["due_on"]) for row in measures if not row.get("done_on")]
        if pool not in {"cancelled", "given_up", "not_eligible"}:
            visits = current_records(self.history, key, "home_visit")
            last = max((row["visited_on"] for row in visits), default="")
            found += [("next_visit", row["next_on"]) for row in visits if row.get("next_on") and row["visited_on"] == last]
        return found

    def _sent_back(self, key: str) -> list[tuple[str, str]]:
        """The last word from above on the version that stands, if it is to be put right by a day."""
        newest = self.history.revisions[key][-1]["revision"]
        words = [row for row in self.history.reviews.get(key, []) if row["archive_revision"] == newest]
        return [("returned", words[-1]["due_on"])] if words and words[-1]["outcome"] == "returned" else []

    def board(self) -> dict[str, dict[str, int]]:
        """How many of each kind are late, due today, within a week, within a month."""
        counted: dict[str, Counter[str]] = {}
        for kind, day in self.due_days():
            span = self._span(kind, day)
            if span:
                counted.setdefault(kind, Counter())[span] += 1
        return {kind: dict(spans) for kind, spans in counted.items()}

    def _span(self, kind: str, day: str) -> str:
        left = (date.fromisoformat(day) - date.fromisoformat(self.today)).days
        if left < 0:
            return "today" if kind == "notice" else "late"
        return "today" if left == 0 else "week" if left <= WEEK else "later" if left <= AHEAD else ""

    # -- monitoring

    def campaign(self, campaign_id: str) -> tuple[int, int, int]:
        """Due, done, and advised to be opened again."""
        sheets = {key: [row for row in current_records(self.history, key, "monitoring") if row.get("campaign_id") == campaign_id]
                  for key in self.told}  # fmt: skip
        listed = [key for key, rows in sheets.items() if rows or key in self.history.targets.get(campaign_id, ())]
        due = [key for key in listed if sheets[key] or self.told[key].pool != "cancelled"]
        return len(due), sum(bool(sheets[key]) for key in due), sum(sheets[key][-1]["relapse_advised"] for key in due if sheets[key])


def next_day(day: str) -> str:
    """The day after."""
    return date.fromordinal(date.fromisoformat(day).toordinal() + 1).isoformat()


def end_of_month(day: str, months: int) -> str:
    """The last day of the month so many months after that of *day*."""
    total = int(day[:4]) * 12 + int(day[5:7]) - 1 + months
    year, month = total // 12, total % 12 + 1
    return f"{year}-{month:02d}-{monthrange(year, month)[1]:02d}"
