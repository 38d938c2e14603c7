"""How a bank wants its file, and how its answer reads: data files under ``resources/banks/layouts``, or an office's own.

A layout names its columns by what they hold; nothing of it is code, so another bank needs none.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

import resources
from db.domain.toml_text import TomlTextError, read_toml


class FileKind(StrEnum):
    """What sort of file."""

    XLSX = "xlsx"
    CSV = "csv"
    TXT = "txt"


ENCODINGS = ("utf-8-sig", "gb18030")
FIELDS = {
    "number": "序号",
    "payee_name": "户名",
    "id_number": "身份证号",
    "employer": "单位",
    "item": "救助项目",
    "fund_name": "资金来源",
    "amount_yuan": "金额（元）",
    "amount_fen": "金额（分）",
    "bank": "开户银行",
    "branch": "支行",
    "account": "银行卡号",
    "phone": "联系电话",
    "note": "备注",
    "list_number": "名册编号",
}
"""What a column may hold."""


MOST_COLUMNS = 26
"""Columns of a file, A to Z."""


class LayoutError(ValueError):
    """A layout that cannot be used; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class LayoutColumn:
    """One column: its caption, and what it holds (a key of :data:`FIELDS`)."""

    caption: str
    field: str


@dataclass(frozen=True, slots=True)
class AnswerColumns:
    """Captions under which a bank's answer gives each thing, and the words for paid and failed."""

    account: tuple[str, ...]
    name: tuple[str, ...]
    amount: tuple[str, ...]
    outcome: tuple[str, ...]
    reason: tuple[str, ...]
    paid_words: tuple[str, ...]
    failed_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BankLayout:
    """A layout."""

    id: str
    title: str
    kind: FileKind
    columns: tuple[LayoutColumn, ...]
    answer: AnswerColumns
    encoding: str = "utf-8-sig"
    separator: str = ","
    has_header: bool = True
    has_total: bool = False
    sort: tuple[str, ...] = field(default=("bank", "branch", "number"))


_ANSWER = {
    "account": ["银行卡号", "卡号", "收款账号", "收款人账号", "账号"],
    "name": ["收款人", "收款人姓名", "收款人名称", "收款户名", "户名", "姓名"],
    "amount": ["金额", "金额（元）", "金额(元)", "发生额", "交易金额"],
    "outcome": ["结果", "处理结果", "状态", "处理状态", "交易状态", "返回码"],
    "reason": ["原因", "失败原因", "错误信息", "备注", "返回信息", "附言"],
    "paid_words": ["成功", "已入账", "交易成功", "处理成功", "已发放", "S", "0000"],
    "failed_words": ["失败", "退票", "交易失败", "处理失败", "未入账", "账号错误", "户名不符", "F"],
}


def read_layout(text: str) -> BankLayout:
    """A layout from its file; LayoutError names what is wrong."""
    try:
        return _layout(read_toml(text))
    except LayoutError:
        raise
    except TomlTextError as fault:
        raise LayoutError(str(fault)) from fault
    except (AttributeError, OverflowError, TypeError, ValueError) as fault:
        # a list where a text belongs, a word where a number does: more ways to be wrong than anybody could name
        raise LayoutError("有的内容写的种类不对（文字、数、列表），请对照原来的版式核对") from fault


def _layout(body: dict[str, Any]) -> BankLayout:
    columns = body.get("column")
    if not isinstance(columns, list) or not columns:
        raise LayoutError("没有写一栏 [[column]]")
    if len(columns) > MOST_COLUMNS:
        raise LayoutError(f"最多 {MOST_COLUMNS} 栏")
    kind, encoding = body.get("kind"), body.get("encoding", "utf-8-sig")
    if kind not in list(FileKind):
        raise LayoutError(f"kind 要写成 {'、'.join(FileKind)} 之一")
    if encoding not in ENCODINGS:
        raise LayoutError(f"encoding 要写成 {'、'.join(ENCODINGS)} 之一")
    read = tuple(_column(item) for item in columns)
    if not {"account", "payee_name"} <= {column.field for column in read} or not {
        "amount_yuan",
        "amount_fen",
    } & {column.field for column in read}:
        raise LayoutError("必须有户名、银行卡号和金额三栏")
    return BankLayout(
        id=_text(body, "id"),
        title=_text(body, "title"),
        kind=FileKind(kind),
        columns=read,
        answer=_answer(body.get("answer", {})),
        encoding=encoding,
        separator=_separator(body),
        has_header=bool(body.get("header", True)),
        has_total=bool(body.get("total", False)),
        sort=_sort(body.get("sort", ["bank", "branch", "number"])),
    )


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value.strip() or len(value) > 100:
        raise LayoutError(f"没有写 {key}")
    return value.strip()


def _separator(body: dict[str, Any]) -> str:
    value = body.get("separator", ",")
    if not isinstance(value, str) or len(value) != 1 or value.isalnum():
        raise LayoutError("separator 要是一个符号，如逗号或竖线")
    return value


def _sort(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(key, str) and key in FIELDS for key in value):
        raise LayoutError("sort 里有不认识的栏")
    return tuple(value)


def _column(body: Any) -> LayoutColumn:
    if not isinstance(body, dict) or body.get("field") not in list(FIELDS):
        raise LayoutError(f"有一栏的 field 不认识；可以用：{'、'.join(FIELDS)}")
    return LayoutColumn(str(body.get("caption") or FIELDS[body["field"]]), body["field"])


def _answer(body: Any) -> AnswerColumns:
    if not isinstance(body, dict):
        raise LayoutError("[answer] 写得不对")
    found = {}
    for key, usual in _ANSWER.items():
        words = body.get(key, usual)
        if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
            raise LayoutError(f"[answer] 的 {key} 要是一列文字")
        found[key] = tuple(words)
    return AnswerColumns(**found)


@cache
def packaged_layouts() -> dict[str, BankLayout]:
    """The layouts that come with the program, by id."""
    found = [read_layout(resources.read_text(name)) for name in resources.names("banks/layouts", ".toml")]
    return {layout.id: layout for layout in found}
