"""Attacks by place, by size and by an enrolled but hostile township: refused or set aside, in bounded memory."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import file_household, make_office
from neighbours import acquaint, as_lines, dump, expect_refusal, forge, record_lines, town_and_county, unchanged
from PIL import Image
from test_bundle_hostile import DAMAGE, outer_file, parts

from db.domain.archive_content import new_id
from db.exchange import bundle_format
from db.services import archiving, attachments, exchange
from db.services.exchange import Outcome
from db.services.office import OfficeSession

Trio = tuple[OfficeSession, OfficeSession, Path]
MEMORY_LIMIT_MB = 300


@pytest.fixture(scope="module")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    """A township with two archives and a large paper, its county, a stick."""
    with town_and_county(tmp_path_factory.mktemp("attacks")) as made:
        archive = file_household(made[0], 1)
        noise = made[2] / "noise.png"
        Image.effect_noise((600, 600), 90).save(noise)
        attachments.add_attachment(made[0], archive.id, "证.png", noise.read_bytes(), "id_card")
        noise.unlink()
        file_household(made[0], 2)
        yield made


@pytest.fixture(scope="module")
def bundle(trio: Trio) -> bytes:
    """A sound bundle of several age chunks that the county has not received."""
    data = exchange.export_bundle(trio[0], all_ids(trio[0]), trio[2]).path.read_bytes()
    assert len(data) > 3 * 65_536
    return data


def all_ids(session: OfficeSession) -> list[str]:
    """All archives, always in the same order."""
    return sorted(archiving.archive_ids(session, archiving.ArchiveQuery()))


def put(trio: Trio, data: bytes, name: str = "attack.nuandang") -> Path:
    """Lay *data* on the stick."""
    path = trio[2] / name
    path.write_bytes(data)
    return path


def refused(trio: Trio, path: Path, *codes: str) -> str:
    """Neither preview nor reception takes *path*, and nothing changes; the sentence."""
    with unchanged(trio[1]):
        expect_refusal(lambda: exchange.inspect_bundle(trio[1], path), *codes)
        return expect_refusal(lambda: exchange.receive_bundle(trio[1], path), *codes).text()


# -- a flipped bit at every kind of place ------------------------------------------------------------------------


def places(bundle: bytes) -> dict[str, list[int]]:
    """Offsets in each part of the file whose every bit counts."""
    payload = bundle.index(b"age-encryption.org/v1")
    stanza, mac = bundle.index(b"-> X25519", payload), bundle.index(b"\n--- ", payload)
    first_chunk = bundle.index(b"\n", mac + 1) + 1 + 16
    cover = bundle.index(b'{"format"') if b'{"format"' in bundle else bundle.rindex(b'"format"')
    directory, end = bundle.index(b"PK\x01\x02"), bundle.rindex(b"PK\x05\x06")
    local = bundle.rindex(b"PK\x03\x04")
    return {
        "name in the first header": [30, 33],
        "version of the cipher": [payload, payload + 10, payload + 20],
        "recipient": [stanza + 15, stanza + 40, stanza + 80],
        "mac of the header": [mac + 6, mac + 20],
        "nonce": [first_chunk - 16, first_chunk - 1],
        "first chunk: manifest and signature": [first_chunk, first_chunk + 300, first_chunk + 1500],
        "records": [first_chunk + 3000, first_chunk + 6000],
        "a chunk in the middle: the paper": [first_chunk + 65_552, first_chunk + 2 * 65_552 + 7],
        "last chunk and its tag": [local - 1, local - 16, local - 17],
        "cover": [cover + 12, cover + 60, directory - 3],
        "directory": [directory, directory + 10, directory + 24, directory + 47],
        "end": [end, end + 8, end + 10, end + 16],
    }


def test_bit_flips__at_every_kind_of_place__are_refused(trio: Trio, bundle: bytes) -> None:
    """Twelve kinds of places, several bytes in each, three bits of every byte."""
    whole = exchange.inspect_bundle(trio[1], put(trio, bundle))
    before = dump(trio[1])
    told: set[str] = set()
    for kind, offsets in places(bundle).items():
        for offset in offsets:
            for bit in (0, 3, 6):
                flipped = bytearray(bundle)
                flipped[offset] ^= 1 << bit
                path = put(trio, bytes(flipped))
                try:
                    shown = exchange.inspect_bundle(trio[1], path)
                except Exception as fault:
                    code = getattr(fault, "code", "")
                    assert code in (*DAMAGE, "bundle_wrong_key", "bundle_wrong_direction"), (kind, offset, fault)
                    told.add(code)
                else:  # a byte of the outer file that nobody reads: then nothing differs
                    assert kind in {"name in the first header", "directory", "cover", "end"}, (kind, offset)
                    assert (shown.items, shown.payload_sha256) == (whole.items, whole.payload_sha256)
    assert dump(trio[1]) == before and "bundle_damaged" in told


@pytest.mark.parametrize("length", [1, 4, 21, 29, 30, 64, 500, 1_000, 4_096, 65_535, 65_552, 131_104, -1, -21, -22, -23, -600])
def test_truncated__at_every_boundary__is_refused(trio: Trio, bundle: bytes, length: int) -> None:
    """Cut after headers, chunks, before the directory, one byte short."""
    refused(trio, put(trio, bundle[:length]), "bundle_damaged", "bundle_not_one")


def test_cover_and_payload__swapped_between_bundles__are_refused(trio: Trio, bundle: bytes, tmp_path: Path) -> None:
    """Each cover with the other's payload, also where the cover is patched to fit; a receipt's cover on archives."""
    town, county, stick = trio
    other = parts(forge(town, county, stick, as_lines(record_lines(town, all_ids(town)[:1]))).read_bytes())
    own = parts(bundle)
    for cover, payload in ((own[0], other[1]), (other[0], own[1])):
        fitting = {**cover, "payload_sha256": hashlib.sha256(payload).hexdigest(), "payload_bytes": len(payload)}
        for one in (cover, fitting, {**fitting, "kind": "receipt"}, {**fitting, "kind": "answer"}):
            refused(trio, put(trio, outer_file(one, payload)), "bundle_damaged", "bundle_wrong_direction")


def test_replay__in_every_disguise__is_known(tmp_path: Path) -> None:
    """Received once: again, under another name, with another cover, to another county, after a newer one."""
    with town_and_county(tmp_path) as (town, county, stick):
        file_household(town, 1)
        first = exchange.export_bundle(town, None, stick).path
        file_household(town, 2)
        second = exchange.export_bundle(town, None, stick).path
        exchange.receive_bundle(county, first)
        renamed = Path(shutil.copy(first, stick / "新的.nuandang"))
        for path in (first, renamed):
            expect_refusal(lambda path=path: exchange.inspect_bundle(county, path), "bundle_repeated", "bundle_owes_receipt")
        cover, payload = parts(first.read_bytes())
        (stick / "patched.nuandang").write_bytes(outer_file({**cover, "sequence": 9}, payload))
        expect_refusal(
            lambda: exchange.receive_bundle(county, stick / "patched.nuandang"), "bundle_repeated", "bundle_damaged"
        )
        other, _ = make_office(tmp_path / "other county", "怀宁县总工会", "county")
        acquaint(town, other, tmp_path)
        expect_refusal(lambda: exchange.receive_bundle(other, second), "bundle_for_other")
        misled = parts(second.read_bytes())
        readdressed = {**misled[0], "receiver": {"id": other.office.id, "name": other.office.name}}
        (stick / "misled.nuandang").write_bytes(outer_file(readdressed, misled[1]))
        expect_refusal(lambda: exchange.receive_bundle(other, stick / "misled.nuandang"), "bundle_wrong_key")
        other.close()


# -- size --------------------------------------------------------------------------------------------------------


def line_of(town: OfficeSession) -> dict[str, Any]:
    """A sound record, without papers."""
    record = record_lines(town, all_ids(town)[:1])[0]
    record["attachments"] = []
    return record


def stuffed(town: OfficeSession, filler: bytes) -> bytes:
    """A record whose unread part is as large as a line may be."""
    start = json.dumps(line_of(town), ensure_ascii=False).encode()[:-1] + b',"x":['
    count = (bundle_format.LARGEST_RECORD - len(start) - 10) // len(filler)
    return start + filler * (count - 1) + filler.rstrip(b",") + b"]}\n"


def heavy(town: OfficeSession) -> bytes:
    """A record of texts as long as they may be."""
    record = line_of(town)
    worker = record["revisions"][-1]["snapshot"]["worker"]
    worker.update({key: "长" * 9_900 for key, value in worker.items() if isinstance(value, str)})
    record["archive"]["id"] = new_id()
    for member in record["revisions"][-1]["snapshot"]["members"]:
        member["id"] = new_id()
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


LARGE: dict[str, Callable[[OfficeSession], list[bytes]]] = {
    "objects": lambda town: [stuffed(town, b'{"":0},')] * 3,
    "lists": lambda town: [stuffed(town, b"[],")] * 3,
    "numbers": lambda town: [stuffed(town, b"1.5,")] * 3,
    "texts": lambda town: [stuffed(town, b'"ab",')] * 3,
    "one endless line": lambda town: [b'{"archive":"' + b"x" * (64 << 20) + b'"}\n'],
    "deep": lambda town: [b"[" * (7 << 20) + b"\n"],
    "empty objects": lambda town: [b"{}\n"] * 500_000,
    "heavy archives": lambda town: [heavy(town) for _ in range(90)],  # the last, for these are taken
}

PEAK = """
import resource, sys
from pathlib import Path
sys.path.insert(0, "tests")
from factories import PASSPHRASE
from db.errors import NuandangError
from db.services import exchange, office
folder, path = (Path(name) for name in sys.argv[1:])
county = office.open_office(folder, PASSPHRASE)
for act in (exchange.inspect_bundle, exchange.receive_bundle):
    try:
        found = act(county, path)
        print("taken", found.archive_count)
    except NuandangError as fault:
        print(fault.code)
county.close()
status = Path("/proc/self/status")  # what getrusage tells still holds the size of the process it was forked from
lines = status.read_text().splitlines() if status.exists() else []
told = [line.split()[1] for line in lines if line.startswith("VmHWM")]
print(told[0] if told else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory__stays_below_300_megabytes__whatever_comes(tmp_path: Path) -> None:
    """Signed bundles of an enrolled township made to fill the memory: refused or taken, within the limit."""
    with town_and_county(tmp_path) as (town, county, stick):
        file_household(town, 1)
        paths = {}
        for name, lines in LARGE.items():
            paths[name] = forge(town, county, stick, lines(town)).rename(stick / f"{name}.nuandang")
        folder = county.folder
        county.close()
        for name, path in paths.items():
            command = [sys.executable, "-c", PEAK, str(folder), str(path)]
            answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
            *outcomes, peak = answer.stdout.split("\n")[:-1]
            assert int(peak) // 1024 < MEMORY_LIMIT_MB, (name, int(peak) // 1024, outcomes)
            assert outcomes == ["bundle_damaged"] * 2 or name == "heavy archives", (name, outcomes)


HUGE: dict[str, dict[str, Any]] = {
    "archives": {"counts": bundle_format.Counts(archives=bundle_format.MOST_RECORDS)},
    "beyond the most": {"counts": bundle_format.Counts(archives=bundle_format.MOST_RECORDS + 1)},
    "attachments": {"counts": bundle_format.Counts(archives=1, attachments=1 << 40)},
    "bytes": {"counts": bundle_format.Counts(archives=1, attachment_bytes=(1 << 53) - 1)},
    "incomplete": {"counts": bundle_format.Counts(archives=1, incomplete=1 << 50)},
}


@pytest.mark.parametrize("name", HUGE)
def test_declared__far_more_than_comes__is_refused(trio: Trio, name: str) -> None:
    """Counts are compared with what comes, never allocated."""
    town, county, stick = trio
    path = forge(town, county, stick, as_lines([line_of(town)]), **HUGE[name])
    if name == "incomplete":
        assert exchange.inspect_bundle(county, path).archive_count == 1  # only told, never relied on
    else:
        refused(trio, path, "bundle_damaged")


def test_outer_file__that_unpacks_to_more__is_never_unpacked(trio: Trio, bundle: bytes) -> None:
    """A deflated payload, or two entries over the same bytes: refused before anything is read."""
    cover, payload = parts(bundle)
    bomb = outer_file(cover, bytes(50 << 20), zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1 << 20
    refused(trio, put(trio, bomb), "bundle_damaged")
    doubled = outer_file(cover, payload, more=payload)
    refused(trio, put(trio, doubled), "bundle_damaged")


# -- an enrolled but hostile township ----------------------------------------------------------------------------


def review(office: OfficeSession, level: str, revision: int = 1) -> dict[str, Any]:
    """An approval as a record carries it."""
    return {
        "id": new_id(), "archive_revision": revision, "office_id": office.office.id, "office_name": office.office.name,
        "office_level": level, "outcome": "approved", "reasons": [], "class_code": None, "class_label": "",
        "level_code": None, "level_label": "", "worker_number": "WK0001", "remarks": "", "due_on": None,
        "made_at": "2026-11-21T08:00:00+08:00", "clerk_id": "x", "clerk_name": "某人", "device_id": "x",
        "device_counter": 1,
    }  # fmt: skip


def merge(office: OfficeSession, level: str, kept: str) -> dict[str, Any]:
    """A merge as a record carries it."""
    return {
        "id": new_id(), "kept_archive_id": kept, "pair_key": "", "office_id": office.office.id,
        "office_name": office.office.name, "office_level": level, "made_at": "2026-11-21T08:00:00+08:00",
        "clerk_id": "x", "clerk_name": "某人", "reason": "", "kept_revision_before": 1, "kept_revision_after": 1,
        "merged_revision": 1, "undone_at": None, "undone_by": "",
    }  # fmt: skip


def hand_over(giver: OfficeSession, target: OfficeSession, state: str) -> dict[str, Any]:
    """A hand-over as a record carries it, signed by nobody."""
    return {
        "id": new_id(), "archive_revision": 1, "from_office_id": giver.office.id, "from_office_name": giver.office.name,
        "to_office_id": target.office.id, "to_office_name": target.office.name, "wanted_office_name": "", "reason": "搬家",
        "requested_at": "2026-11-21T08:00:00+08:00", "requested_by": "某人", "verify_key": "0" * 64,
        "signature": "0" * 128, "state": state, "decided_at": None, "decided_by": "", "decided_office": "", "note": "",
    }  # fmt: skip


@pytest.fixture
def three(tmp_path: Path) -> Iterator[tuple[OfficeSession, OfficeSession, OfficeSession, Path]]:
    """A hostile township, its county, an honest township whose archive the county has, and a stick."""
    with town_and_county(tmp_path) as (town, county, stick):
        honest, _ = make_office(tmp_path / "honest", "黄铺镇总工会")
        acquaint(honest, county, tmp_path)
        file_household(honest, 1)
        exchange.receive_bundle(county, exchange.export_bundle(honest, None, stick).path)
        file_household(town, 2)
        yield town, county, honest, stick
        honest.close()


def beside(session: OfficeSession) -> dict[str, Any]:
    """What the office holds beside archives, and whose its archives are."""
    held = dump(session)
    return {name: held[name] for name in ("review", "hand_over", "archive_merge", "person_warning", "archive_conflict")}


Three = tuple[OfficeSession, OfficeSession, OfficeSession, Path]
FORGED: dict[str, Callable[[Three], dict[str, Any]]] = {
    "the county's own approval": lambda three: {"reviews": [review(three[1], "county")]},
    "an approval of the city": lambda three: {"reviews": [{**review(three[1], "city"), "office_id": new_id()}]},
    "its own approval as a county": lambda three: {"reviews": [review(three[0], "county")]},
    "another township's approval": lambda three: {"reviews": [review(three[2], "township")]},
    "the county's merge": lambda three: {"merges": [merge(three[1], "county", all_ids(three[2])[0])]},
    "another township's merge": lambda three: {"merges": [merge(three[2], "township", all_ids(three[2])[0])]},
    "a hand-over nobody signed": lambda three: {"hand_overs": [hand_over(three[0], three[2], "requested")]},
    "a hand-over by another": lambda three: {"hand_overs": [hand_over(three[2], three[0], "accepted")]},
    "a hand-over completed by itself": lambda three: {"hand_overs": [hand_over(three[0], three[2], "completed")]},
}


@pytest.mark.parametrize("name", FORGED)
def test_beside_an_archive__forged__changes_nothing_of_others(three: Three, name: str) -> None:
    """Reviews, merges and hand-overs that this township cannot have made: never stored, nobody's archive moves."""
    town, county, honest, stick = three
    record = record_lines(town, all_ids(town))[0]
    record.update(FORGED[name](three))
    before, theirs = beside(county), archiving.load_archive(county, all_ids(honest)[0])
    path = forge(town, county, stick, as_lines([record]))
    try:
        outcome = exchange.receive_bundle(county, path)
        assert outcome.new_count + outcome.set_aside_count == 1
    except Exception as fault:
        assert getattr(fault, "code", repr(fault)) == "bundle_damaged"
    after = beside(county)
    assert {key: after[key] for key in ("review", "archive_merge", "archive_conflict")} == {
        key: before[key] for key in ("review", "archive_merge", "archive_conflict")
    }, name
    for row in after["hand_over"]:
        assert "'accepted'" not in row and "'completed'" not in row, name
    assert archiving.load_archive(county, all_ids(honest)[0]) == theirs
    assert honest.office.id not in {
        archiving.load_archive(county, key).office_id for key in all_ids(county) if key in all_ids(town)
    }


@pytest.mark.parametrize("name", [key for key in FORGED if "hand-over" in key] + ["the county's merge", "the county's own approval"])
def test_beside_an_archive_of_another__is_set_aside_with_it(three: Three, name: str) -> None:
    """The same rows on the honest township's archive, brought by the hostile one."""
    town, county, honest, stick = three
    record = record_lines(honest, all_ids(honest))[0]
    record.update(FORGED[name](three))
    record["archive"]["revision"] = record["revisions"][-1]["revision"] = 2
    before = beside(county)
    preview = exchange.inspect_bundle(county, forge(town, county, stick, as_lines([record])))
    assert [item.outcome for item in preview.items] == [Outcome.REFUSED] and preview.items[0].reason
    exchange.receive_bundle(county, preview.path)
    assert beside(county) == before
