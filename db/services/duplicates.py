"""查重: people who look alike in different archives, what a clerk decides about them, and that it is remembered.

An office sees only what it holds: a township compares its own archives, the county those of all its townships, and the
pairs, notes and decisions stay in the office that made them. Warnings to a township about people it submitted itself
come with the county's answers; nothing of one township's archives is shown to another here.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldSpec
from db.domain.look_alike import (
    BAND_LABELS,
    EQUAL_POINTS,
    FIELDS,
    HIGHEST,
    LIKELY,
    POSSIBLE,
    Agreement,
    Band,
    Likeness,
    Part,
    Person,
    band_of,
    compare,
    person_key,
)
from db.domain.look_alike_keys import KINDS
from db.errors import Progress, UserError
from db.services import archiving
from db.services.office import OfficeSession, get_setting, set_setting, write_journal
from db.store import duplicate_store


class PairState(StrEnum):
    """What was decided about a pair."""

    OPEN = "open"
    SAME_PERSON = "same_person"
    DIFFERENT_PEOPLE = "different_people"
    MERGED = "merged"


STATE_LABELS = {
    PairState.OPEN: "待看",
    PairState.SAME_PERSON: "同一人，待合并",
    PairState.DIFFERENT_PEOPLE: "不是同一人",
    PairState.MERGED: "已合并",
}
_SCORES = {Band.LIKELY: (LIKELY, HIGHEST), Band.POSSIBLE: (POSSIBLE, LIKELY - 1), Band.UNLIKELY: (0, POSSIBLE - 1)}
_LAST_SEARCH = "duplicate_search"
_FIELD_SPECS: dict[str, FieldSpec] = {
    **{key: ARCHIVE_FORM.field(key) for key in FIELDS if key not in {"phone", "address", "employer"}},
    "phone": ARCHIVE_FORM.field("mobile_phone"),
    "address": ARCHIVE_FORM.field("home_address"),
    "employer": ARCHIVE_FORM.field("employer"),
}
_CAPTIONS = {"phone": "电话", "employer": "单位或学校"}


@dataclass(frozen=True, slots=True)
class PersonCard:
    """One of the two: who, and where they stand. *office_name* says whose archive it is, where that is not the same for all."""

    archive_id: str
    archive_number: str
    office_name: str
    name: str
    role: str
    """``职工本人``, or which member of whose household."""


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """One line of the two side by side. *agreement* is None where one of them says nothing."""

    field: str
    caption: str
    first: str
    second: str
    agreement: Agreement | None
    points: int
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who look alike. *score* is that of the search or of the decision."""

    key: str
    state: PairState
    score: int
    first: PersonCard
    second: PersonCard
    note: str
    decided_at: str | None
    decided_by: str
    reopened_at: str | None
    """When a pair called different people came back, because an ID number had changed."""
    now: Likeness
    """What the two archives say today, which may have changed since the search."""
    lines: tuple[FieldComparison, ...]

    @property
    def band(self) -> Band:
        """What the score means."""
        return band_of(self.score)


@dataclass(frozen=True, slots=True)
class LargeGroup:
    """Something so many people share that it says nothing: they were not compared for it."""

    text: str
    people: int


@dataclass(frozen=True, slots=True)
class DuplicateReport:
    """What a search went through and found."""

    searched_at: str
    people: int
    compared: int
    """Pairs with something in common, that were scored."""
    found: int
    """Pairs that scored enough, with those decided earlier."""
    likely: int
    possible: int
    """Pairs open after the search, by band."""
    remembered: int
    """Pairs decided earlier, which a search does not ask about again."""
    reopened: int
    """Pairs called different people that came back, because an ID number had changed."""
    large_groups: tuple[LargeGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class PairCounts:
    """How many pairs stand in each state, those of the upper band apart."""

    likely: dict[PairState, int]
    others: dict[PairState, int]

    def of(self, state: PairState, band: Band | None = None) -> int:
        """How many pairs stand in *state*, of one band or of both."""
        found = {Band.LIKELY: self.likely[state], Band.POSSIBLE: self.others[state]}
        return sum(found.values()) if band is None else found.get(band, 0)


def score_words() -> str:
    """How a score comes about, for whoever asks."""
    counted = "、".join(f"{_CAPTIONS.get(key, _FIELD_SPECS[key].label)} {points}" for key, points in EQUAL_POINTS.items())
    return (
        f"分数由各项相加，最高 {HIGHEST}。两处相同时各算：{counted}；相近的少算，互相矛盾的扣分。"
        f"{LIKELY} 分以上{BAND_LABELS[Band.LIKELY]}，{POSSIBLE} 到 {LIKELY - 1} 分{BAND_LABELS[Band.POSSIBLE]}。"
        f"双胞胎、同村同名的人，没有证件、银行卡或电话作凭据，不会超过 {LIKELY - 1} 分。"
    )


def find_duplicates(session: OfficeSession, progress: Progress | None = None) -> DuplicateReport:
    """Compare everybody this office holds; pairs that may be one person become open pairs.

    Cancelling leaves the pairs as they were. What was decided stays decided: see :func:`decide_pair`.
    """
    search = duplicate_store.Search()
    searched_at = session.now
    with session.database.reading() as connection:
        found = list(duplicate_store.find_pairs(connection, search, POSSIBLE, progress))
    with session.database.writing() as connection:
        returned = duplicate_store.keep_found(connection, found, searched_at)
        counted = _counts(duplicate_store.counts(connection, LIKELY))
        detail: dict[str, object] = {"people": search.people, "found": len(found), "open": counted.of(PairState.OPEN)}
        write_journal(connection, session, "find_duplicates", detail)
    report = DuplicateReport(
        searched_at=searched_at,
        people=search.people,
        compared=search.candidates,
        found=len(found),
        likely=counted.of(PairState.OPEN, Band.LIKELY),
        possible=counted.of(PairState.OPEN, Band.POSSIBLE),
        remembered=sum(counted.of(state) for state in PairState if state is not PairState.OPEN),
        reopened=returned,
        large_groups=tuple(_large_group(block) for block in search.large),
    )
    set_setting(session, _LAST_SEARCH, asdict(report))
    return report


def _large_group(block: duplicate_store.LargeBlock) -> LargeGroup:
    kind, person = KINDS[block.kind], block.example
    shared = {"id_number": person.number, "bank_account": person.card, "phone": person.dialled}
    value = shared.get(kind.name) or f"{person.birth} {person.name}"
    return LargeGroup(f"{kind.label}（如 {value}）", block.people)


def last_search(session: OfficeSession) -> DuplicateReport | None:
    """The last search, None before the first."""
    kept = get_setting(session, _LAST_SEARCH, None)
    if kept is None:
        return None
    return DuplicateReport(**{**kept, "large_groups": tuple(LargeGroup(**each) for each in kept["large_groups"])})


def changed_since_search(session: OfficeSession, report: DuplicateReport) -> int:
    """How many archives were saved after a search."""
    with session.database.reading() as connection:
        return duplicate_store.changed_since(connection, report.searched_at)


# -- the pairs ----------------------------------------------------------------------------------------------------


def list_pairs(
    session: OfficeSession, state: PairState, offset: int = 0, limit: int = 100, band: Band | None = None
) -> list[Pair]:
    """A page of the pairs in *state*, the likeliest first; *band* leaves only those of one band."""
    scores = _SCORES[band] if band else (0, HIGHEST)
    with session.database.reading() as connection:
        rows = duplicate_store.pairs(connection, state, scores, offset, limit)
        people = duplicate_store.people_of(connection, rows)
    names = _owners(session)
    return [_pair(row, people, names) for row in rows]


def load_pair(session: OfficeSession, key: str) -> Pair:
    """One pair as it stands today."""
    with session.database.reading() as connection:
        row = duplicate_store.find_pair(connection, key)
        if row is None:
            raise UserError("duplicate_pair_gone")
        people = duplicate_store.people_of(connection, [row])
    return _pair(row, people, _owners(session))


def _owners(session: OfficeSession) -> dict[str, str]:
    """Whose archives are here; nothing where they all are of this office."""
    names = archiving.owner_names(session)
    return names if set(names) - {session.office.id} else {}


def count_pairs(session: OfficeSession) -> PairCounts:
    """How many pairs stand where."""
    with session.database.reading() as connection:
        return _counts(duplicate_store.counts(connection, LIKELY))


def _counts(found: dict[tuple[str, bool], int]) -> PairCounts:
    likely, others = ({state: found.get((state, is_likely), 0) for state in PairState} for is_likely in (True, False))
    return PairCounts(likely, others)


def decide_pair(session: OfficeSession, key: str, state: PairState, note: str = "") -> None:
    """Write down what the clerk says about a pair; it can be changed later, also back to open.

    A pair called different people never comes back with a search, unless the ID number of one of them changes. One
    called the same person waits among those to be merged.
    """
    with session.database.writing() as connection:
        row = duplicate_store.find_pair(connection, key)
        if row is None:
            raise UserError("duplicate_pair_gone")
        if PairState.MERGED in (row["state"], state):
            raise UserError("merge_pair_merged")
        people = duplicate_store.people_of(connection, [row])
        first, second = (people[each][0] for each in _keys_of(row))
        likeness = compare(first, second)
        decided = state is not PairState.OPEN
        values = {
            "pair_key": key,
            "state": str(state),
            "score": likeness.score,
            "parts": duplicate_store.parts_text(likeness.parts),
            "first_id_number": first.number,
            "second_id_number": second.number,
            "decided_at": session.now if decided else None,
            "decided_by": session.clerk.id if decided else "",
            "note": note.strip(),
        }
        duplicate_store.decide(connection, values)
        write_journal(connection, session, "decide_duplicate", {"pair": key, "state": str(state), "score": likeness.score})


def note_pair(session: OfficeSession, key: str, note: str) -> None:
    """Keep a note about a pair without deciding anything."""
    with session.database.writing() as connection:
        duplicate_store.put_note(connection, key, note.strip())


def _keys_of(row: dict[str, Any]) -> Sequence[str]:
    return [person_key(row[f"{side}_archive_id"], row[f"{side}_member_id"]) for side in ("first", "second")]


def _pair(row: dict[str, Any], people: dict[str, tuple[Person, dict[str, Any]]], names: dict[str, str]) -> Pair:
    (first, at_first), (second, at_second) = (people[key] for key in _keys_of(row))
    likeness = compare(first, second)
    parts = {part.field: part for part in likeness.parts}
    return Pair(
        key=row["pair_key"],
        state=PairState(row["state"]),
        score=row["score"],
        first=_card(at_first, names),
        second=_card(at_second, names),
        note=row["note"],
        decided_at=row["decided_at"],
        decided_by=row["clerk_name"] or "",
        reopened_at=row["reopened_at"],
        now=likeness,
        lines=tuple(_line(key, first, second, parts.get(key)) for key in FIELDS),
    )


def _card(place: dict[str, Any], names: dict[str, str]) -> PersonCard:
    role = "职工本人"
    if place["member_id"]:
        relation = format_value(ARCHIVE_FORM.member_field("relation_to_head"), place["relation_to_head"])
        role = f"{place['head_name'] or '--'} 的{relation or '家庭成员'}"
    return PersonCard(
        archive_id=place["archive_id"],
        archive_number=place["archive_number"],
        office_name=names.get(place["office_id"], ""),
        name=place["name"] or "（未填姓名）",
        role=role,
    )


def _line(key: str, first: Person, second: Person, part: Part | None) -> FieldComparison:
    spec = _FIELD_SPECS[key]
    return FieldComparison(
        field=key,
        caption=_CAPTIONS.get(key, spec.label),
        first=format_value(spec, getattr(first, key) or None),
        second=format_value(spec, getattr(second, key) or None),
        agreement=part.agreement if part else None,
        points=part.points if part else 0,
        text=part.text if part else _silence(bool(getattr(first, key)), bool(getattr(second, key))),
    )


def _silence(first: bool, second: bool) -> str:
    """Why a field counts nothing."""
    if first and second:
        return "身份证号已含"
    return "一方没有填" if first or second else "都没有填"
