"""Where graduates stood at the end of a period, in SQL: the same as :mod:`db.domain.employment` tells of one, for all at once.

Dated lines of a record are put into words that sort as they happened: day, table, place in it, stage.
"""

# ruff: noqa: S608 - stages and names are constants of this module, values are parameters


def _turns(table: str, key: str, stages: str, rank: int) -> str:
    place = f"json_extract(t.value, '$.on_day') || '{rank}' || printf('%04d', t.key)"
    return (
        f"SELECT g.record_id, {place} || json_extract(t.value, '$.{key}') AS told"
        f" FROM case_record g, json_each(g.content, '$.rows.{table}') t WHERE g.kind = 'graduate' AND g.is_current"
        f" AND json_extract(t.value, '$.{key}') IN ({stages})"
    )


_STAGES = _turns("stages", "stage", "'employed', 'studying', 'left'", 0)
_FOUND_OUT = _turns("follow_ups", "situation", "'left', 'studying'", 1)
_WAY = (
    "(SELECT record_id, min(told) AS first_turn, max(told) AS last_turn,"
    " max(told) FILTER (WHERE substr(told, 1, 10) <= :ends) AS turn_then,"
    " max(told) FILTER (WHERE substr(told, 1, 10) < :begins) AS turn_before"
    f" FROM ({_STAGES} UNION ALL {_FOUND_OUT}) GROUP BY record_id)"
)
JOIN = f"LEFT JOIN {_WAY} w ON w.record_id = r.record_id"
"""SQL: joins to the record ``r`` of a graduate what its lines tell; names ``:begins`` and ``:ends``."""
_TICKED = "json_extract(r.content, '$.values.employment_status')"


def _status(turn: str) -> str:
    """The status after the last turn until a day; before the first one the opposite of what it changed."""
    return (
        f"CASE WHEN w.{turn} IS NOT NULL THEN CASE WHEN substr(w.{turn}, 16) <> 'left' THEN 'employed'"
        f" WHEN w.{turn} = w.last_turn AND {_TICKED} = 'unwilling' THEN 'unwilling' ELSE 'unemployed' END"
        " WHEN w.first_turn IS NOT NULL THEN iif(substr(w.first_turn, 16) = 'left', 'employed', 'unemployed')"
        f" ELSE {_TICKED} END"
    )


STATUS_THEN, _STATUS_BEFORE = _status("turn_then"), _status("turn_before")
"""SQL: the status at the end of the period."""
# a record that goes on from one in a merged archive says how that one began
_AT_FIRST = (
    "coalesce(json_extract(r.content, '$.values.status_at_first'), (SELECT json_extract(v.content, '$.values.employment_status')"
    " FROM case_record v WHERE v.record_id = r.record_id ORDER BY v.archive_revision, v.made_at, v.id LIMIT 1))"
)
FIRST_STATUS = (
    "CASE WHEN substr(w.first_turn, 16) IN ('employed', 'studying') AND substr(w.first_turn, 1, 10) > r.on_day"
    f" THEN 'unemployed' ELSE {_AT_FIRST} END"
)
"""SQL: the status when help began, by the day of registration."""
HELPED = (
    f"(({FIRST_STATUS}) = 'unemployed' AND coalesce(json_extract(r.content, '$.values.wants_help'), 0)"
    " AND coalesce(substr(w.turn_then, 16), '') <> 'studying'"
    f" AND (r.on_day >= :begins OR ({_STATUS_BEFORE}) <> 'employed'))"
)
"""SQL: whether the graduate had to be helped in the period, so counts for the targets."""
