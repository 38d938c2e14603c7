"""Killed with SIGKILL at 200 moments of export, reception and undo: wholly done or wholly not, and the office is sound.

Each moment is a process forked from this one, which has everything loaded, at work on a copy of small offices. Half of
the moments are counted – just before or after the n-th call that writes, renames, syncs, deletes or speaks to the
database –, half are timed, so that also the inside of such a call is hit.
"""

import os
import random
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from factories import PASSPHRASE, file_household, photo
from neighbours import dump, town_and_county
from sqlalchemy import text

from db.services import archiving, attachments, exchange, health, undoing
from db.services import office as offices
from db.services.office import OfficeSession

COUNTED, TIMED = 34, 34
"""Moments of each sort for each of the three operations."""
CALLS = frozenset(
    {"execute", "executemany", "commit", "rollback", "backup", "write", "flush", "close", "open", "rename", "replace",
     "fsync", "sync", "unlink", "remove", "mkdir", "rmdir", "link", "copyfile"}
)  # fmt: skip
RECORDS = ("bundle", "bundle_item", "journal", "backup", "undo_step", "office_setting")
Operation = Callable[[Path], None]


def opened(folder: Path) -> OfficeSession:
    """The office in *folder*."""
    return offices.open_office(folder, PASSPHRASE)


def export(place: Path) -> None:
    """The township writes its second bundle."""
    exchange.export_bundle(opened(place / "town"), None, place / "stick")


def receive(place: Path) -> None:
    """The county receives it."""
    exchange.receive_bundle(opened(place / "county"), second_bundle(place))


def undo(place: Path) -> None:
    """The county takes it back."""
    session = opened(place / "county")
    offer = undoing.undoable(session)
    assert offer
    undoing.undo_last(session, offer.bundle_id)


def second_bundle(place: Path) -> Path:
    """The file of the second bundle."""
    (found,) = (place / "stick").glob("*镇总工会-第2包-*.nuandang")
    return found


# -- the scene ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scenes:
    """Folders with township, county and stick as they are before each operation, and what the county held first."""

    folders: dict[Operation, Path]
    county_before: dict[str, Any]


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Scenes:
    """A first bundle is in the county; the second changes, adds, removes and brings papers."""
    root = tmp_path_factory.mktemp("killed")
    base = root / "export"
    base.mkdir()
    with town_and_county(base) as (town, county, stick):
        filed = [file_household(town, seed) for seed in (1, 2, 3)]
        attachments.add_attachment(town, filed[0].id, "诊断书.jpg", photo(300, 200), "diagnosis")
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        content = archiving.load_archive(town, filed[1].id).content.copy()
        content.values["mobile_phone"] = "13900001111"
        del content.members[0]
        archiving.save_archive(town, content, filed[1].id)
        added = file_household(town, 4)
        attachments.add_attachment(town, added.id, "户口本.jpg", photo(200, 300), "household_register")
        before = holdings(county)
    for name, operation in (("receive", export), ("undo", receive)):
        shutil.copytree(root / {"receive": "export", "undo": "receive"}[name], root / name)
        operation(root / name)
    return Scenes({export: base, receive: root / "receive", undo: root / "undo"}, before)


def holdings(session: OfficeSession) -> dict[str, Any]:
    """What the office holds, without records of what was done and without the random names of files."""
    found = {name: rows for name, rows in dump(session).items() if name not in RECORDS}
    with session.database.reading() as connection:
        rows = connection.execute(text("SELECT stored_name, removed_at FROM attachment")).all()
    for name, _ in rows:
        found["attachment"] = [row.replace(name, "") for row in found["attachment"]]
    kept = {name for name, removed_at in rows if removed_at is None}
    assert kept <= set(found["files"]) <= {name for name, _ in rows}
    return {**found, "files": sorted(found["files"].values())}


# -- killing -----------------------------------------------------------------------------------------------------


class Countdown:
    """Kills this process at the n-th event of a watched call, before or after it."""

    def __init__(self, moment: int) -> None:
        self.seen, self._moment = 0, moment

    def __call__(self, _frame: FrameType, event: str, called: Any) -> None:
        """An event of the profiler."""
        if event in {"c_call", "c_return"} and called.__name__ in CALLS:
            self.seen += 1
            if self.seen == self._moment:
                os.kill(os.getpid(), signal.SIGKILL)


def in_a_process(work: Callable[[], int]) -> int:
    """Start *work* in a forked process; its id."""
    child = os.fork()
    if child:
        return child
    status = 70
    try:
        sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - ends with the process
        status = work()
    finally:
        os._exit(status)


def counted_run(operation: Operation, place: Path, moment: int) -> int:
    """Run *operation* under a countdown in a process of its own; how it ended."""

    def work() -> int:
        countdown = Countdown(moment)
        threading.setprofile(countdown)
        sys.setprofile(countdown)
        operation(place)
        sys.setprofile(None)
        (place / "events").write_text(str(countdown.seen))
        return 0

    return os.waitpid(in_a_process(work), 0)[1]


def timed_run(operation: Operation, place: Path, seconds: float) -> int:
    """Run *operation* in a process of its own and kill it after so many seconds; how it ended."""

    def work() -> int:
        operation(place)
        return 0

    child = in_a_process(work)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def moments(operation: Operation, scene: Path, place: Path) -> list[Callable[[Path], int]]:
    """The chosen moments of an operation, by its number of events and its length."""
    shutil.copytree(scene, place / "count")
    assert counted_run(operation, place / "count", 0) == 0
    events = int((place / "count" / "events").read_text())
    shutil.copytree(scene, place / "time")
    start = time.perf_counter()
    assert os.waitpid(in_a_process(lambda: operation(place / "time") or 0), 0)[1] == 0
    length = time.perf_counter() - start
    chance = random.Random(20261121)
    counted = [1, events, *(chance.randint(1, events) for _ in range(COUNTED - 2))]  # both ends whatever the machine does
    timed = [chance.uniform(0, length * 1.05) for _ in range(TIMED)]
    return [
        *(lambda folder, at=at: counted_run(operation, folder, at) for at in counted),
        *(lambda folder, at=at: timed_run(operation, folder, at) for at in timed),
    ]


# -- what must hold ----------------------------------------------------------------------------------------------


def expect_sound(session: OfficeSession) -> None:
    """The check-up finds nothing wrong, and nothing is left over after the clean-up at sign-in."""
    exchange.clear_leftovers(session)
    errors = [finding.title for finding in health.check_office(session) if finding.level == health.ERROR]
    assert errors == []
    assert not [path for path in (session.folder / "attachments").iterdir() if path.name.startswith(".")]


def expect_exported_or_not(place: Path, _before: dict[str, Any]) -> bool:
    """On record means whole on the stick; a file without a record is whole, too, and its number is never used again."""
    town, county = opened(place / "town"), opened(place / "county")
    expect_sound(town)
    sent = [record for record in exchange.list_bundles(town) if record.direction == "sent" and record.sequence == 2]
    files = list((place / "stick").glob("*镇总工会-第2包-*.nuandang"))
    assert len(files) == 1 if sent else len(files) <= 1
    assert (exchange.unsubmitted_ids(town) == []) == bool(sent)
    for file in files:
        assert exchange.inspect_bundle(county, file).archive_count == 2
    if not sent:
        again = exchange.export_bundle(town, None, place / "stick")
        assert again.sequence == 3 if files else again.sequence in {2, 3}
        exchange.receive_bundle(county, again.path)
    assert [path.name for path in (place / "stick").iterdir() if path.suffix == ".part"] == []
    town.close()
    county.close()
    return bool(sent)


def expect_received_or_not(place: Path, before: dict[str, Any]) -> bool:
    """Either nothing came, or everything did – and undoing it leads back to exactly what was."""
    county = opened(place / "county")
    expect_sound(county)
    done = archiving.count_archives(county, archiving.ArchiveQuery()) == 4
    if not done:
        assert holdings(county) == before
        exchange.receive_bundle(county, second_bundle(place))
    offer = undoing.undoable(county)
    assert offer and (offer.sequence, offer.new_count, offer.changed_count, offer.obstacle) == (2, 1, 1, "")
    for item in offer.items:
        for paper in attachments.list_attachments(county, item.archive_id):
            assert attachments.read_attachment(county, paper.id)
    undoing.undo_last(county, offer.bundle_id)
    assert holdings(county) == before
    county.close()
    return done


def expect_undone_or_not(place: Path, before: dict[str, Any]) -> bool:
    """Either it is all there still, or all gone; then the same file is received again."""
    county = opened(place / "county")
    expect_sound(county)
    offer = undoing.undoable(county)
    if offer:
        assert archiving.count_archives(county, archiving.ArchiveQuery()) == 4
        undoing.undo_last(county, offer.bundle_id)
    assert holdings(county) == before
    if not offer:
        assert exchange.receive_bundle(county, second_bundle(place)).new_count == 1
    county.close()
    return offer is None


@pytest.mark.parametrize(
    ("operation", "expect"),
    [(export, expect_exported_or_not), (receive, expect_received_or_not), (undo, expect_undone_or_not)],
)
def test_killed__at_any_moment__wholly_done_or_wholly_not(
    scenes: Scenes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    operation: Operation,
    expect: Callable[[Path, dict[str, Any]], bool],
) -> None:
    """Both ends occur among the moments, and after each the office can go on as if nothing had been."""
    # what the system has taken over survives SIGKILL: waiting for the disk hundreds of times would prove nothing more
    monkeypatch.setattr(os, "sync", lambda: None)
    monkeypatch.setattr(os, "fsync", lambda _handle: None)
    scene = scenes.folders[operation]
    killed, done = 0, 0
    for number, run in enumerate(moments(operation, scene, tmp_path)):
        place = tmp_path / str(number)
        shutil.copytree(scene, place)
        killed += run(place) == signal.SIGKILL
        done += expect(place, scenes.county_before)
        shutil.rmtree(place)
    # a counted moment is hit wherever it lies; a timed one may come too late on a machine that has just become idle
    assert killed >= COUNTED
    assert 0 < done < COUNTED + TIMED
