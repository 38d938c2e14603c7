"""Read packs and standards from TOML text: every fault with its line, in Chinese, or a frozen :class:`Pack`."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from db.domain.policy import pack_checks
from db.domain.policy.pack import Pack, Part, StandardTable
from db.domain.policy.policy_text import LARGEST_TEXT
from db.errors import UserError

_DEEP_KEY = re.compile(r"""(?<!["'\w.-])(?:["'\w-]++[ \t]*+\.[ \t]*+){20}""")
"""``a.a.a…``: no pack has such a key, and reading it takes time that grows with the square of its length."""

Place = tuple[str | int, ...]
_PartT = TypeVar("_PartT", bound=Part)


@dataclass(frozen=True, slots=True)
class PackFault:
    """One fault of a policy file: where and why."""

    file: str
    line: int
    path: str
    reason: str

    def text(self) -> str:
        """File, line, place and reason in one sentence."""
        place = f"（{self.path}）" if self.path else ""
        return f"{self.file} 第 {self.line} 行{place}：{self.reason}"


def read_pack(text: str, file: str) -> Pack:
    """The pack in *text*; UserError ``policy_invalid`` names file, line and reason of its first fault."""
    return _read(text, file, Pack)


def read_standards(text: str, file: str) -> StandardTable:
    """The table of dated standards in *text*; faults as in :func:`read_pack`."""
    return _read(text, file, StandardTable)


def pack_faults(text: str, file: str) -> list[PackFault]:
    """Every fault of a pack or standards file, in the order of its lines; none: it may be used."""
    kind: type[Part] = StandardTable if re.search(r"^topic\s*=", text, re.MULTILINE) else Pack
    return _parsed(text, file, kind)[1]


def _read(text: str, file: str, kind: type[_PartT]) -> _PartT:
    part, faults = _parsed(text, file, kind)
    if faults or part is None:
        first = faults[0]
        where = f"（{first.path}）" if first.path else ""
        raise UserError(
            "policy_invalid", file=file, line=first.line, reason=where + first.reason, more=len(faults) - 1
        )
    return part


def _parsed(text: str, file: str, kind: type[_PartT]) -> tuple[_PartT | None, list[PackFault]]:
    if len(text) > LARGEST_TEXT:
        return None, [PackFault(file, 1, "", "文件太大，不是政策文件")]
    if deep := _DEEP_KEY.search(text):
        return None, [PackFault(file, text.count("\n", 0, deep.start()) + 1, "", "点连起来的键太长")]
    try:
        table = tomllib.loads(text)
        whole = _frozen(table)
    except (ValueError, RecursionError) as fault:  # a bare ValueError: a number longer than Python reads
        return None, [_syntax_fault(file, str(fault))]
    lines = line_numbers(text)
    try:
        part = kind.model_validate(whole)
    except ValidationError as fault:
        return None, sorted(_faults(file, fault, lines), key=lambda item: item.line)
    found = pack_checks.faults_of(part)
    return part, [_fault(file, place, reason, lines) for place, reason in found]


def _frozen(value: Any) -> Any:
    """TOML arrays as tuples: the models are strict and take nothing for something else."""
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return value


# -- where and why ------------------------------------------------------------------------------------------------

_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_SYNTAX = {
    "Cannot overwrite a value": "同一个键写了两次",
    "Cannot declare": "同一张表声明了两次",
    "Unclosed array": "方括号没有合上",
    "Unclosed inline table": "花括号没有合上",
    "Unterminated string": "引号没有合上",
    "Invalid value": "值写得不对（文字和数字都要加引号）",
    "Invalid date or datetime": "没有这一天",
}


_TOO_LONG = "Exceeds the limit"


def _syntax_fault(file: str, message: str) -> PackFault:
    at = _AT_LINE.search(message)
    reason = next((words for start, words in _SYNTAX.items() if message.startswith(start)), "不合 TOML 的写法")
    if at is None and message.startswith(_TOO_LONG):
        reason = "有一个数长得离谱"
    return PackFault(file, int(at.group(1)) if at else 1, "", reason)


def _faults(file: str, fault: ValidationError, lines: Mapping[Place, int]) -> Iterable[PackFault]:
    found = [(tuple(step for step in item["loc"] if step not in {"dict"}), item) for item in fault.errors(include_url=False)]
    for place, item in found:
        if item["type"] == "too_short" and any(other[:-1][: len(place)] == place for other, _ in found):
            continue  # a list whose only entry is faulty counts as empty: the entry's own fault says more
        yield _fault(file, place, _reason(str(item["type"]), item.get("ctx") or {}, place, str(item["msg"])), lines)


def _fault(file: str, place: Place, reason: str, lines: Mapping[Place, int]) -> PackFault:
    line = 1
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            line = lines[place[:length]]
            break
    return PackFault(file, line, _path(place), reason)


def _path(place: Place) -> str:
    text = ""
    for step in place:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".")


_OWN_REASONS = {
    "figure": "数字要写成加引号的十进制数，如 \"1.5\"；文件没有写明的写 \"unset\"",
    "month_day": "每年的日子写成 \"06-30\"，且要真有这一天",
    "day": "日期照 2022-06-30 写，不加引号",
    "table": "这里要写成 { … } 的表",
    "one_threshold": "界线要且只能写 standard、amount、ratio、count 之一",
    "question": "有 \"unset\" 的地方要写 question：该问什么",
    "formula_incomplete": "这个公式还缺参数",
    "one_day": "day（每年）和 on（一次）要且只能写一个",
}
_REASONS = {
    "missing": "缺少这一项",
    "extra_forbidden": "不认识这个键，请核对拼写",
    "string_type": "要写成加引号的文字",
    "bool_type": "只能是 true 或 false",
    "int_type": "要写成不加引号的整数",
    "tuple_type": "要写成 [ … ] 的列表",
    "model_type": "要写成一张表",
    "model_attributes_type": "要写成一张表",
    "string_too_short": "不能空着",
    "too_short": "至少要有一项",
    "string_pattern_mismatch": "写法不对，也不能空着",
    "greater_than_equal": "数字太小",
    "less_than_equal": "数字太大",
}


def _reason(kind: str, context: Mapping[str, Any], place: Place, message: str) -> str:
    if kind == "literal_error":
        return f"只能是 {context.get('expected', '')}".replace(" or ", "、").replace(", ", "、")
    if kind == "value_error":
        return _OWN_REASONS.get(message.removeprefix("Value error, "), "写得不对")
    if kind == "string_pattern_mismatch" and place and place[-1] in {"code", "item", "category", "id"}:
        return "代码用小写英文字母、数字和下划线"
    return _REASONS.get(kind, "写得不对")


_ARRAY_HEAD = re.compile(r"^\s*\[\[\s*([\w.\-]+)\s*\]\]")
_TABLE_HEAD = re.compile(r"^\s*\[\s*([\w.\-]+)\s*\]")
_KEY = re.compile(r"^\s*([\w\-]+)\s*=")


def line_numbers(text: str) -> dict[Place, int]:
    """Line of every table and plain key of a TOML text, by its place in the parsed value."""
    lines: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    here: Place = ()
    quoting = ""
    for number, line in enumerate(text.split("\n"), 1):
        inside, quoting = quoting, _open_quote(line, quoting)
        if inside:
            continue  # a line of a long text, whatever it looks like
        if match := _ARRAY_HEAD.match(line):
            parent = _resolved(match.group(1).split(".")[:-1], counts)
            array = (*parent, match.group(1).split(".")[-1])
            counts[array] = counts.get(array, -1) + 1
            here = (*array, counts[array])
        elif match := _TABLE_HEAD.match(line):
            here = _resolved(match.group(1).split("."), counts)
        elif match := _KEY.match(line):
            lines.setdefault((*here, match.group(1)), number)
            continue
        else:
            continue
        lines.setdefault(here, number)
    return lines


def _open_quote(line: str, quoting: str) -> str:
    """The quotes of a text over several lines that are still open at the end of *line*."""
    for quotes in ([quoting] if quoting else ['"""', "'''"]):
        if line.count(quotes) % 2:
            return "" if quoting else quotes
    return quoting


def _resolved(names: list[str], counts: Mapping[Place, int]) -> Place:
    place: Place = ()
    for name in names:
        place = (*place, name)
        if place in counts:
            place = (*place, counts[place])
    return place
