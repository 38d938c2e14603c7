"""附件1 of source 000, 困难职工解困脱困动态监测集中行动记录表, cell by cell: drawn as PDF and written as a workbook.

The grid has nine columns, as on the paper. Where a cell stands is told here, how high its row becomes when much is
written in it is the drawing's business.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from db.domain.records.monitoring import MONITORING
from db.domain.records.record_form import RecordContent

TITLE = MONITORING.title
ANNEX = "附件 1"
HEADS = (("填报单位：", "reporting_unit"), ("填报人：", "reporter"), ("联系方式：", "reporter_phone"))
FOOT = (
    "注：“困难职工脱困原因”选填脱困方式：疾病治愈、再就业、子女毕业实现就业、自谋职业、纳入社会保障覆盖、"
    "纳入大病保险和医疗互助保险保障、社会救助兜底、其他。"
)
WIDTHS = (28.0, 30.0, 27.0, 38.0, 26.0, 29.0, 28.0, 30.0, 31.0)
"""Millimetres; together what a page lying on its long side has room for."""
HEIGHTS = (14.0, 15.0, 16.0, 13.0, 34.0, 36.0, 19.0)
"""Of the rows at the least: room for the pen on the blank sheet."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of the grid: a caption, or the answer *key*; it goes *across* columns and *down* rows."""

    row: int
    column: int
    caption: str = ""
    key: str = ""
    across: int = 1
    down: int = 1
    is_text: bool = False
    """Whether it takes text of any length."""


def _pairs(row: int, *pairs: tuple[str, str, int]) -> Iterator[GridCell]:
    column = 0
    for caption, key, across in pairs:
        yield GridCell(row, column, caption)
        yield GridCell(row, column + 1, key=key, across=across)
        column += 1 + across


_FIGURES = (
    ("家庭年度\n总收入\n(元)", "annual_income"),
    ("家庭年度\n刚性支出\n(元)", "annual_rigid_expense"),
    ("家庭年人均\n纯收入\n(元)", "net_income_per_head"),
    ("就业是否\n有保障\n(是/否)", "work_secured"),
    ("就医是否\n有保障\n(是/否)", "medical_secured"),
    ("就学是否\n有保障\n(是/否)", "school_secured"),
    ("社保是否\n有保障\n(是/否)", "social_secured"),
    ("住房是否\n有保障\n(是/否)", "housing_secured"),
)
_ADVICE = "入户调查人员\n建议是否返困\n(是/否)\n(若填“是”，\n请注明深度或\n相对困难职工)"
CELLS: tuple[GridCell, ...] = (
    *_pairs(0, ("户主姓名", "name", 1), ("身份证号", "id_number", 1), ("手机号码", "mobile_phone", 1), ("家庭住址", "address", 2)),
    *_pairs(
        1,
        ("困难职工\n脱困原因", "exit_reason", 3),
        ("家庭总人口数\n(人)", "household_size", 1),
        ("是否纳入民政\n兜底保障\n(是/否)", "covered_by_civil_affairs", 2),
    ),
    GridCell(2, 0, "帮扶措施\n落实情况", down=2),
    *(GridCell(2, column, caption) for column, (caption, _) in enumerate(_FIGURES, 1)),
    *(GridCell(3, column, key=key) for column, (_, key) in enumerate(_FIGURES, 1)),
    GridCell(4, 0, "目前存在\n的困难"),
    GridCell(4, 1, key="difficulties", across=8, is_text=True),
    GridCell(5, 0, _ADVICE),
    GridCell(5, 1, key="relapse_advised", across=4),
    GridCell(5, 5, "入户调查人员\n其它工作建议"),
    GridCell(5, 6, key="other_advice", across=3, is_text=True),
    GridCell(6, 0, "备注"),
    GridCell(6, 1, key="note", across=8, is_text=True),
)
"""Every cell of the paper, in its order."""


def cell_words(content: RecordContent | None, key: str) -> str:
    """What stands in a cell or in the line above the grid; nothing on a blank sheet."""
    if content is None or content.values.get(key) is None:
        return ""
    words = MONITORING.words(content, key)
    relapse = content.text("relapse_class") if key == "relapse_advised" else ""
    return f"{words}（{MONITORING.words(content, 'relapse_class')}）" if relapse else words


def plain_caption(cell: GridCell) -> str:
    """A caption in one line, as source 000 has it."""
    return cell.caption.replace("\n", "")
