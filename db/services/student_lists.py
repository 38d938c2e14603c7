"""The registers of students on paper: the 梧州 form of source 002, and the list of those aided (附件2 of source 001).

What the list has in its columns is a layout: the program's, or a file the office reads in. Amounts are 分.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from db.domain import id_number
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.option_lists import option_list
from db.domain.paper_layout import amount_words
from db.domain.papers.register_layout import (
    AMOUNTS,
    RegisterLayout,
    RegisterLayoutError,
    packaged_registers,
    read_register,
)
from db.domain.papers.student_papers import parent_relation, student_table
from db.domain.records.students import STUDENT
from db.domain.student_rules import BEYOND_FILE
from db.domain.wide_table import WideColumn, WideTable
from db.errors import UserError
from db.services import archiving, students
from db.services import office as offices
from db.services.office import OfficeSession
from db.services.students import StudentRow
from db.store import student_store
from db.store.file_faults import read_at_most

PROVINCE_LIST = "province_list"
_OWN = "register_layouts"
_LARGEST_LAYOUT = 64 << 10
_BLANK_ROWS = 14
_FEW, _USUAL, _SMALL = 14, 8.5, 7.5
Entry = str | int | None


class ListedStudent:
    """One line of a register: the student, what the archive says, what was granted and paid."""

    def __init__(self, stored: dict[str, Any], unit: str, today: str) -> None:
        self.stored, self.unit, self.today = stored, unit, today
        self.row: StudentRow = students.student_of(stored)
        self.values = self.row.content.values

    def archive_words(self, key: str) -> str:
        """An answer of the archive form as people read it."""
        value = self.stored[key]
        return format_value(ARCHIVE_FORM.field(key), value) if value not in {None, ""} else ""

    def words(self, key: str) -> str:
        """An answer of the registration as people read it."""
        return STUDENT.words(self.row.content, key) if self.values.get(key) is not None else ""

    @property
    def amount(self) -> int:
        """What was paid, else what was granted; of those beyond the file without what donors gave beside the province."""
        if self.row.regime == BEYOND_FILE:
            return int(self.stored["paid"] - self.stored["paid_by_donors"] or self.row.granted - self.row.donated)
        return int(self.stored["paid"] or self.row.granted)

    def family(self) -> str:
        """On file by its class; beyond the file, of a new form of work, or both."""
        kinds = ["不符合建档条件" if self.row.regime == BEYOND_FILE else self.archive_words("hardship_category")]
        kinds += ["新就业形态劳动者家庭"] if self.values.get("is_new_form_family") else []
        kinds += ["困难农民工"] if self.stored["is_migrant_worker"] else []
        return "、".join(filter(None, kinds))

    def per_head_year(self) -> int | None:
        """The household's income a year for each of it."""
        income, heads = self.stored["annual_household_income"], self.stored["household_size"]
        return int(income) // int(heads) if income is not None and heads else None

    def age(self) -> str:
        """Full years today."""
        born = id_number.birth_on(self.row.number)
        return str(int(self.today[:4]) - int(born[:4]) - (self.today[5:] < born[5:])) if born else ""

    def sex(self) -> str:
        """By the ID number."""
        found = id_number.sex(self.row.number)
        return option_list("sex").label(found) if found else ""

    def parent_relation(self) -> str:
        """What the parent is to the student."""
        return parent_relation(self.row.content.text("relation_to_parent"), id_number.sex(str(self.stored["id_number"] or "")))

    def admitted(self) -> str:
        """何时被何学校录取; of those who are at school already when they entered."""
        on, year = self.row.content.text("admitted_on"), self.row.content.text("enrolled_year")
        when = on or (f"{year} 年" if year else "")
        return f"{when}被{self.row.school}录取" if self.row.student_kind == "new" else f"{when}入读{self.row.school}"


_ENTRIES: dict[str, Callable[[ListedStudent], Entry]] = {
    "unit": lambda item: item.unit,
    "worker": lambda item: item.row.household,
    "worker_id": lambda item: str(item.stored["id_number"] or ""),
    "card_number": lambda item: item.row.content.text("benefit_card") or str(item.stored["worker_number"] or ""),
    "employer": lambda item: str(item.stored["employer"] or ""),
    "family": ListedStudent.family,
    "cause": lambda item: item.archive_words("main_hardship_cause"),
    "per_head_month": lambda item: item.stored["per_capita_monthly_income"],
    "per_head_year": ListedStudent.per_head_year,
    "student": lambda item: item.row.name,
    "student_id": lambda item: item.row.number,
    "sex": ListedStudent.sex,
    "age": ListedStudent.age,
    "relation": lambda item: item.row.content.text("relation_to_parent"),
    "parent_relation": ListedStudent.parent_relation,
    "school": lambda item: item.row.school,
    "major": lambda item: item.row.content.text("major"),
    "stage": lambda item: item.row.stage_label,
    "kind": lambda item: {"new": "新入学", "continuing": "在读"}.get(item.row.student_kind, ""),
    "lines": lambda item: item.words("programme_lines"),
    "state_aid": lambda item: item.words("state_aid"),
    "admitted": ListedStudent.admitted,
    "wanted": lambda item: item.row.wanted,
    "amount": lambda item: item.amount or None,
    "paid": lambda item: int(item.stored["paid"]) or None,
    "bank": lambda item: str(item.stored["paid_bank"] or item.stored["bank_name"] or ""),
    "account": lambda item: str(item.stored["paid_account"] or item.stored["bank_account"] or ""),
    "holder": lambda item: str(item.stored["payee_name"] or item.row.household),
    "paid_on": lambda item: str(item.stored["paid_on"] or ""),
    "phone": lambda item: item.row.content.text("phone") or str(item.stored["mobile_phone"] or ""),
    "note": lambda item: item.row.content.text("note"),
}


def listed(session: OfficeSession, year: int, cutoff: str = "") -> list[ListedStudent]:
    """The students of a year with what registers say of them; paid until *cutoff* (ISO), the end of the year unless told."""
    names = archiving.office_names(session)
    with session.database.reading() as connection:
        rows = student_store.register(connection, year, cutoff or f"{year}-12-31")
    return [ListedStudent(row, names.get(row["office_id"], ""), session.today) for row in rows]


# -- the form of source 002 ---------------------------------------------------------------------------------------

_WUZHOU = (
    "card_number", "worker", "parent_relation", "cause", "per_head_year", "worker_id", "phone", "student", "sex", "age", "student_id",
    "admitted",
)  # fmt: skip


def student_register(session: OfficeSession, year: int, *, blank: bool = False, filler: str = "", phone: str = "") -> WideTable:
    """《申请金秋助学困难职工子女情况登记表》 of the students of a year."""
    if blank:
        return student_table("", "", [])
    chosen = listed(session, year)
    rows = [[_shown(key, _ENTRIES[key](item)) for key in _WUZHOU] for item in chosen]
    made = student_table(session.office.name, session.today, rows, filler, phone)
    return replace(made, archive_ids=tuple(item.row.archive_id for item in chosen))


def _shown(key: str, entry: Entry) -> str:
    return amount_words(entry) if key in AMOUNTS and isinstance(entry, int) else str(entry if entry is not None else "")


# -- the list of those aided --------------------------------------------------------------------------------------


def layouts(session: OfficeSession) -> list[RegisterLayout]:
    """The layouts that can be used: the program's and the office's own, which go before one of the same id."""
    own = [read_register(text) for text in _own(session).values()]
    return list({layout.id: layout for layout in (*packaged_registers().values(), *own)}.values())


def _own(session: OfficeSession) -> dict[str, str]:
    found: dict[str, str] = offices.get_setting(session, _OWN, {})
    return found


def find_layout(session: OfficeSession, layout_id: str) -> RegisterLayout:
    """The layout *layout_id*; UserError names those there are."""
    found = {layout.id: layout for layout in layouts(session)}
    if layout_id not in found:
        raise UserError("register_layout_unknown", text=layout_id, known="、".join(found))
    return found[layout_id]


def add_layout(session: OfficeSession, path: Path) -> RegisterLayout:
    """Read in a layout from a file; it replaces one of the same id."""
    data = read_at_most(path, _LARGEST_LAYOUT + 1)
    if len(data) > _LARGEST_LAYOUT:
        raise UserError("register_layout_bad", name=path.name, first="文件太大，不像是版式文件")
    try:
        text = data.decode("utf-8-sig")
        layout = read_register(text)
    except (UnicodeDecodeError, RegisterLayoutError) as fault:
        why = str(fault) if isinstance(fault, RegisterLayoutError) else "要存成 UTF-8 编码"
        raise UserError("register_layout_bad", name=path.name, first=why) from fault
    offices.set_setting(session, _OWN, {**_own(session), layout.id: text})
    return layout


def aided_list(
    session: OfficeSession, year: int, layout_id: str = PROVINCE_LIST, *, cutoff: str = "", blank: bool = False
) -> WideTable:
    """The list of a year by a layout, with persons, money and stages at its foot; new students first among equals."""
    layout = find_layout(session, layout_id)
    columns = tuple(
        WideColumn(column.head, column.width, column.groups, column.align, column.field in AMOUNTS) for column in layout.columns
    )
    chosen = [] if blank else [item for item in listed(session, year, cutoff) if _belongs(item, layout)]
    chosen.sort(key=lambda item: (item.unit, item.row.student_kind != "new"))
    rows: list[list[Entry]] = [
        [at if column.field == "number" else _ENTRIES[column.field](item) for column in layout.columns]
        for at, item in enumerate(chosen, 1)
    ]
    return WideTable(
        layout.title.replace("{year}", str(year)),
        columns,
        rows,
        heads=(("填报单位：", "" if blank else session.office.name), ("统计到：", "" if blank else cutoff or session.today)),
        foot=_foot(session, chosen, blank),
        blank_rows=_BLANK_ROWS if not rows else 0,
        archive_ids=tuple(item.row.archive_id for item in chosen),
        size=_SMALL if len(columns) > _FEW else _USUAL,
    )


def _belongs(item: ListedStudent, layout: RegisterLayout) -> bool:
    return (not layout.regimes or item.row.regime in layout.regimes) and (item.amount > 0 or not layout.only_granted)


def _foot(session: OfficeSession, chosen: Sequence[ListedStudent], blank: bool) -> str:
    signed = f"填报人：{'　　　　　　' if blank else session.clerk.name}　　　　审核人：　　　　　　　　联系电话："
    if not chosen:
        return signed
    people = {item.row.number or item.row.record_id: item for item in chosen}
    total = sum(item.amount for item in people.values())
    stages: dict[str, list[int]] = {}
    for item in people.values():
        stages.setdefault(item.row.stage, []).append(item.amount)
    order = [code for code in option_list("school_stage").by_code if code in stages]
    parts = [f"{option_list('school_stage').label(code)} {len(stages[code])} 人 {amount_words(sum(stages[code]))} 元" for code in order]
    return f"合计：{len(people)} 人，资助 {amount_words(total)} 元。其中：{'；'.join(parts)}。\n{signed}"
