"""Whether an assessment still rests on what is so: nothing is recomputed, only fingerprints and versions are compared."""

import json
from typing import Any

from db.domain.policy.book import PolicyBook
from db.domain.policy.facts import ARCHIVE_FACTS, HouseholdFacts
from db.domain.policy.policy_text import fingerprint
from db.services import policies
from db.services.office import OfficeSession
from db.store import casework_store


def regions_of(facts: HouseholdFacts) -> str:
    """The regions whose standards may matter to a household: its own and those of its students, blank-separated."""
    found = {facts.region, *(str(row.get("school_region") or "") for row in facts.rows.get("students", ()))}
    return " ".join(sorted(found - {""}))


def standards_print(book: PolicyBook, regions: str, on: str) -> str:
    """Fingerprint of what the standards of these regions are on a day: a new or corrected figure changes it."""
    wanted = set(regions.split())
    known: dict[tuple[str, str, str, str], tuple[str, bool]] = {}
    for table in book.standards:
        for value in table.value:
            for region in wanted.intersection(value.regions):
                if value.begins <= on:
                    ended = value.ends is not None and value.ends < on
                    known.setdefault((table.topic, region, value.area, value.begins), (str(value.amount), ended))
    return fingerprint(json.dumps(sorted([*key, *figure] for key, figure in known.items())))


def stale_marks(session: OfficeSession) -> dict[str, Any]:
    """What stored assessments are compared with, as parameters of ``casework_store.STALE``."""
    today = session.today
    book, chosen = policies.policy_book(session), policies.chosen_policy(session, today)
    with session.database.reading() as connection:
        regions = casework_store.assessed_regions(connection)
    return {
        "fact_keys": json.dumps(["", *ARCHIVE_FACTS]),
        "policy": chosen.sha256 if chosen else None,
        "standards": json.dumps({item: standards_print(book, item, today) for item in regions}),
    }
