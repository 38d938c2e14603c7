"""The command lines of the program in Chinese: headings, help and what is wrong with the arguments.

argparse speaks English and measures text in characters. Here a Chinese character counts as the two columns it takes,
lines break between characters but never inside a code such as ``notice_poster``, and each complaint of argparse is
said in a sentence that names what to write instead.
"""

import argparse
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any, NoReturn

MOST = 100_000
"""The highest number an argument that counts may be."""
WIDEST = 100
"""Columns of a help text at most; a wider terminal leaves the rest empty."""
KEPT_WHOLE = re.compile(r"[!-~]+ ?|.", re.DOTALL)
NOT_FIRST = "，。、；：？！）》”…"
COMPLAINTS: tuple[tuple[str, str], ...] = (
    (r"the following arguments are required: (.+)", "还要写：{0}。"),
    (r"argument (?:命令|动作): invalid choice: (.+?) \(choose.+", "没有 {0} 这个命令。"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", "{0} 不能写 {1}，可以写：{2}。"),
    (r"argument (.+?): expected one argument", "{0} 后面要写一项。"),
    (r"argument (.+?): expected at least one argument", "{0} 后面至少要写一项。"),
    (r"argument (.+?): expected at most one argument", "{0} 后面最多写一项。"),
    (r"argument (.+?): expected (\d+) arguments", "{0} 后面要写 {1} 项。"),
    (r"argument (.+?): invalid int value: (.+)", "{0} 要写整数，不能写 {1}。"),
    (r"argument (.+?): not allowed with argument (.+)", "{0} 和 {1} 不能一起写。"),
    (r"argument (.+?): ignored explicit argument (.+)", "{0} 后面不写内容，请去掉 {1}。"),
    (r"one of the arguments (.+) is required", "这几项要写一项：{0}。"),
    (r"unrecognized arguments: (.+)", "不认识，或者多写了：{0}。"),
    (r"ambiguous option: (.+?) could match (.+)", "{0} 没有写全，可能是：{1}。"),
    (r"argument (.+?): (.+)", "{0}：{1}。"),
)
"""What argparse finds wrong (of Python 3.11 to 3.13), and the sentence for it."""


def columns(text: str) -> int:
    """How wide *text* stands in a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def wrapped(text: str, width: int) -> Iterator[str]:
    """The lines of *text*, none wider than *width* unless a single code is."""
    line = ""
    for piece in KEPT_WHOLE.findall(" ".join(text.split())):
        if line.strip() and columns(line + piece.rstrip()) > width and piece not in NOT_FIRST:
            yield line.rstrip()
            line = ""
        line += piece
    yield line.rstrip()


def complaint(message: str) -> str:
    """What argparse says about the arguments, for the person who typed them."""
    for pattern, sentence in COMPLAINTS:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return sentence.format(*(part.replace("'", "").replace(", ", "、") for part in found.groups()))
    return message


def day(text: str) -> str:
    """An argument that is a date, or empty where none is given."""
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期要写成 2026-05-20 这样，不能写 {text}") from None


def count(text: str) -> int:
    """An argument that says how many."""
    if not text.isdecimal() or int(text) > MOST:
        raise argparse.ArgumentTypeError(f"要写 0 到 {MOST} 的整数，不能写 {text}")
    return int(text)


class _Help(argparse.HelpFormatter):
    """Measures columns."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30)
        self._width = min(self._width, WIDEST)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return list(wrapped(text, width))

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraphs = (wrapped(paragraph, width - len(indent)) for paragraph in text.splitlines())
        return "\n".join(indent + line for lines in paragraphs for line in lines)

    def _format_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None) -> str:
        if prefix is not None:
            return super()._format_usage(usage, actions, groups, prefix)
        as_wide = "usage: "  # in columns as wide as the Chinese word, which keeps the further lines in place
        return super()._format_usage(usage, actions, groups, as_wide).replace(as_wide, "用法： ", 1)


class CommandParser(argparse.ArgumentParser):
    """A parser that speaks Chinese; its commands do so as well."""

    def __init__(self, **named: Any) -> None:
        named.setdefault("formatter_class", _Help)
        super().__init__(**{**named, "add_help": False})
        self.named: list[argparse.Action] = []
        """Its arguments, those in groups left out."""
        self._positionals.title, self._optionals.title = "依次要写的", "可以加的"
        self.add_argument("-h", "--help", action="help", help="显示这一页")

    def add_argument(self, *flags: Any, **named: Any) -> argparse.Action:
        """Add an argument, and remember it."""
        action = super().add_argument(*flags, **named)
        self.named.append(action)
        return action

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how it is written; status 2."""
        self.exit(2, f"{complaint(message)}\n{self.format_usage()}怎样写，见：{self.prog} --help\n")
