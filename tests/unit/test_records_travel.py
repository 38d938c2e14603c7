"""Records and registers between desk, laptop and county: any order of work, any liar, any lost stick."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from factories import file_household, make_office
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from laptops import desk_and_laptop, hand_in, take_along
from neighbours import acquaint, as_lines, carry, expect_refusal, forge, record_lines, town_and_county, unchanged
from sqlalchemy import text

from db.domain.archive_content import new_id
from db.domain.records.record_form import RecordContent, RecordKind
from db.exchange.bundle_format import Outcome
from db.exchange.bundle_register import entry_lines
from db.services import answering, archiving, exchange, health, merging, records
from db.services.office import OfficeSession
from db.store import record_store

Row = dict[str, Any]
CALL = {"method": "call", "purpose": "contact", "visited_on": "2026-05-20", "visitors": "张三"}
CADRE = {"name": "李四", "unit": "镇总工会", "phone": "0556-1234567", "is_leader": False}


def call(**values: Any) -> RecordContent:
    """A call of an invented cadre."""
    return RecordContent({**CALL, **values})


def versions(session: OfficeSession, archive_ids: list[str]) -> dict[str, tuple[Any, ...]]:
    """Every version of every record of these archives: what it says and whether it counts."""
    with session.database.reading() as connection:
        rows = [row for archive_id in archive_ids for row in record_store.all_versions_of(connection, archive_id)]
        assert record_store.wrongly_marked(connection) == []
    return {
        row["id"]: (row["record_id"], row["archive_id"], json.dumps(row["content"]), row["is_removed"], row["is_current"])
        for row in rows
    }


# -- any order of work --------------------------------------------------------------------------------------------


@dataclass
class Machines:
    """A desk and its laptop at work on the same two households, and who has written what."""

    desk: OfficeSession
    laptop: OfficeSession
    ids: list[str]
    written: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """By record: machine and version, in the order of the work."""
    merge_id: str = ""

    def work(self, machine: str, act: str, archive: int, pick: int) -> None:
        """One thing a clerk does; nothing where there is nothing to change."""
        session: OfficeSession = getattr(self, machine)
        archive_id = self.ids[archive]
        if self.merge_id and archive_id == self.ids[1]:
            return
        here = records.list_records(session, archive_id)
        if act == "new" or not here:
            made = records.save_record(session, archive_id, RecordKind.HOME_VISIT, call(needs=f"{machine} {pick}"))
            self.written[made.record_id] = [(machine, made.id)]
            return
        chosen = here[pick % len(here)]
        if act == "remove":
            records.remove_record(session, chosen.record_id, "记错了")
        else:
            words = f"{machine} {len(self.written[chosen.record_id])} {pick}"
            records.save_record(session, archive_id, RecordKind.HOME_VISIT, call(needs=words), chosen.record_id)
        (current,) = (row for row in records.record_versions(session, chosen.record_id)[-1:])
        self.written[chosen.record_id].append((machine, current.id))

    def merge_or_part(self) -> None:
        """The two turn out to be one family, or not."""
        if self.merge_id:
            merging.undo_merge(self.desk, self.merge_id, "不是同一户")
            self.merge_id = ""
        else:
            self.merge_id = merging.merge(self.desk, *self.ids, reason="同一户").id

    def check(self, *others: OfficeSession) -> None:
        """All hold the same, nothing is lost, and where only one machine wrote, its last version counts."""
        held = versions(self.desk, self.ids)
        for other in others:
            assert versions(other, self.ids) == held
        assert {version for lines in self.written.values() for _, version in lines} == set(held)
        counting = {row[0]: version for version, row in held.items() if row[-1]}
        assert set(counting) == set(self.written)
        for record_id, lines in self.written.items():
            if len({machine for machine, _ in lines}) == 1:
                assert counting[record_id] == lines[-1][1]


ACTS = st.tuples(
    st.sampled_from(["desk", "laptop"]),
    st.sampled_from(["new", "change", "change", "remove"]),
    st.integers(0, 1),
    st.integers(0, 5),
)
ROUND = st.tuples(st.lists(ACTS, min_size=2, max_size=7), st.booleans(), st.booleans())


@settings(max_examples=6, phases=[Phase.generate])  # an example takes a second: nobody waits for a smaller one
@given(rounds=st.lists(ROUND, min_size=1, max_size=3))
def test_any_order__same_records_everywhere(rounds: list[tuple[list[tuple[str, str, int, int]], bool, bool]]) -> None:
    """Saves, changes and removals on desk and laptop at once, merges between: desk, laptop and county agree in the end."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        desk, laptop, stick = stack.enter_context(desk_and_laptop(folder))
        county, _ = make_office(folder / "county", "潜山市总工会", "county")
        stack.callback(county.close)
        acquaint(desk, county, folder)
        machines = Machines(desk, laptop, [file_household(desk, seed).id for seed in (1, 2)])
        for work, goes_up, merges in rounds:
            open_ids = machines.ids[:1] if machines.merge_id else machines.ids
            take_along(desk, laptop, stick, open_ids)
            for act in work:
                machines.work(*act)
            if goes_up:
                carry(desk, county, stick)
            hand_in(desk, laptop, stick)
            if merges:
                machines.merge_or_part()
        if machines.merge_id:
            machines.merge_or_part()
        carry(desk, county, stick)
        take_along(desk, laptop, stick, machines.ids)
        machines.check(laptop, county)


# -- liars --------------------------------------------------------------------------------------------------------


def _entry_of_another_office(entry: Row, county: OfficeSession) -> None:
    entry["office_id"] = county.office.id


BROKEN_RECORDS: dict[str, Row] = {
    "an entry among the records": {"kind": "cadre"},
    "no content": {"content": []},
    "rows that are none": {"content": {"values": {}, "rows": {"incomes": [1]}, "edition": "1"}},
    "a number that is none": {"content": {"values": {"needs": 1.5}, "rows": {}, "edition": "1"}},
    "a text too long": {"content": {"values": {"needs": "字" * 200_000}, "rows": {}, "edition": "1"}},
    "of a version that is not there": {"archive_revision": 9},
    "no moment": {"made_at": "yesterday"},
    "no id": {"record_id": "1"},
    "no yes or no": {"is_removed": "yes"},
}


@pytest.mark.parametrize("change", BROKEN_RECORDS.values(), ids=BROKEN_RECORDS.keys())
def test_broken_record__refused_whole(tmp_path: Path, change: Row) -> None:
    """A record no program writes is refused with its bundle, and nothing changes."""
    with town_and_county(tmp_path) as (town, county, stick):
        archive = file_household(town, 1)
        records.save_record(town, archive.id, RecordKind.HOME_VISIT, call())
        lines = record_lines(town, [archive.id])
        lines[0]["records"][0] |= change
        path = forge(town, county, stick, as_lines(lines))
        with unchanged(county):
            expect_refusal(lambda: exchange.inspect_bundle(county, path), "bundle_damaged")
            expect_refusal(lambda: exchange.receive_bundle(county, path), "bundle_damaged")


NEWER: dict[str, Row] = {
    "a kind of tomorrow": {"kind": "dream"},
    "a field of tomorrow": {"content": {"values": {**CALL, "mood": "good"}, "rows": {}, "edition": "9"}},
    "a row of tomorrow": {"content": {"values": CALL, "rows": {"dreams": []}, "edition": "9"}},
}


@pytest.mark.parametrize("change", NEWER.values(), ids=NEWER.keys())
def test_newer_record__archive_set_aside(tmp_path: Path, change: Row) -> None:
    """What a newer program may have written is not half taken: the archive waits, its neighbour is received."""
    with town_and_county(tmp_path) as (town, county, stick):
        first, second = file_household(town, 1), file_household(town, 2)
        records.save_record(town, first.id, RecordKind.HOME_VISIT, call())
        lines = record_lines(town, [first.id, second.id])
        lines[0]["records"][0] |= change
        path = forge(town, county, stick, as_lines(lines))
        waiting, _ = exchange.inspect_bundle(county, path).items
        assert (waiting.outcome, "更新的暖档" in waiting.reason) == (Outcome.REFUSED, True), waiting
        outcome = exchange.receive_bundle(county, path)
        assert (outcome.new_count, outcome.set_aside_count) == (1, 1)
        assert archiving.archive_ids(county, archiving.ArchiveQuery()) == [second.id]


def test_record_of_another_household__stays_where_it_is(tmp_path: Path) -> None:
    """A bundle that moves a record to another archive, or gives a new version to one of another's, changes neither."""
    with town_and_county(tmp_path) as (town, county, stick):
        first, second = file_household(town, 1), file_household(town, 2)
        made = records.save_record(town, first.id, RecordKind.HOME_VISIT, call())
        records.save_record(town, second.id, RecordKind.HOME_VISIT, call(needs="另一户"))
        carry(town, county, stick)
        lines = record_lines(town, [second.id])
        lines[0]["records"][0] |= {"id": new_id(), "record_id": made.record_id, "content": call(needs="冒名").to_json()}
        before = versions(county, [first.id, second.id])
        exchange.receive_bundle(county, forge(town, county, stick, as_lines(lines), sequence=2))
        assert versions(county, [first.id, second.id]) == before


def entries_out(session: OfficeSession) -> list[Row]:
    """The entries an office sends, ready to be tampered with."""
    with session.database.reading() as connection:
        rows = record_store.office_records_out(connection, [session.office.id])
    return [json.loads(line) for line in entry_lines(rows)]


BROKEN_ENTRIES: dict[str, Callable[[Row, OfficeSession], None]] = {
    "of another office": _entry_of_another_office,
    "a record among the entries": lambda entry, _county: entry.update(kind="home_visit"),
    "a version before the first": lambda entry, _county: entry.update(version=0),
    "no content": lambda entry, _county: entry.update(content=None),
    "no office": lambda entry, _county: entry.update(office_id="梅城镇"),
}


@pytest.mark.parametrize("tamper", BROKEN_ENTRIES.values(), ids=BROKEN_ENTRIES.keys())
def test_broken_entry__refused_whole(tmp_path: Path, tamper: Callable[[Row, OfficeSession], None]) -> None:
    """Nobody brings entries of others, and what is no entry is no bundle."""
    with town_and_county(tmp_path) as (town, county, stick):
        records.save_entry(town, RecordKind.CADRE, RecordContent({**CADRE}))
        lines = entries_out(town)
        tamper(lines[0]["entry"], county)
        archive = file_household(town, 1)
        path = forge(town, county, stick, as_lines([*record_lines(town, [archive.id]), *lines]))
        with unchanged(county):
            expect_refusal(lambda: exchange.receive_bundle(county, path), "bundle_damaged")


def test_entry_of_a_newer_program__left_for_it(tmp_path: Path) -> None:
    """An entry of a kind nobody here knows is passed over; the rest of the bundle is received."""
    with town_and_county(tmp_path) as (town, county, stick):
        records.save_entry(town, RecordKind.CADRE, RecordContent({**CADRE}))
        lines = entries_out(town)
        lines.append({"entry": {**lines[0]["entry"], "id": new_id(), "record_id": new_id(), "kind": "dream"}})
        archive = file_household(town, 1)
        path = forge(town, county, stick, as_lines([*record_lines(town, [archive.id]), *lines]))
        assert exchange.receive_bundle(county, path).new_count == 1
        assert [item.content.text("name") for item in records.list_entries(county, RecordKind.CADRE, "")] == ["李四"]


# -- lost registers -----------------------------------------------------------------------------------------------


def test_lost_register__comes_back_with_the_next_answer(tmp_path: Path) -> None:
    """A township whose register went with its disk gets it from the county, removed entries as removed."""
    with town_and_county(tmp_path) as (town, county, stick):
        file_household(town, 1)
        kept = records.save_entry(town, RecordKind.CADRE, RecordContent({**CADRE}))
        kept = records.save_entry(town, RecordKind.CADRE, RecordContent({**CADRE, "post": "副主席"}), kept.record_id)
        gone = records.save_entry(town, RecordKind.CADRE, RecordContent({**CADRE, "name": "王五"}))
        records.remove_entry(town, gone.record_id)
        records.save_entry(county, RecordKind.CADRE, RecordContent({**CADRE, "name": "县里的"}))
        carry(town, county, stick)
        with town.database.writing() as connection:
            connection.execute(text("DELETE FROM office_record"))
        assert records.list_entries(town, RecordKind.CADRE) == []
        answer = answering.write_answer(county, town.office.id, stick)
        exchange.receive_bundle(town, answer.path)
        assert [(item.id, item.content.text("post")) for item in records.list_entries(town, RecordKind.CADRE, "")] == [
            (kept.id, "副主席")
        ]
        file_household(town, 2)
        again = records.save_entry(town, RecordKind.CADRE, RecordContent({**CADRE, "post": "主席"}), kept.record_id)
        carry(town, county, stick)
        (there,) = records.list_entries(county, RecordKind.CADRE, town.office.id)
        assert there.id == again.id
        assert not [item.title for item in health.check_office(town) if item.level == health.ERROR]
