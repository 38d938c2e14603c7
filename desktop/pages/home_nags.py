"""Lines of the work board that nag without a day: what nobody has looked at for long, who was never helped, missing papers."""

from functools import partial

from db.services import case_list, graduates, pairing, student_season
from db.services.case_list import DUE_LABELS, CaseQuery, Due
from db.services.office import OfficeSession
from desktop.context import WindowActions
from desktop.todo import Todo

UNPAIRED, FINISHING, AT_SCHOOL = "unpaired", "finishing", "at_school"
Nags = list[tuple[Due | str, int]]
_WORDS = {
    Due.TO_VERIFY: "户还没有核实完",
    Due.OLD: "户的档案一年没有更新",
    Due.NEVER_HELPED: "户在档以来还没有帮扶过",
    Due.HELPED_LONG_AGO: "户一年没有帮扶了",
    Due.PAPERS_MISSING: "户还缺材料",
    Due.PAPERS_EXPIRED: "户的证明过期了",
    Due.KEPT_LONG_ENOUGH: "户的档案保管满十年了",
}


def read(session: OfficeSession) -> Nags:
    """How many households (or people) each is about; counted beside the window."""
    if session.office.is_laptop:
        return []
    own = session.office.id
    counted: Nags = [(due, case_list.count_cases(session, CaseQuery(due=due, office_id=own))) for due in _WORDS]
    alone = sum(item.missing for item in pairing.coverage_by_office(session) if item.office_id == own)
    finished = graduates.count_finishing(session)
    at_school = student_season.left_to_register(session)
    found: Nags = [(UNPAIRED, alone), (AT_SCHOOL, at_school), (FINISHING, finished), *counted]
    return [(due, number) for due, number in found if number]


def lines(found: Nags, window: WindowActions) -> list[Todo]:
    """A line for each; it opens its list in 办理, in 结对 or in 就业."""
    return [_line(due, number, window) for due, number in found]


def _line(due: Due | str, number: int, window: WindowActions) -> Todo:
    if due == FINISHING:
        act = partial(window.show_page, "graduates", pile="finishing")
        return Todo("毕业生", f"{number:,} 名高校毕业生到了毕业年份还没有登记", "", "去登记", act)
    if due == AT_SCHOOL:
        act = partial(window.show_page, "students", pile="missing")
        return Todo("金秋助学", f"{number:,} 名在校子女今年还没有登记", "", "去登记", act)
    if not isinstance(due, Due):
        return Todo("结对", f"{number:,} 户在档还没有帮扶干部", "", "去结对", partial(window.show_page, "pairing", state="missing"))
    caption = DUE_LABELS[due] if due is not Due.OLD else "久未更新"
    if due is Due.KEPT_LONG_ENOUGH:  # what may be done about it stands there, not in the list
        act = partial(window.show_page, "settings", section="keeping")
        return Todo(caption, f"{number:,} {_WORDS[due]}", "", "去档案保管", act)
    act = partial(window.show_page, "cases", due=due.value)
    return Todo(caption, f"{number:,} {_WORDS[due]}", "", "查看全部", act)
