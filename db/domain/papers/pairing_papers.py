"""The papers of the pairing (S000-30): a household's plan, its measures and its ledger, and the roster of who looks after whom."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from db.domain.archive_content import ArchiveContent
from db.domain.option_lists import option_list
from db.domain.paper_layout import (
    Amount,
    Entry,
    HeadEntry,
    Ledger,
    LedgerColumn,
    PaperLayout,
    Part,
    Signatures,
    TextRow,
)
from db.domain.papers.paper_subject import form_words, row
from db.domain.records.record_form import RecordContent

PLAN_TITLE = "困难职工帮扶计划"
MEASURES_TITLE = "困难职工帮扶措施落实表"
LEDGER_TITLE = "困难职工帮扶台帐"
ROSTER_TITLE = "困难职工结对帮扶花名册"
_CADRES = (
    LedgerColumn("帮扶干部", 26),
    LedgerColumn("单位及职务", 64, "left"),
    LedgerColumn("联系电话", 32),
    LedgerColumn("结对角色", 28),
    LedgerColumn("结对日期", 30),
)
_PLANNED = (
    LedgerColumn("序号", 11),
    LedgerColumn("措施类别", 33),
    LedgerColumn("具体措施", 76, "left"),
    LedgerColumn("责任人", 28),
    LedgerColumn("计划完成", 32),
)
_MEASURES = (
    LedgerColumn("序号", 10),
    LedgerColumn("措施类别", 25),
    LedgerColumn("具体措施", 46, "left"),
    LedgerColumn("责任人", 20),
    LedgerColumn("计划完成", 21),
    LedgerColumn("实际完成", 21),
    LedgerColumn("落实情况和效果", 37, "left"),
)
_LEDGER = (
    LedgerColumn("序号", 10),
    LedgerColumn("日期", 22),
    LedgerColumn("事项", 25),
    LedgerColumn("内容", 75, "left"),
    LedgerColumn("帮扶人", 24),
    LedgerColumn("金额（元）", 24, "right"),
)
ROSTER = (
    LedgerColumn("序号", 10),
    LedgerColumn("职工姓名", 19),
    LedgerColumn("档案编号", 33),
    LedgerColumn("困难类别", 23),
    LedgerColumn("帮扶干部", 19),
    LedgerColumn("单位及职务", 30, "left"),
    LedgerColumn("联系电话", 25),
    LedgerColumn("结对日期", 21),
)
_FEWEST = 4
"""Rows that are there at least, the rest for the pen."""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """Something done for a household."""

    on: str
    what: str
    words: str
    by: str = ""
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class HelpedHousehold:
    """A household on these papers; everything may be empty, then it is filled in by hand."""

    office_name: str = ""
    archive_number: str = ""
    content: ArchiveContent = field(default_factory=ArchiveContent)
    cadres: tuple[RecordContent, ...] = ()
    """The pairings that stand, the one responsible first."""
    year: int | None = None
    plan: RecordContent | None = None
    measures: tuple[RecordContent, ...] = ()
    ledger: tuple[LedgerLine, ...] = ()

    @property
    def name(self) -> str:
        """The worker's name."""
        return form_words(self.content, "name")


def _heads(item: HelpedHousehold, last: str, value: str) -> tuple[HeadEntry, ...]:
    return (
        HeadEntry("填报单位：", item.office_name, 82),
        HeadEntry("档案编号：", item.archive_number, 56),
        HeadEntry(last, value, 42),
    )


def _household(item: HelpedHousehold) -> list[Part]:
    shown = {key: form_words(item.content, key) for key in ("name", "employer", "hardship_category", "main_hardship_cause")}
    size = item.content.values.get("household_size")
    people: Entry = size if isinstance(size, int) else len(item.content.members) + 1 if item.content.values else None
    return [
        row(("职工姓名", shown["name"]), ("联系电话", item.content.text("mobile_phone")), ("家庭人口", people)),
        row(("工作单位", shown["employer"]), ("困难类别", shown["hardship_category"])),
        TextRow("致困原因", shown["main_hardship_cause"], caption_width=22.0),
        TextRow("家庭住址", form_words(item.content, "home_address"), caption_width=22.0),
    ]


def _about(pairing: RecordContent) -> str:
    return " ".join(filter(None, (pairing.text("cadre_unit"), pairing.text("cadre_post"))))


def _label(options: str, code: str) -> str:
    return option_list(options).label(code) if code else ""


def plan_paper(item: HelpedHousehold) -> PaperLayout:
    """一户一计划: what the household needs, what is to be reached, by what and by whom."""
    plan = item.plan or RecordContent()
    year = plan.text("year") or (str(item.year) if item.year else "")
    cadres: list[list[Entry]] = [
        [pairing.text("cadre_name"), _about(pairing), pairing.text("cadre_phone"),
         _label("pairing_role", pairing.text("role")), pairing.text("since")]
        for pairing in item.cadres
    ]  # fmt: skip
    planned: list[list[Entry]] = [
        [number, _label("measure_kind", each.text("measure_kind")), each.text("content"), each.text("responsible"),
         each.text("due_on")]
        for number, each in enumerate(item.measures, 1)
    ]  # fmt: skip
    parts: tuple[Part, ...] = (
        *_household(item),
        Ledger("帮扶干部", _CADRES, cadres, blank=max(2 - len(cadres), 0)),
        TextRow("帮扶需求", plan.text("needs"), 26.0),
        TextRow("帮扶目标", plan.text("goal"), 26.0),
        Ledger("计划采取的措施", _PLANNED, planned, blank=max(_FEWEST - len(planned), 0)),
        TextRow("完成期限", plan.text("until")),
        TextRow("备注", plan.text("note"), 14.0),
        Signatures(("职工签字：", "帮扶责任人：", "填表人：", "单位（盖章）：")),
    )
    return PaperLayout(PLAN_TITLE, _heads(item, "年度：", year), parts, name=item.name or PLAN_TITLE)


def measures_paper(item: HelpedHousehold) -> PaperLayout:
    """一户一措施: each measure with who answers for it, and what became of it."""
    rows: list[list[Entry]] = [
        [number, _label("measure_kind", each.text("measure_kind")), each.text("content"), each.text("responsible"),
         each.text("due_on"), each.text("done_on"), each.text("result")]
        for number, each in enumerate(item.measures, 1)
    ]  # fmt: skip
    parts: tuple[Part, ...] = (
        *_household(item),
        TextRow("帮扶干部", _names(item), caption_width=22.0),
        Ledger("帮扶措施", _MEASURES, rows, blank=max((8 if rows else 12) - len(rows), 1), row_height=10.0),
        Signatures(("帮扶责任人：", "单位（盖章）：")),
    )
    year = str(item.year) if item.year else ""
    return PaperLayout(MEASURES_TITLE, _heads(item, "年度：", year), parts, name=item.name or MEASURES_TITLE)


def _names(item: HelpedHousehold) -> str:
    return "、".join(f"{each.text('cadre_name')}（{_label('pairing_role', each.text('role'))}）" for each in item.cadres)


def ledger_paper(item: HelpedHousehold) -> PaperLayout:
    """一户一台帐: everything done for the household, in the order of the days, and the money paid."""
    rows: list[list[Entry]] = [
        [number, line.on, line.what, line.words, line.by, Amount(line.amount)] for number, line in enumerate(item.ledger, 1)
    ]
    amounts = [line.amount for line in item.ledger if line.amount is not None]
    total: list[Entry] | None = None
    if rows:
        total = ["", "", "合计", f"{len(rows)} 项", "", Amount(sum(amounts) if amounts else None)]
    parts: tuple[Part, ...] = (
        *_household(item),
        TextRow("帮扶干部", _names(item), caption_width=22.0),
        Ledger("帮扶记录", _LEDGER, rows, blank=2 if rows else 22, total=total),
        Signatures(("记录人：", "帮扶责任人：")),
    )
    return PaperLayout(LEDGER_TITLE, _heads(item, "填表日期：", ""), parts, name=item.name or LEDGER_TITLE)


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One pairing of the roster; without a cadre nobody looks after the household."""

    name: str
    archive_number: str
    category: str
    cadre: str = ""
    about: str = ""
    phone: str = ""
    since: str = ""

    def cells(self) -> list[str]:
        """The line in the order of the columns, without its number."""
        return [self.name, self.archive_number, self.category, self.cadre or "未结对", self.about, self.phone, self.since]


def numbered(lines: Sequence[RosterLine]) -> list[tuple[int, RosterLine]]:
    """The lines with the numbers of their households: those of one household carry the same."""
    places = {number: at for at, number in enumerate(dict.fromkeys(line.archive_number for line in lines), 1)}
    return [(places[line.archive_number], line) for line in lines]


def roster_paper(office_name: str, reporter: str, made_on: str, lines: Sequence[RosterLine]) -> PaperLayout:
    """结对花名册; without lines a blank one."""
    heads = (
        HeadEntry("填报单位：", office_name, 84),
        HeadEntry("填报人：", reporter, 48),
        HeadEntry("填表日期：", made_on, 48),
    )
    households = len({line.archive_number for line in lines})
    paired = len({line.archive_number for line in lines if line.cadre})
    title = f"花名册　{households} 户，已结对 {paired} 户" if lines else "花名册"
    rows: list[list[Entry]] = [[number, *line.cells()] for number, line in numbered(lines)]
    parts = (Ledger(title, ROSTER, rows, blank=0 if rows else 26), Signatures(("制表人：", "负责人（盖章）：")))
    return PaperLayout(ROSTER_TITLE, heads, parts, name=ROSTER_TITLE)
