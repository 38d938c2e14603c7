"""Whatever order bundles come in, however often, whichever get lost: one full bundle later the county stands the same."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from agreement import applied_twice, rows_of
from factories import PASSPHRASE
from hypothesis import given, settings
from hypothesis import strategies as st
from round_trip import District, district

from db.errors import NuandangError
from db.services import exchange, office
from db.services.office import OfficeSession

REFUSALS = {"bundle_repeated", "bundle_older"}
TOWNS, BUNDLES = 3, 4
_STATE = {
    "archive": "SELECT * FROM archive ORDER BY id",
    "archive_revision": "SELECT * FROM archive_revision ORDER BY archive_id, revision",
    "household_member": "SELECT * FROM household_member ORDER BY archive_id, id",
    "attachment": "SELECT * FROM attachment ORDER BY id",
    "person_entry": "SELECT * FROM person_entry ORDER BY archive_id, member_id",
    "review": "SELECT * FROM review ORDER BY id",
}
_CHANCE = {"seq", "stored_name"}
"""Columns that count arrivals or are drawn at random: they may differ."""


@dataclass(frozen=True)
class Post:
    """Bundles of some townships in the order they were written, one full bundle each at the end, and the empty county."""

    folder: Path
    county: Path
    bundles: list[list[Path]]
    full: list[Path]

    def open_county(self, name: str) -> OfficeSession:
        """A county nothing has come to yet."""
        return office.open_office(Path(shutil.copytree(self.county, self.folder / name)), PASSPHRASE)


def _write_post(world: District) -> Post:
    """Each township files and edits between its bundles; nothing is delivered while they do."""
    bundles: list[list[Path]] = []
    for town in world.towns:
        for _ in range(BUNDLES):
            world.work(town, filed=1, edited=2)
            world.export(town)
        bundles.append(list(town.sent))
    full = [world.keep(exchange.export_bundle(town.session, town.own_ids, town.stick, full=True).path) for town in world.towns]
    return Post(world.folder, world.county.session.folder, bundles, full)


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """The bundles, written once."""
    with district(tmp_path_factory.mktemp("post"), seed=7, towns=TOWNS) as world:
        written = _write_post(world)
        world.county.session.close()
        yield written


def _state(session: OfficeSession) -> dict[str, list[dict[str, object]]]:
    return {
        name: [{key: value for key, value in row.items() if key not in _CHANCE} for row in rows_of(session, statement)]
        for name, statement in _STATE.items()
    }


def _deliver(session: OfficeSession, path: Path, back: Path) -> None:
    try:
        exchange.receive_bundle(session, path, receipt_folder=back)
    except NuandangError as refusal:
        assert refusal.code in REFUSALS, refusal


@pytest.fixture(scope="module")
def expected(post: Post) -> dict[str, list[dict[str, object]]]:
    """The county after everything has come once and in order."""
    back = post.folder / "back"
    back.mkdir()
    county = post.open_county("in order")
    for paths, full in zip(post.bundles, post.full, strict=True):
        for path in (*paths, full):
            exchange.receive_bundle(county, path, receipt_folder=back)
    state = _state(county)
    county.close()
    assert len(state["archive"]) == TOWNS * BUNDLES
    return state


deliveries = st.lists(st.tuples(st.integers(0, TOWNS - 1), st.integers(0, BUNDLES - 1)), max_size=9)
"""Any bundle of any township, any number of times, in any order; those not drawn are lost."""


@settings(max_examples=12)
@given(drawn=deliveries, last=st.permutations(range(TOWNS)))
def test_any_order_repeat_and_loss__healed_by_a_full_bundle(
    post: Post, expected: dict[str, list[dict[str, object]]], drawn: list[tuple[int, int]], last: list[int]
) -> None:
    """Order, repeats and losses leave no trace once each township has sent everything."""
    county = post.open_county(f"county {len(list(post.folder.iterdir()))}")
    back = post.folder / "back"
    revisions: dict[str, int] = {}
    for town, number in drawn:
        _deliver(county, post.bundles[town][number], back)
        held = {str(row["id"]): row["revision"] for row in rows_of(county, "SELECT id, revision FROM archive")}
        assert all(held[key] >= revision for key, revision in revisions.items()), "an archive went back"
        revisions = held
    for town in last:
        _deliver(county, post.full[town], back)
    state = _state(county)
    twice = applied_twice(county)
    county.close()
    shutil.rmtree(county.folder)
    assert twice == []
    for name, rows in expected.items():
        assert state[name] == rows, name
