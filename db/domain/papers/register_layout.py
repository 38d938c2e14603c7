"""How the list of aided students is laid out: a data file under ``resources/registers``, or an office's own.

The layout of 附件2 of source 001 – 《2022 年黄山工会金秋助学汇总表》, in the province 《安徽省工会金秋助学汇总表》 – is in no
document that could be had: the columns are what it has to say, and whoever has the real form writes a file.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import resources
from db.domain.option_lists import option_list
from db.domain.toml_text import TomlTextError, read_toml

FIELDS = {
    "number": "序号",
    "unit": "县（区）/单位",
    "worker": "职工姓名",
    "worker_id": "职工身份证号",
    "card_number": "困难职工优惠证编号",
    "employer": "工作单位",
    "family": "家庭类型",
    "cause": "致困原因",
    "per_head_month": "家庭人均月收入（元）",
    "per_head_year": "家庭年人均收入（元）",
    "student": "学生姓名",
    "student_id": "学生身份证号",
    "sex": "性别",
    "age": "年龄",
    "relation": "与职工关系",
    "parent_relation": "与被资助学生关系",
    "school": "就读学校",
    "major": "专业",
    "stage": "学段",
    "kind": "新入学/在读",
    "lines": "参加的项目",
    "state_aid": "已纳入的国家资助",
    "admitted": "何时被何学校录取",
    "wanted": "拟申请金额（元）",
    "amount": "资助金额（元）",
    "paid": "已发放金额（元）",
    "bank": "开户银行",
    "account": "银行卡号",
    "holder": "户名",
    "paid_on": "发放日期",
    "phone": "联系电话",
    "note": "备注",
}
"""What a column may hold."""
AMOUNTS = frozenset({"per_head_month", "per_head_year", "wanted", "amount", "paid"})
_ALIGNS = ("center", "left", "right")
MOST_COLUMNS = 40


class RegisterLayoutError(ValueError):
    """A layout that cannot be used; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class RegisterColumn:
    """One column: its caption, what it holds (a key of :data:`FIELDS`), its share of the width, the groups above it."""

    head: str
    field: str
    width: float
    align: str = "center"
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterLayout:
    """A layout. *regimes*: whose students it lists; empty for all. *only_granted*: only those to whom something was granted."""

    id: str
    title: str
    columns: tuple[RegisterColumn, ...]
    regimes: tuple[str, ...] = ()
    only_granted: bool = False
    source: str = ""


def read_register(text: str) -> RegisterLayout:
    """A layout from its file; RegisterLayoutError says what is wrong."""
    try:
        return _layout(read_toml(text))
    except RegisterLayoutError:
        raise
    except TomlTextError as fault:
        raise RegisterLayoutError(str(fault)) from fault
    except (AttributeError, OverflowError, TypeError, ValueError) as fault:
        # a list where a text belongs, a word where a number does: more ways to be wrong than anybody could name
        raise RegisterLayoutError("有的内容写的种类不对（文字、数、列表），请对照原来的版式核对") from fault


def _layout(body: dict[str, Any]) -> RegisterLayout:
    columns = tuple(_column(at, item) for at, item in enumerate(_list(body, "column"), 1))
    if not 1 <= len(columns) <= MOST_COLUMNS:
        raise RegisterLayoutError(f"要有 1 到 {MOST_COLUMNS} 个 [[column]]，现在有 {len(columns)} 个")
    regimes = tuple(map(str, body.get("regimes", [])))
    known = option_list("student_regime").by_code
    wrong = [code for code in regimes if code not in known]
    if wrong:
        raise RegisterLayoutError(f"regimes 里的 {wrong[0]} 不认识，可写：{'、'.join(known)}")
    return RegisterLayout(
        id=_text(body, "id"),
        title=_text(body, "title"),
        columns=columns,
        regimes=regimes,
        only_granted=bool(body.get("only_granted", False)),
        source=str(body.get("source", "")),
    )


def _list(body: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = body.get(key, [])
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise RegisterLayoutError(f"{key} 要写成 [[{key}]]")
    return found


def _text(body: dict[str, Any], key: str) -> str:
    found = body.get(key)
    if not isinstance(found, str) or not found.strip():
        raise RegisterLayoutError(f"缺 {key}")
    return found.strip()


def _column(at: int, body: dict[str, Any]) -> RegisterColumn:
    field, width, align = body.get("field"), body.get("width", 16), body.get("align", "center")
    if field not in FIELDS:
        raise RegisterLayoutError(f"第 {at} 栏的 field“{field}”不认识，可写：{'、'.join(FIELDS)}")
    if not isinstance(width, int | float) or isinstance(width, bool) or not 4 <= width <= 120:
        raise RegisterLayoutError(f"第 {at} 栏的 width 要是 4 到 120 之间的数")
    if align not in _ALIGNS:
        raise RegisterLayoutError(f"第 {at} 栏的 align 只能是 {'、'.join(_ALIGNS)}")
    groups = body.get("groups", [])
    if not isinstance(groups, list):
        raise RegisterLayoutError(f"第 {at} 栏的 groups 要写成列表")
    return RegisterColumn(str(body.get("head") or FIELDS[field]), field, float(width), align, tuple(map(str, groups)))


@cache
def packaged_registers() -> dict[str, RegisterLayout]:
    """The layouts that come with the program, by id."""
    found = [read_register(resources.read_text(name)) for name in resources.names("registers", ".toml")]
    return {layout.id: layout for layout in found}
