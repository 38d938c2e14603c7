"""《困难职工家庭情况信息采集表》: the means worksheet of one household and year on paper, filled or for the pen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import BinaryIO

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.form_schema import Value
from db.domain.means_form import MEANS_FORM, Row, purpose_of, self_borne
from db.domain.option_lists import option_list
from db.errors import Progress
from db.printing.means_columns import (
    EXPENSES,
    FLAGS,
    FOUR_KINDS,
    INCOMES,
    LATER,
    PEOPLE,
    PLAIN,
    STUDENT_FLAGS,
    STUDENTS,
    PlainLedger,
)
from db.printing.means_values import MeansPrint, Person, people_of, region_name, remark, worksheet_text
from db.printing.pdf_kit import Drawing
from db.printing.ruled_sheet import (
    BOX,
    YES_NO,
    Column,
    Head,
    Pair,
    RuledSheet,
    money,
    sheet_pdf,
    ticked,
    write_sheets,
)

TITLE = MEANS_FORM.title
_NOT_ASKED, _NONE = "未询问", "无"
_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三")
_NUMBERS = frozenset({"value", "amount"})


class MeansComposer:
    """Composes the sheet of one household; *blank* leaves every place free for the pen."""

    def __init__(self, item: MeansPrint, *, blank: bool = False) -> None:
        self.item, self.blank = item, blank
        self.is_open = blank or item.means is None
        """Whether the ledgers are left free for the pen: on a visit, before anything was recorded."""
        self.values: Mapping[str, Value] = item.means.values if item.means else {}
        self.people = people_of(item.content, item.means)
        self.names = {person.ref: person.name or "未填姓名" for person in self.people}
        year = f"{item.means.year} 年" if item.means else ""
        heads = (
            Head("填报单位：", item.office_name, 84),
            Head("收入年度：", year, 36),
            Head("档案编号：", item.archive_number, 60),
        )
        self.sheet = RuledSheet(TITLE, heads, foot="金额单位：元。收入、支出均填该年度 1 月至 12 月的数。")
        self._number = 0

    def compose(self) -> list[Drawing]:
        """The pages in order."""
        self._household()
        self._people()
        self._incomes()
        self._expenses()
        for ledger in PLAIN:
            self._plain(ledger)
        self._students()
        for ledger in LATER:
            if (self.is_open and ledger.blank) or self._rows(ledger.key):
                self._plain(ledger)
        self._conclusion()
        return self.sheet.finish()

    # -- parts --------------------------------------------------------------------------------------------------

    def _title(self, words: str) -> str:
        self._number += 1
        return f"{_NUMERALS[self._number - 1]}、{words}"

    def _rows(self, key: str) -> list[Row]:
        return self.item.means.rows.get(key, []) if self.item.means else []

    def _nothing(self, key: str) -> str:
        """What stands in a ledger without rows: 无 where it was asked."""
        asked = self.item.means is not None and key in self.item.means.rows
        return _NONE if asked else _NOT_ASKED

    def _household(self) -> None:
        worker = self.people[0]
        self.sheet.band(
            (
                Pair("职工姓名", worker.name, 22, 34),
                Pair("身份证号", worker.text("id_number"), 20, 44),
                Pair("手机号码", worker.text("mobile_phone"), 20, 40),
            )
        )
        self.sheet.band(
            (
                Pair("工作单位", worker.text("employer"), 22, 78),
                Pair("工作状态", worker.text("work_status"), 20, 60),
            )
        )
        self.sheet.band(
            (Pair("家庭住址", worker.text("home_address"), 22, 98), Pair("家庭人口", self._size(), 20, 40))
        )
        region = self.values.get("region")
        area = [(option.code, option.label) for option in option_list("residence_area").current()]
        self.sheet.band(
            (
                Pair("低保标准\n适用地", region_name(str(region)) if region else "", 22, 98),
                Pair("执行标准", ticked(area, self.values.get("area")), 20, 40),
            )
        )
        self._flags()
        self.sheet.band(
            (
                Pair("劳动关系起始日期", self._value("labour_relation_on"), 32, 34),
                Pair("劳动关系证明", self._value("labour_proofs") or self._proofs(), 26, 88, "left"),
            )
        )

    def _size(self) -> str:
        together = [person for person in self.people if person.extra.get("lives_together") is not False]
        return "　　　人" if self.is_open else f"{len(together)} 人（共同生活）"

    def _proofs(self) -> str:
        return "　".join(f"{BOX}{option.label}" for option in option_list("labour_proof").current()) if self.is_open else ""

    def _flags(self) -> None:
        for keys in FLAGS:
            pairs = []
            for key in keys:
                if key:
                    label = MEANS_FORM.spec("household", key).label
                    pairs.append(Pair(label, ticked(YES_NO, self.values.get(key)), 39, 21))
                else:
                    migrant = self.item.content.values.get("is_migrant_worker")
                    pairs.append(Pair("是否困难农民工", ticked(YES_NO, migrant), 39, 21))
            self.sheet.band(pairs)

    def _value(self, key: str) -> str:
        return worksheet_text("household", key, self.values, self.names)

    def _people(self) -> None:
        rows = [] if self.blank else [self._person(person) for person in self.people]
        self.sheet.ledger(self._title("家庭人员（含职工本人）"), PEOPLE, rows, blank=6 if self.blank else 0)
        notes = [f"{person.name}：{person.extra['note']}" for person in self.people if person.extra.get("note")]
        notes += [f"{person.name}：有证明，不按最低工资推算" for person in self.people if person.extra.get("no_imputed_wage")]
        if notes:
            self.sheet.text_row("人员说明", "；".join(notes))

    def _person(self, person: Person) -> list[str]:
        together = person.extra.get("lives_together")
        able = person.extra.get("can_work")
        return [
            person.name,
            person.relation,
            person.text("id_number"),
            person.text("work_status") if person.ref == "worker" else person.text("member_identity"),
            person.text("employer") if person.ref == "worker" else person.text("school_or_employer"),
            person.text("medical_insurance_status"),
            person.text("health_status"),
            "" if self.is_open else "否" if together is False else "是",
            "" if able is None else "有" if able else "无",
            str(person.extra.get("unemployed_on") or ""),
        ]

    def _incomes(self) -> None:
        rows = self._rows("incomes")
        title = self._title("全年收入")
        if self.is_open:
            self.sheet.ledger(title, INCOMES, [], blank=5, total=["合计", *[""] * 8])
            return
        lines = [(person.name, [row for row in rows if row.get("person") == person.ref]) for person in self.people]
        known = {person.ref for person in self.people}
        lost = [row for row in rows if row.get("person") not in known]
        if lost:
            lines.append(("已不在户内的成员", lost))
        if not rows:
            self.sheet.ledger(title, INCOMES, [[self._nothing("incomes"), *[""] * 8]])
            return
        printed = [_income_line(name, own) for name, own in lines if own]
        self.sheet.ledger(title, INCOMES, printed, total=_income_line("合计", rows))
        notes = [note for row in rows if (note := self._income_note(row))]
        if notes:
            self.sheet.text_row("收入说明", "；".join(notes))

    def _income_note(self, row: Row) -> str:
        """What the columns do not say: which other income it is, its note, its papers."""
        note = remark("incomes", row)
        other = row.get("kind") not in FOUR_KINDS
        if not note and not other:
            return ""
        what = worksheet_text("incomes", "kind", row, self.names)
        amount = f" {money(_fen(row, 'amount'))} 元" if other else ""
        name = worksheet_text("incomes", "person", row, self.names)
        return f"{name}{what}{amount}" + (f"（{note}）" if note else "")

    def _expenses(self) -> None:
        rows = self._rows("expenses")
        title = self._title("全年支出（一张票据一行）")
        if self.is_open:
            self.sheet.ledger(title, EXPENSES, [], blank=8, total=["合计", *[""] * 8])
            return
        if not rows:
            self.sheet.ledger(title, EXPENSES, [[self._nothing("expenses"), *[""] * 8]])
            return
        totals = [money(sum(_fen(row, key) for row in rows)) for key in ("total", "reimbursed", "compensation")]
        total = ["合计", "", "", *totals, money(sum(map(self_borne, rows))), "", ""]
        self.sheet.ledger(title, EXPENSES, [self._expense(row) for row in rows], total=total)
        self.sheet.text_row("按原因自负合计", _sums(rows, "expense_kind", lambda row: str(row.get("kind"))))
        self.sheet.text_row("按计入自负合计", _sums(rows, "expense_purpose", purpose_of))

    def _expense(self, row: Row) -> list[str]:
        texts = [worksheet_text("expenses", key, row, self.names) for key in ("kind", "person", "spent_on")]
        amounts = [worksheet_text("expenses", key, row, self.names) for key in ("total", "reimbursed", "compensation")]
        purpose = purpose_of(row)
        placed = option_list("expense_purpose").label(purpose) if purpose else "待定"
        return [*texts, *amounts, money(self_borne(row)), placed, remark("expenses", row)]

    def _plain(self, ledger: PlainLedger) -> None:
        labels = [(key, MEANS_FORM.spec(ledger.key, key).label, width) for key, width in ledger.fields]
        columns = [Column(label, width, "right" if key in _NUMBERS else "center") for key, label, width in labels]
        rows = self._rows(ledger.key)
        printed = [self._plain_row(ledger, row) for row in rows]
        if not self.is_open and not rows:
            printed = [[self._nothing(ledger.key), *[""] * (len(columns) - 1)]]
        blank = ledger.blank if self.is_open else 0
        total = self._total(ledger, rows)
        self.sheet.ledger(self._title(ledger.title), columns, printed, blank=blank, total=total)

    def _plain_row(self, ledger: PlainLedger, row: Row) -> list[str]:
        texts = [worksheet_text(ledger.key, key, row, self.names) for key, _ in ledger.fields]
        if ledger.key == "monthly_incomes":
            texts[0] = texts[0][:7]
        return texts

    @staticmethod
    def _total(ledger: PlainLedger, rows: Sequence[Row]) -> list[str] | None:
        if not rows:
            return None
        if ledger.key == "homes":
            own = [row for row in rows if row.get("ownership") == "own"]
            area = sum(_fen(row, "area") for row in rows)
            return [f"自有 {len(own)} 套", f"{area / 100:.2f} ㎡", f"共 {len(rows)} 处", _sum_text(rows, "value"), ""]
        if ledger.key in {"assets", "earlier_aid"}:
            return ["合计", "", _sum_text(rows, "amount"), *[""] * (len(ledger.fields) - 3)]
        return None

    def _students(self) -> None:
        rows = self._rows("students")
        if not self.is_open and not rows:
            return
        printed = [self._student(row) for row in rows]
        self.sheet.ledger(self._title("在学子女"), STUDENTS, printed, blank=2 if self.is_open else 0)

    def _student(self, row: Row) -> list[str]:
        texts = [
            worksheet_text("students", key, row, self.names)
            for key in ("person", "stage", "school", "school_region", "enrolled_on")
        ]
        parts = [words for key, words in STUDENT_FLAGS if row.get(key) is True]
        if row.get("is_full_time") is False:
            parts.append("非全日制")
        parts += [
            f"{words} {worksheet_text('students', key, row, self.names)} 元"
            for key, words in (("private_fee", "每年学费"), ("public_fee", "同类公办"))
            if row.get(key) is not None
        ]
        return [*texts, "；".join([*parts, *([str(row["note"])] if row.get("note") else [])])]

    def _conclusion(self) -> None:
        values = self.item.content.values
        sheet = self.sheet
        sheet.heading(self._title("困难类别建议"), follows=60)
        main = format_value(ARCHIVE_FORM.field("main_hardship_cause"), values.get("main_hardship_cause"))
        others = format_value(ARCHIVE_FORM.field("secondary_hardship_causes"), values.get("secondary_hardship_causes"))
        sheet.band((Pair("主要致困原因", main, 26, 64), Pair("次要致困原因", others, 26, 64)))
        sheet.text_row("建议类别", self._suggestion(), least=9)
        committee = "".join(f"{self._value(key)}　" for key in ("committee_decided_on", "committee_note") if self._value(key))
        sheet.text_row("集体研究意见", committee.strip(), least=10)
        sheet.band(
            (Pair("采集人", self.item.collected_by, 26, 64), Pair("采集日期", self.item.collected_on, 26, 64)), least=9
        )
        sheet.signatures(("职工（户主）签字：", "采集人签字："), height=12)
        sheet.signatures(("审核人签字：", "填报单位（盖章）："), height=14)

    def _suggestion(self) -> str:
        if self.item.suggestion:
            return self.item.suggestion
        category = None if self.blank else self.item.content.values.get("hardship_category")
        options = [(option.code, option.label) for option in option_list("hardship_category").current()]
        if category is not None and category not in dict(options):
            return format_value(ARCHIVE_FORM.field("hardship_category"), category)
        return ticked(options, category)


def _fen(row: Row, key: str) -> int:
    value = row.get(key)
    return value if isinstance(value, int) else 0


def _sum_text(rows: Iterable[Row], key: str) -> str:
    values = [_fen(row, key) for row in rows if row.get(key) is not None]
    return money(sum(values)) if values else ""


def _income_line(name: str, rows: Sequence[Row]) -> list[str]:
    """One line of the income ledger: amounts by kind, deductions, the net sum of the four kinds, and the rest."""
    amounts = [sum(_fen(row, "amount") for row in rows if row.get("kind") == kind) for kind in FOUR_KINDS]
    tax, insurance = (sum(_fen(row, key) for row in rows) for key in ("tax", "social_insurance"))
    other = sum(_fen(row, "amount") for row in rows if row.get("kind") not in FOUR_KINDS)
    net = sum(amounts) - tax - insurance
    return [name, *(money(amount) if amount else "" for amount in (*amounts, tax, insurance)), money(net), money(other) if other else ""]


def _sums(rows: Sequence[Row], options: str, group: Callable[[Row], str | None]) -> str:
    """Self-borne sums by *group*, in words and figures."""
    sums: dict[str | None, int] = {}
    for row in rows:
        sums[group(row)] = sums.get(group(row), 0) + self_borne(row)
    labels = option_list(options)
    return "　".join(f"{labels.label(key) if key else '待定'} {money(amount)}" for key, amount in sums.items())


def means_pdf(item: MeansPrint) -> bytes:
    """The sheet of one household."""
    return sheet_pdf(TITLE, MeansComposer(item).compose())


def means_batch_pdf(items: Iterable[MeansPrint], out: BinaryIO, progress: Progress | None = None, total: int = 0) -> int:
    """The sheets of several households as one PDF; the number of pages."""

    def composed() -> Iterable[list[Drawing]]:
        for done, item in enumerate(items, 1):
            yield MeansComposer(item).compose()
            if progress is not None:
                progress(done, max(total, done))

    return write_sheets(out, TITLE, composed())


def blank_means_pdf() -> bytes:
    """The sheet for filling in by hand."""
    empty = MeansPrint(ArchiveContent({}, []))
    return sheet_pdf(TITLE, MeansComposer(empty, blank=True).compose())
