"""Finding people twice: what is found, who may see it, and that a decision is remembered."""

import json
import random
from pathlib import Path

import pytest
from factories import PASSPHRASE, citizen_number, file_household, household, make_office, member

from db.__main__ import main
from db.domain.look_alike import Band
from db.domain.look_alike_keys import KINDS
from db.errors import Cancelled, UserError
from db.services import archiving, duplicates
from db.services.archiving import Archive
from db.services.duplicates import PairState
from db.services.office import OfficeSession

NUMBER = citizen_number("34088219750312351")


def filed(session: OfficeSession, seed: str, **values: str | None) -> Archive:
    """A household of one, with a phone, card and address of its own unless given."""
    return file_household(session, seed, 0, **values)


def found(session: OfficeSession, state: PairState = PairState.OPEN) -> list[tuple[str, str]]:
    """The archives of each pair in *state*, first and second in order."""
    pairs = duplicates.list_pairs(session, state)
    return [tuple(sorted((pair.first.archive_id, pair.second.archive_id))) for pair in pairs]  # type: ignore[misc]


def tally(session: OfficeSession) -> tuple[int, ...]:
    """How many pairs are open, the same person, different people."""
    counts = duplicates.count_pairs(session)
    return tuple(counts.of(state) for state in PairState)


def both(one: Archive, other: Archive) -> tuple[str, str]:
    return tuple(sorted((one.id, other.id)))  # type: ignore[return-value]


def test_search__finds_every_kind_of_double(office: OfficeSession) -> None:
    """Worker twice, worker here and member there, member twice, a number copied wrong; and nobody else."""
    first = filed(office, "a", name="张小明", id_number=NUMBER)
    again = filed(office, "b", name="张晓明", id_number=NUMBER)
    content = household("c", 0)
    content.members.append(member(name="张小明", id_number=NUMBER))
    third = archiving.save_archive(office, content)
    number = citizen_number("34088219800101122")
    slipped = filed(office, "d", name="李桂兰", id_number=f"35{number[2:]}", birth_on="1980-01-01")
    meant = filed(office, "e", name="李桂兰", id_number=number)
    for seed in range(30):
        file_household(office, seed)
    report = duplicates.find_duplicates(office)
    assert set(found(office)) == {both(first, again), both(first, third), both(again, third), both(slipped, meant)}
    assert (report.found, report.likely, report.possible, report.remembered) == (4, 4, 0, 0)
    assert report.people == 36 + sum(len(household(seed).members) for seed in range(30))


def test_household__its_own_people_are_no_pair(office: OfficeSession) -> None:
    """Twins of one household share address, phone and birth date, and are two."""
    content = household("twins", 0)
    content.members += [member(name=name, birth_on="2015-05-05") for name in ("王小雨", "王小语")]
    archiving.save_archive(office, content)
    assert duplicates.find_duplicates(office).found == 0


def test_decision__is_remembered_until_a_number_changes(office: OfficeSession) -> None:
    """Different people stay different through further searches and edits; another ID number asks again."""
    one = filed(office, "a", name="张小明", id_number=None, birth_on="1975-03-12", mobile_phone="13900000001")
    filed(office, "b", name="张小明", id_number=None, birth_on="1975-03-12", mobile_phone="13900000001")
    duplicates.find_duplicates(office)
    (pair,) = duplicates.list_pairs(office, PairState.OPEN)
    duplicates.decide_pair(office, pair.key, PairState.DIFFERENT_PEOPLE, " 同名同日，是两个人 ")
    content = one.content.copy()
    content.values["home_address"] = "梅城镇舒州大道1号"
    one = archiving.save_archive(office, content, one.id)
    report = duplicates.find_duplicates(office)
    assert (found(office), report.remembered, report.reopened) == ([], 1, 0)
    content = one.content.copy()
    content.values["id_number"] = NUMBER
    archiving.save_archive(office, content, one.id)
    assert duplicates.find_duplicates(office).reopened == 1
    (pair,) = duplicates.list_pairs(office, PairState.OPEN)
    assert (pair.note, pair.decided_by, bool(pair.reopened_at)) == ("同名同日，是两个人", office.clerk.name, True)
    assert duplicates.find_duplicates(office).reopened == 0


def test_decision__same_person_waits_and_can_be_taken_back(office: OfficeSession) -> None:
    """It stays on the list to be merged, whatever is searched; taken back it is open again. The journal names nobody."""
    filed(office, "a", name="张小明", id_number=NUMBER)
    filed(office, "b", name="张小明", id_number=NUMBER)
    duplicates.find_duplicates(office)
    (pair,) = duplicates.list_pairs(office, PairState.OPEN, band=Band.LIKELY)
    assert duplicates.list_pairs(office, PairState.OPEN, band=Band.POSSIBLE) == []
    duplicates.note_pair(office, pair.key, "问过村里")
    assert duplicates.load_pair(office, pair.key).note == "问过村里"
    duplicates.decide_pair(office, pair.key, PairState.SAME_PERSON)
    duplicates.find_duplicates(office)
    assert tally(office) == (0, 1, 0, 0)
    duplicates.decide_pair(office, pair.key, PairState.OPEN)
    assert tally(office) == (1, 0, 0, 0)
    connection = office.database.raw_connection()
    lines = [row[0] for row in connection.execute("SELECT detail FROM journal WHERE action LIKE '%duplicate%'")]
    connection.close()
    assert len(lines) == 4
    assert not any("张小明" in line or NUMBER in line for line in lines)


def test_pair__shows_both_as_they_stand_today(office: OfficeSession, tmp_path: Path) -> None:
    """Side by side with the sentence of each part, and the points add up; a person gone leaves no broken line."""
    one = filed(office, "a", name="张小明", id_number=NUMBER)
    content = household("b", 0)
    content.members.append(member(name="张小明", id_number=NUMBER[:-1] + "0", birth_on="1975-03-12", sex="male"))
    other = archiving.save_archive(office, content)
    duplicates.find_duplicates(office)
    (pair,) = duplicates.list_pairs(office, PairState.OPEN)
    cards = {card.archive_id: card for card in (pair.first, pair.second)}
    assert cards[one.id].role == "职工本人"
    assert cards[other.id].role == f"{content.values['name']} 的女儿"
    assert min(100, sum(line.points for line in pair.lines)) == pair.now.score == pair.score
    assert {line.field for line in pair.lines if line.agreement == "near"} == {"id_number"}
    content = archiving.load_archive(office, other.id).content
    content.members.clear()
    archiving.save_archive(office, content, other.id)
    assert (found(office), tally(office)) == ([], (0, 0, 0, 0))
    with pytest.raises(UserError, match="这一对已经不在了"):
        duplicates.load_pair(office, pair.key)


def test_search__leaves_out_and_reports_what_everybody_shares(office: OfficeSession) -> None:
    """A switchboard's number brings nobody together, but people of one name behind it are still compared."""
    phone = next(kind for kind in KINDS if kind.name == "phone")
    rng = random.Random(1)
    for seed in range(phone.largest + 2):
        content = household(f"works {seed}", 0, mobile_phone="05568921234")
        if seed < 2:
            content.values.update(name="欧阳建国", id_number="", birth_on="")
        content.values["home_address"] = f"梅城镇{rng.random()}"
        archiving.save_archive(office, content)
    report = duplicates.find_duplicates(office)
    (group,) = report.large_groups
    assert (group.people, "05568921234" in group.text) == (phone.largest + 2, True)
    assert [pair.first.name for pair in duplicates.list_pairs(office, PairState.OPEN)] == ["欧阳建国"]
    assert duplicates.last_search(office) == report
    assert duplicates.changed_since_search(office, report) == 0


def test_search__cancelled_leaves_everything_as_it_was(office: OfficeSession) -> None:
    """No pair, no temporary table: the next search goes through."""
    for seed in "ab":
        filed(office, seed, name="张小明", id_number=NUMBER)

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        duplicates.find_duplicates(office, stop)
    assert tally(office) == (0, 0, 0, 0)
    assert duplicates.find_duplicates(office).found == 1


def test_county__sees_whose_archives_they_are(tmp_path: Path) -> None:
    """Where archives of several offices come together each of the two is shown with its office; elsewhere not."""
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    own, received = (filed(county, seed, name="张小明", id_number=NUMBER) for seed in "ab")
    duplicates.find_duplicates(county)
    (pair,) = duplicates.list_pairs(county, PairState.OPEN)
    assert pair.first.office_name == pair.second.office_name == ""
    connection = county.database.raw_connection()
    connection.execute("UPDATE archive SET office_id = 'a township' WHERE id = ?", (received.id,))
    connection.close()
    (pair,) = duplicates.list_pairs(county, PairState.OPEN)
    names = {card.archive_id: card.office_name for card in (pair.first, pair.second)}
    assert names == {own.id: "潜山市总工会", received.id: "其他单位"}
    county.close()


def test_command__lists_pairs_from_a_score_on(
    office: OfficeSession, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As text and as JSON; a pair below the score asked for is left out, the counts are not."""
    filed(office, "a", name="张小明", id_number=NUMBER)
    filed(office, "b", name="张小明", id_number=NUMBER)
    for seed in "cd":
        filed(office, seed, name="李桂兰", id_number=None, birth_on="1980-01-01", sex="female")
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    folder = str(office.folder)
    assert main(["duplicates", folder]) == 0
    text = capsys.readouterr().out
    assert "身份证号相同 +75" in text
    assert "列出 2 对" in text
    assert main(["duplicates", folder, "--json", "--min-score", "90"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert [pair["first"]["name"] for pair in body["pairs"]] == ["张小明"]
    assert body["counts"] == {"open": 2, "same_person": 0, "different_people": 0, "merged": 0}
    with pytest.raises(SystemExit):
        main(["duplicates", folder, "--min-score", "59"])
