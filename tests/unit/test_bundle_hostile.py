"""Bundles that are damaged, forged or made to hurt: refused with a reason, and the office stays as it was."""

import copy
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyrage
import pytest
from factories import file_household, make_office, photo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neighbours import acquaint, as_lines, dump, expect_refusal, forge, record_lines, town_and_county, unchanged

from db.domain.archive_content import new_id
from db.exchange import bundle_format
from db.exchange.bundle_cipher import decrypt_stream
from db.exchange.bundle_format import Cover, MalformedError, Manifest
from db.exchange.bundle_write import AttachmentFile
from db.exchange.identity import exchange_keys
from db.services import archiving, attachments, exchange
from db.services.exchange import Outcome
from db.services.office import OfficeSession

Trio = tuple[OfficeSession, OfficeSession, Path]
Tamper = Callable[[list[dict[str, Any]]], None]
DAMAGE = ("bundle_damaged", "bundle_not_one", "bundle_newer", "bundle_unsigned", "bundle_for_other", "bundle_unknown_sender")


@pytest.fixture(scope="module")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    """A township with an archive and a paper, its county, a stick; nothing of these tests changes the county."""
    with town_and_county(tmp_path_factory.mktemp("hostile")) as made:
        town = made[0]
        archive = file_household(town, 1)
        attachments.add_attachment(town, archive.id, "证.jpg", photo(200, 100), "id_card")
        file_household(town, 2)
        yield made


@pytest.fixture(scope="module")
def bundle(trio: Trio) -> bytes:
    """A sound bundle the county has not received."""
    town, _, stick = trio
    return exchange.export_bundle(town, archiving.archive_ids(town, archiving.ArchiveQuery()), stick).path.read_bytes()


@pytest.fixture(scope="module")
def county_before(trio: Trio) -> dict[str, Any]:
    """The county before anything is tried."""
    return dump(trio[1])


def put(trio: Trio, data: bytes, name: str = "x.nuandang") -> Path:
    """Lay *data* on the stick."""
    path = trio[2] / name
    path.write_bytes(data)
    return path


def refused(trio: Trio, path: Path, *codes: str) -> str:
    """Neither preview nor reception takes *path*, and nothing changes; the sentence."""
    _, county, _ = trio
    with unchanged(county):
        expect_refusal(lambda: exchange.inspect_bundle(county, path), *codes)
        return expect_refusal(lambda: exchange.receive_bundle(county, path), *codes).text()


# -- any damage --------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1), bit=st.integers(0, 7))
def test_bundle__any_bit_flipped__is_refused(
    trio: Trio, bundle: bytes, county_before: dict[str, Any], place: float, bit: int
) -> None:
    """One flipped bit anywhere: refused, or the bit stands where nothing is read (and then nothing differs)."""
    _, county, _ = trio
    flipped = bytearray(bundle)
    flipped[round(place * (len(bundle) - 1))] ^= 1 << bit
    path = put(trio, bytes(flipped))
    try:
        shown = exchange.inspect_bundle(county, path)
    except Exception as fault:
        assert getattr(fault, "code", repr(fault)) in DAMAGE
    else:
        whole = exchange.inspect_bundle(county, put(trio, bundle, "whole.nuandang"))
        assert (shown.items, shown.payload_sha256) == (whole.items, whole.payload_sha256)
    assert dump(county) == county_before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 0.9999), tail=st.binary(max_size=40))
def test_bundle__cut_or_padded__is_refused(
    trio: Trio, bundle: bytes, county_before: dict[str, Any], share: float, tail: bytes
) -> None:
    """A bundle cut anywhere, with or without rubbish behind it."""
    _, county, _ = trio
    path = put(trio, bundle[: int(share * len(bundle))] + tail)
    expect_refusal(lambda: exchange.receive_bundle(county, path), *DAMAGE)
    assert dump(county) == county_before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0), bit=st.integers(0, 7))
def test_receive__bit_flipped_in_the_structure__is_refused(
    trio: Trio, bundle: bytes, county_before: dict[str, Any], place: int, bit: int
) -> None:
    """The same for receiving, aimed at the bytes that matter most: headers, the age header, cover and directory."""
    _, county, _ = trio
    edges = [*range(700), *range(len(bundle) - 900, len(bundle))]
    flipped = bytearray(bundle)
    flipped[edges[place % len(edges)]] ^= 1 << bit
    path = put(trio, bytes(flipped))
    try:
        exchange.inspect_bundle(county, path)
    except Exception as fault:
        assert getattr(fault, "code", repr(fault)) in DAMAGE
        expect_refusal(lambda: exchange.receive_bundle(county, path), *DAMAGE)
    assert dump(county) == county_before


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + bytes(18), bytes(5000), b"PK\x03\x04" + bytes(5000)])
def test_bundle__not_a_bundle__is_refused(trio: Trio, data: bytes) -> None:
    """Empty files, empty archives, zeros."""
    refused(trio, put(trio, data), "bundle_not_one", "bundle_damaged")


def test_bundle__missing_file__says_the_stick_may_be_gone(trio: Trio) -> None:
    """A file that is not there any more."""
    refused(trio, trio[2] / "gone.nuandang", "file_gone")


# -- the outer file ----------------------------------------------------------------------------------------------


def parts(bundle: bytes) -> tuple[dict[str, Any], bytes]:
    """Cover and payload of a bundle."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as outer:
        return json.loads(outer.read("cover.json")), outer.read("payload.age")


def outer_file(cover: dict[str, Any], payload: bytes, method: int = zipfile.ZIP_STORED, **more: bytes) -> bytes:
    """A bundle file from its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("payload.age", payload)
        archive.writestr("cover.json", json.dumps(cover))
        for name, content in more.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_outer_file__must_be_exactly_two_stored_members(trio: Trio, bundle: bytes) -> None:
    """A third member, compression or a comment: not ours."""
    cover, payload = parts(bundle)
    refused(trio, put(trio, outer_file(cover, payload, evil=b"x")), "bundle_damaged")
    refused(trio, put(trio, outer_file(cover, payload, zipfile.ZIP_DEFLATED)), "bundle_damaged")
    out = io.BytesIO(outer_file(cover, payload))
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"hello"
    refused(trio, put(trio, out.getvalue()), "bundle_damaged")


def test_outer_file__newer_format__asks_for_an_upgrade(trio: Trio, bundle: bytes) -> None:
    """A bundle of a later program is told from a damaged one."""
    cover, payload = parts(bundle)
    assert "升级" in refused(trio, put(trio, outer_file({**cover, "format": 3}, payload)), "bundle_newer")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sequence", 999),
        ("created_at", "2030-01-01T00:00:00+08:00"),
        ("counts", {"archives": 1, "incomplete": 0, "attachments": 1, "attachment_bytes": 5}),
        ("payload_sha256", "0" * 64),
        ("sequence", -1),
        ("sequence", 1e300),
        ("kind", "receipt"),
        ("sender", "x"),
        ("counts", None),
    ],
)
def test_cover__that_lies__is_refused(trio: Trio, bundle: bytes, key: str, value: object) -> None:
    """The cover is not signed; where it differs from the signed manifest, the bundle is refused."""
    cover, payload = parts(bundle)
    refused(trio, put(trio, outer_file({**cover, key: value}, payload)), "bundle_damaged", "bundle_wrong_direction")


def test_payload__of_another_bundle__is_refused(trio: Trio, bundle: bytes) -> None:
    """The payload of one bundle under the cover of another."""
    town, county, stick = trio
    other = forge(town, county, stick, as_lines(record_lines(town, archive_ids(town)[:1])))
    cover, _ = parts(bundle)
    _, payload = parts(other.read_bytes())
    mixed = {**cover, "payload_sha256": hashlib.sha256(payload).hexdigest(), "payload_bytes": len(payload)}
    refused(trio, put(trio, outer_file(mixed, payload)), "bundle_damaged")


def archive_ids(session: OfficeSession) -> list[str]:
    """All archives, always in the same order."""
    return sorted(archiving.archive_ids(session, archiving.ArchiveQuery()))


# -- the inside, wrapped correctly by somebody who has the county's card -----------------------------------------


def sealed(trio: Trio, bundle: bytes, inside: bytes) -> Path:
    """*inside* encrypted to the county under a fitting cover, without the sender's signature key."""
    cover, _ = parts(bundle)
    recipient = pyrage.x25519.Recipient.from_str(exchange.own_card(trio[1]).recipient)
    payload = pyrage.encrypt(inside, [recipient])
    cover |= {"payload_sha256": hashlib.sha256(payload).hexdigest(), "payload_bytes": len(payload)}
    return put(trio, outer_file(cover, payload))


def opened(trio: Trio, bundle: bytes) -> bytes:
    """The tar inside a bundle."""
    return pyrage.decrypt(parts(bundle)[1], [exchange_keys(trio[1].database).identity])


def tar_of(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    """A tar with these members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for header, content in members:
            header.size = len(content) if header.isreg() else 0
            archive.addfile(header, io.BytesIO(content))
    return out.getvalue()


def members_of(tar: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
    """The members of a tar."""
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        return [(header, archive.extractfile(header).read()) for header in archive]  # type: ignore[union-attr]


def test_inside__changed_without_the_signing_key__is_refused(trio: Trio, bundle: bytes) -> None:
    """Whoever has the county's card can encrypt to it, but not sign."""
    (manifest, signature, records, paper) = members_of(opened(trio, bundle))
    changed = bytearray(records[1])
    changed[200] ^= 1
    attempts = {
        "记录": [manifest, signature, (records[0], bytes(changed)), paper],
        "清单": [(manifest[0], manifest[1].replace(b'"sequence": 1', b'"sequence": 7')), signature, records, paper],
        "签名": [manifest, (signature[0], bytes(64)), records, paper],
        "次序": [manifest, signature, paper, records],
        "缺附件": [manifest, signature, records],
        "两遍": [manifest, signature, records, paper, paper],
        "没有签名": [manifest, records, paper],
        "什么都没有": [],
    }
    for members in attempts.values():
        refused(trio, sealed(trio, bundle, tar_of(copy.deepcopy(members))), "bundle_damaged", "bundle_unsigned")


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "..\\evil", "CON", "attachments/../evil", "attachments/x"])
@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE])
def test_inside__odd_names_and_types__are_refused(trio: Trio, bundle: bytes, name: str, kind: bytes) -> None:
    """Nothing is ever extracted by name: members that are not expected end the reading."""
    members = members_of(opened(trio, bundle))
    odd = tarfile.TarInfo(name)
    odd.type, odd.linkname = kind, "/etc/passwd"
    refused(trio, sealed(trio, bundle, tar_of([*members, (odd, b"x" * 10)])), "bundle_damaged")
    assert not (trio[1].folder.parent / "evil").exists()


def test_inside__not_a_tar_or_cut_short__is_refused(trio: Trio, bundle: bytes) -> None:
    """Rubbish, a cut tar, a tar without an end, something behind the end."""
    tar = opened(trio, bundle)
    for inside in (b"", b"x" * 3000, tar[:700], tar[:-1024], tar.rstrip(b"\0"), tar + b"x" * 512, bytes(10_240)):
        refused(trio, sealed(trio, bundle, inside), "bundle_damaged")


def test_tar_reader__takes_any_cut_of_the_stream(trio: Trio, bundle: bytes) -> None:
    """The pieces in which age hands out the stream do not matter."""

    class Collector:
        def __init__(self) -> None:
            self.parts: list[tuple[str, bytes]] = []

        def begin(self, name: str, size: int) -> None:
            self.parts.append((name, b""))

        def take(self, data: bytes) -> None:
            name, content = self.parts[-1]
            self.parts[-1] = (name, content + data)

        def end(self) -> None:
            self.parts.append(("", b""))

    from db.exchange.bundle_cipher import TarSink

    tar = opened(trio, bundle)
    expected = [(header.name, content) for header, content in members_of(tar)]
    for step in (1, 511, 512, 513, 100_000):
        collector = Collector()
        sink = TarSink(collector)
        for start in range(0, len(tar), step):
            sink.write(tar[start : start + step])
        sink.finish()
        assert [part for part in collector.parts if part[0]] == expected


def test_cipher__error_of_the_visitor__comes_out_as_it_is(trio: Trio, bundle: bytes) -> None:
    """What a visitor raises inside pyrage is not turned into something else."""

    class Angry:
        def begin(self, name: str, size: int) -> None:
            raise MalformedError("nein")

    _, payload = parts(bundle)
    with pytest.raises(MalformedError, match="nein"):
        decrypt_stream(io.BytesIO(payload), Angry(), exchange_keys(trio[1].database).identities)  # type: ignore[arg-type]


# -- an enrolled sender who does not play fair -------------------------------------------------------------------


def tampered(trio: Trio, tamper: Tamper, **manifest: Any) -> Path:
    """A correctly signed bundle of the township, its records changed by *tamper*."""
    town, county, stick = trio
    records = record_lines(town, archive_ids(town))
    for record in records:
        record["attachments"] = []
    tamper(records)
    return forge(town, county, stick, as_lines(records), **manifest)


def worker(record: dict[str, Any]) -> dict[str, Any]:
    """The worker's values of a record's current revision."""
    values: dict[str, Any] = record["revisions"][-1]["snapshot"]["worker"]
    return values


DEEP = json.loads("[" * 500 + "]" * 500)
STRUCTURAL: dict[str, Tamper] = {
    "same archive twice": lambda records: records.append(copy.deepcopy(records[0])),
    "member of two archives": lambda records: records[1]["revisions"][-1]["snapshot"].update(
        members=records[0]["revisions"][-1]["snapshot"]["members"]
    ),
    "no revisions": lambda records: records[0].update(revisions=[]),
    "revisions not as numbered": lambda records: records[0]["archive"].update(revision=99),
    "a number beyond all bounds": lambda records: worker(records[0]).update(monthly_income=10**400),
    "a float": lambda records: worker(records[0]).update(monthly_income=1.5),
    "deep nesting": lambda records: worker(records[0]).update(remarks=DEEP),
    "an object as a value": lambda records: worker(records[0]).update(remarks={"a": 1}),
    "a very long text": lambda records: worker(records[0]).update(remarks="长" * 100_000),
    "a lone surrogate": lambda records: worker(records[0]).update(remarks="\ud800"),
    "no member id": lambda records: records[0]["revisions"][-1]["snapshot"]["members"][0].pop("id"),
    "id that is a path": lambda records: records[0]["archive"].update(id="../../office.db"),
    "moment that is none": lambda records: records[0]["archive"].update(updated_at="yesterday"),
    "unknown field in the history": lambda records: records[0]["revisions"][-1].update(changes=[["x", "", "", 1, 2]]),
    "changes of odd shape": lambda records: records[0]["revisions"][-1].update(changes=[{"a": 1}]),
    "not an object": lambda records: records.insert(0, []),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("case", STRUCTURAL)
def test_records__malformed__refuse_the_bundle(trio: Trio, case: str) -> None:
    """What our own program cannot have written is refused as a whole."""
    town, county, stick = trio
    records = record_lines(town, archive_ids(town))
    STRUCTURAL[case](records)
    lines = [line.replace(b"\xed\xa0\x80", b"\\ud800") for line in encoded(records)]
    refused(trio, forge(town, county, stick, lines), "bundle_damaged")


def encoded(records: list[Any]) -> list[bytes]:
    """Records as lines, surrogates and all."""
    return [json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n" for record in records]


def test_records__raw_nonsense__refuse_the_bundle(trio: Trio) -> None:
    """Lines that are no JSON, have NaN, are not UTF-8, or lack their end."""
    town, county, stick = trio
    for lines in ([b"{\n"], [b'{"archive": NaN}\n'], [b"\xff\xfe\n"], [b"{}"], [b"[" * 100_000 + b"\n"], [b"\n"]):
        refused(trio, forge(town, county, stick, lines), "bundle_damaged")


def test_records__count_differs_from_the_manifest__refuse_the_bundle(trio: Trio) -> None:
    """More, fewer, or absurdly many archives announced."""
    for count in (0, 1, 3, bundle_format.MOST_RECORDS + 1):
        counts = bundle_format.Counts(archives=count)
        refused(trio, tampered(trio, lambda records: None, counts=counts), "bundle_damaged")


SET_ASIDE: dict[str, tuple[Tamper, str]] = {
    "unknown field": (lambda records: worker(records[0]).update(salary=1), "认不出来"),
    "unknown option": (lambda records: worker(records[0]).update(hardship_category="rich"), "认不出来"),
    "text for a number": (lambda records: worker(records[0]).update(monthly_income="1500"), "认不出来"),
    "impossible date": (lambda records: worker(records[0]).update(work_started_on="2009-02-30"), "认不出来"),
}


@pytest.mark.parametrize("case", SET_ASIDE)
def test_record__that_could_not_have_been_typed__is_set_aside(trio: Trio, case: str) -> None:
    """One bad archive is set aside with its reason; the other is shown as new."""
    tamper, reason = SET_ASIDE[case]
    preview = exchange.inspect_bundle(trio[1], tampered(trio, tamper))
    assert (preview.new_count, preview.set_aside_count) == (1, 1)
    assert reason in preview.set_aside[0].reason


def paper_record(**values: Any) -> dict[str, Any]:
    """A paper as a record describes it."""
    return {
        "id": new_id(),
        "document_type": "id_card",
        "name": "证.jpg",
        "note": "",
        "media_type": "image/jpeg",
        "size": 5,
        "original_size": "",
        "sha256": "0" * 64,
        "stored_size": 5,
        "stored_sha256": hashlib.sha256(b"hello").hexdigest(),
        "secret": str(pyrage.x25519.Identity.generate()),
        "added_at": "2026-11-21T08:00:00+08:00",
        "added_by": "陈志强",
        "removed_at": None,
        **values,
    }


def a_file(folder: Path, content: bytes) -> AttachmentFile:
    """A file that claims to be a paper."""
    path = folder / f"content-{len(content)}"
    path.write_bytes(content)
    return AttachmentFile(path, hashlib.sha256(content).hexdigest(), len(content), "x")


@pytest.mark.parametrize(
    "values",
    [
        {"secret": "AGE-SECRET-KEY-1"},
        {"media_type": "text/html"},
        {"document_type": "virus"},
        {"stored_size": 1 << 40},
        {"stored_sha256": "../" * 10},
        {"name": "a\nb"},
        {"name": ".."},
    ],
)
def test_papers__malformed__refuse_the_bundle(trio: Trio, tmp_path: Path, values: dict[str, Any]) -> None:
    """Types, sizes, keys and names of papers are checked before anything is kept."""
    town, county, stick = trio
    records = record_lines(town, archive_ids(town)[:1])
    records[0]["attachments"] = [paper_record(**values)]
    path = forge(town, county, stick, as_lines(records), [a_file(tmp_path, b"hello")])
    if values.get("name") == "..":
        assert exchange.inspect_bundle(county, path).new_count == 1  # only a caption, never a path
    else:
        refused(trio, path, "bundle_damaged")


def test_papers__missing_surplus_or_of_other_size__refuse_the_bundle(trio: Trio, tmp_path: Path) -> None:
    """Each file belongs to a record, and each record gets its file."""
    town, county, stick = trio
    record = record_lines(town, archive_ids(town)[:1])[0]
    file = a_file(tmp_path, b"hello")
    for papers, files in (
        ([paper_record()], []),
        ([], [file]),
        ([paper_record(stored_size=6)], [file]),
        ([paper_record(), paper_record(stored_size=6)], [file]),
    ):
        record["attachments"] = papers
        refused(trio, forge(town, county, stick, as_lines([record]), files), "bundle_damaged")


def test_sender__claims_archives_of_others__set_aside(tmp_path: Path) -> None:
    """Archives of the county itself, of another township, or brought by another: not this sender's to change."""
    with town_and_county(tmp_path) as (town, county, stick):
        other, _ = make_office(tmp_path / "other", "黄铺镇总工会")
        acquaint(other, county, tmp_path)
        own = file_household(county, 1)
        theirs = file_household(other, 2)
        exchange.receive_bundle(county, exchange.export_bundle(other, None, stick).path)
        mine = file_household(town, 3)
        records = record_lines(county, [own.id]) + record_lines(other, [theirs.id]) + record_lines(town, [mine.id])
        stolen = copy.deepcopy(records[1])
        stolen["archive"]["office_id"] = town.office.id
        for record in records:
            record["revisions"][-1]["snapshot"]["worker"]["name"] = "改名"
        for claim in (records, [stolen, records[2]]):
            path = forge(town, county, stick, as_lines(claim))
            preview = exchange.inspect_bundle(county, path)
            assert [item.archive_id for item in preview.new] == [mine.id]
            assert {item.outcome for item in preview.set_aside} == {Outcome.REFUSED}
        outcome = exchange.receive_bundle(county, path)
        assert (outcome.new_count, outcome.set_aside_count) == (1, 1)
        assert archiving.load_archive(county, theirs.id).content == theirs.content
        assert archiving.load_archive(county, own.id).content == own.content
        other.close()


def test_sender__reuses_ids_of_others__set_aside(tmp_path: Path) -> None:
    """Ids of members and papers that belong to another archive are not taken over."""
    with town_and_county(tmp_path) as (town, county, stick):
        first = file_household(town, 1)
        attachments.add_attachment(town, first.id, "证.jpg", photo(), "id_card")
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        held = record_lines(town, [first.id])[0]
        second, third = file_household(town, 2), file_household(town, 3)
        records = record_lines(town, [second.id, third.id])
        records[0]["revisions"][-1]["snapshot"]["members"] = held["revisions"][-1]["snapshot"]["members"]
        records[1]["attachments"] = [paper_record(id=held["attachments"][0]["id"])]
        path = forge(town, county, stick, as_lines(records), [a_file(tmp_path, b"hello")])
        preview = exchange.inspect_bundle(county, path)
        assert [item.outcome for item in preview.items] == [Outcome.REFUSED, Outcome.REFUSED]
        before = dump(county)["attachment"]
        exchange.receive_bundle(county, path)
        assert dump(county)["attachment"] == before


# -- strict reading ----------------------------------------------------------------------------------------------


def test_manifest__survives_its_own_writing(trio: Trio, bundle: bytes) -> None:
    """Cover and manifest read what they wrote."""
    manifest = Manifest.from_bytes(members_of(opened(trio, bundle))[0][1])
    assert Manifest.from_bytes(manifest.to_bytes()) == manifest
    cover = Cover.from_bytes(json.dumps(parts(bundle)[0]).encode())
    assert Cover.from_bytes(cover.to_bytes()) == cover and manifest.agrees_with(cover)


@settings(max_examples=200, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3))))  # fmt: skip
def test_readers__any_json__is_malformed_or_read(value: Any) -> None:
    """Whatever stands in a file, the readers answer with MalformedError at worst."""
    from db.exchange.bundle_records import parse_archive, parse_receipt

    data = json.dumps(value).encode()
    for read in (Cover.from_bytes, Manifest.from_bytes, parse_archive, parse_receipt, bundle_format.format_of):
        with pytest.raises(MalformedError):
            read(data)
            raise MalformedError("a number as the format may pass")
