"""Receiving and undoing from the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from factories import PASSPHRASE, file_household
from neighbours import town_and_county

from db.__main__ import main
from db.services import exchange


def run(capsys: pytest.CaptureFixture[str], *arguments: object, status: int = 0) -> dict[str, Any]:
    """Run a command; its JSON."""
    assert main([*(str(argument) for argument in arguments), "--json"]) == status
    body: dict[str, Any] = json.loads(capsys.readouterr().out)
    return body


def test_receive__folder_then_undo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder is looked at, received and its last bundle undone; the damaged file in it makes the status 1."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    with town_and_county(tmp_path) as (town, county, stick):
        for seed in (1, 2):
            file_household(town, seed)
            exchange.export_bundle(town, None, stick)
        folder = county.folder
    looked = run(capsys, "receive", folder, stick, "--dry-run")
    assert looked["dry_run"] and looked["totals"][0]["new"] == 2
    (stick / "坏的.nuandang").write_bytes(b"PK")
    received = run(capsys, "receive", folder, stick, status=1)
    assert (len(received["received"]), received["failed"]) == (2, [])
    assert {item["state"] for item in received["files"]} == {"ready", "refused"}
    for name in ("结果.pdf", "结果.xlsx"):
        assert len(run(capsys, "receive-report", folder, tmp_path / name)["bundles"]) == 2
        assert (tmp_path / name).stat().st_size > 1000
    assert run(capsys, "receive-report", folder, tmp_path / "结果.doc", status=1)["error"]["code"] == "wrong_ending"
    refused = run(capsys, "receive-report", folder, tmp_path / "结果.pdf", "--on", "2020-01-01", status=1)
    assert refused["error"]["code"] == "nothing_received_on"
    offered = run(capsys, "undo", folder, "--dry-run")
    assert (offered["sequence"], offered["new_count"], offered["obstacle"]) == (2, 1, "")
    undone = run(capsys, "undo", folder)
    assert (undone["removed_count"], undone["restored_count"]) == (1, 0)
    refused = run(capsys, "undo", folder, status=1)
    assert refused["error"]["code"] == "undo_nothing"
    assert run(capsys, "list", folder)["total"] == 1
    assert run(capsys, "receive", folder, *stick.glob("梅城镇总工会-第2包*"))["new_count"] == 1
