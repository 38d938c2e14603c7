"""Reads a text that is handed in from its file; what is wrong with it is said in plain words, with the line."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import resources
from db.domain.reports.cross_lists import DIMENSIONS, MEASURES, SUBJECTS, Subject
from db.domain.reports.cross_table import Filters
from db.domain.reports.expansion import totals
from db.domain.reports.layout_file import packaged_reports
from db.domain.reports.source_lines import SourceLines
from db.domain.reports.text_drafts import FACTS, HOUSEHOLD_FACTS, Sentence, TextFigure, TextKind, TextSection
from db.domain.toml_text import TomlTextError, read_toml

_FIGURES = "texts/figures.toml"
_ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
_NAME = re.compile(r"[a-z_]+")
_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_MOST_SECTIONS, _MOST_BACK = 60, 20


class TextFileError(ValueError):
    """A text that is declared wrongly; the message says where."""

    def __init__(self, words: str, line: int = 0) -> None:
        super().__init__(f"第 {line} 行：{words}" if line else words)
        self.line = line


def _body(text: str) -> dict[str, Any]:
    try:
        return read_toml(text)
    except TomlTextError as fault:
        raise TextFileError(fault.words, fault.line) from fault


# -- figures ------------------------------------------------------------------------------------------------------


def read_figures(text: str) -> dict[str, TextFigure]:
    """The figures of a file by name; TextFileError where one cannot be counted."""
    return _figures(_body(text), SourceLines(text))


def _figures(body: Mapping[str, Any], source: SourceLines) -> dict[str, TextFigure]:
    found: dict[str, TextFigure] = {}
    for part in ("figure", "list"):
        for name, entry in body.get(part, {}).items():
            line = source.line_of(f"[{part}.{name}]")
            if not _NAME.fullmatch(name):
                raise TextFileError(f"数的名字“{name}”只能用小写字母和下划线", line)
            if name in found or name in FACTS | HOUSEHOLD_FACTS:
                raise TextFileError(f"“{name}”这个名字已经用了，请换一个", line)
            found[name] = _figure(name, entry, line)
    return found


def _figure(name: str, entry: Mapping[str, Any], line: int) -> TextFigure:
    def fault(key: str, known: Iterable[str]) -> TextFileError:
        return TextFileError(f"数“{name}”的 {key}“{entry.get(key, '')}”不认得；可以用 {'、'.join(known)}", line)

    label, back, most = str(entry.get("label", "")), int(entry.get("back", 0)), int(entry.get("most", 0))
    if not label or not 0 <= back <= _MOST_BACK or most < 0:
        raise TextFileError(f"数“{name}”要写 label（说的是什么）；back 是往前几年，most 是最多列几项", line)
    if "report" in entry:
        layout = packaged_reports().get(str(entry["report"]))
        if layout is None:
            raise fault("report", packaged_reports())
        if entry.get("code") not in totals(layout):
            raise fault("code", totals(layout))
        return TextFigure(name, label, report=layout.id, code=str(entry["code"]), back=back)
    if entry.get("subject") not in SUBJECTS:
        raise fault("subject", SUBJECTS)
    subject = Subject(entry["subject"])
    if entry.get("measure") not in MEASURES[subject]:
        raise fault("measure", MEASURES[subject])
    rows = str(entry.get("rows", ""))
    if rows and rows not in DIMENSIONS[subject]:
        raise fault("rows", DIMENSIONS[subject])
    only = _only(name, entry.get("only", {}), subject, line)
    in_wan = entry.get("unit") == "wan"
    if in_wan and not MEASURES[subject][str(entry["measure"])].is_money:
        raise TextFileError(f"数“{name}”不是金额，不能写 unit = \"wan\"", line)
    return TextFigure(name, label, subject, str(entry["measure"]), rows, only, in_wan, back, most)


def _only(name: str, told: Any, subject: Subject, line: int) -> Filters:
    known = DIMENSIONS[subject]
    for key, codes in told.items():
        if key not in known:
            raise TextFileError(f"数“{name}”不能按“{key}”筛选；可以按 {'、'.join(known)}", line)
        if not isinstance(codes, list) or not codes:
            raise TextFileError(f"数“{name}”的 only 要写成 {{ {key} = [\"值\"] }}", line)
        for code in codes:
            if known[key].labels and code not in known[key].labels:
                raise TextFileError(f"数“{name}”的“{key}”没有“{code}”；可以用 {'、'.join(known[key].labels)}", line)
    return tuple((str(key), tuple(map(str, codes))) for key, codes in told.items())


# -- texts --------------------------------------------------------------------------------------------------------


def read_text_kind(text: str, figures: Mapping[str, TextFigure]) -> TextKind:
    """A text from its file, *figures* at hand; TextFileError says what is wrong with it."""
    body, source = _body(text), SourceLines(text)
    try:
        kind = _kind(body, source, text, figures)
    except TextFileError:
        raise
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as fault:
        # a list where a text belongs, a word where a number does: more ways to be wrong than anybody could name
        raise TextFileError("有的内容写的种类不对（文字、数、列表），请对照“怎样写文稿样”核对") from fault
    _check_words(kind, source)
    return kind


def _kind(body: Mapping[str, Any], source: SourceLines, text: str, figures: Mapping[str, TextFigure]) -> TextKind:
    own = _figures(body, source)
    told = body.get("section")
    if not isinstance(told, list) or not 1 <= len(told) <= _MOST_SECTIONS:
        raise TextFileError(f"要有 1 到 {_MOST_SECTIONS} 段 [[section]]（文稿的各部分）")
    return TextKind(
        id=_word(body, "id", source),
        name=_word(body, "name", source),
        title=_word(body, "title", source),
        hint=str(body.get("hint", "")),
        begin=_word(body, "begin", source),
        sections=tuple(_section(entry, source, at) for at, entry in enumerate(told)),
        due=tuple(_day(day, "due", source) for day in body.get("due", ())),
        cutoff=_day(body["cutoff"], "cutoff", source) if "cutoff" in body else "",
        of_households=bool(body.get("of_households", False)),
        figures={**figures, **own},
        text=text,
    )


def _word(body: Mapping[str, Any], key: str, source: SourceLines) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value.strip():
        raise TextFileError(f"要写明 {key}（文字，放在引号里）", source.line_of(f"{key} ="))
    if key == "id" and not _ID.fullmatch(value):
        raise TextFileError("id 只能用小写字母、数字和下划线，字母开头", source.line_of("id ="))
    return value


def _day(value: Any, key: str, source: SourceLines) -> str:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise TextFileError(f"{key} 要写成 08-31 这样的月和日", source.line_of(key))
    return value


def _section(entry: Mapping[str, Any], source: SourceLines, at: int) -> TextSection:
    line = source.line_of("[[section]]", block="section", number=at)
    heading, told = entry.get("heading"), entry.get("paragraphs")
    if not isinstance(heading, str):
        raise TextFileError("每段 [[section]] 要写 heading（小标题，可以是空的）", line)
    if not isinstance(told, list):
        raise TextFileError("每段 [[section]] 要写 paragraphs（各自然段，放在方括号里）", line)
    return TextSection(heading, tuple(_paragraph(item, line) for item in told))


def _paragraph(item: Any, line: int) -> tuple[Sentence, ...]:
    return tuple(_sentence(part, line) for part in (item if isinstance(item, list) else [item]))


def _sentence(item: Any, line: int) -> Sentence:
    if isinstance(item, str):
        return Sentence(item)
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        raise TextFileError('一句话写成 "文字"，或者 { text = "文字", when = "数的名字" }', line)
    return Sentence(item["text"], str(item.get("when", "")), str(item.get("unless", "")))


def _check_words(kind: TextKind, source: SourceLines) -> None:
    told = [*(section.heading for section in kind.sections), *(item.text for item in kind.sentences())]
    of_each = FACTS | HOUSEHOLD_FACTS if kind.of_households else FACTS
    for texts, facts in (((kind.title, kind.begin), FACTS), (told, of_each)):
        for text in texts:
            _check_text(text, kind, facts, source.line_of(text.splitlines()[0]) if text else 0)
    for sentence in kind.sentences():
        for key, name in (("when", sentence.when), ("unless", sentence.unless)):
            if name and name not in kind.figures:
                raise TextFileError(f"{key} 里的“{name}”不是数的名字", source.line_of(key, f'"{name}"'))


def _check_text(text: str, kind: TextKind, facts: frozenset[str], line: int) -> None:
    for left, right in ("{}", "【】"):
        if not _paired(text, left, right):
            raise TextFileError(f"“{text[:20]}”里的 {left}{right} 不成对", line)
    for name in re.findall(r"\{([^{}]*)\}", text):
        if name not in kind.figures and name not in facts:
            more = "；它只能用在写家庭的文稿（of_households = true）的各段里" if name in HOUSEHOLD_FACTS else ""
            raise TextFileError(f"花括号里的“{name}”不认得{more}", line)


def _paired(text: str, left: str, right: str) -> bool:
    """Whether each *left* is closed by a *right* before another begins."""
    is_open = False
    for letter in text:
        if letter in (left, right):
            if is_open is (letter == left):
                return False
            is_open = letter == left
    return not is_open


# -- what comes with the program ----------------------------------------------------------------------------------


@cache
def text_figures() -> dict[str, TextFigure]:
    """The figures that come with the program."""
    return read_figures(resources.read_text(_FIGURES))


@cache
def text_kinds() -> dict[str, TextKind]:
    """The texts that come with the program, by id, in the order of their files."""
    files = [name for name in resources.names("texts", ".toml") if name != _FIGURES]
    found = [read_text_kind(resources.read_text(name), text_figures()) for name in files]
    return {kind.id: kind for kind in found}
