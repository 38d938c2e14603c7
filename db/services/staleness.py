"""Whether an assessment still rests on what is so: nothing is recomputed, only fingerprints and versions are compared."""

import json
from collections.abc import Iterable
from typing import Any

from db.domain.policy.facts import ARCHIVE_FACTS, HouseholdFacts
from db.domain.policy.policy_text import fingerprint
from db.domain.policy.records import KnownStandard, known_standards
from db.services import policies
from db.services.office import OfficeSession
from db.store import casework_store


def regions_of(facts: HouseholdFacts) -> str:
    """The regions whose standards may matter to a household: its own and those of its students, blank-separated."""
    found = {facts.region, *(str(row.get("school_region") or "") for row in facts.rows.get("students", ()))}
    return " ".join(sorted(found - {""}))


def standards_print(known: Iterable[KnownStandard], on: str) -> str:
    """Fingerprint of what these standards are on a day: a new, corrected or ended figure changes it."""
    figures = [
        (item.topic, item.region, item.area, item.begins, item.amount, item.ends is not None and item.ends < on)
        for item in known
    ]
    return fingerprint(json.dumps(figures))


def stale_marks(session: OfficeSession) -> dict[str, Any]:
    """What stored assessments are compared with, as parameters of ``casework_store.STALE``."""
    today = session.today
    book, chosen = policies.policy_book(session), policies.chosen_policy(session, today)
    with session.database.reading() as connection:
        regions = casework_store.assessed_regions(connection)
    return {
        "fact_keys": json.dumps(["", *ARCHIVE_FACTS]),
        "policy": chosen.sha256 if chosen else None,
        "standards": json.dumps(
            {item: standards_print(known_standards(book, item.split(), today), today) for item in regions}
        ),
    }
