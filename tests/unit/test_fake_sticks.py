"""Sticks that lie or crawl: a false capacity is found by reading back, a slow one is paced and can be left any time."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import file_household
from neighbours import expect_refusal, town_and_county, unchanged
from PIL import Image

from db.errors import Cancelled
from db.exchange import read_back, volume_writer
from db.services import archiving, attachments, exchange
from db.services.office import OfficeSession

Trio = tuple[OfficeSession, OfficeSession, Path]


@pytest.fixture(scope="module")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    """A township with about 700 KB to send, its county, a stick."""
    with town_and_county(tmp_path_factory.mktemp("fake")) as made:
        archive = file_household(made[0], 1)
        for number in range(3):
            noise = made[2] / "noise.png"
            Image.effect_noise((480, 480), 90).save(noise)
            attachments.add_attachment(made[0], archive.id, f"照片{number}.png", noise.read_bytes(), "other")
            noise.unlink()
        yield made


class FakeStick:
    """A device that says it is large and holds *capacity* bytes: what comes after them wraps around, or vanishes.

    It stands between the files and what is read back: as soon as everything was written, what it really holds is put in
    the place of what it was given.
    """

    def __init__(self, patch: pytest.MonkeyPatch, capacity: int, *, wraps: bool) -> None:
        self._capacity, self._wraps = capacity, wraps
        self._files: list[Path] = []
        real = volume_writer._File.end_payload

        def end_payload(file: volume_writer._File) -> None:
            real(file)
            self._files.append(file.path)
            self._lie()

        patch.setattr(volume_writer._File, "end_payload", end_payload)

    def _lie(self) -> None:
        contents = [path.read_bytes() for path in self._files]
        given = b"".join(contents)
        over = given[self._capacity :]
        if not over:
            return
        held = bytearray(given[: self._capacity])
        for start in range(0, len(over), self._capacity) if self._wraps else []:
            piece = over[start : start + self._capacity]
            held[: len(piece)] = piece
        back = bytes(held) * (len(given) // self._capacity + 1) if self._wraps else bytes(held) + bytes(len(over))
        place = 0
        for path, content in zip(self._files, contents, strict=True):
            with path.open("r+b") as file:
                file.write(back[place : place + len(content)])
            place += len(content)


def all_ids(session: OfficeSession) -> list[str]:
    return archiving.archive_ids(session, archiving.ArchiveQuery())


@pytest.mark.parametrize("wraps", [True, False])
@pytest.mark.parametrize("capacity", [1_000, 65_536, 200_000, 400_000, 650_000])
@pytest.mark.parametrize("largest", [1 << 32, 300_000])
def test_false_capacity__is_found__whatever_it_does_with_the_rest(
    trio: Trio, monkeypatch: pytest.MonkeyPatch, capacity: int, wraps: bool, largest: int
) -> None:
    """Wrapping around or vanishing, in one file or in volumes: refused with the word for it, nothing is left."""
    town, _, stick = trio
    monkeypatch.setattr(volume_writer, "LARGEST_FILE", largest)
    FakeStick(monkeypatch, capacity, wraps=wraps)
    with unchanged(town):
        fault = expect_refusal(lambda: exchange.export_bundle(town, all_ids(town), stick), "write_not_verified")
    assert "虚标" in fault.text() and "换一个 U 盘" in fault.text() and "没有留下文件" in fault.text()
    assert list(stick.iterdir()) == []


def test_true_capacity__just_enough__is_taken(trio: Trio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A stick that holds everything is not suspected."""
    FakeStick(monkeypatch, 1 << 24, wraps=True)
    summary = exchange.export_bundle(trio[0], all_ids(trio[0]), tmp_path)
    assert exchange.inspect_bundle(trio[1], summary.path).new_count == 1


# -- pace --------------------------------------------------------------------------------------------------------


class SlowDevice:
    """A device of so many bytes a second, on a clock of its own; what is written waits in memory until it is flushed."""

    def __init__(self, patch: pytest.MonkeyPatch, per_second: int) -> None:
        self.now, self._per_second, self.waiting, self.waits = 0.0, per_second, 0, list[float]()
        patch.setattr(read_back.time, "monotonic", lambda: self.now)
        patch.setattr(read_back, "flush_handle", self._flush)

    def _flush(self, handle: int) -> None:
        took = self.waiting / self._per_second
        self.now, self.waiting = self.now + took, 0
        self.waits.append(took)


@pytest.mark.parametrize(("per_second", "longest"), [(200_000, 45.0), (2 << 20, 5.0), (20 << 20, 1.1), (500 << 20, 0.6)])
def test_pace__waits_about_a_second_at_a_time(monkeypatch: pytest.MonkeyPatch, per_second: int, longest: float) -> None:
    """After the first step every wait is short, on a crawling stick too; a fast disk is hardly ever waited for."""
    device, size = SlowDevice(monkeypatch, per_second), 0
    pace = read_back.Pace(0)
    while size < 600 << 20:
        size += 1 << 20
        device.waiting += 1 << 20
        pace.on(size)
        assert device.waiting <= 128 << 20, "never more than that in memory"
    assert max(device.waits) <= longest
    assert max(device.waits[2:]) <= max(1.1, 2 * (1 << 20) / per_second)
    if per_second >= 500 << 20:
        assert len(device.waits) < 12


def test_slow_stick__cancelled_while_waiting__leaves_nothing(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every flush is followed by a report, where the clerk can leave; nothing stays on the stick."""
    from db.exchange import bundle_write

    town, _, stick = trio
    monkeypatch.setattr(read_back, "_FIRST_STEP", 65_536)
    monkeypatch.setattr(read_back, "_LEAST_STEP", 65_536)
    monkeypatch.setattr(bundle_write, "CHUNK", 65_536)
    flushes = 0
    real = read_back.flush_handle

    def slow(handle: int) -> None:
        nonlocal flushes
        flushes += 1
        real(handle)

    def cancel(done: int, total: int) -> None:
        assert done <= total
        if flushes >= 2:
            raise Cancelled

    monkeypatch.setattr(read_back, "flush_handle", slow)
    with unchanged(town), pytest.raises(Cancelled):
        exchange.export_bundle(town, all_ids(town), stick, progress=cancel)
    assert flushes == 2 and list(stick.iterdir()) == []


def test_flush_handle__works_on_a_real_file(tmp_path: Path) -> None:
    """On this system, too."""
    handle = os.open(tmp_path / "x", os.O_CREAT | os.O_RDWR)
    os.write(handle, b"x" * 10_000)
    read_back.flush_handle(handle)
    os.close(handle)
    assert (tmp_path / "x").stat().st_size == 10_000
