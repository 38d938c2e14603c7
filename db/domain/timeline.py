"""What happened to a household, one event after the other: the kinds, an event, and in which order events stand.

Events are ordered by the versions of the archive they belong to, not by clocks: a computer whose date was wrong for a
month tells the same story as one whose date was right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What an event is about; what a reader of the timeline filters by."""

    FORM = "form"
    MEANS = "means"
    CASE = "case"
    NOTICE = "notice"
    REVIEW = "review"
    VISIT = "visit"
    PAIRING = "pairing"
    AID = "aid"
    MONITORING = "monitoring"
    OTHER = "other"
    PAPER = "paper"
    OUTPUT = "output"
    EXCHANGE = "exchange"
    MOVE = "move"


KIND_LABELS = {
    EventKind.FORM: "档案表",
    EventKind.MEANS: "家庭经济和认定",
    EventKind.CASE: "办理",
    EventKind.NOTICE: "公示",
    EventKind.REVIEW: "上级审核",
    EventKind.VISIT: "走访联系",
    EventKind.PAIRING: "结对帮扶",
    EventKind.AID: "救助",
    EventKind.MONITORING: "动态监测",
    EventKind.OTHER: "其他登记",
    EventKind.PAPER: "材料",
    EventKind.OUTPUT: "打印和导出",
    EventKind.EXCHANGE: "上报和收发",
    EventKind.MOVE: "移交和合并",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event leads: a tab of the archive (or a page) and what is meant there."""

    tab: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One thing that happened."""

    kind: EventKind
    on: str
    """The day it happened (ISO)."""
    recorded_at: str
    """The moment it was recorded."""
    title: str
    lines: tuple[str, ...] = ()
    who: str = ""
    """Clerk, with the office where it is not this one."""
    place: Place = Place("")
    revision: int = 0
    """The version of the archive it made or is about; 0 where it belongs to none."""
    phase: int = 0
    """Order among the events of one version."""
    counts: bool = True
    """False for a step that was passed over, a bundle or merge that was undone, a warning that was lifted."""
    archive_number: str = ""
    """Of the merged archive it happened to; empty for the archive itself."""

    @property
    def was_recorded_later(self) -> bool:
        """Whether it was put down on another day than it happened."""
        return self.recorded_at[:10] != self.on

    def says(self, words: str) -> bool:
        """Whether *words* stand in it, whatever their case."""
        return any(words.lower() in told.lower() for told in (self.title, self.who, self.on, *self.lines))


def in_order(events: Iterable[TimelineEvent]) -> list[TimelineEvent]:
    """Events of one archive in the order in which they came about.

    What belongs to no version (a warning from above) stands behind the last version that was made before it.
    """
    listed = list(events)
    made = sorted((event.recorded_at, event.revision) for event in listed if event.revision and event.phase == 0)

    def key(event: TimelineEvent) -> tuple[Any, ...]:
        if event.revision:
            return event.revision, event.phase, event.recorded_at
        before = [revision for at, revision in made if at <= event.recorded_at]
        return max(before, default=0), 9, event.recorded_at

    return sorted(listed, key=key)


def interleaved(columns: Sequence[Sequence[TimelineEvent]]) -> list[TimelineEvent]:
    """Events of several archives as one column; within each archive the order stays as it is."""
    heads = [list(reversed(column)) for column in columns if column]
    found = []
    while heads:
        earliest = min(heads, key=lambda rest: rest[-1].recorded_at)
        found.append(earliest.pop())
        if not earliest:
            heads = [rest for rest in heads if rest]
    return found


def by_day(events: Iterable[TimelineEvent]) -> list[TimelineEvent]:
    """Events by the day on which they happened; those of one day as they were recorded."""
    return sorted(events, key=lambda event: event.on)


def kind_counts(events: Iterable[TimelineEvent]) -> dict[EventKind, int]:
    """How many events there are of each kind that occurs, in the order of the kinds."""
    found: dict[EventKind, int] = {}
    for event in events:
        found[event.kind] = found.get(event.kind, 0) + 1
    return {kind: found[kind] for kind in EventKind if kind in found}
