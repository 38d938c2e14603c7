"""A household that moves: asked for, decided above, taken over; and everything that must not work."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import PASSPHRASE, file_household, make_office, photo
from laptops import desk_and_laptop, take_along
from neighbours import acquaint, as_lines, carry, expect_refusal, forge, record_lines, unchanged

from db.__main__ import main
from db.domain.hand_over import HandOverState
from db.exchange.bundle_records import archive_lines, parse_archive
from db.services import (
    answering,
    archiving,
    attachments,
    drafts,
    exchange,
    hand_over_arrivals,
    handing_over,
    means,
    merging,
    office,
    revisions,
    workbooks,
)
from db.services.archiving import Archive, ArchiveQuery, Hidden
from db.services.handing_over import HandOver
from db.services.office import OfficeSession, office_status
from db.services.ownership import StandingKind, standing_of
from db.store import bundle_store

Three = tuple[OfficeSession, OfficeSession, OfficeSession, Path]


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Three]:
    """Two townships, their county, and a stick."""
    giver, _ = make_office(tmp_path / "a", "梅城镇总工会")
    taker, _ = make_office(tmp_path / "b", "源潭镇总工会")
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    stick = tmp_path / "stick"
    stick.mkdir()
    for town in (giver, taker):
        acquaint(town, county, tmp_path)
    yield giver, taker, county, stick
    for session in (giver, taker, county):
        session.close()


def bring_down(county: OfficeSession, child: OfficeSession) -> list[str]:
    """What an answer does of it: archives that move to *child*, then the state lines with the hand-overs."""
    told: list[str] = []
    with county.database.reading() as above, child.database.writing() as connection:
        going = handing_over.hand_overs_for(above, child.office.id)
        levels = frozenset({"county"})
        for line in archive_lines(above, going.to_send, full=True, levels=levels):
            incoming = parse_archive(line)
            assert hand_over_arrivals.take_over_fault(child, incoming, incoming.beside.hand_overs) == ""
            held = bundle_store.papers_held(connection, [paper.id for paper in incoming.attachments])
            assert held or not incoming.attachments or child.office.name == "源潭镇总工会"
            source = (county.office.id, county.office.name, county.now)
            hand_over_arrivals.take_over(connection, child, incoming, [], source)
        for archive_id, rows in going.rows.items():
            plain = [{key: value for key, value in row.items() if key != "archive_id"} for row in rows]
            told += hand_over_arrivals.apply_hand_overs(connection, child, archive_id, plain)
    return told


def moved(offices: Three) -> tuple[Archive, HandOver]:
    """A household of the first township that the county gave to the second."""
    giver, taker, county, stick = offices
    archive = file_household(giver, "moves", 2)
    handing_over.request_hand_over(giver, archive.id, "源潭镇总工会", "全家迁往源潭镇")
    carry(giver, county, stick)
    (request,) = handing_over.waiting_here(county)
    return archive, handing_over.accept_hand_over(county, request.id, taker.office.id)


def test_round__from_one_township_to_the_other_and_back(offices: Three) -> None:
    """Each time the archive keeps its number and its whole history, and only its own office may change it."""
    giver, taker, county, stick = offices
    archive, done = moved(offices)
    assert handing_over.verify_hand_over(county, done.id)
    assert bring_down(county, taker) == []
    assert bring_down(county, giver) == [
        f"{archive.content.text('name')}（{archive.archive_number}） 已移交给“源潭镇总工会”，这里留作查看。"
    ]
    assert standing_of(giver, archive.id).kind is StandingKind.HANDED_OVER
    assert archiving.count_archives(giver, ArchiveQuery()) == office_status(giver).archives == 0
    assert archiving.archive_ids(giver, ArchiveQuery(hidden=Hidden.AWAY)) == [archive.id]
    expect_refusal(lambda: archiving.save_archive(giver, archive.content, archive.id), "archive_handed_over")
    history = revisions.archive_history(taker, archive.id)
    assert [(entry.revision, entry.action_label) for entry in history] == [(3, "接手"), (2, "申请移交"), (1, "建档")]
    content = archiving.load_archive(taker, archive.id).content
    content.values["home_address"] = "源潭镇迎宾路 7 号"
    archiving.save_archive(taker, content, archive.id)
    assert carry(taker, county, stick).changed_count == 1
    assert handing_over.hand_overs_of(county, archive.id)[0].state is HandOverState.COMPLETED
    handing_over.request_hand_over(taker, archive.id, "梅城镇总工会", "又搬了回去")
    carry(taker, county, stick)
    (request,) = handing_over.waiting_here(county)
    handing_over.accept_hand_over(county, request.id, giver.office.id)
    bring_down(county, taker)
    bring_down(county, giver)
    back = archiving.load_archive(giver, archive.id)
    assert (back.office_id, back.content) == (giver.office.id, content)
    assert carry(giver, county, stick).changed_count == 1
    assert bring_down(county, giver) == bring_down(county, taker) == []
    assert standing_of(giver, archive.id).may_change
    assert standing_of(taker, archive.id).kind is StandingKind.HANDED_OVER


def test_request__locks_until_refused_or_withdrawn(offices: Three) -> None:
    """Nothing of a locked archive changes; what has travelled is for the office above to refuse, with its reason."""
    giver, _, county, stick = offices
    archive, other = (file_household(giver, seed, 1) for seed in "ab")
    asked = handing_over.request_hand_over(giver, archive.id, "源潭镇总工会", "搬家")
    for act in (
        lambda: archiving.save_archive(giver, archive.content, archive.id),
        lambda: revisions.restore_revision(giver, archive.id, 1),
        lambda: handing_over.request_hand_over(giver, archive.id, "水吼镇总工会", "搬家"),
        lambda: merging.merge_offer(giver, other.id, archive.id),
    ):
        expect_refusal(act, "archive_locked")
    assert handing_over.withdraw_hand_over(giver, asked.id).state is HandOverState.WITHDRAWN
    assert standing_of(giver, archive.id).may_change
    asked = handing_over.request_hand_over(giver, archive.id, "源潭镇总工会", "搬家")
    carry(giver, county, stick)
    expect_refusal(lambda: handing_over.withdraw_hand_over(giver, asked.id), "hand_over_travelled")
    expect_refusal(lambda: handing_over.refuse_hand_over(county, asked.id, " "), "hand_over_needs_note")
    handing_over.refuse_hand_over(county, asked.id, "户口还在梅城镇")
    expect_refusal(lambda: handing_over.refuse_hand_over(county, asked.id, "再说一遍"), "hand_over_decided")
    (told,) = bring_down(county, giver)
    assert "户口还在梅城镇" in told
    assert standing_of(giver, archive.id).may_change
    assert bring_down(county, giver) == []


def test_request__is_refused_where_work_is_open(offices: Three) -> None:
    """A draft would be lost; nowhere, to oneself and for no reason is no hand-over."""
    giver, *_ = offices
    archive = file_household(giver, "a", 1)
    for to_name, reason, code in (
        ("", "搬家", "hand_over_needs_target"),
        ("源潭镇总工会", " ", "hand_over_needs_reason"),
        (giver.office.name, "搬家", "hand_over_to_self"),
    ):
        expect_refusal(lambda to=to_name, why=reason: handing_over.request_hand_over(giver, archive.id, to, why), code)
    drafts.save_draft(giver, drafts.Draft("one", archive.content, archive.id))
    with unchanged(giver):
        expect_refusal(
            lambda: handing_over.request_hand_over(giver, archive.id, "源潭镇总工会", "搬家"), "hand_over_has_draft"
        )


def test_decision__only_to_children_and_upon_what_is_here(offices: Three) -> None:
    """The target must be an enrolled office below, and not the giver."""
    giver, taker, county, stick = offices
    archive = file_household(giver, "a", 1)
    asked = handing_over.request_hand_over(giver, archive.id, "源潭镇总工会", "搬家")
    carry(giver, county, stick)
    with unchanged(county):
        for target, code in (("nobody", "hand_over_not_child"), (giver.office.id, "hand_over_to_self")):
            expect_refusal(lambda to=target: handing_over.accept_hand_over(county, asked.id, to), code)
        expect_refusal(lambda: handing_over.accept_hand_over(county, "nothing", taker.office.id), "hand_over_gone")
    with unchanged(giver):
        expect_refusal(lambda: handing_over.accept_hand_over(giver, asked.id, taker.office.id), "hand_over_not_sender")


def _other_reason(row: dict[str, Any]) -> None:
    row["reason"] = "另有原因"


def _decided_by_itself(row: dict[str, Any]) -> None:
    row.update(state="accepted", to_office_id=row["id"], decided_at=row["requested_at"])


def _of_another_office(row: dict[str, Any]) -> None:
    row["from_office_id"] = row["id"]


@pytest.mark.parametrize(
    ("tamper", "reason"),
    [(_other_reason, "签名"), (_decided_by_itself, "移交由上级办理"), (_of_another_office, "不是由档案所属的单位")],
)
def test_hostile__forged_requests_are_set_aside(
    offices: Three, tamper: Callable[[dict[str, Any]], None], reason: str
) -> None:
    """A request that its office did not sign, or that decides itself, is not taken; nor is the archive that brings it."""
    giver, _, county, stick = offices
    archive = file_household(giver, "a", 1)
    carry(giver, county, stick)
    handing_over.request_hand_over(giver, archive.id, "源潭镇总工会", "搬家")
    (record,) = record_lines(giver, [archive.id])
    tamper(record["hand_overs"][0])
    outcome = exchange.receive_bundle(county, forge(giver, county, stick, as_lines([record])))
    assert (outcome.changed_count, outcome.set_aside_count) == (0, 1)
    (item,) = exchange.inspect_bundle(county, forge(giver, county, stick, as_lines([record]), sequence=9)).items
    assert reason in item.reason
    assert handing_over.list_hand_overs(county) == []


def test_hostile__the_giver_can_neither_go_on_nor_go_back(offices: Three) -> None:
    """After the hand-over: what it had sent is the same, what it adds is refused; an old request asks for nothing again."""
    giver, taker, county, stick = offices
    archive, done = moved(offices)
    (record,) = record_lines(giver, [archive.id])
    outcome = exchange.receive_bundle(county, forge(giver, county, stick, as_lines([record])))
    assert (outcome.same_count, outcome.set_aside_count) == (1, 0)
    assert archiving.load_archive(county, archive.id).office_id == taker.office.id
    assert handing_over.waiting_here(county) == []
    later = {**record["revisions"][-1], "revision": 3}
    record["revisions"].append(later)
    record["archive"]["revision"] = 3
    path = forge(giver, county, stick, as_lines([record]), sequence=7)
    (item,) = exchange.inspect_bundle(county, path).items
    assert item.reason == "已移交给“源潭镇总工会”，移交以后的改动没有接收"
    record["archive"]["office_id"] = taker.office.id
    (item,) = exchange.inspect_bundle(county, forge(giver, county, stick, as_lines([record]), sequence=8)).items
    assert item.reason == "由另一个单位报送，不能由这个单位改动"
    assert done.state is HandOverState.ACCEPTED


def test_hostile__nobody_takes_what_was_not_given(offices: Three) -> None:
    """Neither by claiming the archive, nor by an archive from above that another office was given."""
    giver, taker, county, stick = offices
    archive = file_household(giver, "a", 1)
    handing_over.request_hand_over(giver, archive.id, "源潭镇总工会", "搬家")
    carry(giver, county, stick)
    (record,) = record_lines(giver, [archive.id])
    record["archive"]["office_id"] = taker.office.id
    row = record["hand_overs"][0]
    row.update(state="accepted", to_office_id=taker.office.id, to_office_name="x", decided_at=row["requested_at"])
    (item,) = exchange.inspect_bundle(county, forge(taker, county, stick, as_lines([record]))).items
    assert item.reason == "由另一个单位报送，不能由这个单位改动"
    incoming = parse_archive(as_lines([record])[0])
    assert hand_over_arrivals.take_over_fault(giver, incoming, incoming.beside.hand_overs)
    row["signature"] = "00" * 64
    incoming = parse_archive(as_lines([record])[0])
    assert "签名" in hand_over_arrivals.take_over_fault(taker, incoming, incoming.beside.hand_overs)


def run(session: OfficeSession, capsys: pytest.CaptureFixture[str], command: str, *arguments: str) -> dict[str, Any]:
    """The JSON a command answers."""
    session.close()
    assert main([command, str(session.folder), *arguments, "--json"]) == 0
    body: dict[str, Any] = json.loads(capsys.readouterr().out)
    return body


def test_commands__ask_list_decide(
    offices: Three, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same without a window."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    giver, _, county, stick = offices
    archive = file_household(giver, "a", 0)
    carry(giver, county, stick)
    number = archive.archive_number
    moving = ("--to", "源潭镇总工会", "--reason", "搬家")
    assert run(giver, capsys, "hand-over", number, *moving)["state"] == "requested"
    assert run(giver, capsys, "hand-over", number, "--withdraw")["state"] == "withdrawn"
    assert run(giver, capsys, "hand-over", number, *moving)["archive_revision"] == 4
    giver = office.open_office(giver.folder, PASSPHRASE)
    carry(giver, county, stick)
    assert len(run(county, capsys, "hand-overs")["hand_overs"]) == 2
    assert run(county, capsys, "hand-overs", "--accept", number, "--to", "源潭")["to_office_name"] == "源潭镇总工会"


def answered(county: OfficeSession, child: OfficeSession, stick: Path) -> Any:
    """An answer of the county, applied below."""
    return exchange.receive_bundle(child, answering.write_answer(county, child.office.id, stick).path)


def test_answers__carry_the_household_with_its_papers_and_worksheet(offices: Three) -> None:
    """The whole way on sticks: the receiving office has everything, the giver looks on, and every office agrees."""
    giver, taker, county, stick = offices
    archive = file_household(giver, "moves", 2)
    attachments.add_attachment(giver, archive.id, "户口本.jpg", photo(), "household_register")
    worksheet = means.new_means(giver, archive, 2025)
    means.save_means(giver, archive.id, worksheet)
    handing_over.request_hand_over(giver, archive.id, "源潭镇总工会", "全家迁往源潭镇")
    carry(giver, county, stick)
    (request,) = handing_over.waiting_here(county)
    handing_over.accept_hand_over(county, request.id, taker.office.id, "同意")
    for child in (taker, giver):
        path = answering.write_answer(county, child.office.id, stick).path
        with unchanged(child):
            preview = exchange.inspect_bundle(child, path)
        outcome = exchange.receive_bundle(child, path)
        assert [item.text for item in preview.news.moved] == [item.text for item in outcome.news.moved] != []
    (paper,) = attachments.list_attachments(taker, archive.id)
    assert attachments.read_attachment(taker, paper.id)
    assert means.load_means(taker, archive.id, 2025) is not None
    assert office_status(taker).unsubmitted == 1
    assert standing_of(giver, archive.id).kind is StandingKind.HANDED_OVER
    carry(taker, county, stick)
    for child in (taker, giver):
        assert answered(county, child, stick).news.moved == []
    assert [one.state for one in handing_over.hand_overs_of(giver, archive.id)] == [HandOverState.COMPLETED]


def test_import__leaves_a_locked_archive_alone(offices: Three, tmp_path: Path) -> None:
    """A row of the household that moves is told apart from the others, which are stored."""
    giver, *_ = offices
    archive, other = (file_household(giver, seed, 0) for seed in "ab")
    path = tmp_path / "名册.xlsx"
    workbooks.export_flat(giver, [archive.id, other.id], path)
    for one in (archive, other):
        content = one.content.copy()
        content.values["home_address"] = "源潭镇迎宾路 7 号"
        archiving.save_archive(giver, content, one.id)
    handing_over.request_hand_over(giver, archive.id, "源潭镇总工会", "搬家")
    outcome = workbooks.run_import(giver, path)
    assert (outcome.updated, outcome.failed) == (1, 1)
    assert archiving.load_archive(giver, archive.id).content.values["home_address"] == "源潭镇迎宾路 7 号"


def test_city__follows_what_its_county_decided(offices: Three, tmp_path: Path) -> None:
    """Before and after the receiving township brought the archive; and what the giver had sent late moves nothing back."""
    giver, taker, county, stick = offices
    city, _ = make_office(tmp_path / "city", "安庆市总工会", "city")
    acquaint(county, city, tmp_path)
    archive = file_household(giver, "moves", 1)
    carry(giver, county, stick)
    carry(county, city, stick)
    handing_over.request_hand_over(giver, archive.id, "源潭镇总工会", "搬家")
    carry(giver, county, stick)
    carry(county, city, stick)
    (asked,) = handing_over.list_hand_overs(city)
    expect_refusal(lambda: handing_over.accept_hand_over(city, asked.id, county.office.id), "hand_over_not_sender")
    handing_over.accept_hand_over(county, asked.id, taker.office.id)
    (late,) = record_lines(giver, [archive.id])
    assert carry(county, city, stick).same_count == 1
    assert archiving.load_archive(city, archive.id).office_id == taker.office.id
    exchange.receive_bundle(county, forge(giver, county, stick, as_lines([late])))
    answered(county, taker, stick)
    carry(taker, county, stick)
    assert carry(county, city, stick).changed_count == 1
    assert handing_over.list_hand_overs(city)[0].state is HandOverState.COMPLETED
    city.close()


def test_far__by_way_of_both_counties(tmp_path: Path) -> None:
    """To another county: the county takes over, the city gives it on, the other county gives it down; nothing is lost."""
    names = {"town": "梅城镇总工会", "county": "潜山市总工会", "city": "安庆市总工会", "other": "怀宁县总工会", "far": "石牌镇总工会"}
    levels = {"town": "township", "county": "county", "city": "city", "other": "county", "far": "township"}
    made = {key: make_office(tmp_path / key, name, levels[key])[0] for key, name in names.items()}
    stick = tmp_path / "stick"
    stick.mkdir()
    for below, above in (("town", "county"), ("county", "city"), ("other", "city"), ("far", "other")):
        acquaint(made[below], made[above], tmp_path)
    archive = file_household(made["town"], "moves", 1)
    for below, above in (("town", "county"), ("county", "city")):
        carry(made[below], made[above], stick)
    handing_over.request_hand_over(made["town"], archive.id, names["far"], "迁往怀宁县石牌镇")
    carry(made["town"], made["county"], stick)
    (asked,) = handing_over.waiting_here(made["county"])
    assert handing_over.accept_hand_over(made["county"], asked.id, made["county"].office.id).state is HandOverState.COMPLETED
    answered(made["county"], made["town"], stick)
    assert standing_of(made["town"], archive.id).kind is StandingKind.HANDED_OVER
    handing_over.request_hand_over(made["county"], archive.id, names["other"], "迁往怀宁县石牌镇")
    carry(made["county"], made["city"], stick)
    (asked,) = handing_over.waiting_here(made["city"])
    handing_over.accept_hand_over(made["city"], asked.id, made["other"].office.id)
    for child in ("county", "other"):
        answered(made["city"], made[child], stick)
    assert standing_of(made["county"], archive.id).kind is StandingKind.HANDED_OVER
    assert archiving.count_archives(made["county"], ArchiveQuery()) == 0
    given = handing_over.request_hand_over(made["other"], archive.id, names["far"], "住在石牌镇")
    assert given.state is HandOverState.ACCEPTED
    assert archiving.count_archives(made["other"], ArchiveQuery()) == 1
    answered(made["other"], made["far"], stick)
    assert standing_of(made["far"], archive.id).may_change
    for below, above in (("far", "other"), ("other", "city")):
        carry(made[below], made[above], stick)
    owners = {key: archiving.load_archive(session, archive.id).office_id for key, session in made.items()}
    assert owners == {"town": made["county"].office.id, "county": made["other"].office.id} | dict.fromkeys(
        ("city", "other", "far"), made["far"].office.id
    )
    assert [entry.action_label for entry in revisions.archive_history(made["city"], archive.id)] == [
        "接手", "申请移交", "接手", "申请移交", "接手", "申请移交", "建档",
    ]  # fmt: skip
    for session in made.values():
        session.close()


def test_laptop__neither_merges_nor_hands_over(tmp_path: Path) -> None:
    """What concerns two archives or two offices is done at the desk; what is out stays with the desk meanwhile."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        one, other = (file_household(desk, seed, 0) for seed in "ab")
        take_along(desk, laptop, stick, [one.id, other.id])
        for act in (
            lambda: merging.merge(laptop, one.id, other.id),
            lambda: handing_over.request_hand_over(laptop, one.id, "源潭镇总工会", "搬家"),
        ):
            expect_refusal(act, "laptop_desk_only")
        expect_refusal(lambda: handing_over.request_hand_over(desk, one.id, "源潭镇总工会", "搬家"), "hand_over_out")
        expect_refusal(lambda: merging.merge(desk, one.id, other.id), "merge_out")
