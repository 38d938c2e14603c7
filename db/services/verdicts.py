"""Who decided what, for lists: one line per archive. Light on purpose, the list of archives is there right after sign-in."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.domain.office_levels import is_above
from db.domain.review import ReviewOutcome
from db.services.office import OfficeSession
from db.store import review_store


@dataclass(frozen=True, slots=True)
class Verdict:
    """In a list: what the highest office that has reviewed an archive said last."""

    office_level: str
    outcome: ReviewOutcome
    class_words: str
    is_current: bool
    """Whether it is of the present revision."""


def verdicts_of(session: OfficeSession, ids: Sequence[str]) -> dict[str, Verdict]:
    """The verdicts upon those of these archives that somebody has reviewed."""
    found: dict[str, Verdict] = {}
    with session.database.reading() as connection:
        for row in review_store.last_words(connection, ids):
            known = found.get(row["archive_id"])
            if known is not None and not is_above(row["office_level"], known.office_level):
                continue
            words = class_level_words(row["class_label"], row["level_label"])
            current = row["archive_revision"] == row["revision"]
            found[row["archive_id"]] = Verdict(row["office_level"], ReviewOutcome(row["outcome"]), words, current)
    return found


def has_reviews(session: OfficeSession) -> bool:
    """Whether anything was ever reviewed: only then a list needs to ask."""
    with session.database.reading() as connection:
        return review_store.has_any(connection)


def class_level_words(class_label: str, level_label: str) -> str:
    """Class and level as people call them; empty where both are left open."""
    level = level_label if level_label not in class_label else ""
    return f"{class_label}（{level}）" if class_label and level else class_label or level
