"""Desk, laptop and county together: whatever is done on either machine, and whenever, both histories are complete."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from factories import PASSPHRASE, file_household, make_office, photo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laptops import add_laptop, desk_and_laptop, edit, hand_in, take_along
from neighbours import acquaint, carry, expect_refusal
from sqlalchemy import text

from db.domain.archive_content import ArchiveContent, new_id
from db.domain.three_way import merge
from db.exchange.bundle_format import Outcome
from db.services import archiving, attachments, backups, conflicts, exchange, health, revisions, undoing, visits
from db.services import office as offices
from db.services.archiving import Submission
from db.services.office import OfficeSession
from db.store.conflict_store import revision_marks

FIELDS = ("mobile_phone", "remarks", "home_address")


def content_of(session: OfficeSession, archive_id: str) -> ArchiveContent:
    """The archive as it stands."""
    return archiving.load_archive(session, archive_id).content


def marks_of(session: OfficeSession, archive_id: str) -> set[tuple[Any, ...]]:
    """What tells its revisions apart."""
    with session.database.reading() as connection:
        return set(revision_marks(connection, archive_id))


def no_revision_twice(session: OfficeSession) -> bool:
    """Whether every revision stands once in its history."""
    statement = text(
        "SELECT count(*) FROM (SELECT 1 FROM archive_revision"
        " GROUP BY archive_id, made_at, device_id, device_counter HAVING count(*) > 1)"
    )
    with session.database.reading() as connection:
        return connection.execute(statement).scalar_one() == 0


@contextmanager
def three_machines(folder: Path) -> Iterator[tuple[OfficeSession, OfficeSession, OfficeSession, Path]]:
    """A township's desk, its laptop, their county, and a stick."""
    with desk_and_laptop(folder) as (desk, laptop, stick):
        county, _ = make_office(folder / "county", "潜山市总工会", "county")
        acquaint(desk, county, folder)
        yield desk, laptop, county, stick
        county.close()


def test_visit_then_submission__the_county_gets_what_both_did(tmp_path: Path) -> None:
    """Submitted, out, edited on both machines, back, chosen, submitted again: the county holds the result, once."""
    with three_machines(tmp_path) as (desk, laptop, county, stick):
        moved, quiet = file_household(desk, 1).id, file_household(desk, 2).id
        carry(desk, county, stick)
        take_along(desk, laptop, stick, [moved, quiet])
        new = file_household(laptop, 3).id
        edit(laptop, moved, mobile_phone="13800000001", remarks="入户")
        attachments.add_attachment(laptop, moved, "房屋.jpg", photo(300, 200), "household_register")
        edit(desk, moved, mobile_phone="13900000002")
        carry(desk, county, stick)
        hand_in(desk, laptop, stick)
        (waiting,) = conflicts.list_conflicts(desk)
        conflicts.settle_conflict(desk, waiting.id, {"mobile_phone": "theirs"}, "本人确认")
        outcome = carry(desk, county, stick)
        assert (outcome.new_count, outcome.changed_count, outcome.set_aside_count) == (1, 1, 0)
        for archive_id in (moved, quiet, new):
            assert content_of(county, archive_id) == content_of(desk, archive_id)
            archive = archiving.load_archive(desk, archive_id)
            assert archiving.archive_submission(desk, archive) is Submission.ACKNOWLEDGED
        assert content_of(county, moved).values["mobile_phone"] == "13800000001"
        assert marks_of(county, moved) == marks_of(desk, moved)
        assert len(attachments.list_attachments(county, moved)) == 1
        assert all(no_revision_twice(session) for session in (desk, laptop, county))


def test_desk_restored_from_a_backup__the_laptop_heals_it(tmp_path: Path) -> None:
    """A desk that forgot what went out and what came back takes everything again, and nothing is doubled."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        out = file_household(desk, 1).id
        record = backups.back_up(desk, tmp_path / "elsewhere")
        take_along(desk, laptop, stick, [out])
        new = file_household(laptop, 2).id
        edit(laptop, out, remarks="入户核实")
        hand_in(desk, laptop, stick)
        desk.close()
        backups.restore_backup(record.path, tmp_path / "desk2", PASSPHRASE)
        restored = offices.open_office(tmp_path / "desk2", PASSPHRASE)
        edit(restored, out, home_address="河东路 8 号")
        summary = visits.check_in(laptop, stick, everything=True)
        outcome = exchange.receive_bundle(restored, summary.path)
        assert (outcome.new_count, outcome.changed_count, outcome.set_aside_count) == (1, 1, 0)
        values = content_of(restored, out).values
        assert (values["remarks"], values["home_address"]) == ("入户核实", "河东路 8 号")
        assert content_of(restored, new) == content_of(laptop, new)
        assert no_revision_twice(restored)
        restored.close()


def test_two_laptops_with_the_same_household__all_three_stand(tmp_path: Path) -> None:
    """Two laptops and the desk edit one household; each comes back in turn."""
    with desk_and_laptop(tmp_path) as (desk, first, stick):
        second = add_laptop(desk, tmp_path, "外出电脑二")
        archive_id = file_household(desk, 1).id
        take_along(desk, first, stick, [archive_id])
        take_along(desk, second, stick, [archive_id], again=True)
        edit(first, archive_id, remarks="第一台")
        edit(second, archive_id, home_address="第二台的地址")
        edit(desk, archive_id, mobile_phone="13900000002")
        assert len(visits.out_of(desk, archive_id)) == 2
        hand_in(desk, first, stick)
        hand_in(desk, second, stick)
        values = content_of(desk, archive_id).values
        assert [values[key] for key in FIELDS] == ["13900000002", "第一台", "第二台的地址"]
        assert not conflicts.list_conflicts(desk) and not visits.out_items(desk)
        assert marks_of(first, archive_id) | marks_of(second, archive_id) <= marks_of(desk, archive_id)
        second.close()


def test_laptop_lost__nobody_waits_for_it_any_more(tmp_path: Path) -> None:
    """What was out on a lost laptop is called off and can go out again; should it turn up, it is still merged."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        archive_id = file_household(desk, 1).id
        take_along(desk, laptop, stick, [archive_id])
        edit(laptop, archive_id, remarks="入户核实")
        assert visits.call_off(desk, laptop.office.laptop_id) == 1
        assert visits.out_items(desk) == []
        second = add_laptop(desk, tmp_path, "外出电脑二")
        take_along(desk, second, stick, [archive_id])
        hand_in(desk, laptop, stick)
        assert content_of(desk, archive_id).values["remarks"] == "入户核实"
        assert [item.laptop_id for item in visits.out_items(desk)] == [second.office.laptop_id]
        second.close()


def test_undone_on_the_laptop__it_is_as_before_taking_along(tmp_path: Path) -> None:
    """Taking along can be undone on the laptop, too."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        archive_id = file_household(desk, 1).id
        out = visits.check_out(desk, laptop.office.laptop_id, [archive_id], visits.WRITE, stick)
        received = exchange.receive_bundle(laptop, out.path)
        undoing.undo_last(laptop, received.bundle_id)
        assert visits.out_items(laptop) == []
        expect_refusal(lambda: archiving.load_archive(laptop, archive_id), "archive_not_found")
        assert exchange.receive_bundle(laptop, out.path).new_count == 1
        before = visits.out_items(laptop)
        again = visits.check_out(desk, laptop.office.laptop_id, [archive_id], visits.READ, stick, again=True)
        received = exchange.receive_bundle(laptop, again.path)
        assert visits.out_items(laptop) != before
        undoing.undo_last(laptop, received.bundle_id)
        assert visits.out_items(laptop) == before


acts = st.lists(
    st.tuples(
        st.sampled_from(("desk", "laptop", "laptop", "bring", "bring unread", "take")),
        st.sampled_from(FIELDS),
        st.booleans(),
    ),
    min_size=3,
    max_size=9,
)


@given(acts)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_work_on_both_machines__nothing_lost_nothing_twice(
    tmp_path: Path, plan: list[tuple[str, str, bool]]
) -> None:
    """Edits and trips in any order: each meeting is a three-way merge, and in the end both machines agree."""
    with desk_and_laptop(tmp_path / new_id()) as (desk, laptop, stick):
        archive_id = file_household(desk, 7).id
        take_along(desk, laptop, stick, [archive_id])
        for number, (act, field, clears) in enumerate(plan):
            if act == "desk":
                edit(desk, archive_id, **{field: "" if clears else f"1380000{number:04d}"})
            elif act == "laptop":
                _edit_if_allowed(laptop, archive_id, field, number)
            elif act == "take":
                take_along(desk, laptop, stick, [archive_id], again=True)
            else:
                _meet(desk, laptop, stick, archive_id, receipt=act == "bring")
        take_along(desk, laptop, stick, [archive_id], again=True)
        _meet(desk, laptop, stick, archive_id)
        take_along(desk, laptop, stick, [archive_id], again=True)
        assert content_of(desk, archive_id) == content_of(laptop, archive_id)
        assert marks_of(desk, archive_id) == marks_of(laptop, archive_id)
        assert no_revision_twice(desk) and no_revision_twice(laptop)
        assert all(item.level != health.ERROR for session in (desk, laptop) for item in health.check_office(session))


def _edit_if_allowed(laptop: OfficeSession, archive_id: str, field: str, number: int) -> None:
    """On the laptop, unless it has handed the archive back."""
    if visits.out_of(laptop, archive_id):
        edit(laptop, archive_id, **{field: f"1390000{number:04d}"})
    else:
        expect_refusal(lambda: edit(laptop, archive_id, **{field: "13900000000"}), "visit_read_only")


def _meet(desk: OfficeSession, laptop: OfficeSession, stick: Path, archive_id: str, *, receipt: bool = True) -> None:
    """Hand in, and compare with what a three-way merge says."""
    mine, theirs, here = content_of(desk, archive_id), content_of(laptop, archive_id), marks_of(desk, archive_id)
    base = next(
        revisions.load_revision(laptop, archive_id, entry.revision)
        for entry, mark in _history(laptop, archive_id)
        if mark in here
    )
    if not visits.out_items(laptop):
        expect_refusal(lambda: visits.check_in(laptop, stick), "visit_nothing_back")
        return
    known = marks_of(laptop, archive_id) <= here
    hand_in(desk, laptop, stick, receipt=receipt)
    assert content_of(desk, archive_id) == (mine if known else merge(base, mine, theirs).content)
    assert marks_of(laptop, archive_id) | here <= marks_of(desk, archive_id)


def _history(session: OfficeSession, archive_id: str) -> list[tuple[revisions.RevisionEntry, tuple[Any, ...]]]:
    """The history with its marks, the newest first."""
    with session.database.reading() as connection:
        numbers = {number: mark for mark, number in revision_marks(connection, archive_id).items()}
    return [(entry, numbers[entry.revision]) for entry in revisions.archive_history(session, archive_id)]


@pytest.mark.parametrize("access", [visits.READ, visits.WRITE])
def test_everything_once_more__same(tmp_path: Path, access: str) -> None:
    """Bringing everything back although nothing changed changes nothing at the desk."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        archive_id = file_household(desk, 1).id
        take_along(desk, laptop, stick, [archive_id], access)
        summary = visits.check_in(laptop, stick, everything=True)
        preview = exchange.inspect_bundle(desk, summary.path)
        assert [item.outcome for item in preview.items] == [Outcome.SAME] * (access == visits.WRITE)
        exchange.receive_bundle(desk, summary.path)
        assert archiving.load_archive(desk, archive_id).revision == 1
