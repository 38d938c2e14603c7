"""Records of a register told of the household they stand with today: what was merged away counts in the archive that was kept.

A register of people or of services goes on where the household is. An entry of the merged archive counts there as long as
nobody carried it on in the kept one; then the kept one's stands for both.
"""

# ruff: noqa: S608 - conditions are constants of this module, values are parameters
import json
from typing import Any

from sqlalchemy import Connection, text

from db.store import hidden

Row = dict[str, Any]
CONTINUES = "continues_id"
"""The field of a record that names the one it goes on from, in an archive merged into its own."""
HOME = hidden.home_of("r.archive_id")
"""SQL: the archive in which the record ``r`` stands today."""
JOIN_HOME = f"JOIN archive a ON a.id = {HOME}"
_HOUSEHOLD = (
    "(WITH RECURSIVE part (id) AS (SELECT {home} UNION SELECT g.merged_archive_id FROM archive_merge g"
    " JOIN part ON g.kept_archive_id = part.id WHERE g.undone_at IS NULL) SELECT id FROM part)"
)
_SAME = {"student": ("id_number", "year"), "graduate": ("id_number",), "aid_service": ()}
"""By kind: the fields that tell one person or matter from another."""


def _same(kind: str) -> str:
    keys = _SAME[kind]
    told = (f"json_extract(k.content, '$.values.{key}') = json_extract(r.content, '$.values.{key}')" for key in keys)
    return " AND ".join(told) if keys else "0"


def counts_once(kind: str) -> str:
    """SQL condition: no other record of the household of ``a`` stands for ``r``.

    What was written in the kept archive goes before what was merged into it, of that the latest; what goes on from
    ``r`` stands for it even when it was taken out.
    """
    return (
        "(r.archive_id NOT IN ({merged}) OR NOT EXISTS (SELECT 1 FROM case_record k WHERE k.archive_id IN {household}"
        " AND k.kind = '{kind}' AND k.is_current AND k.record_id <> r.record_id"
        " AND (json_extract(k.content, '$.values.{continues}') = r.record_id OR (NOT k.is_removed AND {same} AND (k.archive_id = a.id"
        " OR (r.archive_id <> a.id AND (k.on_day, k.made_at, k.record_id) > (r.on_day, r.made_at, r.record_id)))))))"
    ).format(
        merged=hidden.MERGED_IDS, household=_HOUSEHOLD.format(home="a.id"), kind=kind, continues=CONTINUES, same=_same(kind)
    )


_OF_HOUSEHOLD = (
    "SELECT r.* FROM case_record r JOIN archive a ON a.id = :archive_id WHERE r.archive_id IN {household} AND r.kind = '{kind}'"
    " AND r.is_current AND NOT r.is_removed AND {once} ORDER BY coalesce(r.on_day, substr(r.made_at, 1, 10)), r.made_at, r.id"
)
_STATEMENTS = {
    kind: text(_OF_HOUSEHOLD.format(household=_HOUSEHOLD.format(home=":archive_id"), kind=kind, once=counts_once(kind)))
    for kind in _SAME
}


def of_household(connection: Connection, archive_id: str, kind: str) -> list[Row]:
    """What counts of a register for an archive and those merged into it, the oldest day first."""
    found = connection.execute(_STATEMENTS[kind], {"archive_id": archive_id}).mappings()
    return [{**row, "content": json.loads(row["content"])} for row in found]
