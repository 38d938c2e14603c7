"""What must hold between offices after any exchange: the same archives, nothing lost, nothing applied twice."""

import json
from collections import Counter, defaultdict
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from db.errors import NuandangError
from db.services import archiving, conflicts, health, office, round_trip
from db.services.archiving import Submission
from db.services.office import OfficeSession

if TYPE_CHECKING:
    from round_trip import Desk, District, Edit

def rows_of(session: OfficeSession, statement: str, **params: object) -> list[dict[str, Any]]:
    """Rows of one office, plain."""
    with session.database.reading() as connection:
        return [dict(row) for row in connection.execute(text(statement), params).mappings()]


def revisions(session: OfficeSession) -> dict[str, list[dict[str, Any]]]:
    """The history of each archive here, oldest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(session, "SELECT * FROM archive_revision ORDER BY archive_id, revision"):
        row.pop("seq")
        found.setdefault(row["archive_id"], []).append(row)
    return found


_WRITTEN = (
    "SELECT archive_id, snapshot AS body FROM archive_revision UNION ALL SELECT archive_id, content FROM means_revision"
    " UNION ALL SELECT archive_id, note FROM attachment UNION ALL SELECT archive_id, content FROM case_record"
)


def histories(session: OfficeSession) -> dict[str, str]:
    """Everything any revision, worksheet or paper of an archive ever said, as one text."""
    found: dict[str, str] = defaultdict(str)
    for row in rows_of(session, _WRITTEN):
        found[row["archive_id"]] += f"{row['body']}\n"
    return found


_ONCE = {
    "archive_revision": "archive_id, device_id, device_counter",
    "means_revision": "archive_id, device_id, device_counter",
    "assessment": "archive_id, device_id, device_counter",
    "decision": "archive_id, device_id, device_counter",
    "review": "archive_id, device_id, device_counter",
    "case_step": "archive_id, device_id, device_counter",
    "case_record": "archive_id, device_id, device_counter",
    "archive_merge": "merged_archive_id, kept_archive_id, made_at",
    "hand_over": "archive_id, requested_at",
}
"""What tells two rows of a table apart that were made by two different acts."""


def applied_twice(session: OfficeSession) -> list[str]:
    """Acts that stand here more than once."""
    tables = {row["name"] for row in rows_of(session, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    return [
        f"{session.office.name}: {table} {dict(row)}"
        for table, columns in _ONCE.items()
        if table in tables
        for row in rows_of(session, f"SELECT {columns}, count(*) AS n FROM {table} GROUP BY {columns} HAVING n > 1")
    ]


def unsound(session: OfficeSession) -> list[str]:
    """What the check-up finds wrong."""
    return [
        f"{session.office.name}: {item.title} {item.text}"
        for item in health.check_office(session)
        if item.level in {health.ERROR, health.WARNING} and item.title not in {"备份", "电脑时间"}
    ]


BESIDE = {
    "household_member": "SELECT * FROM household_member WHERE archive_id = :id ORDER BY id",
    "means_revision": "SELECT * FROM means_revision WHERE archive_id = :id ORDER BY year, revision, device_id, device_counter",
    "assessment": "SELECT * FROM assessment WHERE archive_id = :id ORDER BY id",
    "decision": "SELECT * FROM decision WHERE archive_id = :id ORDER BY id",
    "attachment": "SELECT * FROM attachment WHERE archive_id = :id ORDER BY id",
    "case_step": "SELECT * FROM case_step WHERE archive_id = :id ORDER BY id",
    "case_record": "SELECT * FROM case_record WHERE archive_id = :id ORDER BY id",
    "archive_merge": "SELECT * FROM archive_merge WHERE merged_archive_id = :id ORDER BY id",
}
"""What stands beside an archive at its owner and above alike."""
_OF_ONE_OFFICE = ("seq", "stored_name", "exported_sequence", "acknowledged_at")


def _beside(session: OfficeSession, table: str, archive_id: str) -> list[dict[str, Any]]:
    rows = rows_of(session, BESIDE[table], id=archive_id)
    return [{key: value for key, value in row.items() if key not in _OF_ONE_OFFICE} for row in rows]


_SHARED = ("archive_number", "office_id", "revision", "is_complete", "missing_count", "created_at", "updated_at", "updated_by")


def disagreements(above: OfficeSession, below: OfficeSession) -> list[str]:
    """Where the office above has archives otherwise than the one that sends them; what that one holds as not received."""
    found: list[str] = []
    for archive_id in sent_by(below):
        mine = archiving.load_archive(below, archive_id)
        label = f"{below.office.name} {mine.archive_number}"
        try:
            theirs = archiving.load_archive(above, archive_id)
        except NuandangError:
            found.append(f"{label}: not above")
            continue
        found += [
            f"{label}: {name} {getattr(mine, name)} / {getattr(theirs, name)}"
            for name in _SHARED
            if getattr(mine, name) != getattr(theirs, name)
        ]
        if mine.content != theirs.content:
            found.append(f"{label}: content")
        found += [f"{label}: {table}" for table in BESIDE if _beside(above, table, archive_id) != _beside(below, table, archive_id)]
        if mine.acknowledged_revision != mine.revision:
            found.append(f"{label}: acknowledged {mine.acknowledged_revision} of {mine.revision}")
    return found


_SAID = (
    "SELECT r.* FROM review r JOIN archive a ON a.id = r.archive_id WHERE r.step = 'final'"
    " AND (a.office_id = :office OR :office = '') ORDER BY r.id"
)
_RANKS = ("township", "county", "city")


def said(session: OfficeSession, office_id: str = "") -> dict[str, dict[str, Any]]:
    """The reviews an office knows, of the archives of one office or of all."""
    rows = rows_of(session, _SAID, office=office_id)
    return {row["id"]: {key: value for key, value in row.items() if key not in _OF_ONE_OFFICE} for row in rows}


def states_wrong(above: OfficeSession, below: OfficeSession) -> list[str]:
    """Archives whose state below is not what a recount of the reviews above makes it."""
    found, own_rank = [], _RANKS.index(below.office.level)
    decided: dict[str, tuple[int, str]] = {}
    for row in said(above).values():
        rank = _RANKS.index(row["office_level"])
        archive = archiving.load_archive(above, row["archive_id"])
        counts = row["is_last"] and rank > own_rank and row["archive_revision"] == archive.revision
        if counts and rank >= decided.get(archive.id, (0, ""))[0]:
            decided[archive.id] = rank, row["outcome"]
    for archive_id in sent_by(below):
        mine = archiving.load_archive(below, archive_id)
        expected = decided.get(archive_id, (0, "acknowledged"))[1]
        state = archiving.archive_submission(below, mine)
        if state != expected:
            found.append(f"{below.office.name} {mine.archive_number}: {state} instead of {expected}")
    return found


_SENT_BY = (
    "SELECT id FROM archive WHERE (office_id = :own OR :own = '') AND NOT (exported_revision = 0 AND acknowledged_revision = 0"
    " AND id IN (SELECT merged_archive_id FROM archive_merge WHERE undone_at IS NULL)) ORDER BY archive_number, rowid"
)


def sent_by(session: OfficeSession) -> list[str]:
    """The archives an office has submitted or will: its own, in a county those of the townships.

    Merged ones, too, but for those that were merged before anybody above had heard of them.
    """
    own = session.office.id if session.office.level == "township" else ""
    return [row["id"] for row in rows_of(session, _SENT_BY, own=own)]


def strangers(above: OfficeSession, below: Iterable[OfficeSession]) -> list[str]:
    """Archives above that no owner knows of."""
    known: set[str] = set()
    for session in below:
        known.update(sent_by(session))
    held = set(sent_by(above))
    return [f"{above.office.name}: {archive_id}" for archive_id in sorted(held - known)]


def lost_history(above: OfficeSession, below: OfficeSession, forked: Container[str] = ()) -> list[str]:
    """Acts in the history above that the owner has not, and the other way round, told apart by who made them.

    Of *forked* archives the office above need not have every act: what a conflict set aside comes in one revision.
    """
    found: list[str] = []
    there, here = revisions(above), revisions(below)
    for archive_id in sent_by(below):
        acts = [
            {(row["device_id"], row["device_counter"], _content_of(row)) for row in rows.get(archive_id, [])}
            for rows in (here, there)
        ]
        missing = acts[0] - acts[1] if archive_id not in forked else set()
        if missing or acts[1] - acts[0]:
            found.append(f"{below.office.name} {archive_id}: {len(missing)} only below, {len(acts[1] - acts[0])} above")
    return found


def _content_of(row: dict[str, Any]) -> str:
    return json.dumps(json.loads(row["snapshot"]), sort_keys=True)


def lost_edits(desk: "Desk", session: OfficeSession, forked: Container[str] = ()) -> "list[Edit]":
    """What the clerks of *desk* wrote and the history in *session*, here or above, does not hold."""
    held = histories(session)
    due = {made.archive_id for made in desk.edits}
    if session is not desk.session:
        own = rows_of(desk.session, "SELECT id FROM archive WHERE office_id = :own", own=desk.session.office.id)
        never_sent = {row["id"] for row in own} - set(sent_by(desk.session))
        due = {archive_id for archive_id in due if archive_id not in forked and archive_id not in never_sent}
    return [made for made in desk.edits if made.archive_id in due and made.token not in held[made.archive_id]]


def figures_wrong(session: OfficeSession) -> list[str]:
    """Figures of the overview that differ from counting the archives one by one; the lists behind them likewise."""
    listed = archiving.archive_ids(session, archiving.ArchiveQuery())
    loaded = [archiving.load_archive(session, archive_id) for archive_id in listed]
    states = Counter(archiving.archive_submission(session, archive) for archive in loaded)
    told, status = round_trip.counts(session), office.office_status(session)
    unsubmitted = states[Submission.UNSUBMITTED] + states[Submission.CHANGED]
    figures = {
        "archives": (told.archives, len(loaded)),
        "unsubmitted": (told.unsubmitted, unsubmitted),
        "waiting": (told.waiting, states[Submission.EXPORTED]),
        "returned": (told.returned, states[Submission.RETURNED]),
        "refused": (told.refused, states[Submission.REFUSED]),
        "approved": (told.approved, states[Submission.APPROVED]),
        "conflicts": (told.conflicts, conflicts.count_conflicts(session)),
        "in the status line": (status.archives, len(loaded)),
        "in transit": (status.in_transit, states[Submission.EXPORTED]),
        "incomplete": (status.incomplete, sum(1 for archive in loaded if not archive.is_complete)),
    }
    if session.office.level == "township":
        figures["listed as returned"] = len(round_trip.returned_archives(session)), states[Submission.RETURNED]
    for state in Submission:
        if state not in {Submission.UNSUBMITTED, Submission.CHANGED}:
            query = archiving.ArchiveQuery(submission=state)
            figures[f"listed as {state}"] = archiving.count_archives(session, query), states[state]
    name = session.office.name
    return [f"{name}: {what} {shown} instead of {counted}" for what, (shown, counted) in figures.items() if shown != counted]


def faults_between(above: OfficeSession, below: OfficeSession, forked: Container[str] = ()) -> list[str]:
    """Where an office and the one above it do not agree: archives, histories, states, reviews."""
    found = disagreements(above, below) + lost_history(above, below, forked) + states_wrong(above, below)
    office = below.office.id if below.office.level == "township" else ""
    return found + ([] if said(above, office) == said(below, office) else [f"{below.office.name}: other reviews above"])


def faults_within(desk: "Desk", above: OfficeSession, forked: Container[str] = ()) -> list[str]:
    """What a township lacks of what its clerks wrote, and what of it did not come above; what is unsound with it."""
    lost = [f"{desk.name}: lost {made}" for session in (desk.session, above) for made in lost_edits(desk, session, forked)]
    return lost + applied_twice(desk.session) + unsound(desk.session) + figures_wrong(desk.session)


def agreement_faults(world: "District") -> list[str]:
    """Everything that keeps the offices of a district from agreeing; empty when all is well."""
    county, city, forked = world.county.session, world.city.session, world.forked
    found = strangers(county, [town.session for town in world.towns]) + strangers(city, [county])
    for session in (county, city):
        found += applied_twice(session) + unsound(session) + figures_wrong(session)
    for town in world.towns:
        found += faults_between(county, town.session, forked) + faults_within(town, county, forked)
    return found + faults_between(city, county, forked)
