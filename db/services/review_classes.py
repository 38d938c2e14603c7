"""Classes and levels a reviewer may name: those of the policy the household was assessed by, else of the one in force."""

from dataclasses import dataclass
from datetime import date

from db.services.office import OfficeSession
from db.store import casework_store


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """A class of a policy, with the level it has there."""

    code: str
    label: str
    level: str | None
    level_label: str

    @property
    def words(self) -> str:
        """Class and level as people call them."""
        level = self.level_label if self.level_label not in self.label else ""
        return f"{self.label}（{level}）" if level else self.label


def class_choices(session: OfficeSession, archive_id: str) -> list[ClassChoice]:
    """Classes in the order of the policy; none where the household was not assessed and no policy is in force."""
    from db.domain.policy.assessment import Assessment  # late: the vocabulary of packs takes long to build

    with session.database.reading() as connection:
        last = casework_store.assessments_of(connection, archive_id, 1)
    if last:
        classes = Assessment.from_json(last[0]["result"]).classes
        found = [ClassChoice(item.code, item.label, item.level, item.level_label) for item in classes]
        if found:
            return found
    return choices_in_force(session)


def choices_in_force(session: OfficeSession) -> list[ClassChoice]:
    """Classes of the policy the office works by today."""
    from db.services import policies

    loaded = policies.chosen_policy(session, date.fromisoformat(session.today))
    if loaded is None:
        return []
    levels = {level.code: level.label for level in loaded.pack.level}
    return [
        ClassChoice(item.code, item.label, item.level, levels.get(item.level or "", ""))
        for item in loaded.pack.hardship_class
    ]
