"""The command line itself: help in Chinese and complete, clear words for wrong usage, codes in step with their words."""

import argparse
from collections.abc import Iterator

import pytest

from db import command_choices
from db.__main__ import main, parser
from db.domain.case_words import STANDING_LABELS
from db.domain.reports.cross_lists import SUBJECTS
from db.domain.timeline import KIND_LABELS
from db.services import aid_list, case_list, command_parser


def commands(line: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parser and all below it."""
    yield line
    for action in line._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from commands(below)


def test_help__complete_and_in_chinese() -> None:
    """Every argument of every command says what it is; no page holds a word of argparse's own English."""
    assert [
        f"{command.prog} {action.dest}"
        for command in commands(parser())
        for action in command._actions
        if not (action.help or isinstance(action, argparse._SubParsersAction))
    ] == []
    for command in commands(parser()):
        page = command.format_help()
        assert page.startswith("用法： ") and not {"usage", "positional", "options", "optional"} & set(page.split())


def test_help__lines_fit_and_codes_stay_whole() -> None:
    """A line is as wide as its columns, punctuation does not begin one, and a code is never broken."""
    text = command_parser.wrapped("哪一种：notice_poster 公示（A3 张贴），help_ledger 帮扶台帐。", 23)
    assert list(text) == ["哪一种：notice_poster", "公示（A3 张贴），", "help_ledger 帮扶台帐。"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ([], "还要写：命令。"),
        (["lists"], "没有 lists 这个命令。"),
        (["init", "x"], "还要写：--name、--level、--region。"),
        (["report", "x", "tuition", "--unit", "fen"], "--unit 不能写 fen，可以写：yuan、wan。"),
        (["students", "x", "--year", "二〇二六"], "--year 要写整数，不能写 二〇二六。"),
        (["students", "x", "--year"], "--year 后面要写一项。"),
        (["receive", "x"], "还要写：FILE。"),
        (["report-table", "x", "--write", "a"], "--write 后面要写 2 项。"),
        (["print", "x", "o.pdf", "--all", "--blank"], "--blank 和 --all 不能一起写。"),
        (["list", "x", "--bogus"], "不认识，或者多写了：--bogus。"),
        (["list", "x", "--json=1"], "--json 后面不写内容，请去掉 1。"),
        (["exits", "x", "--pa"], "不认识，或者多写了：--pa。"),
        (["duplicates", "x", "--min-score", "5"], "--min-score：要写 60 到 100 的整数。"),
    ],
)
def test_wrong_usage__is_said_in_chinese(typed: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The first line says what is wrong, status 2; nothing of the English complaint is left."""
    with pytest.raises(SystemExit) as ended:
        main(typed)
    shown = capsys.readouterr()
    assert ended.value.code == 2 and not shown.out
    assert shown.err.splitlines()[0] == said
    assert "--help" in shown.err.splitlines()[-1]


def test_codes__have_the_words_of_the_program() -> None:
    """What help says of a code is what the windows say of it."""
    known = (
        (command_choices.STANDINGS, STANDING_LABELS),
        (command_choices.CASE_DUES, case_list.DUE_LABELS),
        (command_choices.EVENT_KINDS, KIND_LABELS),
        (command_choices.AID_PILES, aid_list.AID_PILES),
        (command_choices.CROSS_SUBJECTS, SUBJECTS),
    )
    for offered, labels in known:
        assert offered == {str(code): label for code, label in labels.items()}
