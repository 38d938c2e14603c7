"""Dated standards of a region (低保标准, 最低工资): what the office knows, and figures it adds with their document.

The office's own figures of a topic are one table, a TOML text like the packaged ones; every addition makes a new
version of it. Nothing is inherited: a figure holds for the regions it names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import tomlkit

from db.domain import regions
from db.domain.field_kinds import parse_value
from db.domain.form_schema import FieldKind, FieldSpec
from db.domain.option_lists import option_list
from db.domain.policy.book import PACKAGED, TOPICS, PolicyBook, packaged_book, version_key
from db.domain.policy.pack import Cap, ImputedWage, StandardTable, StandardValue, Threshold
from db.domain.policy.pack_checks import walk
from db.domain.policy.reading import read_standards
from db.domain.policy.words import number_words
from db.errors import UserError
from db.services.office import OfficeSession, write_journal
from db.services.policy_editing import NewSource, read_day, source_fields
from db.services.policy_library import (
    EDITED,
    ORIGIN_LABELS,
    StoredText,
    book_of,
    policy_book,
    put_standards,
    readable_standards,
    stored_texts,
)
from db.store import policy_store

UNIT_LABELS = {
    "yuan_per_person_month": "元每人每月",
    "yuan_per_month": "元每月",
    "yuan_per_household_year": "元每户每年",
}
_UNITS = {
    "subsistence": "yuan_per_person_month",
    "minimum_wage": "yuan_per_month",
}
_AMOUNT = FieldSpec(key="amount", label="标准", kind=FieldKind.MONEY)


@dataclass(frozen=True, slots=True)
class StandardRow:
    """One figure of one region, as 设置 → 政策 lists it."""

    topic: str
    topic_label: str
    region: str
    region_name: str
    area: str
    area_label: str
    begins: str
    ends: str | None
    amount: str
    """元, as text."""
    unit_label: str
    citation: str
    checked_on: str
    origin: str
    is_in_force: bool

    @property
    def origin_label(self) -> str:
        """Where the figure comes from, in Chinese."""
        return ORIGIN_LABELS[self.origin]


def topics(book: PolicyBook) -> dict[str, str]:
    """The standards that tables hold or packs ask for: topic → name."""
    used = {table.topic for table in book.standards} | set(TOPICS)
    for loaded in book.packs:
        for _, part in walk(loaded.pack):
            if isinstance(part, Cap | Threshold | ImputedWage) and part.standard:
                used.add(part.standard)
    return {topic: book.standard_label(topic) for topic in sorted(used, key=lambda item: (item != "subsistence", item))}


def standards_rows(session: OfficeSession, on: str | None = None) -> list[StandardRow]:
    """Every figure this office knows, by topic and region, the newest first."""
    with session.database.reading() as connection:
        book = book_of(connection)
        own = [(table, item.origin) for item in stored_texts(connection, "standards") if (table := readable_standards(item))]
    tables = [*own, *((table, PACKAGED) for table in packaged_book().standards)]
    day = on or session.today
    rows = [
        _row(book, table, origin, value, region, day)
        for table, origin in tables
        for value in table.value
        for region in value.regions
    ]
    newest_first = sorted(rows, key=lambda row: row.begins, reverse=True)
    return sorted(newest_first, key=lambda row: (row.topic != "subsistence", row.topic, row.region, row.area))


def _row(
    book: PolicyBook, table: StandardTable, origin: str, value: StandardValue, region: str, on: str
) -> StandardRow:
    source = next((item for item in table.source if item.id == value.source), None)
    hit = book.standard(table.topic, region, "urban" if value.area == "any" else value.area, on)
    return StandardRow(
        topic=table.topic,
        topic_label=table.label,
        region=region,
        region_name=regions.full_name(region),
        area=value.area,
        area_label="城乡一样" if value.area == "any" else option_list("residence_area").label(value.area),
        begins=value.begins,
        ends=value.ends,
        amount="" if value.amount is None else number_words(value.amount),
        unit_label=UNIT_LABELS[table.unit],
        citation=f"《{source.title}》{value.clause}" if source else value.clause,
        checked_on=source.checked_on if source else "",
        origin=origin,
        is_in_force=hit is not None and (hit.begins, hit.amount, hit.clause) == (value.begins, value.amount, value.clause),
    )


_HIGHEST = {"subsistence": 500_000, "minimum_wage": 1_000_000}
"""What a monthly standard never is, in 分: a year's amount or one in 分 has been typed, and every cap would be wrong by it."""


# -- adding -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewStandard:
    """A figure to add. *amount* in 元 as typed; *area* ``urban``, ``rural`` or ``any``; *ends* empty: until replaced."""

    topic: str
    region_codes: Sequence[str]
    area: str
    begins: str
    amount: str
    source: NewSource
    clause: str
    ends: str = ""


def add_standard(session: OfficeSession, new: NewStandard, *, correct: bool = False) -> bool:
    """Add a figure; whether anything changed. One that is known for that very day is replaced only with *correct*."""
    value = _checked(session, new)
    with session.database.writing() as connection:
        book = book_of(connection)
        if not correct and _is_known(book, new, value):
            return False
        stored = _own_table(stored_texts(connection, "standards"), new.topic)
        text = _grown(stored.text if stored else _header(book, new.topic), value, new.source, session.today)
        table = read_standards(text, f"{new.topic}.toml")
        if stored:
            policy_store.retire(connection, stored.sha256)
        put_standards(connection, session, table, text, EDITED, note=new.source.title)
        detail: dict[str, object] = {
            "topic": new.topic,
            "regions": list(new.region_codes),
            "begins": value["begins"].isoformat(),
            "version": table.version,
        }
        write_journal(connection, session, "add_standard", detail)
    return True


def _own_table(texts: Sequence[StoredText], topic: str) -> StoredText | None:
    return next((item for item in reversed(texts) if item.origin == EDITED and item.pack_id == topic), None)


def _checked(session: OfficeSession, new: NewStandard) -> dict[str, Any]:
    """The ``[[value]]`` table without its source; UserError says what is missing or wrong."""
    known = topics(policy_book(session))
    if new.topic not in known:
        raise UserError("standard_unknown_topic", topic=new.topic, known="、".join(known))
    if not new.region_codes:
        raise UserError("standard_no_region")
    for code in new.region_codes:
        if not regions.is_known(code):
            raise UserError("unknown_region", region=code)
    areas = ["any", *option_list("residence_area").by_code]
    if new.area not in areas:
        raise UserError("not_in_list", text=new.area, known="、".join(areas))
    amount = _amount(known[new.topic], new)
    if not new.clause.strip():
        raise UserError("policy_needs_source", label=known[new.topic])
    begins = read_day(new.begins, "起始日")
    value: dict[str, Any] = {"regions": list(dict.fromkeys(new.region_codes)), "area": new.area}
    value["begins"] = date.fromisoformat(begins)
    if new.ends.strip():
        ends = read_day(new.ends, "停用日")
        if ends < begins:
            raise UserError("policy_ends_before", ends=ends, begins=begins)
        value["ends"] = date.fromisoformat(ends)
    value["amount"] = number_words(Fraction(amount, 100))
    return {**value, "clause": new.clause.strip()}


def _amount(label: str, new: NewStandard) -> int:
    parsed = parse_value(_AMOUNT, new.amount)
    if parsed.code or not isinstance(parsed.value, int) or parsed.value <= 0:
        raise UserError("policy_bad_figure", label=label, text=new.amount, wanted="大于 0 的金额，如 585")
    highest = _HIGHEST.get(new.topic)
    if highest and parsed.value > highest:
        raise UserError("standard_too_high", label=label, text=new.amount, highest=highest // 100)
    return parsed.value


def _is_known(book: PolicyBook, new: NewStandard, value: dict[str, Any]) -> bool:
    """Whether all of it is known already; UserError when another amount is known for the very same day."""
    begins = value["begins"].isoformat()
    found = 0
    for table in book.standards:
        for known in table.value:
            shared = [code for code in value["regions"] if code in known.regions]
            overlaps = known.area == new.area or "any" in {known.area, new.area}
            if table.topic != new.topic or not shared or not overlaps or known.begins != begins:
                continue
            amount = "" if known.amount is None else number_words(known.amount)
            if amount != value["amount"] or known.area != new.area:
                citation = next((f"《{item.title}》" for item in table.source if item.id == known.source), "") + known.clause
                raise UserError(
                    "standard_repeated",
                    region=regions.full_name(shared[0]),
                    begins=begins,
                    topic=table.label,
                    known=amount,
                    citation=citation,
                )
            found += len(shared)
    return found >= len(value["regions"])


def _header(book: PolicyBook, topic: str) -> str:
    packaged = next((table for table in book.standards if table.topic == topic), None)
    unit = packaged.unit if packaged else _UNITS.get(topic, "yuan_per_household_year")
    document = tomlkit.document()
    document.add(tomlkit.comment("本单位登记的标准，由暖档写入；每条写明文件和条款。"))
    for key, value in (("format", 1), ("topic", topic), ("label", book.standard_label(topic)), ("unit", unit)):
        document.add(key, value)
    document.add("version", "0")
    return tomlkit.dumps(document)


def _grown(text: str, value: dict[str, Any], source: NewSource, today: str) -> str:
    """The table with one more figure, in place of those for the same region, area and day."""
    document: Any = tomlkit.parse(text)
    document["version"] = str(version_key(document["version"])[0] + 1)
    for key in ("source", "value"):
        if key not in document:
            document[key] = tomlkit.aot()
    fields = source_fields(source, today)
    same = [item for item in document["source"] if (item["title"], item.get("number", "")) == (fields["title"], fields.get("number", ""))]
    if same:
        source_id = str(same[0]["id"])
    else:
        source_id = f"source_{len(document['source']) + 1}"
        document["source"].append(tomlkit.item({"id": source_id, **fields}))
    _take_out(document["value"], value)
    document["value"].append(tomlkit.item({**value, "source": source_id}))
    return tomlkit.dumps(document)


def _take_out(values: Any, new: dict[str, Any]) -> None:
    """Take the regions of *new* out of what stood there for the same day and area."""
    for index in range(len(values) - 1, -1, -1):
        known = values[index]
        overlaps = known["area"] == new["area"] or "any" in {known["area"], new["area"]}
        if known["begins"] != new["begins"] or not overlaps:
            continue
        left = [str(code) for code in known["regions"] if code not in new["regions"]]
        if not left:
            del values[index]
        elif len(left) < len(known["regions"]):
            known["regions"] = left
