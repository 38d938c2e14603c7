"""By when the policy in force wants something about a kind of work, for the room in which that work is done."""

from collections.abc import Sequence
from datetime import date

from db.domain.option_lists import option_list
from db.domain.policy.calendar import due_on
from db.services import policies
from db.services.office import OfficeSession

AHEAD_DAYS = 60


def words(session: OfficeSession, about: Sequence[str], *, of_students: bool = False) -> str:
    """The deadlines of the next weeks whose names speak of one of *about*, the nearest first; empty for none.

    *of_students*: those for one kind of student, too, whatever they are called.
    """
    loaded = policies.chosen_policy(session, session.today)
    today = date.fromisoformat(session.today)
    found = []
    for deadline in loaded.pack.deadline if loaded else ():
        if not (of_students and deadline.student) and not any(word in deadline.label for word in about):
            continue
        day = due_on(deadline, today.year)
        if 0 <= (day - today).days <= AHEAD_DAYS:
            kind = f"（{option_list('student_kind').label(deadline.student)}）" if deadline.student else ""
            late = "，过期不再受理" if deadline.refused_after else ""
            found.append((day, f"{day.isoformat()} 前：{deadline.label}{kind}，还有 {(day - today).days} 天{late}。"))
    return "\n".join(told for _, told in sorted(found))
