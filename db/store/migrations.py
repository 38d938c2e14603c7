"""Schema steps in plain SQL, each one transaction together with the note that it ran (``user_version``)."""

from typing import Any

import resources

STEPS = (
    "0001_foundation",
    "0002_means_and_policy",
    "0003_national_entry",
    "0004_duplicates",
    "0005_round_trip",
    "0006_casework",
    "0007_records",
    "0008_aid",
    "0009_reports",
    "0010_papers_out",
    "0011_fund_sums",
)
"""Names of the steps in order, files under ``resources/migrations``. A released step is never edited."""

CURRENT = len(STEPS)
"""Schema version this program writes."""


def migrate(connection: Any) -> list[str]:
    """Bring a raw connection's file up to :data:`CURRENT`; the names of the steps that ran.

    Foreign keys are off while tables are rebuilt (dropping a parent would cascade) and checked before each commit.
    """
    done: list[str] = []
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute("PRAGMA foreign_keys = OFF")
    for number, name in enumerate(STEPS[version:], version + 1):
        script = resources.read_text(f"migrations/{name}.sql")
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements(script):
                connection.execute(statement)
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise ValueError(f"step {name} leaves broken references: {broken[:3]}")
            connection.execute(f"PRAGMA user_version = {number}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        done.append(name)
    connection.execute("PRAGMA foreign_keys = ON")
    return done


def statements(script: str) -> list[str]:
    """The statements of *script*; a trigger's body keeps its semicolons."""
    found: list[str] = []
    current: list[str] = []
    in_trigger = False
    for line in script.splitlines():
        if not current and (not line.strip() or line.lstrip().startswith("--")):
            continue
        current.append(line)
        in_trigger = in_trigger or line.startswith("CREATE TRIGGER")
        ends = line.rstrip().endswith("END;") if in_trigger else line.rstrip().endswith(";")
        if ends:
            found.append("\n".join(current).rstrip().removesuffix(";"))
            current, in_trigger = [], False
    if current:
        found.append("\n".join(current).rstrip())
    return found
