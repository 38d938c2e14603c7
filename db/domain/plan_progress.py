"""Needs, plan and measures of a household against what was done: what was promised, and what came of it.

A measure is done when its record says so; what was granted or done for the household since it was agreed is shown beside
it as what there is to show. Help that no measure foresaw is told as well, and a plan that names needs but no measure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent

AID_OF = {
    "tuition": frozenset({"tuition", "study_cost", "work_study", "donation"}),
    "warmth": frozenset({"warmth"}),
    "living": frozenset({"living", "temporary", "housing", "heating"}),
    "medical": frozenset({"medical"}),
    "mutual_aid": frozenset({"mutual_aid"}),
    "legal": frozenset({"legal"}),
    "skills": frozenset({"employment"}),
    "business": frozenset({"employment"}),
    "sunshine_employment": frozenset({"employment"}),
}
"""Kinds of aid that carry out a kind of measure."""
SERVICE_OF = {
    "legal": "legal",
    "referral": "referral",
    "mutual_aid": "mutual_aid",
    "skills": "employment",
    "business": "employment",
    "sunshine_employment": "employment",
}
"""The kind of service that carries out a kind of measure."""


class MeasureState(StrEnum):
    """How far a measure is."""

    DONE = "done"
    LATE = "late"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Help:
    """Something the household was given or that was done for it. *code*: kind of aid or of service."""

    code: str
    on_day: str
    words: str
    is_service: bool = False
    measure_id: str = ""
    is_waiting: bool = False
    """Whether somebody else has to decide yet."""


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A measure, how far it is, and what there is to show for it."""

    record_id: str
    content: RecordContent
    state: MeasureState
    shown_by: tuple[Help, ...]

    @property
    def label(self) -> str:
        """Its kind."""
        return option_list("measure_kind").label(self.content.text("measure_kind"))

    @property
    def words(self) -> str:
        """What is to be done."""
        return self.content.text("content")

    @property
    def when(self) -> str:
        """How far it is, in words."""
        done, due = self.content.text("done_on"), self.content.text("due_on")
        if done:
            return f"{done} 完成"
        if not due:
            return f"{self.content.text('planned_on')} 确定，还没有完成"
        return f"应在 {due} 前完成" + ("，已逾期" if self.state is MeasureState.LATE else "")

    @property
    def may_be_done(self) -> bool:
        """Whether there is something to show, decided, although the record does not say it is done."""
        return self.state is not MeasureState.DONE and any(not each.is_waiting for each in self.shown_by)


@dataclass(frozen=True, slots=True)
class Progress:
    """The plan that counts (None: there is none), its measures and what was done beside them."""

    plan: RecordContent | None
    measures: tuple[MeasureLine, ...]
    unplanned: tuple[Help, ...]

    @property
    def planned(self) -> int:
        """How many measures were agreed."""
        return len(self.measures)

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(line.state is MeasureState.DONE for line in self.measures)

    @property
    def late(self) -> int:
        """How many are overdue."""
        return sum(line.state is MeasureState.LATE for line in self.measures)


def progress(
    plans: Sequence[RecordContent],
    measures: Iterable[tuple[str, RecordContent]],
    given: Sequence[Help],
    today: str,
) -> Progress:
    """How far the help of a household is. *measures*: record id and content; *given*: everything it got, in any order.

    Measures of an earlier year that are done are history and left out; open ones go on counting.
    """
    plan = max(plans, key=lambda item: (int(item.text("year") or 0), item.text("made_on")), default=None)
    year = plan.text("year") if plan else today[:4]
    told = [(key, item) for key, item in measures if not item.text("done_on") or item.text("done_on")[:4] >= year]
    told.sort(key=lambda pair: (bool(pair[1].text("done_on")), pair[1].text("due_on") or "9999", pair[1].text("planned_on")))
    left = sorted(given, key=lambda item: item.on_day)
    lines = []
    for key, item in told:
        shown = [each for each in left if _carries_out(each, key, item)]
        left = [each for each in left if each not in shown]
        lines.append(MeasureLine(key, item, _state(item, today), tuple(shown)))
    return Progress(plan, tuple(lines), tuple(each for each in left if each.on_day[:4] >= year))


def _state(item: RecordContent, today: str) -> MeasureState:
    if item.text("done_on"):
        return MeasureState.DONE
    due = item.text("due_on")
    return MeasureState.LATE if due and due < today else MeasureState.OPEN


def _carries_out(each: Help, record_id: str, measure: RecordContent) -> bool:
    """Named by the service itself, else of the kind and between the day it was agreed and the day it was done."""
    if each.measure_id:
        return each.measure_id == record_id
    kind = measure.text("measure_kind")
    fits = each.code == SERVICE_OF.get(kind) if each.is_service else each.code in AID_OF.get(kind, frozenset())
    return fits and measure.text("planned_on") <= each.on_day <= (measure.text("done_on") or "9999")
