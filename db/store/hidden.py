"""Archives that no list, count or search for doubles shows: merged into another one, handed over, or destroyed after their term.

They are few. The condition names no parameters: it can be put into any statement, and SQLite reads the few ids once per
statement, however many archives it goes through.
"""

from sqlalchemy import Connection, text

OWN_ID = "(SELECT json_extract(value, '$.id') FROM office_setting WHERE key = 'office')"
"""SQL for the id of this office."""
MERGED_IDS = "SELECT merged_archive_id FROM archive_merge WHERE undone_at IS NULL"
AWAY_IDS = (
    "SELECT gone.id FROM hand_over h JOIN archive gone ON gone.id = h.archive_id WHERE h.state IN ('accepted', 'completed')"  # noqa: S608
    f" AND h.from_office_id = {OWN_ID} AND gone.office_id <> h.from_office_id"
    " AND gone.office_id NOT IN (SELECT id FROM partner_office WHERE relation = 'child')"
)
"""Archives this office gave away, to one that is not below it, and did not get back."""
DESTROYED_IDS = "SELECT archive_id FROM destroyed_archive"
NOT_SHOWN_IDS = f"{MERGED_IDS} UNION ALL {AWAY_IDS} UNION ALL {DESTROYED_IDS}"
_TO_SEND_ONCE_MORE = (
    "SELECT last.id FROM archive last WHERE (last.exported_revision > 0 OR last.acknowledged_revision > 0)"  # noqa: S608
    f" AND last.id IN ({MERGED_IDS})"
)


def shown(archive: str = "archive") -> str:
    """SQL condition: the archive is neither merged into another one, nor handed over, nor destroyed. *archive* names the table."""
    return f"{archive}.id NOT IN ({NOT_SHOWN_IDS})"


_NEVER_SENT = f"SELECT merged_archive_id FROM archive_merge WHERE undone_at IS NULL EXCEPT {_TO_SEND_ONCE_MORE}"  # noqa: S608
_UNSENDABLE_IDS = f"SELECT merged_archive_id FROM ({_NEVER_SENT}) UNION ALL {AWAY_IDS} UNION ALL {DESTROYED_IDS}"  # noqa: S608


def sendable(archive: str = "archive") -> str:
    """SQL condition: the archive concerns the office above; of the merged ones those it has been told of before."""
    return f"{archive}.id NOT IN ({_UNSENDABLE_IDS})"


def _count(condition: str, unwanted: str) -> str:
    # an index answers the first part, the few ids the second; looking each archive's id up would cost a hundred times more
    few = f"SELECT count(*) FROM archive WHERE id IN ({unwanted}) AND {condition}"  # noqa: S608
    return f"((SELECT count(*) FROM archive WHERE {condition}) - ({few}))"  # noqa: S608


def count_of_shown(condition: str) -> str:
    """SQL for how many of the archives :func:`shown` meet *condition*."""
    return _count(condition, NOT_SHOWN_IDS)


def count_of_sendable(condition: str) -> str:
    """SQL for how many of the archives that are :func:`sendable` meet *condition*."""
    return _count(condition, _UNSENDABLE_IDS)


def kept_for(ids: str) -> str:
    """SQL for the archives that those among *ids* (SQL, too) were merged into, however many times on."""
    return (
        "SELECT id FROM (WITH RECURSIVE home (id) AS (SELECT kept_archive_id FROM archive_merge WHERE undone_at IS NULL"  # noqa: S608
        f" AND merged_archive_id IN ({ids}) UNION SELECT m.kept_archive_id FROM archive_merge m"
        " JOIN home ON m.merged_archive_id = home.id WHERE m.undone_at IS NULL) SELECT id FROM home)"
    )


def home_of(archive_id: str) -> str:
    """SQL for the archive in which one stands today: itself, or what it was merged into, however many times on."""
    return (
        f"(CASE WHEN {archive_id} IN ({MERGED_IDS}) THEN (WITH RECURSIVE home (id, step) AS"  # noqa: S608
        f" (SELECT kept_archive_id, 1 FROM archive_merge WHERE merged_archive_id = {archive_id} AND undone_at IS NULL"
        " UNION SELECT m.kept_archive_id, home.step + 1 FROM home JOIN archive_merge m ON m.merged_archive_id = home.id"
        f" AND m.undone_at IS NULL AND home.step < 99) SELECT id FROM home ORDER BY step DESC LIMIT 1) ELSE {archive_id} END)"
    )


HIDDEN_COUNT = f"(SELECT count(*) FROM archive WHERE id IN ({NOT_SHOWN_IDS}))"  # noqa: S608
"""SQL for how many archives :func:`shown` leaves out."""
_COUNTS = text(
    f"SELECT (SELECT count(*) FROM archive WHERE id IN ({MERGED_IDS})) AS merged,"  # noqa: S608 - constants of this module
    f" (SELECT count(*) FROM archive WHERE id IN ({AWAY_IDS})) AS away"
)


def hidden_counts(connection: Connection) -> tuple[int, int]:
    """How many archives are hidden because they were merged, and because they were handed over."""
    row = connection.execute(_COUNTS).one()
    return row.merged, row.away
