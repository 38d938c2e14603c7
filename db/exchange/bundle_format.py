"""What stands in a bundle (`.nuandang`): cover, manifest and records, and their strict reading.

Whatever comes from a stick is hostile until the signature holds, and still only text after that: every reader here
checks type, size and range of each value and raises :class:`MalformedError` instead of passing anything odd on.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

SUFFIX = ".nuandang"
FORMAT, VOLUME_FORMAT = 1, 2
"""Of a bundle in one file, and of one split into volumes: a program that knows no volumes asks for an upgrade."""
COVER, PAYLOAD = "cover.json", "payload.age"
MANIFEST, SIGNATURE, RECORDS, ATTACHMENT_FOLDER = "manifest.json", "manifest.sig", "records.jsonl", "attachments/"
SIGN_PURPOSE = b"nuandang bundle manifest 1"

LARGEST_COVER = 65_536
LARGEST_MANIFEST = 1 << 20
LARGEST_RECORD = 8 << 20
MOST_VOLUMES = 999
LARGEST_ATTACHMENT = 64 << 20
MOST_RECORDS = 1_000_000
MOST_PER_ARCHIVE = 2_000
"""Revisions, members or attachments of one archive."""
MOST_WANTED = 5_000
"""Archives an office asks for at once."""
LONGEST_TEXT = 20_000
LONGEST_ENTRY_TEXT = 2_000_000
"""Of an entry of a register: a copy of a table that was handed in holds all its figures and its layout."""
LARGEST_NUMBER = 1 << 53

T = TypeVar("T")


class BundleKind(StrEnum):
    """What a bundle carries: archives upwards, a receipt or an answer downwards, archives out to a laptop and back."""

    ARCHIVES = "archives"
    RECEIPT = "receipt"
    ANSWER = "answer"
    VISIT_OUT = "visit_out"
    VISIT_BACK = "visit_back"


class Outcome(StrEnum):
    """What became of one archive of a bundle."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    DUPLICATE = "duplicate"
    OLDER = "older"
    CONFLICT = "conflict"
    REFUSED = "refused"
    MERGED = "merged"
    """An own archive came back from elsewhere, and both sides had changed it."""


ACKNOWLEDGED = frozenset({Outcome.NEW, Outcome.CHANGED, Outcome.SAME, Outcome.DUPLICATE, Outcome.OLDER})
"""Outcomes after which the receiver holds at least the revision that was sent."""


class MalformedError(ValueError):
    """A part of a bundle is not as this format says; the text is the reason, in Chinese."""


# -- plain values ------------------------------------------------------------------------------------------------


def _no_constant(text: str) -> Any:
    raise MalformedError(f"数值 {text} 不允许")


MOST_PARTS = 250_000
"""Objects, lists and a third of the values of one record: megabytes of ``{}`` would fill hundreds in memory."""
_PLAIN = 1 << 20
_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def parse_json(line: bytes, what: str) -> dict[str, Any]:
    """One JSON object in strict UTF-8, without lone surrogates, NaN or absurd depth."""
    if len(line) > _PLAIN and line.count(b"{") + line.count(b"[") + line.count(b",") // 3 > MOST_PARTS:
        raise MalformedError(f"{what}大得不合理")
    try:
        value = _DECODER.decode(line.decode())
        if b"\\u" in line:  # the only way for half a character to come through
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as fault:
        raise MalformedError(f"{what}不是有效的内容") from fault
    if not isinstance(value, dict):
        raise MalformedError(f"{what}不是有效的内容")
    return value


def text_of(body: dict[str, Any], key: str, longest: int = 1000) -> str:
    """The text *key*."""
    value = body.get(key)
    if not isinstance(value, str) or len(value) > longest:
        raise MalformedError(f"{key} 不对")
    return value


def number_of(body: dict[str, Any], key: str, least: int = 0) -> int:
    """The whole number *key*, not below *least*."""
    value = body.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < LARGEST_NUMBER:
        raise MalformedError(f"{key} 不对")
    return value


def object_of(body: dict[str, Any], key: str) -> dict[str, Any]:
    """The object *key*."""
    value = body.get(key)
    if not isinstance(value, dict):
        raise MalformedError(f"{key} 不对")
    return value


def objects_of(body: dict[str, Any], key: str, read: Callable[[dict[str, Any]], T]) -> list[T]:
    """The list of objects *key*, each read by *read*."""
    value = body.get(key)
    if not isinstance(value, list) or len(value) > MOST_PER_ARCHIVE or not all(isinstance(item, dict) for item in value):
        raise MalformedError(f"{key} 不对")
    return [read(item) for item in value]


_LONGEST_MATCHED = 80
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


def _matching(pattern: re.Pattern[str], body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or len(value) > _LONGEST_MATCHED or not pattern.fullmatch(value):
        raise MalformedError(f"{key} 不对")
    return value


def id_of(body: dict[str, Any], key: str) -> str:
    """The UUID *key*."""
    return _matching(_UUID, body, key)


def sha256_of(body: dict[str, Any], key: str) -> str:
    """The SHA-256 *key*, hex."""
    return _matching(_SHA256, body, key)


def moment_of(body: dict[str, Any], key: str) -> str:
    """The ISO moment *key*."""
    return _matching(_MOMENT, body, key)


def day_of(body: dict[str, Any], key: str) -> str:
    """The ISO day *key*."""
    day = text_of(body, key, 10)
    try:
        if date.fromisoformat(day).isoformat() == day:
            return day
    except ValueError:
        pass
    raise MalformedError(f"{key} 不对")


# -- cover and manifest ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfficeName:
    """An office as bundles name it."""

    id: str
    name: str

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "OfficeName":
        """Read one office."""
        return cls(id_of(body, "id"), text_of(body, "name", 200))


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a bundle carries."""

    archives: int = 0
    incomplete: int = 0
    attachments: int = 0
    attachment_bytes: int = 0

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Counts":
        """Read the counts."""
        return cls(**{key: number_of(body, key) for key in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Volume:
    """Which part of a split payload a file holds. The hash of the whole payload tells which parts belong together."""

    number: int
    total: int
    sha256: str
    size: int

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Volume":
        """Read one."""
        found = cls(
            number_of(body, "number", 1), number_of(body, "total", 2), sha256_of(body, "sha256"), number_of(body, "size", 1)
        )
        if not found.number <= found.total <= MOST_VOLUMES:
            raise MalformedError("卷号不对")
        return found


@dataclass(frozen=True, slots=True)
class Cover:
    """``cover.json``: what may be known without the key. No personal data."""

    kind: BundleKind
    sender: OfficeName
    receiver: OfficeName
    sequence: int
    created_at: str
    counts: Counts
    payload_sha256: str
    payload_bytes: int
    volume: Volume | None = None
    """None: the file holds the whole payload."""

    def to_bytes(self) -> bytes:
        """The file."""
        body = asdict(self)
        if self.volume is None:
            del body["volume"]
        return json.dumps({"format": self.format, **body}, ensure_ascii=False, indent=1).encode()

    @property
    def format(self) -> int:
        """The format a program must know to read the file."""
        return VOLUME_FORMAT if self.volume else FORMAT

    @property
    def content_bytes(self) -> int:
        """How much of the payload is in the file."""
        return self.volume.size if self.volume else self.payload_bytes

    @classmethod
    def from_bytes(cls, data: bytes) -> "Cover":
        """Read ``cover.json`` of a format this program knows (see :func:`format_of`)."""
        body = parse_json(data, "封面")
        return cls(
            kind=kind_of(body),
            sender=OfficeName.from_json(object_of(body, "sender")),
            receiver=OfficeName.from_json(object_of(body, "receiver")),
            sequence=number_of(body, "sequence", 1),
            created_at=moment_of(body, "created_at"),
            counts=Counts.from_json(object_of(body, "counts")),
            payload_sha256=sha256_of(body, "payload_sha256"),
            payload_bytes=number_of(body, "payload_bytes", 1),
            volume=Volume.from_json(object_of(body, "volume")) if number_of(body, "format") == VOLUME_FORMAT else None,
        )


def format_of(data: bytes) -> int:
    """Format number of a cover or manifest."""
    return number_of(parse_json(data, "封面"), "format", 1)


def kind_of(body: dict[str, Any]) -> BundleKind:
    """The kind of bundle."""
    try:
        return BundleKind(text_of(body, "kind"))
    except ValueError as fault:
        raise MalformedError("种类不认识") from fault


@dataclass(frozen=True, slots=True)
class Answered:
    """The bundle a receipt answers."""

    sequence: int
    payload_sha256: str

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Answered":
        """Read the reference."""
        return cls(number_of(body, "sequence", 1), sha256_of(body, "payload_sha256"))


def _ids(body: dict[str, Any], key: str) -> list[str]:
    value = body.get(key)
    if not isinstance(value, list) or len(value) > MOST_WANTED:
        raise MalformedError(f"{key} 不对")
    return [id_of({key: item}, key) for item in value]


@dataclass(frozen=True, slots=True)
class Manifest:
    """``manifest.json``, signed by the sender.

    The records are hashed here, and every record names its attachments by hash and size, so the signature covers
    each byte of the bundle without a list that grows with it.
    """

    kind: BundleKind
    sender: OfficeName
    receiver: OfficeName
    sequence: int
    previous_sha256: str
    created_at: str
    counts: Counts
    records_sha256: str
    records_bytes: int
    program: str = ""
    policy: str | None = None
    answers: Answered | None = None
    offices: list[OfficeName] = field(default_factory=list)
    """Names of the offices whose archives travel along, where they are not the sender's own."""
    records: int | None = None
    """How many lines the records have, where that is not one for each archive."""
    answered: int = 0
    """Upwards: number of the receiver's last answer that was applied; 0 for none."""
    wanted: list[str] = field(default_factory=list)
    """Upwards: ids of archives that an answer told of and that are not here (a restored backup): please send them down."""

    @property
    def line_count(self) -> int:
        """How many lines the records have."""
        return self.counts.archives if self.records is None else self.records

    def to_bytes(self) -> bytes:
        """The file, the exact bytes that are signed."""
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Manifest":
        """Read ``manifest.json``."""
        body = parse_json(data, "清单")
        if number_of(body, "format", 1) != FORMAT:
            raise MalformedError("清单格式不对")
        answers = object_of(body, "answers") if body.get("answers") is not None else None
        return cls(
            kind=kind_of(body),
            sender=OfficeName.from_json(object_of(body, "sender")),
            receiver=OfficeName.from_json(object_of(body, "receiver")),
            sequence=number_of(body, "sequence", 1),
            previous_sha256=sha256_of(body, "previous_sha256") if body.get("previous_sha256") else "",
            created_at=moment_of(body, "created_at"),
            counts=Counts.from_json(object_of(body, "counts")),
            records_sha256=sha256_of(body, "records_sha256"),
            records_bytes=number_of(body, "records_bytes"),
            program=text_of(body, "program"),
            policy=text_of(body, "policy") if body.get("policy") is not None else None,
            answers=Answered.from_json(answers) if answers is not None else None,
            offices=objects_of(body, "offices", OfficeName.from_json),
            records=number_of(body, "records") if body.get("records") is not None else None,
            answered=number_of(body, "answered") if body.get("answered") is not None else 0,
            wanted=_ids(body, "wanted") if body.get("wanted") is not None else [],
        )

    def agrees_with(self, cover: Cover) -> bool:
        """Whether the unsigned cover says the same as this signed manifest."""
        return (self.kind, self.sender, self.receiver, self.sequence, self.created_at, self.counts) == (
            cover.kind, cover.sender, cover.receiver, cover.sequence, cover.created_at, cover.counts,
        )  # fmt: skip
