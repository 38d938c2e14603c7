"""A graduate's way into work: what the dated lines of their record say, whether they can be so, and when to ask again.

Lines are those of :data:`db.domain.records.graduates.GRADUATE`: ``services`` done, ``stages`` of looking for work
(S001-14), ``follow_ups`` after it (S000-10). Days are ISO.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent, Row
from db.domain.validation import Problem, problem

EMPLOYED, UNEMPLOYED, UNWILLING = "employed", "unemployed", "unwilling"
MILESTONES = (3, 6, 12)
"""Months after somebody began to work when they are asked how it goes."""
EARLY_DAYS = 15
"""Days before such a day from which a contact counts for it."""
SILENCE_DAYS = 30
"""Days without a contact after which a graduate who looks for work is asked again."""
_TOLD = {"employed": EMPLOYED, "studying": EMPLOYED, "left": UNEMPLOYED}
_AFTERWARDS = {"left": "left", "studying": "studying"}
_RANK = {"talking": 1, "signing": 2, "employed": 3}
_FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class Turn:
    """A line that tells where somebody stands from a day on. *stage*: its code; *words*: where and as what."""

    on_day: str
    stage: str
    words: str = ""

    @property
    def status(self) -> str:
        """The employment status it leads to."""
        return _TOLD[self.stage]


@dataclass(frozen=True, slots=True)
class Try:
    """One employer talked to: the day of each stage reached, and how it ended."""

    employer: str
    post: str
    days: dict[str, str]
    is_over: bool


@dataclass(frozen=True, slots=True)
class NextContact:
    """When a graduate is to be asked next, and why."""

    on_day: str
    why: str


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Lines by their days; those of one day as they were written."""
    return sorted(rows, key=lambda row: str(row.get("on_day") or ""))


def turns(content: RecordContent) -> list[Turn]:
    """Every change of the status that has a day, the earliest first."""
    found = [
        Turn(str(row.get("on_day") or ""), str(row["stage"]), _where(row))
        for row in content.rows.get("stages", [])
        if row.get("stage") in _TOLD
    ]
    found += [
        Turn(str(row.get("on_day") or ""), _AFTERWARDS[str(row["situation"])], str(row.get("note") or ""))
        for row in content.rows.get("follow_ups", [])
        if row.get("situation") in _AFTERWARDS
    ]
    return sorted(found, key=lambda turn: turn.on_day)


def _where(row: Row) -> str:
    return "，".join(str(row[key]) for key in ("employer", "post") if row.get(key))


def status_of(content: RecordContent) -> str:
    """The status by the last line that tells one, else as ticked; who left and wants no other work stays so."""
    ticked, told = content.text("employment_status"), turns(content)
    if not told:
        return ticked
    last = told[-1].status
    return UNWILLING if (last, ticked) == (UNEMPLOYED, UNWILLING) else last


def status_on(content: RecordContent, on_day: str) -> str:
    """The status at the end of a day. Before the first line: the opposite of what that line changed, else as ticked."""
    told = turns(content)
    past = [turn for turn in told if turn.on_day <= on_day]
    if past:
        return past[-1].status if past[-1] is not told[-1] else status_of(content)
    if told:
        return UNEMPLOYED if told[0].status == EMPLOYED else EMPLOYED
    return content.text("employment_status")


def was_unemployed(content: RecordContent, status_at_first: str) -> bool:
    """Whether help began with somebody out of work: by the day of registration, not by when it was typed."""
    told = turns(content)
    if told and told[0].status == EMPLOYED and told[0].on_day > content.text("registered_on"):
        return True
    return status_at_first == UNEMPLOYED


def is_studying(content: RecordContent, on_day: str = "9999-12-31") -> bool:
    """Whether the last line until a day says they went on to study."""
    told = [turn for turn in turns(content) if turn.on_day <= on_day]
    return bool(told) and told[-1].stage == "studying"


def stage_reached(content: RecordContent) -> str:
    """The last stage written down, or found out afterwards; empty where there is none."""
    rows = in_order(content.rows.get("stages", []))
    told = turns(content)
    if told and (not rows or told[-1].on_day > str(rows[-1].get("on_day") or "")):
        return told[-1].stage
    return str(rows[-1].get("stage") or "") if rows else ""


def tries(content: RecordContent) -> list[Try]:
    """The employers talked to, in the order of the first word with each; the same one anew after it was over."""
    found: list[Try] = []
    for row in in_order(content.rows.get("stages", [])):
        stage, employer = str(row.get("stage") or ""), str(row.get("employer") or "")
        open_one = next((item for item in reversed(found) if item.employer == employer and not item.is_over), None)
        if stage in _RANK:
            if open_one is None:
                open_one = Try(employer, str(row.get("post") or ""), {}, False)
                found.append(open_one)
            open_one.days.setdefault(stage, str(row.get("on_day") or ""))
        elif stage in {"no_deal", "left"} and open_one is not None:
            days = {**open_one.days, stage: str(row.get("on_day") or "")}
            found[found.index(open_one)] = Try(open_one.employer, open_one.post, days, True)
    return found


# -- when to ask again --------------------------------------------------------------------------------------------


def next_contact(content: RecordContent) -> NextContact | None:
    """When to ask next: 3, 6 and 12 months after work began, and whoever looks for work after a month of silence."""
    status, told = status_of(content), turns(content)
    if status == EMPLOYED and not is_studying(content):
        since = told[-1].on_day if told else content.text("registered_on")
        return _milestone(since, contact_days(content)) if since else None
    if status == UNEMPLOYED and content.values.get("wants_help"):
        last = max([*contact_days(content), content.text("registered_on")])
        return NextContact(_days_after(last, SILENCE_DAYS), f"满 {SILENCE_DAYS} 天没有联系") if last else None
    return None


def contact_days(content: RecordContent) -> list[str]:
    """Every day on which there was something with the graduate."""
    rows = [row for key in ("services", "stages", "follow_ups") for row in content.rows.get(key, [])]
    return sorted(str(row["on_day"]) for row in rows if row.get("on_day"))


def _milestone(since: str, contacts: Sequence[str]) -> NextContact | None:
    later = [day for day in contacts if day > since]
    for months in MILESTONES:
        due = months_after(since, months)
        if not any(day >= _days_after(due, -EARLY_DAYS) for day in later):
            return NextContact(due, f"就业满 {months} 个月回访")
    return None


def months_after(day: str, months: int) -> str:
    """The same day so many months later, the last of the month where it has none; no later than calendars go."""
    first = date.fromisoformat(day)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    if year > date.max.year:
        return date.max.isoformat()
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1])).isoformat()


def _days_after(day: str, days: int) -> str:
    first = date.fromisoformat(day)
    return (first + timedelta(min(days, (date.max - first).days))).isoformat()


# -- what cannot be -----------------------------------------------------------------------------------------------


def stage_problems(content: RecordContent) -> Iterator[Problem]:
    """Stages with an employer go 洽谈, 签约, 就业; nobody works at two places, or leaves one they were not at."""
    rows = content.rows.get("stages", [])
    numbered = sorted(enumerate(rows), key=lambda pair: (str(pair[1].get("on_day") or ""), pair[0]))
    works_at: str | None = None
    reached: dict[str, tuple[int, str]] = {}
    ever_worked = False
    for at, row in numbered:
        stage, employer = str(row.get("stage") or ""), str(row.get("employer") or "")
        if stage in _RANK:
            before, day = reached.get(employer, (0, ""))
            if _RANK[stage] < before:
                label = option_list("employment_stage").label(stage)
                yield _of_stages("employment_order", "stage", at, label=label, day=day)
            reached[employer] = max((before, day), (_RANK[stage], str(row.get("on_day") or "")))
        if stage == "employed":
            if not employer:
                yield _of_stages("employment_employer", "employer", at)
            if works_at is not None and works_at != employer:
                yield _of_stages("employment_twice", "stage", at, employer=works_at or "原单位")
            works_at, ever_worked = employer, True
        elif stage in {"left", "no_deal"}:
            if stage == "left" and ever_worked and works_at is None:
                yield _of_stages("employment_left_twice", "stage", at)
            if stage == "left":
                reached.pop(works_at or employer, None)
                works_at, ever_worked = None, True
            reached.pop(employer, None)


def _of_stages(code: str, key: str, at: int, **context: object) -> Problem:
    return problem(code, key, at, section="stages", **context)
