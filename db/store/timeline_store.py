"""What the history of an archive does not hold itself: bundles, laptops, warnings and conflicts that concerned it."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, text

Row = dict[str, Any]


def _of_archive(statement: str) -> Callable[[Connection, str], list[Row]]:
    """A question about one archive, ``:id``; its answer as rows."""
    prepared = text(statement)

    def ask(connection: Connection, archive_id: str) -> list[Row]:
        return [dict(row) for row in connection.execute(prepared, {"id": archive_id}).mappings()]

    return ask


revisions = _of_archive(
    "SELECT revision, made_at, clerk_name, office_id, device_id, device_counter, action, reason, changes"
    " FROM archive_revision WHERE archive_id = :id ORDER BY revision"
)
"""Every version of an archive without its content, the oldest first; ``changes`` is JSON text."""
bundles_with = _of_archive(
    "SELECT b.direction, b.kind, b.partner_id, b.sequence, b.file_name, b.handled_at, b.handled_by, b.receipted_at,"
    " b.undone_at, b.undone_by, coalesce(p.name, '') AS partner_name, i.revision, i.outcome"
    " FROM bundle_item i JOIN bundle b ON b.id = i.bundle_id LEFT JOIN partner_office p ON p.id = b.partner_id"
    " WHERE i.archive_id = :id ORDER BY b.handled_at, b.sequence"
)
"""The bundles that carried an archive, with its version and what became of it there."""
laptop_trips = _of_archive(
    "SELECT v.*, coalesce(p.name, '外出电脑') AS laptop_name FROM visit_item v LEFT JOIN partner_office p ON p.id = v.laptop_id"
    " WHERE v.archive_id = :id ORDER BY v.out_at"
)
"""When an archive was last taken along on each laptop."""
warnings = _of_archive("SELECT * FROM person_warning WHERE archive_id = :id ORDER BY issued_at, id")
"""What offices above have told of people of an archive."""
conflicts = _of_archive("SELECT * FROM archive_conflict WHERE archive_id = :id ORDER BY found_at, id")
"""Every conflict of an archive, settled ones too."""
decided_pairs = _of_archive(
    "SELECT iif(first_archive_id = :id, second_archive_id, first_archive_id) AS other_id, state, decided_at, decided_by, note"
    " FROM duplicate_pair WHERE (first_archive_id = :id OR second_archive_id = :id) AND decided_at IS NOT NULL"
    " ORDER BY decided_at"
)
"""What was decided about people of an archive who look like people of another one, and which that is."""
campaigns_with = _of_archive(
    "SELECT t.added_at, json_extract(o.content, '$.values.title') AS title, o.ends_on FROM campaign_target t"
    " JOIN office_record o ON o.record_id = t.campaign_id AND o.is_current WHERE t.archive_id = :id ORDER BY t.added_at"
)
"""The monitoring campaigns in which an archive is to be looked at, as they were found here."""
assessments = _of_archive(
    "SELECT id, archive_revision, made_at, clerk_name, office_id, device_id, device_counter, assessed_on, outcome,"
    " suggested_class_label, suggested_level_label, near_class_label, policy_id, policy_version, recheck_on"
    " FROM assessment WHERE archive_id = :id ORDER BY archive_revision, rowid"
)
"""The assessments of an archive without their figures, the oldest first."""
decisions = _of_archive("SELECT * FROM decision WHERE archive_id = :id ORDER BY archive_revision, rowid")
"""The decisions upon an archive, the oldest first."""
steps = _of_archive("SELECT * FROM case_step WHERE archive_id = :id ORDER BY archive_revision, made_at, id")
"""The acts of a case as they were recorded; ``detail`` is JSON text."""
evidence_made = _of_archive(
    "SELECT j.made_at, j.detail, c.name AS clerk_name FROM journal j LEFT JOIN clerk c ON c.id = j.clerk_id"
    " WHERE j.action = 'evidence' AND json_extract(j.detail, '$.archive') = :id ORDER BY j.seq"
)
"""When evidence files of an archive were made here; ``detail`` is JSON text."""

_MARKS = text("SELECT device_id, device_counter, revision FROM archive_revision WHERE archive_id = :id")


def revision_numbers(connection: Connection, archive_id: str) -> dict[tuple[str, int], int]:
    """The version each machine's counter made, which tells where a row of casework stands in this history."""
    return {(row[0], row[1]): row[2] for row in connection.execute(_MARKS, {"id": archive_id})}


# -- the fingerprint of a household's file -------------------------------------------------------------------------

_TOLD = (
    "SELECT revision AS at, made_at, clerk_name, office_id, device_id, device_counter, action, reason, changes, snapshot"
    " FROM archive_revision WHERE archive_id = :id",
    "SELECT archive_revision AS at, year, revision, made_at, clerk_name, device_id, device_counter, content"
    " FROM means_revision WHERE archive_id = :id",
    "SELECT archive_revision AS at, id, made_at, clerk_name, device_id, device_counter, policy_sha256, hex(facts), hex(result)"
    " FROM assessment WHERE archive_id = :id",
    "SELECT archive_revision AS at, id, assessment_id, made_at, clerk_name, decided_class, decided_level, reason"
    " FROM decision WHERE archive_id = :id",
    "SELECT archive_revision AS at, id, act, on_day, detail, made_at, clerk_name, device_id, device_counter"
    " FROM case_step WHERE archive_id = :id",
    "SELECT archive_revision AS at, id, record_id, kind, is_removed, content, made_at, clerk_name, device_id, device_counter"
    " FROM case_record WHERE archive_id = :id",
)
"""What can only be added to, each with the version it made: nothing of it may ever change."""


def told_by_version(connection: Connection, archive_id: str) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """What each version of an archive added, the oldest first: every row that says something, nothing of how it is stored."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    for number, statement in enumerate(_TOLD):
        for row in connection.execute(text(statement), {"id": archive_id}):
            found.setdefault(row[0], []).append((number, *row))
    for version in sorted(found):
        yield version, sorted(found[version], key=repr)
