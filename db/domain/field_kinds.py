"""Per kind of field: read what was typed or found in a cell, write it for people, mask it for outsiders.

Three forms of a value: what the clerk typed (text or a spreadsheet cell), the stored value (see ``Value``), and
the text shown. ``parse_value`` goes from the first to the second and never raises: it returns the value, or the
code of what is wrong, and whether it had to put the writing in order.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from db.domain import regions
from db.domain.form_schema import FieldKind, FieldSpec, LegacyCaption, Privacy, Value
from db.domain.option_lists import option_list

Cell = str | int | float | bool | date | datetime | timedelta | None
"""What a person typed or a spreadsheet cell held."""


class Parsed(NamedTuple):
    """Outcome of reading one cell: the stored value, or the error code with what its sentence needs."""

    value: Value
    code: str | None = None
    context: dict[str, object] | None = None
    normalised: bool = False


EMPTY = Parsed(None)
_BLANKS = re.compile(r"[\s\u3000\u00a0\u200b-\u200f\u2060\ufeff]+")
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Controls, direction marks and half characters: invisible, but they break files, print and search."""
_EDGES = " \t\r\n\u3000\u00a0\u200b\u200c\u200d\u2060\ufeff'‘’"
_DATE = re.compile(r"^(\d{4})\s*[-./年]\s*(\d{1,2})(?:\s*[-./月]\s*(\d{1,2})?\s*日?)?$")
_COMPACT_DATE = re.compile(r"^(\d{4})(\d{2})(\d{2})?$")
_MONEY_NOISE = re.compile(r"[,\s¥￥]|(?:元(?:/月)?|/月|平方米|㎡|m2|人)$")
_SERIAL_EPOCH = date(1899, 12, 30)
_TOO_LONG = 10**18
_YEAR_AND_MONTH = re.compile(r"\d{4}\.\d{2}")
_NOTHING = {"无", "没有", "-", "--", "—", "/", "零"}
_YES = {"是", "有", "√", "Y", "y", "YES", "yes", "true", "True", "TRUE"}
_NO = {"否", "无", "×", "N", "n", "NO", "no", "false", "False", "FALSE"}
_DIGIT_KINDS = frozenset({FieldKind.ID_NUMBER, FieldKind.PHONE, FieldKind.BANK_ACCOUNT, FieldKind.POSTAL_CODE})


def fold(text: str) -> str:
    """NFKC-fold and drop every blank: full-width digits become digits. Never for names."""
    return _BLANKS.sub("", _UNPRINTABLE.sub("", unicodedata.normalize("NFKC", text)))


def printable(text: str) -> str:
    """*text* without what cannot be seen or stored; line breaks stay, a tab becomes a blank."""
    if text.isprintable():
        return text
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def _text_of(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip(_EDGES)


# -- reading -----------------------------------------------------------------------------------------------------


def _parse_text(spec: FieldSpec, cell: Cell) -> Parsed:
    raw = str(cell) if isinstance(cell, str) else _text_of(cell)
    text = printable(raw).strip(_EDGES[:-3])
    if spec.kind is not FieldKind.LONG_TEXT:
        text = " ".join(text.split("\n"))
    if len(text) > spec.limit:
        return Parsed(text, "text_too_long", {"label": spec.label, "limit": spec.limit})
    return Parsed(text or None, normalised=text != raw)


NAME_DOTS = frozenset("·•・‧∙⋅．.･᛫●ꞏ")
"""The dot of minority names in every code point that keyboards and workbooks give it."""
_NOT_HAN = re.compile(f"[^\u2e80-\U0010ffff{re.escape(''.join(sorted(NAME_DOTS)))}]")


def _is_han(text: str) -> bool:
    return _NOT_HAN.search(text) is None


def _parse_name(spec: FieldSpec, cell: Cell) -> Parsed:
    raw = str(cell)
    text = printable(raw).strip(_EDGES[:-3])
    joined = _BLANKS.sub("", text)
    # blanks inside a Han name come from lining up two-character names; Latin names keep one blank
    text = joined if _is_han(joined) else _BLANKS.sub(" ", text)
    if len(text) > spec.limit:
        return Parsed(text, "text_too_long", {"label": spec.label, "limit": spec.limit})
    return Parsed(text or None, normalised=text != raw)


def _lost_digits(cell: Cell) -> bool:
    """Whether a numeric cell can no longer hold all digits of a long number."""
    return isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= 1e15


_SCIENTIFIC = re.compile(r"^\d(\.\d+)?[eE]\+?\d+$")


def _parse_digits(spec: FieldSpec, cell: Cell) -> Parsed:
    if _lost_digits(cell) or (isinstance(cell, str) and _SCIENTIFIC.match(cell.strip())):
        return Parsed(None, "digits_lost", {"text": _text_of(cell)})
    if isinstance(cell, str):
        if cell.isascii() and cell.isdigit():
            return Parsed(cell)
        text = fold(cell).strip("'").replace("-", "").upper()
        if spec.kind is FieldKind.PHONE and text.startswith("+86"):
            text = text[3:]
        return Parsed(text or None, normalised=text != cell)
    text = fold(_text_of(cell)).upper()
    return Parsed(text.zfill(6) if spec.kind is FieldKind.POSTAL_CODE else text, normalised=True)


def _parse_contact(spec: FieldSpec, cell: Cell) -> Parsed:
    text = printable(unicodedata.normalize("NFKC", _text_of(cell))).replace("\n", " ").strip(_EDGES)
    return Parsed(text or None, normalised=not isinstance(cell, str) or text != cell)


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _date_from_serial(number: float) -> str | None:
    """Spreadsheet serial number of a date (1900 system); None outside 1900–2199."""
    return (_SERIAL_EPOCH + timedelta(days=int(number))).isoformat() if 2 <= number <= 109574 else None


def _date_from_number(number: int | float) -> str | None:
    """A numeric cell: 19800101, 1980.12, or the spreadsheet's serial number of a day.

    A bare year is no date, nor is 1980.1, which was typed as January or as October: the cell cannot tell any more.
    """
    text = _text_of(number)
    if len(text) in {6, 8} and text.isdigit():
        return _date_from_text(text)
    if 1900 <= number < 2101:
        return _date_from_text(text) if _YEAR_AND_MONTH.fullmatch(text) else None
    return _date_from_serial(number)


def _date_from_text(text: str) -> str | None:
    text = unicodedata.normalize("NFKC", text).strip()
    match = _DATE.match(text) or _COMPACT_DATE.match(text)
    if match:
        year, month, day = match.groups()
        return _iso(int(year), int(month), int(day or 1))
    head = text.replace("T", " ").split(" ")[0]
    match = _DATE.match(head) if head != text else None
    if match and match.group(3):
        return _iso(int(match.group(1)), int(match.group(2)), int(match.group(3)))
    if text.isdigit() and len(text) == 5:
        return _date_from_serial(int(text))
    return None


@lru_cache(maxsize=16384)
def _parse_date_text(text: str) -> tuple[str | None, bool]:
    iso = _date_from_text(text)
    return iso, iso != text


def _parse_date(spec: FieldSpec, cell: Cell) -> Parsed:
    if isinstance(cell, datetime):
        return Parsed(cell.date().isoformat(), normalised=True)
    if isinstance(cell, date):
        return Parsed(cell.isoformat(), normalised=True)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        iso = _date_from_number(cell)
        return Parsed(iso, normalised=True) if iso else Parsed(None, "not_a_date", {"text": _text_of(cell)})
    iso, normalised = _parse_date_text(str(cell).strip(_EDGES))
    return Parsed(iso, normalised=normalised) if iso else Parsed(None, "not_a_date", {"text": str(cell).strip()})


def _decimal(text: str) -> Decimal | None:
    text = _MONEY_NOISE.sub("", unicodedata.normalize("NFKC", text).strip())
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


_GROUPED = 10_000
"""From here on thousands are set apart: a year is not."""


def out_of_range(spec: FieldSpec, shown: object) -> dict[str, object]:
    """What the sentence ``out_of_range`` says: the field, the value and what is allowed instead."""
    if spec.kind is FieldKind.COUNT:
        most = spec.numbers.stop - 1
        allowed = f"{spec.numbers.start} 到 {most if most < _GROUPED else f'{most:,}'} 的整数"
    else:
        allowed = "1000 亿以内的数" if spec.kind in {FieldKind.MONEY, FieldKind.AREA} else "18 位以内的数字"
    return {"text": str(shown), "label": spec.label, "allowed": allowed}


def _hundredths(number: Decimal) -> int:
    return int((number * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@lru_cache(maxsize=16384)
def _parse_amount_text(text: str) -> tuple[int | None, bool, str | None]:
    """(hundredths, normalised, error) of a written amount."""
    stripped = text.strip(_EDGES)
    if stripped in _NOTHING:
        return 0, True, None
    number = _decimal(stripped)
    if number is None:
        return None, False, "not_a_number"
    if number.adjusted() > 10:  # 100 000 000 000 and more; comparing could overflow
        return None, False, "out_of_range"
    # a plain number is no repair worth reporting; a unit, a thousands separator, or what is smaller than a 分 is
    return _hundredths(number), re.fullmatch(r"-?[0-9]+(\.[0-9]{1,2})?", text) is None, None


def _parse_amount(spec: FieldSpec, cell: Cell) -> Parsed:
    if isinstance(cell, bool | date | timedelta):
        return Parsed(None, "not_a_number", {"text": str(cell)})
    if isinstance(cell, int | float):
        if abs(cell) >= 1e11 or cell != cell:
            return Parsed(None, "out_of_range", out_of_range(spec, cell))
        return Parsed(_hundredths(Decimal(repr(cell))))
    amount, normalised, code = _parse_amount_text(str(cell))
    return Parsed(amount, code, out_of_range(spec, str(cell).strip()) if code else None, normalised)


def _parse_count(spec: FieldSpec, cell: Cell) -> Parsed:
    number = _decimal(str(cell)) if not isinstance(cell, bool) else None
    if number is None:
        return Parsed(None, "not_a_number", {"text": str(cell).strip()})
    if number.adjusted() > 8:
        return Parsed(None, "out_of_range", out_of_range(spec, cell))
    if number != number.to_integral_value():
        return Parsed(None, "not_a_whole_number", {"text": str(cell).strip()})
    return Parsed(int(number), normalised=isinstance(cell, str) and not cell.isdigit())


def _known(list_name: str) -> str:
    return "、".join(option.label for option in option_list(list_name).current())


def _parse_choice(spec: FieldSpec, cell: Cell) -> Parsed:
    assert spec.options
    options = option_list(spec.options)
    word = cell if isinstance(cell, str) else _text_of(cell)
    option = options.by_word.get(word)
    if option is not None:
        return Parsed(option.code, normalised=option.label != word)
    folded = _choice_by_fold(spec.options, word)
    if folded is None:
        return Parsed(None, "not_in_list", {"text": word.strip(), "known": _known(spec.options)})
    return Parsed(folded, normalised=True)


@lru_cache(maxsize=1024)
def _folded_words(list_name: str) -> dict[str, str]:
    return {fold(word): option.code for word, option in option_list(list_name).by_word.items()}


def _choice_by_fold(list_name: str, word: str) -> str | None:
    return _folded_words(list_name).get(fold(word))


_SEPARATORS = re.compile(r"[、，,;；|\n]+")


def _parse_choices(spec: FieldSpec, cell: Cell) -> Parsed:
    assert spec.options
    codes: list[Value] = []
    normalised = False
    text = _text_of(cell)
    whole = _parse_choice(spec, text)
    parts = [text] if whole.code is None else [part.strip() for part in _SEPARATORS.split(text)]
    for part in parts:
        if not part:
            continue
        parsed = _parse_choice(spec, re.sub(r"^\d+[.．]", "", part))
        if parsed.code:
            return parsed
        normalised = normalised or parsed.normalised
        if parsed.value not in codes:
            codes.append(parsed.value)
    order = {option.code: index for index, option in enumerate(option_list(spec.options).options)}
    chosen = sorted((str(code) for code in codes), key=lambda code: order[code])
    return Parsed(chosen or None, normalised=normalised)


def _parse_yes_no(spec: FieldSpec, cell: Cell) -> Parsed:
    if isinstance(cell, bool):
        return Parsed(cell)
    word = fold(str(cell))
    if word in _YES:
        return Parsed(True, normalised=word != "是")
    if word in _NO:
        return Parsed(False, normalised=word != "否")
    return Parsed(None, "not_yes_no", {"text": str(cell).strip()})


def _parse_region(spec: FieldSpec, cell: Cell) -> Parsed:
    text = fold(_text_of(cell))
    if text.isdigit():
        code = text[:6] if len(text) == 12 else text
        if regions.is_known(code):
            return Parsed(code, normalised=code != cell)
        return Parsed(None, "unknown_region_value", {"text": text})
    codes = regions.find_codes(text.replace("/", ""))
    if len(codes) == 1:
        return Parsed(codes[0], normalised=True)
    return Parsed(None, "unknown_region_value", {"text": text})


def _parse_papers(spec: FieldSpec, cell: Cell) -> Parsed:
    ids: list[str] = [part.strip() for part in _SEPARATORS.split(_text_of(cell)) if part.strip()]
    return Parsed(ids or None)


_PARSERS: dict[FieldKind, Callable[[FieldSpec, Cell], Parsed]] = {
    FieldKind.TEXT: _parse_text,
    FieldKind.NAME: _parse_name,
    FieldKind.LONG_TEXT: _parse_text,
    FieldKind.ID_NUMBER: _parse_digits,
    FieldKind.PHONE: _parse_digits,
    FieldKind.POSTAL_CODE: _parse_digits,
    FieldKind.BANK_ACCOUNT: _parse_digits,
    FieldKind.CONTACT: _parse_contact,
    FieldKind.DATE: _parse_date,
    FieldKind.MONEY: _parse_amount,
    FieldKind.AREA: _parse_amount,
    FieldKind.COUNT: _parse_count,
    FieldKind.CHOICE: _parse_choice,
    FieldKind.MULTI_CHOICE: _parse_choices,
    FieldKind.YES_NO: _parse_yes_no,
    FieldKind.REGION: _parse_region,
    FieldKind.PERSON: _parse_text,
    FieldKind.PAPERS: _parse_papers,
}


def parse_value(spec: FieldSpec, cell: Cell) -> Parsed:
    """Read *cell* for *spec*. Blank cells give :data:`EMPTY`; a value may come together with an error code."""
    if cell is None or cell == "" or (isinstance(cell, str) and not cell.strip(_EDGES)):
        return EMPTY
    if isinstance(cell, int) and abs(cell) >= _TOO_LONG:
        return Parsed(None, "out_of_range", out_of_range(spec, "……"))
    return _PARSERS[spec.kind](spec, cell)


def parse_legacy(caption: LegacyCaption, cell: Cell) -> Parsed:
    """Read a cell of an older column whose answers were other words, e.g. 是否进入医保."""
    if cell is None or (isinstance(cell, str) and not cell.strip(_EDGES)):
        return EMPTY
    word = fold(_text_of(cell))
    for answer, code in caption.answers:
        if word == answer:
            return Parsed(code)
    return Parsed(None, "not_yes_no", {"text": word})


# -- writing -----------------------------------------------------------------------------------------------------


def format_amount(fen: int, *, separators: bool = True) -> str:
    """分 (or hundredths of m²) as text with two decimals, ``27,200.00``."""
    sign = "-" if fen < 0 else ""
    whole, cents = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{cents:02d}" if separators else f"{sign}{whole}.{cents:02d}"


def format_area(hundredths: int) -> str:
    """Floor area in m² without needless zeros, ``56.5``."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def group_digits(text: str, *sizes: int) -> str:
    """Digits in groups for reading: ``group_digits("13900001234", 3, 4)`` → ``139 0000 1234``."""
    groups: list[str] = []
    position = 0
    for size in sizes:
        groups.append(text[position : position + size])
        position += size
    rest = text[position:]
    last = sizes[-1]
    groups.extend(rest[index : index + last] for index in range(0, len(rest), last))
    return " ".join(group for group in groups if group)


def format_value(spec: FieldSpec, value: Value, *, masked: bool = False) -> str:
    """*value* as people read it (labels, separators); empty text for no value. *masked* hides what identifies."""
    if value is None or value == "" or value == []:
        return ""
    if masked and spec.privacy in {Privacy.IDENTIFYING, Privacy.SENSITIVE}:
        return mask_value(spec, value)
    return _FORMATTERS.get(spec.kind, _format_text)(spec, value)


def _format_text(spec: FieldSpec, value: Value) -> str:
    return str(value)


def _format_choice(spec: FieldSpec, value: Value) -> str:
    assert spec.options
    return option_list(spec.options).label(str(value))


def _format_choices(spec: FieldSpec, value: Value) -> str:
    assert spec.options and isinstance(value, list)
    options = option_list(spec.options)
    return "、".join(options.label(code) for code in value)


def _format_money(spec: FieldSpec, value: Value) -> str:
    assert isinstance(value, int)
    return format_amount(value)


def _format_area(spec: FieldSpec, value: Value) -> str:
    assert isinstance(value, int)
    return format_area(value)


def _format_yes_no(spec: FieldSpec, value: Value) -> str:
    return "是" if value else "否"


def _format_papers(spec: FieldSpec, value: Value) -> str:
    return f"{len(value)} 份" if isinstance(value, list) else ""


_FORMATTERS: dict[FieldKind, Callable[[FieldSpec, Value], str]] = {
    FieldKind.CHOICE: _format_choice,
    FieldKind.MULTI_CHOICE: _format_choices,
    FieldKind.MONEY: _format_money,
    FieldKind.AREA: _format_area,
    FieldKind.YES_NO: _format_yes_no,
    FieldKind.PAPERS: _format_papers,
}


def mask_middle(text: str, head: int, tail: int) -> str:
    """Keep *head* and *tail* characters, stars between: ``6301**********1234``."""
    hidden = max(len(text) - head - tail, 0)
    return text[:head] + "*" * hidden + text[len(text) - tail :] if hidden else "*" * len(text)


def mask_value(spec: FieldSpec, value: Value) -> str:
    """How an identifying or sensitive value is shown to people without need: enough to recognise, not to use."""
    text = str(value)
    if spec.kind is FieldKind.ID_NUMBER:
        return mask_middle(text, 4, 4)
    if spec.kind is FieldKind.PHONE:
        return mask_middle(text, 3, 4)
    if spec.kind is FieldKind.BANK_ACCOUNT:
        return mask_middle(text, 4, 4)
    if spec.kind is FieldKind.DATE:
        return text[:4] + "-**-**"
    return "***"
