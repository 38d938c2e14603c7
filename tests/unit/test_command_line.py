"""The command line itself: help in Chinese and complete, clear words for wrong usage, codes in step with their words."""

import argparse
import getpass
import io
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import command_choices, command_office
from db.__main__ import main, parser
from db.command_files import Outputs
from db.domain.case_words import STANDING_LABELS
from db.domain.reports.cross_lists import SUBJECTS
from db.domain.timeline import KIND_LABELS
from db.errors import UserError
from db.services import aid_list, case_list, command_parser
from tests.factories import PASSPHRASE, make_office


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
        (["student-list", "x", "o.pdf", "--until", "秋天"], "--until：日期要写成 2026-05-20 这样，不能写 秋天。"),
        (["demo", "x", "--households", "-3"], "--households：要写 0 到 100000 的整数，不能写 -3。"),
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


@pytest.mark.parametrize("typed", [("export-workbook", "平.pdf"), ("print", "表.xlsx"), ("pairing", "--roster", "花名册.txt")])
def test_outputs__ending_says_another_kind__is_refused_before_anything_is_opened(
    typed: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The office is not even looked for."""
    command, *rest = typed
    assert main([command, str(tmp_path / "没有"), *(str(tmp_path / item) if "." in item else item for item in rest)]) == 1
    assert "结尾，请改文件名。" in capsys.readouterr().err


def test_outputs__every_file_is_named(tmp_path: Path) -> None:
    """A file the answer does not name is named below it; one that was not written is said to be missing."""
    written, old = tmp_path / "新.pdf", tmp_path / "旧.xlsx"
    old.write_bytes(b"x")
    arguments = argparse.Namespace(out=written, faults=old, folder=tmp_path)
    kinds = {"out": "OUT.pdf|OUT.xlsx", "faults": "OUT.xlsx", "folder": "OUT_DIR"}
    outputs = Outputs(arguments, [argparse.Action([], dest, metavar=kind) for dest, kind in kinds.items()])
    written.write_bytes(b"x")
    assert outputs.told("共 3 户。").splitlines() == ["共 3 户。", f"已写入 {written}", f"没有写 {old}：没有可写的内容。"]
    assert outputs.told(f"已存 {written}、{old}") == f"已存 {written}、{old}"


def test_backup__and_restored_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stick takes the backup, another folder gets it back; a stick with two asks which, one that is gone is said."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    office, stick, new = tmp_path / "镇", tmp_path / "盘", tmp_path / "新"
    make_office(office)[0].close()
    assert main(["backup", str(office), str(stick)]) == 1 and "U 盘" in capsys.readouterr().err
    stick.mkdir()
    assert main(["backup", str(office), str(stick)]) == 0
    capsys.readouterr()
    assert main(["restore", str(stick), str(new)]) == 0
    assert main(["list", str(new)]) == 0
    assert main(["backup", str(office), str(stick)]) == 0
    assert main(["restore", str(stick), str(tmp_path / "再")]) == 1
    assert "正好有一份" in capsys.readouterr().err


def test_passphrase__handed_in_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody's echo can be switched off the next line is read, without a warning in English."""

    def no_terminal(_prompt: str) -> str:
        warnings.warn("Can not control echo", getpass.GetPassWarning, stacklevel=1)
        raise AssertionError

    monkeypatch.delenv("NUANDANG_PASSPHRASE", raising=False)
    monkeypatch.setattr("getpass.getpass", no_terminal)
    monkeypatch.setattr("sys.stdin", io.StringIO("第一行\n"))
    assert command_office.ask_passphrase() == "第一行"
    with pytest.raises(UserError):
        command_office.ask_passphrase()
