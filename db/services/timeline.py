"""The timeline of a household: everything that ever happened to it, in one column, each event with the place it leads to.

The backbone is the archive's history: every act, record, assessment and paper made a version of it. What stands beside
(reviews, bundles, hand-overs, merges, laptops, warnings) hangs on the version it was about. Archives merged into this one
tell their events, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from db.domain.timeline import KIND_LABELS as KIND_LABELS
from db.domain.timeline import EventKind as EventKind
from db.domain.timeline import Place as Place
from db.domain.timeline import TimelineEvent as TimelineEvent
from db.domain.timeline import by_day as by_day
from db.domain.timeline import in_order, interleaved
from db.domain.timeline import kind_counts as kind_counts
from db.services import archiving, timeline_sources
from db.services.office import OfficeSession
from db.services.timeline_sources import Source
from db.store import bundle_store, merge_store


@dataclass(frozen=True, slots=True)
class Timeline:
    """The events of a household, as they came about, and the archives they are told from."""

    archive_id: str
    archive_number: str
    name: str
    events: list[TimelineEvent] = field(default_factory=list)
    merged_numbers: tuple[str, ...] = ()
    """档案编号 of the archives that were merged into this one."""

    def of_kinds(self, kinds: Iterable[EventKind]) -> list[TimelineEvent]:
        """The events of these kinds; of none: all."""
        wanted = set(kinds)
        return [event for event in self.events if not wanted or event.kind in wanted]


def timeline_of(session: OfficeSession, archive_id: str, *, masked: bool = False) -> Timeline:
    """Everything that happened to the household *archive_id*, the oldest first; *masked* for readers outside."""
    with session.database.reading() as connection:
        return read_timeline(connection, session, archive_id, masked=masked)


def read_timeline(connection: Connection, session: OfficeSession, archive_id: str, *, masked: bool = False) -> Timeline:
    """The same within a transaction."""
    stored = archiving.load_stored(connection, archive_id)
    names = {**bundle_store.office_names(connection), session.office.id: session.office.name}
    own = session.office.id
    columns = [in_order(timeline_sources.events(Source(connection, own, archive_id, names, masked=masked)))]
    merged = {row["id"]: row["archive_number"] for row in merge_store.former_archives(connection, archive_id)}
    for other, number in merged.items():
        told = timeline_sources.events(Source(connection, own, other, names, is_merged=True, masked=masked))
        columns.append([replace(event, archive_number=number) for event in in_order(told)])
    found = interleaved(columns)
    return Timeline(archive_id, stored.archive_number, stored.content.text("name"), found, tuple(merged.values()))
