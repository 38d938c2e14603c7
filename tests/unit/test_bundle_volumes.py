"""Bundles in volumes: told apart by what is in them, read from any of them, and never half of a set that looks whole."""

import errno
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from factories import file_household
from neighbours import dump, expect_refusal, town_and_county, unchanged

from db.errors import Cancelled, NuandangError
from db.exchange import bundle_write, drives, read_back, volume_writer
from db.exchange.bundle_volumes import one_of_each, volume_name
from db.services import archiving, attachments, exchange, printing
from db.services.exchange import BundleSummary
from db.services.office import OfficeSession

Trio = tuple[OfficeSession, OfficeSession, Path]
LIMIT = 300_000


@pytest.fixture(scope="module")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    """A township with papers for three volumes, its county, a stick."""
    from PIL import Image

    with town_and_county(tmp_path_factory.mktemp("volumes")) as made:
        archive = file_household(made[0], 1)
        for number in range(3):
            noise = Image.effect_noise((480, 480), 90)
            out = made[2] / "noise.png"
            noise.save(out)
            attachments.add_attachment(made[0], archive.id, f"照片{number}.png", out.read_bytes(), "other")
            out.unlink()
        yield made


@pytest.fixture(autouse=True)
def small_volumes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if FAT32 took no more than 300 KB."""
    monkeypatch.setattr(volume_writer, "LARGEST_FILE", LIMIT)


@pytest.fixture
def volumes(trio: Trio, tmp_path: Path) -> list[Path]:
    """The volumes of one bundle that the county has not received, in order."""
    return export(trio[0], tmp_path)


def export(town: OfficeSession, folder: Path) -> list[Path]:
    """Everything the township has, as volumes in *folder*."""
    summary = export_all(town, folder)
    return [folder / name for name in summary.volumes]


def export_all(town: OfficeSession, folder: Path) -> BundleSummary:
    return exchange.export_bundle(town, archiving.archive_ids(town, archiving.ArchiveQuery()), folder)


def refused(county: OfficeSession, path: Path, *codes: str) -> str:
    """Neither preview nor reception takes it, nothing changes; the sentence."""
    with unchanged(county):
        expect_refusal(lambda: exchange.inspect_bundle(county, path), *codes)
        return expect_refusal(lambda: exchange.receive_bundle(county, path), *codes).text()


# -- writing -----------------------------------------------------------------------------------------------------


def test_export__no_volume_is_larger_than_the_limit(trio: Trio, tmp_path: Path) -> None:
    """Clear names, all below the limit, the summary tells them."""
    summary = export_all(trio[0], tmp_path)
    files = sorted(tmp_path.iterdir())
    assert len(files) >= 3 and all(path.stat().st_size <= LIMIT for path in files)
    assert [path.name for path in files] == sorted(summary.volumes)
    assert summary.path.name == summary.volumes[0] == summary.file_name
    assert f"-第1卷共{len(files)}卷.nuandang" in summary.file_name
    assert summary.file_bytes == sum(path.stat().st_size for path in files)
    assert exchange.bundle_summary(trio[0], summary.bundle_id) == summary
    assert f"共 {len(files)} 卷，缺一不可" in summary.files_text
    assert printing.cover_sheet_pdf(summary).startswith(b"%PDF")


def test_export__on_any_file_system__without_a_limit_of_its_own(
    trio: Trio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bundle of 5 GB goes on FAT32, too: the refusal is gone."""
    monkeypatch.setattr(volume_writer, "LARGEST_FILE", drives.FAT32_LIMIT)
    monkeypatch.setattr(bundle_write, "_payload_size", lambda *_: 5 << 30)
    monkeypatch.setattr(drives.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1 << 41, 0, 1 << 40))
    monkeypatch.setattr(drives, "file_system_of", lambda _: "vfat")
    summary = export_all(trio[0], tmp_path)
    assert summary.volumes == [] and [path.name for path in tmp_path.iterdir()] == [summary.file_name]


def test_export__single_file__is_as_before(trio: Trio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fits into one file has the old name and the old cover."""
    monkeypatch.setattr(volume_writer, "LARGEST_FILE", drives.FAT32_LIMIT)
    summary = export_all(trio[0], tmp_path)
    with zipfile.ZipFile(summary.path) as outer:
        cover = json.loads(outer.read("cover.json"))
    assert cover["format"] == 1 and "volume" not in cover and "卷" not in summary.file_name
    assert exchange.inspect_bundle(trio[1], summary.path).new_count == 1


def test_export__names_taken__all_volumes_get_the_same_number(trio: Trio, tmp_path: Path, volumes: list[Path]) -> None:
    """Never over another file, never two sets with mixed names."""
    taken = [path.with_name(path.name.replace("第1包", "第2包")) for path in volumes[:1]]
    sequence = next_sequence(trio[0])
    taken[0] = volumes[1].with_name(volumes[1].name.replace(sequence_part(volumes[1]), f"第{sequence}包"))
    taken[0].write_bytes(b"keep me")
    summary = export_all(trio[0], tmp_path)
    assert all("(2)-第" in name for name in summary.volumes) and taken[0].read_bytes() == b"keep me"
    assert exchange.inspect_bundle(trio[1], summary.path).new_count == 1


def next_sequence(town: OfficeSession) -> int:
    """The number the next bundle takes."""
    return 1 + max(record.sequence for record in exchange.list_bundles(town))


def sequence_part(path: Path) -> str:
    """``第13包`` of a file name."""
    return next(part for part in path.name.split("-") if part.startswith("第") and part.endswith("包"))


# -- reading -----------------------------------------------------------------------------------------------------


def test_receive__from_any_volume(trio: Trio, volumes: list[Path]) -> None:
    """Each of them opens the whole bundle."""
    shown = [exchange.inspect_bundle(trio[1], path) for path in volumes]
    assert {preview.payload_sha256 for preview in shown} == {shown[0].payload_sha256}
    assert all(preview.new_count == 1 and preview.attachment_count == 3 for preview in shown)


def test_receive__whole__and_again__is_a_repeat(tmp_path: Path) -> None:
    """Received by its last volume, with papers; a repeat is known by any other."""
    from factories import photo

    with town_and_county(tmp_path / "own") as (town, county, _):
        archive = file_household(town, 1)
        for number in range(6):
            attachments.add_attachment(town, archive.id, f"照{number}.jpg", photo(1600, 1200 + number, quality=97), "other")
        stick = tmp_path / "volumes"
        stick.mkdir()
        volume_writer_limit, volume_writer.LARGEST_FILE = volume_writer.LARGEST_FILE, 100_000
        try:
            files = export(town, stick)
        finally:
            volume_writer.LARGEST_FILE = volume_writer_limit
        assert len(files) >= 2
        outcome = exchange.receive_bundle(county, files[-1])
        assert outcome.new_count == 1 and outcome.attachment_count == 6
        expect_refusal(lambda: exchange.inspect_bundle(county, files[0]), "bundle_repeated")
        for paper in attachments.list_attachments(county, archive.id):
            assert attachments.read_attachment(county, paper.id) == attachments.read_attachment(town, paper.id)


@pytest.mark.parametrize("missing", [0, 1, -1])
def test_receive__volume_missing__is_named(trio: Trio, volumes: list[Path], missing: int) -> None:
    """From each of the others the same sentence: which one, of how many."""
    total, gone = len(volumes), volumes[missing]
    gone.unlink()
    number = (missing % total) + 1
    for path in volumes:
        if path != gone:
            sentence = refused(trio[1], path, "bundle_volume_missing")
            assert f"缺第 {number} 卷，共 {total} 卷" in sentence and "同一个文件夹" in sentence


def test_receive__one_alone__then_joined_from_two_sticks(trio: Trio, volumes: list[Path], tmp_path: Path) -> None:
    """One volume on another stick: missing; copied into one folder under whatever names: whole."""
    other = tmp_path / "other stick"
    other.mkdir()
    alone = volumes[1].rename(other / volumes[1].name)
    assert "缺第 1 卷" in refused(trio[1], alone, "bundle_volume_missing")
    for number, path in enumerate([volumes[0], *volumes[2:]]):
        path.rename(other / f"从另一个U盘 ({number}).nuandang")
    assert exchange.inspect_bundle(trio[1], alone).new_count == 1


def test_receive__names_swapped_or_copied_twice__does_not_matter(trio: Trio, volumes: list[Path]) -> None:
    """What counts is inside."""
    first, second = volumes[:2]
    aside = first.rename(first.with_name("aside"))
    second.rename(first)
    aside.rename(second)
    shutil.copy(first, first.with_name("副本.nuandang"))
    assert exchange.inspect_bundle(trio[1], first).new_count == 1
    assert exchange.inspect_bundle(trio[1], second.with_name("副本.nuandang")).new_count == 1
    second.write_bytes(first.read_bytes())  # now one of them is there twice, the other not at all
    refused(trio[1], first, "bundle_volume_missing")


def test_receive__volume_of_another_bundle__is_told(trio: Trio, volumes: list[Path], tmp_path: Path) -> None:
    """Under the right name, but exported another time; also where both sets lie together incomplete."""
    later = tmp_path / "later"
    later.mkdir()
    others = export(trio[0], later)
    shutil.copy(others[1], volumes[1])
    sentence = refused(trio[1], volumes[0], "bundle_volume_foreign")
    assert "缺第 2 卷" in sentence and volumes[1].name in sentence
    volumes[1].unlink()
    for path in others:
        shutil.copy(path, volumes[0].with_name(path.name))
    refused(trio[1], volumes[0], "bundle_volume_missing")
    assert exchange.inspect_bundle(trio[1], volumes[0].with_name(others[0].name)).new_count == 1


@pytest.mark.parametrize("place", [5_000, 200_000, -30])
def test_receive__volume_spoilt__is_named(trio: Trio, volumes: list[Path], place: int) -> None:
    """A flipped bit in one volume: that one has to be copied again, and only that."""
    data = bytearray(volumes[1].read_bytes())
    data[place] ^= 1
    volumes[1].write_bytes(bytes(data))
    sentence = refused(trio[1], volumes[0], "bundle_volume_damaged", "bundle_damaged")
    if place > 0:
        assert "第 2 卷" in sentence and volumes[1].name in sentence
    volumes[1].write_bytes(bytes(data)[: len(data) // 2])
    assert "第 2 卷" in refused(trio[1], volumes[0], "bundle_volume_damaged")


def rewritten(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the cover of one volume."""
    with zipfile.ZipFile(path) as outer:
        cover, payload = json.loads(outer.read("cover.json")), outer.read("payload.age")
    change(cover)
    with zipfile.ZipFile(path, "w") as outer:
        outer.writestr("payload.age", payload)
        outer.writestr("cover.json", json.dumps(cover))


LIES: dict[str, Callable[[dict[str, Any]], None]] = {
    "another number": lambda cover: cover["volume"].update(number=2),
    "more than there are": lambda cover: cover["volume"].update(total=998),
    "beyond the total": lambda cover: cover["volume"].update(number=99),
    "absurdly many": lambda cover: cover["volume"].update(number=10**9, total=10**9),
    "no volume at all": lambda cover: cover.pop("volume"),
    "not an object": lambda cover: cover.update(volume=[1, 2]),
    "a false hash": lambda cover: cover["volume"].update(sha256="0" * 64),
    "a false whole": lambda cover: cover.update(payload_bytes=cover["payload_bytes"] + 1),
    "old format": lambda cover: cover.update(format=1),
    "newer format": lambda cover: cover.update(format=3),
}


@pytest.mark.parametrize("lie", LIES)
def test_receive__cover_of_a_volume_lies__is_refused(trio: Trio, volumes: list[Path], lie: str) -> None:
    """The covers are not signed; whatever they say, nothing but the whole payload passes."""
    rewritten(volumes[0], LIES[lie])
    with unchanged(trio[1]):
        for path in volumes[:2]:
            try:
                preview = exchange.inspect_bundle(trio[1], path)
            except NuandangError as fault:
                assert fault.code.startswith("bundle_") and fault.text().endswith("。")
            else:
                assert lie == "a false hash" and preview.new_count == 1  # it only serves to name the spoilt one


def test_one_of_each__counts_a_set_once(trio: Trio, volumes: list[Path], tmp_path: Path) -> None:
    """A folder of sets and single files; what cannot be read stays in the list."""
    odd = tmp_path / "x.nuandang"
    odd.write_bytes(b"rubbish")
    assert one_of_each([*volumes, odd]) == [volumes[0], odd]
    assert one_of_each(reversed(volumes)) == [volumes[-1]]


def test_volume_name() -> None:
    """Number and total stand before the ending."""
    assert volume_name("镇-第13包.nuandang", 2, 3) == "镇-第13包-第2卷共3卷.nuandang"


# -- the stick pulled at any moment ------------------------------------------------------------------------------


class _Pulled:
    """The stick is pulled at the n-th touch: from then on everything fails."""

    def __init__(self, at: int, code: int) -> None:
        self.left, self.code, self.touches = at, code, 0

    def touch(self) -> None:
        self.touches += 1
        if self.touches > self.left:
            raise OSError(self.code, "stick pulled")


def on_stick(monkeypatch: pytest.MonkeyPatch, pulled: _Pulled) -> None:
    """Have every act on the stick ask *pulled* first."""
    acts = (
        (volume_writer._File, "write"), (volume_writer._File, "end_payload"), (volume_writer._File, "put_cover"),
        (volume_writer._File, "read_back"), (read_back, "flush"), (read_back, "flush_handle"),
        (bundle_write, "rename_patiently"), (bundle_write, "flush_folder"), (volume_writer.partial_files, "claim"),
    )  # fmt: skip
    for owner, name in acts:
        real = getattr(owner, name)

        def instead(*arguments: Any, real: Callable[..., Any] = real) -> Any:
            pulled.touch()
            return real(*arguments)

        monkeypatch.setattr(owner, name, instead)


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOENT, errno.ENODEV, errno.ENOSPC])
def test_export__stick_pulled_at_every_moment__leaves_nothing_that_looks_whole(
    trio: Trio, tmp_path: Path, code: int
) -> None:
    """At each touch of the stick in turn: the office as before, no whole set, and the next export arrives."""
    town, county, _ = trio
    moment = 0
    while True:
        stick = tmp_path / f"stick-{moment}"
        stick.mkdir()
        pulled = _Pulled(moment, code)
        before = dump(town)
        with pytest.MonkeyPatch.context() as patch:
            on_stick(patch, pulled)
            try:
                export_all(town, stick)
            except NuandangError as fault:
                assert fault.text().endswith("。")
            else:
                break
        after = dump(town)
        assert {name for name in before if before[name] != after[name]} <= {"office_setting"}  # at most the number is gone
        assert_nothing_whole(county, stick)
        moment += 1
    assert moment >= 12


def assert_nothing_whole(county: OfficeSession, stick: Path) -> None:
    """No file on the stick can be received."""
    for path in stick.glob("*.nuandang"):
        expect_refusal(lambda path=path: exchange.inspect_bundle(county, path), "bundle_volume_missing", "bundle_damaged")


def test_export__names_are_given_so_that_the_first_comes_last(trio: Trio, tmp_path: Path) -> None:
    """Seen from outside at every rename: a set is incomplete until its first volume has its name."""
    seen: list[list[str]] = []
    real = bundle_write.rename_patiently

    def watch(source: Path, target: Path) -> None:
        real(source, target)
        seen.append(sorted(path.name for path in target.parent.glob("*.nuandang")))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundle_write, "rename_patiently", watch)
        summary = export_all(trio[0], tmp_path)
    assert all("第1卷" not in "".join(names) for names in seen[:-1]) and len(seen[-1]) == len(summary.volumes)
    assert all(len(later) == len(sooner) + 1 for sooner, later in pairwise(seen))


def test_export__cancelled_anywhere__leaves_no_trace(trio: Trio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At each report of progress, in any of the volumes."""
    monkeypatch.setattr(bundle_write, "CHUNK", 65_536)
    reports: list[tuple[int, int]] = []
    stick = tmp_path / "count"
    stick.mkdir()
    exchange.export_bundle(trio[0], all_ids(trio[0]), stick, progress=lambda *at: reports.append(at))
    assert reports == sorted(reports) and reports[-1][0] <= reports[-1][1]
    for stop in range(len(reports)):
        left = iter(range(stop))

        def cancel(done: int, total: int, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Cancelled

        with unchanged(trio[0]), pytest.raises(Cancelled):
            exchange.export_bundle(trio[0], all_ids(trio[0]), tmp_path, progress=cancel)
        assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def all_ids(session: OfficeSession) -> list[str]:
    return archiving.archive_ids(session, archiving.ArchiveQuery())
