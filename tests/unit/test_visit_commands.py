"""The commands of the laptop: set up, out, in, what is out, what waits for a choice – as JSON and for people."""

import json
from pathlib import Path
from typing import Any

import pytest
from factories import PASSPHRASE, file_household, make_office

from db.__main__ import main
from db.services import archiving
from db.services import office as offices


def test_out_and_in__by_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A laptop is set up from the desk's card, takes a household along and hands it in; a contradiction is listed."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    session, _ = make_office(tmp_path / "desk")
    archive = file_household(session, 1)
    session.close()
    desk, laptop, card, stick = (tmp_path / name for name in ("desk", "laptop", "card.nuandang-card", "stick"))
    stick.mkdir()

    def run(*arguments: object) -> Any:
        status = main([*map(str, arguments), "--json"])
        shown = capsys.readouterr()
        return json.loads(shown.out) if not status else json.loads(shown.out)["error"]["code"]

    run("card", desk, card)
    made = run("init", laptop, "--laptop-of", card, "--name", "外出电脑一", "--clerk", "李秀兰")
    assert made["laptop"] == "梅城镇总工会（外出电脑一）" and made["recovery_code"]
    run("card", laptop, card)
    assert run("checkout", desk, stick, "--archive", archive.archive_number) == "no_laptop"
    assert run("enrol", desk, card)["relation"] == "laptop"
    out = run("checkout", desk, stick, "--laptop", "一", "--archive", archive.archive_number)
    assert run("checkout", desk, stick, "--archive", archive.archive_number) == "visit_already_out"
    assert run("checkout", desk, stick, "--laptop", "三", "--archive", archive.archive_number) == "laptop_unknown"
    run("receive", laptop, out["path"])
    assert [item["access"] for item in run("out", desk)["items"]] == ["write"]
    for folder, phone in ((desk, "13800000001"), (laptop, "13900000002")):
        session = offices.open_office(folder, PASSPHRASE)
        content = archiving.load_archive(session, archive.id).content
        content.values["mobile_phone"] = phone
        archiving.save_archive(session, content, archive.id)
        session.close()
    assert run("checkin", desk, stick) == "visit_only_laptop"
    back = run("checkin", laptop, stick)
    run("receive", desk, back["path"])
    (waiting,) = run("conflicts", desk)["conflicts"]
    assert [field["path"] for field in waiting["fields"]] == ["mobile_phone"]
    assert run("out", desk)["items"] == []
    assert run("export-bundle", laptop, stick) == "laptop_no_export"
    main(["conflicts", str(desk)])
    assert "手机号码：本机 13800000001，对方 13900000002" in capsys.readouterr().out


def test_init__needs_either_a_name_or_a_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the card the unit must be named."""
    with pytest.raises(SystemExit) as caught:
        main(["init", str(tmp_path / "x")])
    assert caught.value.code == 2
    assert "--level" in capsys.readouterr().err
