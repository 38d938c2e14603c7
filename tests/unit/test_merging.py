"""Merging two archives: what is offered, what becomes of both, and that undoing it leaves nothing behind."""

import json
import random
from pathlib import Path

import pytest
from factories import PASSPHRASE, citizen_number, file_household, household, make_office, member, photo
from hypothesis import given, settings
from hypothesis import strategies as st
from neighbours import acquaint, as_lines, carry, expect_refusal, forge, record_lines, town_and_county, unchanged

from db.__main__ import main
from db.domain import merging as rules
from db.domain.archive_content import ArchiveContent
from db.domain.form_schema import Value
from db.domain.merging import BOTH, KEPT, MERGED, Choices
from db.services import answering, archiving, attachments, drafts, duplicates, exchange, means, merging, revisions
from db.services.archiving import Archive, ArchiveQuery, Hidden
from db.services.duplicates import PairState
from db.services.office import OfficeSession, office_status
from db.services.ownership import StandingKind, standing_of

NUMBER = citizen_number("34088219750312351")


def double(office: OfficeSession) -> tuple[Archive, Archive]:
    """One family filed twice, differing in a few answers; the second has a further child and a paper."""
    kept = file_household(office, "a", 1, ethnicity=None, mobile_phone="13900000001", secondary_hardship_causes=["schooling"])
    content = household("a", 1, mobile_phone="13900000002", secondary_hardship_causes=["accident"])
    content.members.append(member(name="林小雨", birth_on="2015-05-05"))
    merged = archiving.save_archive(office, content)
    attachments.add_attachment(office, merged.id, "证明.jpg", photo(), "id_card")
    return kept, merged


# -- what is proposed ---------------------------------------------------------------------------------------------


def test_offer__filled_beats_empty_newer_beats_older_several_stand_together() -> None:
    """And what follows from another answer is not chosen; who files and the number stay."""
    kept, merged = (household("x", 0) for _ in range(2))
    kept.values.update(mobile_phone="13900000001", secondary_hardship_causes=["schooling"], filled_by="甲", worker_number="1")
    merged.values.update(mobile_phone="13900000002", secondary_hardship_causes=["accident"], worker_number="2")
    del kept.values["ethnicity"]
    for newer, phone in ((True, MERGED), (False, KEPT)):
        found = {item.path: item for item in rules.fields_beside(kept, merged, merged_is_newer=newer)}
        assert (found["ethnicity"].proposal, found["mobile_phone"].proposal) == (MERGED, phone)
        assert (found["secondary_hardship_causes"].proposal, found["worker_number"].proposal) == (BOTH, KEPT)
        assert found["birth_on"].is_derived
        assert not found["name"].is_open


def test_members__are_matched_by_number_name_or_likeness() -> None:
    """A number copied wrong is the same child; twins are two; the other worker joins as a member."""
    kept, merged = household("one", 0), household("two", 0)
    wrong = NUMBER[:-3] + str((int(NUMBER[-3]) + 1) % 10) + NUMBER[-2:]
    kept.members = [
        member(name="张小明", id_number=NUMBER),
        member(name="王小雨", birth_on="2015-05-05"),
        member(name="李桂兰"),
    ]
    merged.members = [
        member(name="李桂兰", birth_on="1980-01-01"),
        member(name="王小语", birth_on="2015-05-05", id_number=citizen_number("34088220150505124")),
        member(name="张小明", id_number=wrong, birth_on="1975-03-12", sex="male"),
    ]
    pairs = rules.match_members(kept, merged)
    assert [pairs.get(str(person["id"])) for person in merged.members] == [kept.members[2]["id"], None, kept.members[0]["id"]]
    people = rules.members_beside(kept, merged, merged_is_newer=True)
    assert [person.name for person in people if person.is_new] == [merged.values["name"], "王小语"]
    content = rules.merged_content(kept, merged, rules.proposed(rules.fields_beside(kept, merged, merged_is_newer=True), people))
    assert content.values == kept.values
    assert [person["name"] for person in content.members] == ["张小明", "王小雨", "李桂兰", merged.values["name"], "王小语"]
    assert not {person["id"] for person in content.members[3:]} & {person["id"] for person in merged.members}


# -- merging and undoing ------------------------------------------------------------------------------------------


def test_merge__takes_what_was_chosen_and_undo_takes_it_back(office: OfficeSession) -> None:
    """The kept archive has a further revision, the other one leaves the lists; undone, both stand as before."""
    kept, merged = double(office)
    offer = merging.merge_offer(office, kept.id, merged.id)
    assert {item.path for item in offer.open_fields} >= {"ethnicity", "mobile_phone", "secondary_hardship_causes"}
    assert [person.name for person in offer.members if person.is_new] == ["林小雨"]
    choices = Choices({**offer.proposal.fields, "mobile_phone": MERGED}, offer.proposal.members)
    made = merging.merge(office, kept.id, merged.id, choices, "同一户建了两份")
    after = archiving.load_archive(office, kept.id)
    assert (after.revision, after.content.values["mobile_phone"]) == (2, "13900000002")
    assert after.content.values["secondary_hardship_causes"] == ["schooling", "accident"]
    assert [paper.name for paper in attachments.list_attachments(office, kept.id)] == ["证明.jpg"]
    assert archiving.archive_ids(office, ArchiveQuery()) == [kept.id]
    assert archiving.archive_ids(office, ArchiveQuery(hidden=Hidden.MERGED)) == [merged.id]
    assert office_status(office).archives == office_status(office).unsubmitted == 1
    assert [entry.action_label for entry in revisions.archive_history(office, merged.id)[:2]] == ["并入", "添加附件"]
    (told,) = merging.merges_of(office, merged.id)
    assert (told.kept_number, told.kept_revision, told.reason) == (kept.archive_number, 2, "同一户建了两份")
    assert merging.undo_merge(office, made.id).stays == []
    back = archiving.load_archive(office, kept.id)
    assert (back.revision, back.content) == (3, kept.content)
    assert attachments.list_attachments(office, kept.id) == []
    assert len(attachments.list_attachments(office, merged.id)) == 1
    assert archiving.count_archives(office, ArchiveQuery()) == 2
    assert archiving.load_archive(office, merged.id).content == merged.content
    expect_refusal(lambda: merging.undo_merge(office, made.id), "merge_gone")


def test_undo__leaves_what_was_changed_since(office: OfficeSession) -> None:
    """What the clerk wrote after the merge stays, and is named; the rest goes back."""
    kept, merged = double(office)
    offer = merging.merge_offer(office, kept.id, merged.id)
    chosen = Choices({**offer.proposal.fields, "mobile_phone": MERGED}, offer.proposal.members)
    made = merging.merge(office, kept.id, merged.id, chosen)
    content = archiving.load_archive(office, kept.id).content
    content.values["mobile_phone"] = "13900000003"
    content.members[-1]["health_status"] = "good"
    archiving.save_archive(office, content, kept.id)
    undone = merging.undo_merge(office, made.id)
    back = archiving.load_archive(office, kept.id).content
    assert back.values["mobile_phone"] == "13900000003"
    assert "ethnicity" not in back.values
    assert [person["name"] for person in back.members][-1] == "林小雨"
    assert "手机号码" in undone.stays
    assert any("林小雨" in caption for caption in undone.stays)


def test_merged__cannot_be_changed_and_leads_to_the_kept_one(office: OfficeSession) -> None:
    """Every way to write is refused with one sentence; searching finds the person at the kept archive."""
    kept = file_household(office, "a", 0, name="欧阳建国", id_number=NUMBER)
    merged = file_household(office, "b", 0, name="欧阳健国", id_number=NUMBER)
    merging.merge(office, kept.id, merged.id)
    for act in (
        lambda: archiving.save_archive(office, merged.content, merged.id),
        lambda: revisions.restore_revision(office, merged.id, 1),
        lambda: attachments.add_attachment(office, merged.id, "a.jpg", photo(), "id_card"),
        lambda: means.save_means(office, merged.id, means.new_means(office, merged, 2025)),
    ):
        fault = expect_refusal(act, "archive_merged")
        assert kept.archive_number in fault.text()
    found = standing_of(office, merged.id)
    assert (found.kind, found.kept_id) == (StandingKind.MERGED, kept.id)
    (hit,) = archiving.search_people(office, "欧阳健国")
    assert (hit.archive_id, hit.merged_from) == (kept.id, merged.archive_number)
    assert archiving.archive_ids(office, ArchiveQuery(text="欧阳健国")) == [kept.id]
    assert archiving.find_by_number(office, NUMBER).id == kept.id
    assert archiving.person_problems(office, kept.content, kept.id) == []


def test_chain__leads_to_the_last_and_comes_apart_from_the_end(office: OfficeSession) -> None:
    """A into B, B into C; no ring, nothing merged twice."""
    a, b, c = (file_household(office, seed, 0) for seed in "abc")
    first = merging.merge(office, b.id, a.id)
    expect_refusal(lambda: merging.merge_offer(office, c.id, a.id), "merge_already")
    expect_refusal(lambda: merging.merge_offer(office, a.id, b.id), "merge_already")
    expect_refusal(lambda: merging.merge_offer(office, a.id, a.id), "merge_same")
    second = merging.merge(office, c.id, b.id)
    assert standing_of(office, a.id).kept_id == c.id
    assert archiving.archive_ids(office, ArchiveQuery(text=a.content.text("name"))) == [c.id]
    with unchanged(office):
        expect_refusal(lambda: merging.undo_merge(office, first.id), "unmerge_merged_on")
    merging.undo_merge(office, second.id)
    merging.undo_merge(office, first.id)
    assert archiving.count_archives(office, ArchiveQuery()) == 3


def test_merge__is_refused_while_the_other_one_is_edited(office: OfficeSession) -> None:
    """A draft of the merged archive could never be stored."""
    kept, merged = double(office)
    drafts.save_draft(office, drafts.Draft("one", merged.content, merged.id))
    expect_refusal(lambda: merging.merge(office, kept.id, merged.id, Choices()), "merge_has_draft")


def test_pairs__follow_the_merge(office: OfficeSession) -> None:
    """Every pair between the two is merged and comes back to be merged; nobody decides about it meanwhile."""
    kept, merged = (file_household(office, seed, 0, name="张小明", id_number=NUMBER) for seed in "ab")
    duplicates.find_duplicates(office)
    (pair,) = duplicates.list_pairs(office, PairState.OPEN)
    made = merging.merge(office, kept.id, merged.id)
    assert (pair.key, made.id) == (duplicates.list_pairs(office, PairState.MERGED)[0].key, merging.merge_of_pair(office, pair.key).id)  # type: ignore[union-attr]
    expect_refusal(lambda: duplicates.decide_pair(office, pair.key, PairState.OPEN), "merge_pair_merged")
    assert duplicates.find_duplicates(office).people == 1
    assert duplicates.count_pairs(office).of(PairState.MERGED) == 1
    merging.undo_merge(office, made.id)
    assert [found.key for found in duplicates.list_pairs(office, PairState.SAME_PERSON)] == [pair.key]


# -- with other offices -------------------------------------------------------------------------------------------


def test_bundle__takes_the_merge_up(tmp_path: Path) -> None:
    """The county hides the merged archive as well, and shows it again when the merge is undone."""
    with town_and_county(tmp_path) as (town, county, stick):
        kept, merged = double(town)
        carry(town, county, stick)
        made = merging.merge(town, kept.id, merged.id)
        assert set(exchange.unsubmitted_ids(town)) == {kept.id, merged.id}
        carry(town, county, stick)
        assert archiving.archive_ids(county, ArchiveQuery()) == [kept.id]
        assert len(attachments.list_attachments(county, kept.id)) == 1
        fault = expect_refusal(lambda: merging.undo_merge(county, made.id), "unmerge_other_office")
        assert "梅城镇总工会" in fault.text()
        merging.undo_merge(town, made.id)
        carry(town, county, stick)
        assert archiving.count_archives(county, ArchiveQuery()) == 2
        assert attachments.list_attachments(county, kept.id) == []


def test_never_sent__the_merged_archive_stays_below(tmp_path: Path) -> None:
    """What the county has never heard of need not travel only to be hidden there."""
    with town_and_county(tmp_path) as (town, county, stick):
        kept, merged = double(town)
        merging.merge(town, kept.id, merged.id)
        assert exchange.unsubmitted_ids(town) == [kept.id]
        carry(town, county, stick)
        assert archiving.count_archives(county, ArchiveQuery()) == 1


def test_county__registers_only_and_tells_whom_it_concerns(tmp_path: Path) -> None:
    """Archives of others are not changed by it; a warning names nothing of the other one; a township cannot undo it."""
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    towns = [make_office(tmp_path / name, f"{name}总工会")[0] for name in ("梅城镇", "源潭镇")]
    stick = tmp_path / "stick"
    stick.mkdir()
    for town in towns:
        acquaint(town, county, tmp_path)
    kept, merged = (file_household(town, seed, 0, name="张小明", id_number=NUMBER) for town, seed in zip(towns, "ab", strict=True))
    for town in towns:
        carry(town, county, stick)
    offer = merging.merge_offer(county, kept.id, merged.id)
    assert not offer.takes_over
    made = merging.merge(county, kept.id, merged.id, reason="打过电话")
    assert (made.kept_revision, archiving.load_archive(county, kept.id).revision) == (0, 1)
    assert archiving.archive_ids(county, ArchiveQuery()) == [kept.id]
    with county.database.reading() as connection:
        (warning,) = merging.warnings_of(connection, [kept.id, merged.id])
    assert (warning["archive_id"], warning["kind"], warning["cleared_at"]) == (merged.id, "merged", None)
    assert kept.archive_number not in str(warning)
    (record,) = record_lines(county, [merged.id])
    record["merges"] = [{**_travelling(county, made.id), "undone_at": towns[1].now, "undone_by": "x"}]
    exchange.receive_bundle(county, forge(towns[1], county, stick, as_lines([record])))
    assert merging.load_merge(county, made.id).undone_at is None
    merging.undo_merge(county, made.id)
    assert archiving.count_archives(county, ArchiveQuery()) == 2
    for session in (county, *towns):
        session.close()


def test_hostile__nobody_merges_into_what_is_not_its_own(tmp_path: Path) -> None:
    """A township that says its archive was merged into another township's is set aside with that archive."""
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    towns = [make_office(tmp_path / name, f"{name}总工会")[0] for name in ("梅城镇", "源潭镇")]
    stick = tmp_path / "stick"
    stick.mkdir()
    for town in towns:
        acquaint(town, county, tmp_path)
    victim = file_household(towns[0], "a", 0)
    carry(towns[0], county, stick)
    mine, other = (file_household(towns[1], seed, 0) for seed in "bc")
    made = merging.merge(towns[1], other.id, mine.id)
    (record,) = record_lines(towns[1], [mine.id])
    record["merges"] = [{**_travelling(towns[1], made.id), "kept_archive_id": victim.id}]
    (item,) = exchange.inspect_bundle(county, forge(towns[1], county, stick, as_lines([record]))).items
    assert item.reason == "合并到了别的单位的档案"
    for session in (county, *towns):
        session.close()


def _travelling(session: OfficeSession, merge_id: str) -> dict[str, object]:
    from db.store import merge_store

    with session.database.reading() as connection:
        row = merge_store.find(connection, merge_id)
    assert row is not None
    return {key: value for key, value in row.items() if key != "merged_archive_id"}


def test_commands__merge_and_unmerge(
    office: OfficeSession, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By number, with what is proposed."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    kept, merged = double(office)
    office.close()
    assert main(["merge", str(office.folder), kept.archive_number, merged.archive_number, "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["merged_number"], body["members_added"]) == (merged.archive_number, 1)
    assert main(["unmerge", str(office.folder), merged.archive_number]) == 0
    assert "各自恢复" in capsys.readouterr().out
    assert main(["unmerge", str(office.folder), merged.archive_number]) == 1


# -- properties ---------------------------------------------------------------------------------------------------

_KEYS = ("mobile_phone", "home_address", "ethnicity", "secondary_hardship_causes", "employer")
_VALUES: dict[str, list[Value]] = {
    "mobile_phone": ["13900000001", "13900000002", None],
    "home_address": ["梅城镇1号", "源潭镇2号", None],
    "ethnicity": ["01", "02", None],
    "secondary_hardship_causes": [["schooling"], ["accident", "schooling"], None],
    "employer": ["潜阳纺织厂", None],
}


def _touched(content: ArchiveContent, rng: random.Random) -> ArchiveContent:
    changed = content.copy()
    for key in rng.sample(_KEYS, rng.randint(1, 3)):
        value = rng.choice(_VALUES[key])
        if value is None:
            changed.values.pop(key, None)
        else:
            changed.values[key] = value
    if rng.random() < 0.4:
        changed.members.append(member(name=rng.choice(("林小雨", "王小语", "张小明")), birth_on="2015-05-05"))
    return changed


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_property__merge_edit_undo_in_any_order_loses_nothing(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """Undone at once it leaves both as before; and whatever is done, each value ever stored stands in a history."""
    rng = random.Random(seed)
    office, _ = make_office(tmp_path_factory.mktemp("office") / "o")
    first = archiving.save_archive(office, _touched(household("p", 1), rng))
    second = archiving.save_archive(office, _touched(household("p", 1), rng))
    stored = {first.id: [first.content], second.id: [second.content]}
    for _ in range(4):
        kept, merged = rng.sample([first.id, second.id], 2)
        before = archiving.load_archive(office, kept).content
        made = merging.merge(office, kept, merged)
        stored[kept].append(archiving.load_archive(office, kept).content)
        if rng.random() < 0.5:
            edited = archiving.save_archive(office, _touched(archiving.load_archive(office, kept).content, rng), kept)
            stored[kept].append(edited.content)
            merging.undo_merge(office, made.id)
        else:
            merging.undo_merge(office, made.id)
            assert archiving.load_archive(office, kept).content == before
    for archive_id, contents in stored.items():
        history = [revisions.load_revision(office, archive_id, entry.revision) for entry in revisions.archive_history(office, archive_id)]
        assert all(content in history for content in contents)
    office.close()


def test_answers__tell_of_the_countys_merge_and_of_its_end(tmp_path: Path) -> None:
    """Below the merged archive leaves the lists and is warned about; its own office cannot undo it; both end together."""
    with town_and_county(tmp_path) as (town, county, stick):
        kept, merged = double(town)
        carry(town, county, stick)
        made = merging.merge(county, kept.id, merged.id, reason="打过电话")
        news = exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick).path).news
        assert [warning.kind for warning in news.warnings] == ["merged"]
        assert archiving.archive_ids(town, ArchiveQuery()) == [kept.id]
        fault = expect_refusal(lambda: archiving.save_archive(town, merged.content, merged.id), "archive_merged")
        assert "潜山市总工会" in fault.text()
        expect_refusal(lambda: merging.undo_merge(town, made.id), "unmerge_other_office")
        assert exchange.unsubmitted_ids(town) == []
        merging.undo_merge(county, made.id)
        news = exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick).path).news
        assert [(warning.kind, warning.cleared) for warning in news.warnings] == [("merged", True)]
        assert archiving.count_archives(town, ArchiveQuery()) == 2
        assert standing_of(town, merged.id).may_change
