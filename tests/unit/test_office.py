"""Setting up and opening an office: clerks, passphrases, the recovery code, and everything that may stand in the way."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from factories import PASSPHRASE, file_household, household, make_office
from sqlalchemy import text

from db.errors import MachineError, UserError
from db.services import archiving, drafts, revisions, sign_in
from db.services import office as offices
from db.services.office import OfficeSession
from db.store import keys

SET_UP: dict[str, Any] = {
    "name": "梅城镇总工会",
    "level": "township",
    "region_code": "340882",
    "clerk_name": "陈志强",
    "passphrase": PASSPHRASE,
    "light": True,
}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the clock that the sign-in delay reads, in seconds from a fixed moment."""
    now = [1_800_000_000.0]
    monkeypatch.setattr(sign_in.time, "time", lambda: now[0])

    def move(seconds: float) -> None:
        now[0] += seconds

    return move


def expect_refusal(code: str, action: Callable[[], object]) -> UserError | MachineError:
    """The expected failure of *action*, with a whole sentence."""
    with pytest.raises((UserError, MachineError)) as caught:
        action()
    assert caught.value.code == code
    assert caught.value.text().endswith(("。", "？"))
    return caught.value


def sign_in_to(folder: Path, passphrase: str, clerk_id: str | None = None) -> OfficeSession:
    """Sign in."""
    return offices.open_office(folder, passphrase, clerk_id)


# -- setting up --------------------------------------------------------------------------------------------------


def test_create__everything_in_its_place(tmp_path: Path) -> None:
    """A new office is one folder with the encrypted file, the keys and two sub-folders; it opens again."""
    session, code = make_office(tmp_path / "new" / "office")
    assert (session.office.name, session.office.level_label, session.clerk.name) == ("梅城镇总工会", "乡镇（街道）级", "陈志强")
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}", code)
    names = {path.name for path in session.folder.iterdir()}
    assert {"office.db", "keys.json", "attachments", "backups"} <= names
    assert [slot.name for slot in offices.clerk_slots(session.folder)] == ["陈志强"]
    session.close()
    again = offices.open_office(session.folder, PASSPHRASE)
    assert (again.office, again.clerk, again.device_id) == (session.office, session.clerk, session.device_id)
    again.close()


def test_create__real_cost_by_default(monkeypatch: pytest.MonkeyPatch, wrap_as_shipped: Callable[..., Any]) -> None:
    """Without *light* a slot costs 64 MiB and three rounds of Argon2id."""
    monkeypatch.setattr(keys, "_wrapping_key", lambda values, secret: bytes(32))
    slot = wrap_as_shipped("id", "name", "secret", bytes(32))
    assert (slot.memory_kib, slot.iterations, slot.lanes) == (65536, 3, 4)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"level": "village"}, "unknown_level"),
        ({"region_code": "999999"}, "unknown_region"),
        ({"region_code": "340824"}, "unknown_region"),
        ({"passphrase": "kurz"}, "weak_passphrase"),
        ({"passphrase": " " * 20}, "weak_passphrase"),
        ({"name": " \u3000"}, "required"),
        ({"clerk_name": "\u200f"}, "required"),
    ],
)
def test_create__refuses_and_leaves_nothing(tmp_path: Path, change: dict[str, str], code: str) -> None:
    """What is wrong is said before anything is written."""
    expect_refusal(code, lambda: offices.create_office(tmp_path / "office", **{**SET_UP, **change}))
    assert list(tmp_path.iterdir()) == []


def test_create__never_over_something_else(tmp_path: Path, office: OfficeSession) -> None:
    """An office stays as it is, a folder with files too, and a file is no folder."""
    before = (office.folder / "keys.json").read_bytes()
    expect_refusal("office_exists", lambda: make_office(office.folder))
    assert (office.folder / "keys.json").read_bytes() == before
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "表.xlsx").write_bytes(b"x")
    expect_refusal("folder_not_empty", lambda: make_office(tmp_path / "other"))
    (tmp_path / "file").write_bytes(b"x")
    expect_refusal("cannot_write", lambda: make_office(tmp_path / "file"))


def test_create__can_be_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A set-up that failed half way leaves an empty folder behind."""

    def full(*_: object) -> None:
        raise MachineError("disk_full", folder=str(tmp_path))

    with monkeypatch.context() as patch:
        patch.setattr(offices.database, "create", full)
        expect_refusal("disk_full", lambda: make_office(tmp_path / "office"))
    assert list((tmp_path / "office").iterdir()) == []
    make_office(tmp_path / "office")[0].close()


# -- signing in --------------------------------------------------------------------------------------------------


def test_open__nothing_there(tmp_path: Path) -> None:
    """A folder without an office is said to have none."""
    expect_refusal("no_office_here", lambda: offices.open_office(tmp_path, PASSPHRASE))
    expect_refusal("no_office_here", lambda: offices.clerk_slots(tmp_path / "missing"))


def test_wrong_passphrase__delay_grows_and_ends(office: OfficeSession, clock: Callable[[float], None]) -> None:
    """Two wrong tries are free, then the delay grows; waiting or the right passphrase ends it. Nothing is destroyed."""
    folder = office.folder
    waits = []
    for _ in range(7):
        waits.append(expect_refusal("wrong_passphrase", lambda: sign_in_to(folder, "nicht richtig")).context["wait"])
        clock(120)
    assert waits == [0, 2, 5, 10, 30, 60, 60]
    assert sign_in.seconds_to_wait(folder) == 0
    expect_refusal("wrong_passphrase", lambda: sign_in_to(folder, "nicht richtig"))
    assert expect_refusal("wait_before_retry", lambda: sign_in_to(folder, PASSPHRASE)).context["wait"] == 60
    clock(59)
    expect_refusal("wait_before_retry", lambda: sign_in_to(folder, PASSPHRASE))
    clock(2)
    sign_in_to(folder, PASSPHRASE).close()
    assert expect_refusal("wrong_passphrase", lambda: sign_in_to(folder, "nicht richtig")).context["wait"] == 0


def test_wrong_passphrase__clock_set_back(office: OfficeSession, clock: Callable[[float], None]) -> None:
    """A clock set back by a year does not lock the clerk out for a year."""
    for _ in range(4):
        expect_refusal("wrong_passphrase", lambda: sign_in_to(office.folder, "nicht richtig"))
        clock(120)
    clock(-365 * 86400)
    sign_in_to(office.folder, PASSPHRASE).close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[1]",
        b'{"failures": "x", "at": 1}',
        b'{"failures": -3, "at": 0}',
        b'{"failures": 5, "at": NaN}',
        b'{"failures": 1e400, "at": 1}',
        b"\xff",
    ],
)
def test_wrong_passphrase__damaged_count(office: OfficeSession, body: bytes) -> None:
    """A damaged count of wrong tries does not keep the clerk out."""
    (office.folder / "signin.json").write_bytes(body)
    assert sign_in.seconds_to_wait(office.folder) == 0
    sign_in_to(office.folder, PASSPHRASE).close()


def test_open__by_clerk(office: OfficeSession) -> None:
    """Each clerk has a passphrase of their own; one opens only its own slot when the clerk was chosen."""
    second = offices.add_clerk(office, "李 华", "zweite Losung")
    assert [clerk.name for clerk in offices.list_clerks(office)] == ["陈志强", "李 华"]
    session = sign_in_to(office.folder, "zweite Losung", second.id)
    assert session.clerk == second
    session.close()
    session = sign_in_to(office.folder, "zweite Losung")
    assert session.clerk == second
    session.close()
    expect_refusal("wrong_passphrase", lambda: sign_in_to(office.folder, "zweite Losung", office.clerk.id))


def test_add_clerk__name_and_passphrase(office: OfficeSession) -> None:
    """A second clerk of the same name, a nameless one and a short passphrase are refused."""
    expect_refusal("clerk_exists", lambda: offices.add_clerk(office, " 陈志强 ", "lang genug"))
    expect_refusal("required", lambda: offices.add_clerk(office, "  ", "lang genug"))
    expect_refusal("weak_passphrase", lambda: offices.add_clerk(office, "李华", "kurz"))
    assert len(offices.list_clerks(office)) == 1


def test_remove_clerk__slot_goes_work_stays(office: OfficeSession) -> None:
    """A removed clerk cannot sign in; what they did still bears their name. The last clerk stays."""
    expect_refusal("last_clerk", lambda: offices.remove_clerk(office, office.clerk.id))
    second = offices.add_clerk(office, "李华", "zweite Losung")
    session = sign_in_to(office.folder, "zweite Losung")
    filed = file_household(session)
    session.close()
    offices.remove_clerk(office, second.id)
    expect_refusal("wrong_passphrase", lambda: sign_in_to(office.folder, "zweite Losung"))
    expect_refusal("clerk_gone", lambda: offices.remove_clerk(office, second.id))
    assert revisions.archive_history(office, filed.id)[0].clerk_name == "李华"


def test_change_passphrase__data_key_stays(office: OfficeSession) -> None:
    """Only the slot is wrapped anew: the office file is not rewritten, the old passphrase opens nothing."""
    filed = file_household(office)
    before = office.database.data_key
    expect_refusal("wrong_passphrase", lambda: offices.change_passphrase(office, "nicht richtig", "neue Losung 1"))
    expect_refusal("weak_passphrase", lambda: offices.change_passphrase(office, PASSPHRASE, "neu"))
    offices.change_passphrase(office, PASSPHRASE, "neue Losung 1")
    expect_refusal("wrong_passphrase", lambda: sign_in_to(office.folder, PASSPHRASE))
    (office.folder / "signin.json").unlink()
    session = sign_in_to(office.folder, "neue Losung 1")
    assert session.database.data_key == before
    assert archiving.load_archive(session, filed.id).content == filed.content
    session.close()


def test_change_passphrase__removed_meanwhile(office: OfficeSession) -> None:
    """A clerk removed by a colleague while signed in is told so."""
    offices.add_clerk(office, "李华", "zweite Losung")
    offices.remove_clerk(office, office.clerk.id)
    expect_refusal("clerk_gone", lambda: offices.change_passphrase(office, PASSPHRASE, "neue Losung 1"))


# -- the recovery code -------------------------------------------------------------------------------------------


def _loosely(code: str) -> list[str]:
    mistaken = code.replace("0", "O").replace("1", "l")
    return [code, code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')}\n", code.replace("-", "—"), mistaken]


@pytest.mark.parametrize("way", range(6))
def test_recovery__typed_loosely_from_paper(tmp_path: Path, way: int) -> None:
    """Case, blanks, dashes and look-alike letters of the printed code do not matter."""
    session, code = make_office(tmp_path / "office")
    filed = file_household(session)
    session.close()
    again = offices.open_with_recovery(session.folder, _loosely(code)[way], session.clerk.id, "neue Losung 1")
    assert again.clerk == session.clerk and archiving.load_archive(again, filed.id) == filed
    again.close()
    offices.open_office(session.folder, "neue Losung 1").close()
    expect_refusal("wrong_passphrase", lambda: offices.open_office(session.folder, PASSPHRASE))


def test_recovery__wrong_code_counts_as_a_wrong_try(tmp_path: Path, clock: Callable[[float], None]) -> None:
    """A wrong code opens nothing and makes the next try wait; nobody else's name can be taken."""
    session, code = make_office(tmp_path / "office")
    session.close()
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    for _ in range(2):
        expect_refusal("wrong_recovery_code", lambda: offices.open_with_recovery(session.folder, wrong, session.clerk.id, "x" * 9))
    expect_refusal("wait_before_retry", lambda: offices.open_with_recovery(session.folder, code, session.clerk.id, "x" * 9))
    clock(10)
    expect_refusal("clerk_gone", lambda: offices.open_with_recovery(session.folder, code, "nobody", "x" * 9))
    expect_refusal("weak_passphrase", lambda: offices.open_with_recovery(session.folder, code, session.clerk.id, "x"))
    offices.open_office(session.folder, PASSPHRASE).close()


def test_recovery__new_code_replaces_the_old(tmp_path: Path) -> None:
    """After a new code was printed the former one opens nothing."""
    session, old = make_office(tmp_path / "office")
    new = offices.new_recovery_code(session)
    session.close()
    expect_refusal("wrong_recovery_code", lambda: offices.open_with_recovery(session.folder, old, session.clerk.id, "x" * 9))
    offices.open_with_recovery(session.folder, new, session.clerk.id, "x" * 9).close()


def test_recovery__confirmed_by_typing_part() -> None:
    """The clerk proves the paper by typing some of its groups."""
    assert offices.confirms_recovery_code("7K2M-0ABC-1234", {1: "oabc", 2: "l234"})
    assert not offices.confirms_recovery_code("7K2M-0ABC-1234", {1: "oabd"})


# -- damaged files -----------------------------------------------------------------------------------------------


def _slot(office: OfficeSession, **change: object) -> bytes:
    body = json.loads((office.folder / "keys.json").read_bytes())
    body["slots"][0] |= change
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    "damage",
    [
        *(b"", b"\x00" * 400, b"{", b"[]", b'{"slots": []}', b'{"office_id": "x", "slots": 5}', b"\xff\xfe", b"[" * 20_000),
        *({"salt": "???"}, {"salt": ""}, {"nonce": "AAAA"}, {"wrapped": "AAAA"}, {"iterations": "3"}, {"id": None}),
        *({"iterations": 0}, {"memory_kib": 2**40}, {"lanes": 10**9}, {"memory_kib": 8, "lanes": 4}, {"salt": 5}, {"more": 1}),
    ],
)
def test_keys__damaged(office: OfficeSession, damage: bytes | dict[str, object]) -> None:
    """A damaged key file is told as such and stays as it is, and so does the office file."""
    body = damage if isinstance(damage, bytes) else _slot(office, **damage)
    (office.folder / "keys.json").write_bytes(body)
    expect_refusal("keys_damaged", lambda: sign_in_to(office.folder, PASSPHRASE))
    expect_refusal("keys_damaged", lambda: offices.clerk_slots(office.folder))
    assert (office.folder / "keys.json").read_bytes() == body


def test_keys__missing(office: OfficeSession) -> None:
    """Without its key file the office cannot be opened, and says where to get it back."""
    (office.folder / "keys.json").unlink()
    assert "备份" in expect_refusal("keys_damaged", lambda: sign_in_to(office.folder, PASSPHRASE)).text()


def test_keys__swapped_slots(office: OfficeSession) -> None:
    """A slot of one clerk under the id of another opens nothing: the id is part of the seal."""
    second = offices.add_clerk(office, "李华", "zweite Losung")
    body = json.loads((office.folder / "keys.json").read_bytes())
    for slot in body["slots"]:
        slot["id"] = {office.clerk.id: second.id, second.id: office.clerk.id}.get(slot["id"], slot["id"])
    (office.folder / "keys.json").write_text(json.dumps(body))
    expect_refusal("wrong_passphrase", lambda: sign_in_to(office.folder, PASSPHRASE))


@pytest.mark.parametrize("size", [0, 1, 100, 4096, 5000])
def test_file__emptied_or_cut(office: OfficeSession, size: int) -> None:
    """An emptied or cut office file is told as damaged, is not filled with new tables, and is not changed."""
    file_household(office)
    office.close()
    path = office.folder / "office.db"
    cut = path.read_bytes()[:size]
    path.write_bytes(cut)
    for left in office.folder.glob("office.db-*"):
        left.unlink()
    expect_refusal("office_damaged", lambda: sign_in_to(office.folder, PASSPHRASE))
    assert path.read_bytes() == cut


def test_file__overwritten_inside(office: OfficeSession) -> None:
    """Garbage in the middle of the file is noticed when it is read."""
    for seed in range(12):
        file_household(office, seed)
    office.close()
    path = office.folder / "office.db"
    body = bytearray(path.read_bytes())
    for at in range(8192, len(body), 4096):
        body[at + 100 : at + 200] = bytes(100)
    path.write_bytes(body)

    def work() -> None:
        session = sign_in_to(office.folder, PASSPHRASE)
        try:
            archiving.list_archives(session, archiving.ArchiveQuery())
        finally:
            session.close()

    expect_refusal("office_damaged", work)


def test_file__of_another_office(tmp_path: Path, office: OfficeSession) -> None:
    """The file of one office under the keys of another is no office."""
    other, _ = make_office(tmp_path / "other")
    other.close()
    office.close()
    (office.folder / "office.db").write_bytes((other.folder / "office.db").read_bytes())
    expect_refusal("office_damaged", lambda: sign_in_to(office.folder, PASSPHRASE))


# -- settings, status, journal -----------------------------------------------------------------------------------


def test_settings__any_json_value(office: OfficeSession) -> None:
    """Settings are stored in the office and read back."""
    assert offices.get_setting(office, "columns", ["name"]) == ["name"]
    for value in (["name", "sex"], {"a": 1}, "字", 0, False):
        offices.set_setting(office, "columns", value)
        assert offices.get_setting(office, "columns") == value


def test_update_office__name_and_region(office: OfficeSession) -> None:
    """The office's own data can be corrected; its id and level stay."""
    before = office.office
    after = offices.update_office(office, name=" 梅城镇工会 ", region_code="340882100", parent_name="潜山市总工会")
    assert (after.id, after.level, after.name, after.parent_name) == (before.id, before.level, "梅城镇工会", "潜山市总工会")
    expect_refusal("unknown_region", lambda: offices.update_office(office, name="x", region_code="1", parent_name=""))
    expect_refusal("required", lambda: offices.update_office(office, name=" ", region_code="340882", parent_name=""))
    session = sign_in_to(office.folder, PASSPHRASE)
    assert session.office == office.office == after
    session.close()


def test_status__counts(office: OfficeSession) -> None:
    """The figures of the status line."""
    file_household(office, 1)
    file_household(office, 2, home_address=None)
    drafts.save_draft(office, drafts.start_draft(office))
    status = offices.office_status(office)
    assert (status.archives, status.unsubmitted, status.in_transit, status.incomplete, status.drafts) == (2, 2, 0, 1, 1)
    assert (status.last_bundle_at, status.last_bundle_sequence, status.last_backup_at) == (None, 0, None)


def test_journal__codes_and_ids_only(office: OfficeSession) -> None:
    """The journal names actions and ids, never people."""
    offices.add_clerk(office, "李华", "zweite Losung")
    with office.database.reading() as connection:
        rows = [tuple(row) for row in connection.execute(text("SELECT action, detail FROM journal"))]
    assert [row[0] for row in rows] == ["create_office", "add_clerk"]
    assert "李华" not in str(rows) and "陈志强" not in str(rows)


def test_close__forgets_the_key(office: OfficeSession) -> None:
    """After signing out or locking, a session that is still held somewhere reads, writes and unlocks nothing."""
    filed = file_household(office)
    office.close()
    expect_refusal("signed_out", lambda: archiving.load_archive(office, filed.id))
    expect_refusal("signed_out", lambda: file_household(office, 2))
    expect_refusal("signed_out", lambda: office.database.data_key)
    expect_refusal("signed_out", office.database.raw_connection)
    office.close()


def test_clock__of_the_session(office: OfficeSession) -> None:
    """Moments carry their offset; the day is the local one."""
    office.clock = lambda: datetime.fromisoformat("2026-05-20T23:30:00+08:00")
    assert (office.now, office.today) == ("2026-05-20T23:30:00+08:00", "2026-05-20")
    assert office.circumstances.today == "2026-05-20"
    assert archiving.save_archive(office, household()).created_at == office.now
