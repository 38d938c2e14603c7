"""Records of a register told of the household they stand with today: what was merged away counts in the archive that was kept.

A register of people or of services goes on where the household is. An entry of the merged archive counts there as long as
nobody carried it on in the kept one; then the kept one's stands for both.
"""

# ruff: noqa: S608 - conditions are constants of this module and its callers, values are parameters
from db.store import hidden

HOME = hidden.home_of("r.archive_id")
"""SQL: the archive in which the record ``r`` stands today."""
JOIN_HOME = f"JOIN archive a ON a.id = {HOME}"
_HOUSEHOLD = (
    "(WITH RECURSIVE part (id) AS (SELECT a.id UNION SELECT g.merged_archive_id FROM archive_merge g"
    " JOIN part ON g.kept_archive_id = part.id WHERE g.undone_at IS NULL) SELECT id FROM part)"
)


def counts_once(kind: str, same: str) -> str:
    """SQL condition: no other record of the household of ``a`` stands for ``r``. *same*: that ``k`` is of the same person or matter.

    What was written in the kept archive goes before what was merged into it, of that the latest.
    """
    return (
        f"(r.archive_id NOT IN ({hidden.MERGED_IDS}) OR NOT EXISTS (SELECT 1 FROM case_record k WHERE k.archive_id IN {_HOUSEHOLD}"
        f" AND k.kind = '{kind}' AND k.is_current AND NOT k.is_removed AND k.record_id <> r.record_id AND {same}"
        " AND (k.archive_id = a.id OR (r.archive_id <> a.id AND (k.on_day, k.made_at, k.record_id) > (r.on_day, r.made_at, r.record_id)))))"
    )


def same_answer(*keys: str) -> str:
    """SQL condition: ``k`` and ``r`` give the same answers to these fields."""
    return " AND ".join(
        f"json_extract(k.content, '$.values.{key}') = json_extract(r.content, '$.values.{key}')" for key in keys
    )
