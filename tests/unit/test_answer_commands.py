"""The commands about what goes down: as text for people, as JSON for machines."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import PASSPHRASE, file_household
from neighbours import carry, town_and_county

from db.__main__ import main
from db.services.office import OfficeSession

Trio = tuple[OfficeSession, OfficeSession, Path]


@pytest.fixture
def trio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trio]:
    """A township, its county, a stick; the passphrase stands in the environment."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    with town_and_county(tmp_path) as made:
        file_household(made[0])
        carry(*made)
        yield made


def run(capsys: pytest.CaptureFixture[str], *arguments: object, status: int = 0) -> str:
    """Run a command; what it prints."""
    assert main([str(argument) for argument in arguments]) == status
    shown = capsys.readouterr()
    return shown.out if not status else shown.err


def test_commands__what_the_county_makes_reaches_the_township(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """Circular, quota and calendar are made, listed, answered, received, withdrawn."""
    town, county, stick = trio
    days = stick / "2027.txt"
    days.write_text("2027-01-01~2027-01-03 休\n", encoding="utf-8")
    run(capsys, "circular", "issue", county.folder, "--title", "年底核查", "--text", "请入户。", "--due", "2026-12-20")
    assert "本年新建档案 5 户" in run(
        capsys, "quota", "set", county.folder, "--to", "梅城", "--year", 2026, "--subject", "filed", "--amount", 5
    )
    assert "已登记" in run(capsys, "calendar", "set", county.folder, 2027, days, "--document", "国办发明电〔2026〕9号")
    assert "与已登记的相同" in run(capsys, "calendar", "set", county.folder, 2027, days, "--document", "国办发明电〔2026〕9号")
    written = json.loads(run(capsys, "answer", county.folder, stick, "--json"))["written"]
    assert [item["receiver_name"] for item in written] == ["梅城镇总工会"]
    shown = run(capsys, "receive", town.folder, written[0]["path"], "--dry-run")
    assert "通知：年底核查" in shown and "名额：2026 年 本年新建档案 无 → 5 户" in shown and "节假日：2027 年" in shown
    run(capsys, "receive", town.folder, written[0]["path"])
    assert "未读" in run(capsys, "circular", "list", town.folder)
    assert "上级下发" in run(capsys, "calendar", "list", town.folder)
    quota = json.loads(run(capsys, "quota", "list", town.folder, "--json"))["quotas"][0]
    assert (quota["amount"], quota["is_own"]) == (5, False)
    assert "不是本单位" in run(capsys, "quota", "withdraw", town.folder, quota["id"], status=1)
    run(capsys, "quota", "withdraw", county.folder, quota["id"])
    circular = json.loads(run(capsys, "circular", "list", county.folder, "--json"))["circulars"][0]
    run(capsys, "circular", "withdraw", county.folder, circular["id"])
    run(capsys, "calendar", "drop", county.folder, 2027)
    run(capsys, "answer", county.folder, stick, "--to", "梅城")
    assert "已收回" in run(capsys, "circular", "list", county.folder, "--all")
    assert run(capsys, "quota", "list", county.folder) == "没有名额。\n"


def test_answer__nobody_to_answer__says_so(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """A township has nobody below."""
    assert "没有可以下发的" in run(capsys, "answer", trio[0].folder, trio[2], status=1)
