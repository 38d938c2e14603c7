"""An own archive that comes back from elsewhere: both histories stay, both sides' work stands, conflicts wait."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from casework import ON, worksheet
from factories import PASSPHRASE, file_household, make_office, photo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neighbours import as_lines, record_lines

from db.domain.archive_content import ArchiveContent, new_id
from db.domain.three_way import merge
from db.errors import UserError
from db.exchange.bundle_format import Outcome
from db.exchange.bundle_records import IncomingArchive, parse_archive
from db.services import archiving, assessing, attachments, conflicts, health, means, office, reconciling, revisions
from db.services.office import OfficeSession


@contextmanager
def two_machines(folder: Path) -> Iterator[tuple[OfficeSession, OfficeSession, str]]:
    """One office on two machines with the same archive, and its id."""
    desk, _ = make_office(folder / "desk")
    archive_id = file_household(desk, 7).id
    desk.close()
    shutil.copytree(folder / "desk", folder / "laptop")
    desk, laptop = (office.open_office(folder / name, PASSPHRASE) for name in ("desk", "laptop"))
    laptop.device_id = new_id()
    yield desk, laptop, archive_id
    desk.close()
    laptop.close()


def branch_of(session: OfficeSession, archive_id: str) -> IncomingArchive:
    """The archive as another machine would send it."""
    return parse_archive(as_lines(record_lines(session, [archive_id]))[0])


def bring(desk: OfficeSession, laptop: OfficeSession, archive_id: str) -> reconciling.Reconciled:
    """Reconcile the laptop's branch at the desk; the preview has said the same."""
    incoming = branch_of(laptop, archive_id)
    with desk.database.reading() as connection:
        stored = archiving.load_stored(connection, archive_id)
        planned = reconciling.plan_reconciling(connection, stored, incoming)
    with desk.database.writing() as connection:
        stored = archiving.load_stored(connection, archive_id)
        done = reconciling.reconcile(
            connection, desk, stored, incoming, source="laptop", source_name="外出电脑一", bundle_id=new_id()
        )
    assert (planned.outcome, planned.changes, planned.conflicts) == (done.outcome, done.changes, done.conflicts)
    return done


def edit(session: OfficeSession, archive_id: str, **values: Any) -> archiving.Archive:
    """Change some answers; None takes one away."""
    content = archiving.load_archive(session, archive_id).content
    for key, value in values.items():
        content.values[key] = value
    return archiving.save_archive(session, content, archive_id)


def snapshots(session: OfficeSession, archive_id: str) -> list[tuple[str, str, int]]:
    """Mark of each revision of the history."""
    with session.database.reading() as connection:
        from db.store.conflict_store import revision_marks

        return sorted(revision_marks(connection, archive_id))


def test_only_the_other_moved__its_revisions_follow_as_they_are(tmp_path: Path) -> None:
    """Numbers, clerks and times stay; the second time nothing happens."""
    with two_machines(tmp_path) as (desk, laptop, archive_id):
        edit(laptop, archive_id, mobile_phone="13800000001")
        edit(laptop, archive_id, remarks="入户核实")
        done = bring(desk, laptop, archive_id)
        assert (done.outcome, done.revision, done.conflicts) == (Outcome.CHANGED, 3, [])
        assert revisions.archive_history(desk, archive_id) == revisions.archive_history(laptop, archive_id)
        assert archiving.load_archive(desk, archive_id).content == archiving.load_archive(laptop, archive_id).content
        assert bring(desk, laptop, archive_id).outcome is Outcome.SAME


def test_both_moved__both_stand_and_both_histories_stay(tmp_path: Path) -> None:
    """Disjoint edits merge into a revision above both; bringing the same once more changes nothing."""
    with two_machines(tmp_path) as (desk, laptop, archive_id):
        edit(laptop, archive_id, mobile_phone="13800000001")
        edit(laptop, archive_id, home_address="河东路 8 号")
        edit(desk, archive_id, remarks="电话核实")
        done = bring(desk, laptop, archive_id)
        assert (done.outcome, done.conflicts) == (Outcome.MERGED, [])
        values = archiving.load_archive(desk, archive_id).content.values
        assert (values["mobile_phone"], values["remarks"]) == ("13800000001", "电话核实")
        history = revisions.archive_history(desk, archive_id)
        assert [entry.action for entry in history] == ["merge", "branch", "branch", "amend", "create"]
        assert history[0].revision > 3 and history[1].reason.startswith("外出电脑一第 3 版：修改")
        assert set(snapshots(laptop, archive_id)) < set(snapshots(desk, archive_id))
        assert bring(desk, laptop, archive_id).outcome is Outcome.SAME
        assert len(revisions.archive_history(desk, archive_id)) == 5


def test_merged_then_back_again__the_other_machine_goes_on(tmp_path: Path) -> None:
    """After the desk has merged, the laptop takes the merged history as a continuation; both agree."""
    with two_machines(tmp_path) as (desk, laptop, archive_id):
        edit(laptop, archive_id, mobile_phone="13800000001")
        edit(desk, archive_id, remarks="电话核实")
        bring(desk, laptop, archive_id)
        assert bring(laptop, desk, archive_id).outcome is Outcome.CHANGED
        assert archiving.load_archive(desk, archive_id).content == archiving.load_archive(laptop, archive_id).content
        edit(laptop, archive_id, remarks="又改")
        assert bring(desk, laptop, archive_id).outcome is Outcome.CHANGED
        assert archiving.load_archive(desk, archive_id).content.values["remarks"] == "又改"


def test_same_field__ours_stays_until_somebody_chooses(tmp_path: Path) -> None:
    """The conflict waits; choosing the other's answer makes a revision, and the loser stays in history."""
    with two_machines(tmp_path) as (desk, laptop, archive_id):
        edit(laptop, archive_id, mobile_phone="13800000001", home_address="河西路 1 号")
        edit(desk, archive_id, mobile_phone="13900000002", home_address="河西路 2 号")
        assert len(bring(desk, laptop, archive_id).conflicts) == 2
        (waiting,) = conflicts.open_conflicts_of(desk, archive_id)
        assert {row.path for row in waiting.fields} == {"mobile_phone", "home_address"}
        assert archiving.load_archive(desk, archive_id).content.values["mobile_phone"] == "13900000002"
        settled = conflicts.settle_conflict(
            desk, waiting.id, {"mobile_phone": "theirs", "home_address": "mine"}, "打电话问过"
        )
        values = archiving.load_archive(desk, archive_id).content.values
        assert (values["mobile_phone"], values["home_address"]) == ("13800000001", "河西路 2 号")
        assert settled.revision == archiving.load_archive(desk, archive_id).revision
        assert revisions.archive_history(desk, archive_id)[0].action == "settle"
        assert conflicts.list_conflicts(desk) == []
        with pytest.raises(UserError):
            conflicts.settle_conflict(desk, waiting.id, {}, "")


def test_conflict_whose_archive_moved_on__applies_and_says_so(tmp_path: Path) -> None:
    """What was changed after the conflict was found is named; the choice still counts. All ours: no revision."""
    with two_machines(tmp_path) as (desk, laptop, archive_id):
        edit(laptop, archive_id, mobile_phone="13800000001", remarks="甲")
        edit(desk, archive_id, mobile_phone="13900000002", remarks="乙")
        bring(desk, laptop, archive_id)
        edit(desk, archive_id, mobile_phone="13700000003")
        (waiting,) = conflicts.list_conflicts(desk)
        assert waiting.moved == ["mobile_phone"]
        settled = conflicts.settle_conflict(desk, waiting.id, {"mobile_phone": "mine", "remarks": "mine"}, "")
        assert (settled.revision, settled.changed, settled.moved) == (0, [], ["手机号码"])
        assert archiving.load_archive(desk, archive_id).content.values["mobile_phone"] == "13700000003"


@pytest.mark.parametrize(("first", "counts"), [("desk", 100), ("laptop", 200)])
def test_two_worksheets_of_a_year__the_later_counts_the_other_stays(tmp_path: Path, first: str, counts: int) -> None:
    """Both versions are kept, the later one counts meanwhile; the choice puts the other one on top."""
    with two_machines(tmp_path) as (desk, laptop, archive_id):
        archive = archiving.load_archive(desk, archive_id)
        for session, income, is_first in ((laptop, 100, first == "laptop"), (desk, 200, first == "desk")):
            at(session, 9 if is_first else 15)
            means.save_means(session, archive_id, worksheet(session, archive, income))
        at(desk, 17)
        done = bring(desk, laptop, archive_id)
        (conflict,) = done.conflicts
        assert conflict.path == "@means:2019"
        assert ("现用" in conflict.theirs_text) == (counts == 100) == ("现用" not in conflict.mine_text)
        found = means.load_means(desk, archive_id, 2019)
        assert found and found.content.rows["incomes"][0]["amount"] == counts
        versions = means.means_history(desk, archive_id, 2019)
        assert {version.content.rows["incomes"][0]["amount"] for version in versions} == {100, 200}
        (waiting,) = conflicts.open_conflicts_of(desk, archive_id)
        conflicts.settle_conflict(desk, waiting.id, {conflict.path: "theirs"}, "以入户为准")
        current = means.load_means(desk, archive_id, 2019)
        assert current and current.content.rows["incomes"][0]["amount"] == 100
        assert bring(desk, laptop, archive_id).outcome is Outcome.SAME


def test_both_assessed__both_stay_and_that_is_said(tmp_path: Path) -> None:
    """Neither assessment saw the other's household: the clerk is told to look once more."""
    with two_machines(tmp_path) as (desk, laptop, archive_id):
        archive = archiving.load_archive(desk, archive_id)
        for session, income in ((laptop, 100), (desk, 200)):
            means.save_means(session, archive_id, worksheet(session, archive, income))
            assessing.assess_and_store(session, archive_id, ON)
        done = bring(desk, laptop, archive_id)
        assert [note for note in done.notes if "认定" in note]
        assert len(assessing.list_assessments(desk, archive_id)) == 2
        assert bring(desk, laptop, archive_id).outcome is Outcome.SAME


def at(session: OfficeSession, hour: int) -> None:
    """Set the machine's clock."""
    session.clock = lambda: datetime(2026, 5, 20, hour, tzinfo=timezone(timedelta(hours=8)))


def test_papers__removed_is_removed_and_told(tmp_path: Path) -> None:
    """A paper one side removed and the other described anew is removed; a note only the other corrected is taken."""
    with two_machines(tmp_path) as (desk, laptop, archive_id):
        paper = attachments.add_attachment(desk, archive_id, "户口.jpg", photo(), "household_register")
        other = attachments.add_attachment(desk, archive_id, "诊断.jpg", photo(300, 200), "household_register")
        shutil.copytree(desk.folder / "attachments", laptop.folder / "attachments", dirs_exist_ok=True)
        with laptop.database.writing() as connection:
            incoming = branch_of(desk, archive_id)
            stored = archiving.load_stored(connection, archive_id)
            reconciling.reconcile(connection, laptop, stored, incoming, source="laptop", source_name="办公室")
            _copy_papers(desk, connection)
        attachments.update_attachment(laptop, paper.id, document_type="household_register", note="第一页")
        attachments.update_attachment(laptop, other.id, document_type="household_register", note="2025 年")
        attachments.remove_attachment(desk, paper.id)
        done = bring(desk, laptop, archive_id)
        assert done.outcome is Outcome.MERGED and len(done.notes) == 1 and "户口.jpg" in done.notes[0]
        (left,) = attachments.list_attachments(desk, archive_id)
        assert (left.id, left.note) == (other.id, "2025 年")


def _copy_papers(source: OfficeSession, connection: Any) -> None:
    from sqlalchemy import insert, text

    from db.store.bundle_store import ATTACHMENT

    with source.database.reading() as reading:
        rows = [dict(row) for row in reading.execute(text("SELECT * FROM attachment")).mappings()]
    connection.execute(insert(ATTACHMENT), rows)


def test_foreign_archive__is_not_reconciled(tmp_path: Path) -> None:
    """Nobody but its owner merges an archive."""
    with two_machines(tmp_path) as (desk, laptop, archive_id), desk.database.writing() as connection:
        stored = archiving.load_stored(connection, archive_id)
        stored.office_id = new_id()
        with pytest.raises(UserError):
            reconciling.reconcile(
                connection, desk, stored, branch_of(laptop, archive_id), source="laptop", source_name="外出电脑"
            )


KEYS = ("mobile_phone", "remarks", "home_address")
steps = st.lists(
    st.tuples(
        st.sampled_from(("desk", "laptop", "bring", "take")), st.sampled_from(KEYS), st.sampled_from(("13800000001", ""))
    ),
    min_size=2,
    max_size=8,
)


@given(steps)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_edits_and_meetings__end_in_agreement(tmp_path: Path, plan: list[tuple[str, str, str]]) -> None:
    """However edits and meetings interleave: a merge is the three-way merge, both histories are complete, both agree."""
    with two_machines(tmp_path / new_id()) as (desk, laptop, archive_id):
        for number, (where, key, value) in enumerate(plan):
            if where in {"bring", "take"}:
                _meet(*((desk, laptop) if where == "bring" else (laptop, desk)), archive_id)
            else:
                session = desk if where == "desk" else laptop
                edit(session, archive_id, **{key: value and f"{value[:-1]}{number}"})
        _meet(desk, laptop, archive_id)
        _meet(laptop, desk, archive_id)
        assert _content(desk, archive_id) == _content(laptop, archive_id)
        assert snapshots(desk, archive_id) == snapshots(laptop, archive_id)
        assert all(finding.level != health.ERROR for finding in health.check_office(desk))


def _content(session: OfficeSession, archive_id: str) -> ArchiveContent:
    return archiving.load_archive(session, archive_id).content


def _meet(here: OfficeSession, there: OfficeSession, archive_id: str) -> None:
    mine, theirs = _content(here, archive_id), _content(there, archive_id)
    seen = set(snapshots(here, archive_id))
    common = [entry for entry in branch_of(there, archive_id).revisions if _mark(entry) in seen]
    done = bring(here, there, archive_id)
    base = ArchiveContent.from_json(common[-1]["snapshot"])
    expected = mine if done.outcome is Outcome.SAME else merge(base, mine, theirs).content
    assert _content(here, archive_id) == expected
    assert seen | set(snapshots(there, archive_id)) <= set(snapshots(here, archive_id))


def _mark(row: dict[str, Any]) -> tuple[str, str, int]:
    return row["made_at"], row["device_id"], row["device_counter"]
