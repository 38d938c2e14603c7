"""The commands about policy: what they answer as JSON and for people, and what they refuse."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import policy_texts
import pytest
from factories import PASSPHRASE, make_office
from neighbours import acquaint

import resources
from db import command_output
from db.__main__ import FORMS, HIGHEST_SCORE, LEAST_SCORE, command_function, main, parser
from db.domain import look_alike

WORKER = b'{"year": 2019, "people": [{"person": "worker"}], '
STANDARD = b'{"topic": "subsistence", "region": "340882", "area": "urban", "begins": "2020-01-01", "amount": 58500}'
BEFORE_BIRTH = b'"household": {"labour_relation_on": "1980-04-30"}}'
EXAMPLE = resources.read_text("help/facts.md").split("```json\n")[1].split("```")[0]


class Line:
    """Runs commands and keeps what they printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.status, self.out, self.err = 0, "", ""

    def __call__(self, *arguments: object) -> str:
        self.status = main([str(argument) for argument in arguments])
        shown = self._capsys.readouterr()
        self.out, self.err = shown.out, shown.err
        return self.out

    def json(self, *arguments: object) -> Any:
        """The JSON answer."""
        return json.loads(self(*arguments, "--json"))

    def refused(self, *arguments: object) -> str:
        """The code of a refusal, whose sentence stands on stderr."""
        body = self.json(*arguments)
        assert self.status == 1 and self.err.endswith("。\n") and body["error"]["message"] == self.err.strip()
        return str(body["error"]["code"])


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Line:
    """The command line, with the passphrase of the invented offices."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    return Line(capsys)


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """The facts file of the help."""
    path = tmp_path / "facts.json"
    path.write_text(EXAMPLE, encoding="utf-8")
    return path


@pytest.fixture
def offices(tmp_path: Path) -> tuple[Path, Path]:
    """A township and its county, who know each other."""
    town, _ = make_office(tmp_path / "town")
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    acquaint(town, county, tmp_path)
    town.close()
    county.close()
    return town.folder, county.folder


# -- packs --------------------------------------------------------------------------------------------------------


def test_list__without_an_office__shows_what_comes_with_the_program(line: Line) -> None:
    """Versions, documents and open questions."""
    rows = line.json("policy", "list")["policies"]
    assert [row["pack_id"] for row in rows][:2] == ["huangshan-2022", "qianshan-2020"]
    assert all(row["sources"] and len(row["sha256"]) == 64 and "loaded" not in row for row in rows)
    text = line("policy", "list")
    assert "qinghai-2022  第 1 版" in text and "青总办〔2022〕21号" in text and "? " in text


def test_check__of_what_is_packaged__finds_nothing(line: Line) -> None:
    """A folder is searched with all below it."""
    folder = Path(resources.__file__).parent / "policy"
    body = line.json("policy", "check", folder)
    assert line.status == 0 and body["faults"] == [] and len(body["files"]) >= 6
    assert line("policy", "check", folder).endswith("没有错误。\n")


def test_check__lists_every_fault_with_file_and_line(line: Line, tmp_path: Path) -> None:
    """Exit status 1; a sound file beside it does not hide it."""
    wrong = policy_texts.PACK.replace('op = "<="', 'op = "<<"').replace('closes = "06-30"', 'closes = "06-31"')
    (tmp_path / "wrong.toml").write_text(wrong, encoding="utf-8")
    (tmp_path / "sound.toml").write_text(policy_texts.PACK, encoding="utf-8")
    (tmp_path / "gbk.toml").write_bytes('title = "政策"'.encode("gb18030"))
    body = line.json("policy", "check", tmp_path)
    assert line.status == 1 and not body["sound"] and "政策文件有错误" in line.err
    at = {Path(fault["file"]).name: [] for fault in body["faults"]}
    for fault in body["faults"]:
        at[Path(fault["file"]).name].append(fault["line"])
        assert fault["reason"] and fault["text"].startswith(fault["file"])
    lines = wrong.splitlines()
    assert at == {"gbk.toml": [1], "wrong.toml": [lines.index('op = "<<"') + 1, lines.index('closes = "06-31"') + 1]}
    text = line("policy", "check", tmp_path / "wrong.toml")
    assert line.status == 1 and "检查了 1 个文件，有 2 处错误。" in text and "第 37 行" in text


def test_check__nothing_there__is_said(line: Line, tmp_path: Path) -> None:
    """An empty folder, no file."""
    (tmp_path / "empty").mkdir()
    assert line.refused("policy", "check", tmp_path / "empty") == "policy_nothing_to_check"
    assert line.refused("policy", "check", tmp_path / "none.toml") == "file_gone"


def test_delivery__by_command_line(line: Line, offices: tuple[Path, Path], tmp_path: Path) -> None:
    """IT staff take a pack into the county's book, export it signed, the township accepts and chooses it."""
    town, county = offices
    plain = tmp_path / "pack.toml"
    plain.write_text(policy_texts.PACK, encoding="utf-8")
    assert line.refused("policy", "accept", county, plain) == "policy_file_unsigned"
    assert line.json("policy", "accept", county, plain, "--unsigned")["changed"]
    file = line.json("policy", "export", county, "yunxi-2024", tmp_path)["file"]
    assert line.json("policy", "check", file)["faults"] == []
    preview = line.json("policy", "accept", town, file, "--dry-run")
    assert (preview["changed"], preview["sender"], preview["version"]) == (False, "潜山市总工会", "1")
    assert "已收下。" in line("policy", "accept", town, file)
    assert line.json("policy", "accept", town, file)["changed"] is False
    assert line.json("policy", "choose", town, "yunxi-2024")["policy"] == "yunxi-2024"
    chosen = [row["pack_id"] for row in line.json("policy", "list", town)["policies"] if row["is_chosen"]]
    assert chosen == ["yunxi-2024"]
    assert line.json("policy", "choose", town, "auto")["policy"] == "yunxi-2024"
    assert line.refused("policy", "choose", town, "nowhere") == "policy_unknown"
    assert line.refused("policy", "export", town, "nowhere", tmp_path) == "policy_unknown"


# -- households ---------------------------------------------------------------------------------------------------


def test_assess__explains_itself(line: Line, facts: Path) -> None:
    """The example of the help: the class, exact values, and sentences with the document behind them."""
    arguments = ("assess", "--policy", "qianshan-2020", "--facts", facts, "--on", "2020-06-01")
    body = line.json(*arguments)
    assert (body["outcome"], body["suggested_class"], body["outcome_label"]) == ("fits", "near_subsistence", "符合")
    near = next(item for item in body["classes"] if item["code"] == "near_subsistence")
    step = near["routes"][1]["steps"][1]
    assert (step["value"], step["threshold"], step["passed"]) == ("4750/9", "585/1", True)
    assert (body["class_label"], body["level_label"]) == ("低保边缘户", "全总级")
    assert body["explanation"][0]["title"] == "结论"
    text = line(*arguments)
    assert "符合“低保边缘户”（全总级）" in text and "527.78 元/月" in text and "附件（一）全总级·2·减去支出］" in text


def test_assess__by_file_and_with_an_office(
    line: Line, facts: Path, offices: tuple[Path, Path], tmp_path: Path
) -> None:
    """A pack may be tried before it is taken; an office lends its own standards and versions."""
    table = json.loads(EXAMPLE)
    table["standards"] = [{"topic": "subsistence", "region": "340882", "area": "urban", "begins": "2024-07-01", "amount": 70000}]
    table["year"] = 2023
    facts.write_text(json.dumps(table), encoding="utf-8")
    (tmp_path / "pack.toml").write_text(policy_texts.PACK, encoding="utf-8")
    (tmp_path / "s.toml").write_text(policy_texts.STANDARDS, encoding="utf-8")
    on = ("--facts", facts, "--on", "2024-08-01")
    assert line.json("assess", "--policy", tmp_path / "pack.toml", *on)["suggested_class"] == "relative"
    facts.write_text(json.dumps({**table, "standards": []}), encoding="utf-8")
    assert line.json("assess", "--policy", tmp_path / "pack.toml", *on)["suggested_class"] is None
    for name in ("pack.toml", "s.toml"):
        line("policy", "accept", offices[0], tmp_path / name, "--unsigned")
    assert line.json("assess", offices[0], "--policy", "yunxi-2024", *on)["suggested_class"] == "relative"


def test_cap__says_how_much_at_most(line: Line, facts: Path) -> None:
    """青海: 12 months of the standard for each of three people."""
    table = json.loads(EXAMPLE)
    table["household"].update({"region": "630104", "is_on_file": True})
    table["earlier_aid"], table["year"] = [], 2021
    table["standards"] = [{"topic": "subsistence", "region": "630104", "begins": "2022-01-01", "amount": 67200}]
    facts.write_text(json.dumps(table), encoding="utf-8")
    arguments = ("cap", "--policy", "qinghai-2022", "--facts", facts, "--item", "living", "--on", "2022-07-01")
    (cap,) = line.json(*arguments)["caps"]
    assert (cap["allowed"], cap["amount"], cap["amount_yuan"], cap["left_yuan"]) == (True, "24192/1", "24192.00", "24192.00")
    assert "最高 24,192.00 元" in line(*arguments)


def test_cap__of_an_item_for_nobody__is_no_missing_item(line: Line, facts: Path) -> None:
    """The pack has the item, the household nobody who could have it."""
    table = {**json.loads(EXAMPLE), "students": []}
    facts.write_text(json.dumps(table), encoding="utf-8")
    arguments = ("cap", "--policy", "qianshan-2020", "--facts", facts, "--item", "tuition", "--on", "2020-06-01")
    assert "没有填这项救助的对象" in line(*arguments) and line.status == 0
    assert line.json(*arguments)["caps"] == []


def test_office__that_is_none__is_said_before_the_passphrase(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And without a terminal there is a sentence, no crash."""
    assert line.refused("policy", "list", tmp_path) == "no_office_here"
    make_office(tmp_path / "town")[0].close()
    monkeypatch.delenv("NUANDANG_PASSPHRASE")

    def no_terminal(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", no_terminal)
    assert line.refused("policy", "list", tmp_path / "town") == "no_passphrase"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("--policy", "nowhere"), "policy_unknown"),
        (("--on", "2021-01-01"), "policy_not_in_force"),
        (("--on", "2020-02-30"), "policy_bad_day"),
        (("--item", "moon"), "policy_unknown_item"),
        (("--item", "donation"), "policy_no_item"),
        (("--facts", "none.json"), "file_gone"),
        (("--policy", "none.toml"), "file_gone"),
        (("--policy", "x" * 5000), "policy_unknown"),
        (("--policy", os.devnull), "policy_unknown"),
        (("--facts", os.devnull), "cannot_read"),
        (("--facts", "."), "cannot_read"),
        (("--on", "2020-06-01T00:00"), "policy_bad_day"),
        (("--on", ""), "policy_bad_day"),
    ],
)
def test_cap__what_cannot_be__is_refused(
    line: Line, facts: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: tuple[str, str], code: str
) -> None:
    """Pack, day, item or file: the sentence says which."""
    monkeypatch.chdir(tmp_path)
    values = {"--policy": "qianshan-2020", "--facts": str(facts), "--item": "living", "--on": "2020-06-01"}
    values[change[0]] = change[1]
    assert line.refused("cap", *(word for pair in values.items() for word in pair)) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "facts_not_json"),
        (b"{", "facts_not_json"),
        (b'{"a":' * 60_000, "facts_not_json"),
        (b'{"year": ' + b"9" * 5000 + b"}", "facts_not_json"),
        ('{"note": "政策"}'.encode("gb18030"), "facts_not_json"),
        (b'{"year": 2019, "year": 2020}', "facts_key_twice"),
        (b'{"year": 2019, "people": [{"person": "worker", "person": "p2"}]}', "facts_key_twice"),
        (b"[]", "facts_not_object"),
        (b'{"year": 2019, "people": [{"person": "worker"}], "incomme": []}', "facts_unknown_key"),
        (b'{"year": 2019, "people": [{}]}', "facts_missing_key"),
        (b'{"year": 2019, "people": []}', "facts_nobody"),
        (b'{"year": 2019, "people": [{"person": "worker"}], "assets": [{"kind": "savings", "amount": 1.5}]}', "facts_bad_value"),
        (b'{"year": 2019, "people": [{"person": "worker"}], "household": {"labour_proofs": [[]]}}', "facts_bad_code"),
        (b'{"year": 2019, "people": [{"person": "worker"}], "standards": [{"topic": "subsistence"}]}', "facts_missing_key"),
        (b" " * ((4 << 20) + 1), "facts_file_large"),
        (b'{"year": 2019, "' + b"k" * 100_000 + b'": 1}', "facts_unknown_key"),
        (b'{"year": 2019, "people": [{"person": "p1"}]}', "facts_no_worker"),
        (b'{"year": 2019, "people": [{"person": ""}]}', "facts_missing_key"),
        (b'{"year": 2019, "people": [{"person": "worker", "name": "\\ud800"}]}', "facts_bad_value"),
        (b'{"year": 1e400, "people": [{"person": "worker"}]}', "facts_bad_year"),
        (WORKER + b'"assets": [{"kind": "savings", "amount": NaN}]}', "facts_bad_value"),
        (WORKER + b'"assets": [{"kind": "savings", "amount": -1}]}', "facts_out_of_range"),
        (WORKER + b'"incomes": [{"person": "worker", "kind": "wage", "amount": 1, "papers": [{}]}]}', "facts_bad_value"),
        (WORKER + b'"monthly_incomes": [{"month": "2020-01-01", "amount": 1}, {"month": "2020-01", "amount": 2}]}', "facts_twice"),
        (WORKER + b'"standards": [' + STANDARD + b", " + STANDARD.replace(b"58500", b"60000") + b"]}", "facts_twice"),
        (WORKER.replace(b'"worker"}', b'"worker", "birth_on": "1980-05-01"}') + BEFORE_BIRTH, "facts_before_birth"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_facts__what_is_wrong__is_said(line: Line, facts: Path, content: bytes, code: str) -> None:
    """Nothing unknown is passed over, nothing is read twice."""
    facts.write_bytes(content)
    assert line.refused("assess", "--policy", "qianshan-2020", "--facts", facts, "--on", "2020-06-01") == code


# -- forms and help -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "place"), [("facts", "incomes[].amount"), ("means", "household.region")])
def test_describe__of_facts_and_means(line: Line, form: str, place: str) -> None:
    """Every key with its caption, kind and codes."""
    fields = line.json("describe", "--form", form)["fields"]
    kinds = {(item["section"], item["key"]): item for item in fields}
    assert kinds["incomes", "kind"]["options"][0] == {"code": "wage", "label": "工资性收入", "retired": False}
    assert ("", "year") in kinds if form == "facts" else ("people", "name") not in kinds
    assert place in line("describe", "--form", form)


def test_help__loads_nothing_of_it(run_python: Callable[[str], str]) -> None:
    """Help and wrong usage wait neither for the services nor for the libraries behind them."""
    heavy = ("sqlalchemy", "pydantic", "pypinyin", "openpyxl", "reportlab", "tomlkit", "db.services.office")
    code = f"import sys; from db.__main__ import parser; parser(); print([m for m in {heavy} if m in sys.modules])"
    assert run_python(code) == "[]"


def test_commands__each_has_its_function() -> None:
    """Commands are named by module and function: every name is one, and what the parser offers is what they know."""
    assert all(callable(command_function(run)) for run in _named_functions(parser()))
    assert set(FORMS) == set(command_output.FORMS)
    assert (LEAST_SCORE, HIGHEST_SCORE) == (look_alike.POSSIBLE, look_alike.HIGHEST)


def _named_functions(line: argparse.ArgumentParser) -> Iterator[str]:
    if run := line.get_default("run"):
        yield run
    for action in line._actions:
        for command in action.choices.values() if isinstance(action, argparse._SubParsersAction) else ():
            yield from _named_functions(command)


@pytest.fixture
def run_python() -> Callable[[str], str]:
    """What a fresh interpreter prints."""

    def run(code: str) -> str:
        answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return answer.stdout.strip()

    return run
