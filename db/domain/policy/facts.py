"""The facts that rules look at: one household in one year, frozen, with the sums that every rule needs.

Two ways in: :func:`facts_of` joins an archive with its means worksheet; :func:`facts_from_json` reads the facts file
of the command line and refuses what it does not know. Money is 分.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from db.domain import regions
from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import parse_value, printable
from db.domain.form_schema import Always, FieldKind, FieldSpec, Never, Privacy, Section, Value
from db.domain.means_form import MEANS_FORM, WORKER, MeansContent, purpose_of, self_borne
from db.errors import UserError

Record = Mapping[str, Value]
_ARCHIVE_HOUSEHOLD = ("main_hardship_cause", "secondary_hardship_causes", "is_migrant_worker", "is_single_parent")
_ARCHIVE_PERSON = ("name", "sex", "birth_on", "health_status", "disability_type")
ARCHIVE_FACTS = (*_ARCHIVE_HOUSEHOLD, *_ARCHIVE_PERSON, "work_status", "member_identity", "relation_to_head")
"""Fields of the archive that the rules look at; a change of any other leaves an assessment as it is."""
LARGEST_LEDGER = 2000


def _archive_specs() -> tuple[FieldSpec, ...]:
    return tuple(_asked_elsewhere(key) for key in _ARCHIVE_HOUSEHOLD)


def _asked_elsewhere(key: str) -> FieldSpec:
    """A field of the archive form; its star there does not make a facts file incomplete."""
    return replace(ARCHIVE_FORM.field(key), required=Never())


_PERSON_ID = FieldSpec(
    key="person", label="人员编号", kind=FieldKind.TEXT, required=Always(), help="职工本人写 worker，其他人自己编号。"
)
_OCCUPATION = FieldSpec(
    key="occupation", label="身份", kind=FieldKind.CHOICE, options="member_identity", help="职工本人的工作状态也用这张表。"
)
_PERSON_SPECS = (
    _PERSON_ID,
    *(_asked_elsewhere(key) for key in _ARCHIVE_PERSON),
    FieldSpec(key="relation", label="与户主关系", kind=FieldKind.CHOICE, options="relation_to_head"),
    _OCCUPATION,
    *(spec for spec in MEANS_FORM.by_key["people"].fields if spec.key != "person"),
)


def facts_sections() -> tuple[Section, ...]:
    """What a facts file may hold, section by section: the worksheet and what the archive would know."""
    sections = []
    for section in MEANS_FORM.sections:
        fields = section.fields
        if section.key == "household":
            fields = (*fields, *_archive_specs())
        elif section.key == "people":
            fields = _PERSON_SPECS
        sections.append(Section(key=section.key, title=section.title, fields=fields, repeats=section.repeats))
    return tuple(sections)


_STANDARD_SPECS = (
    FieldSpec(
        key="topic",
        label="标准",
        kind=FieldKind.TEXT,
        required=Always(),
        help="如 subsistence（低保标准）、minimum_wage（最低工资）。",
    ),
    FieldSpec(key="region", label="适用地", kind=FieldKind.REGION, required=Always()),
    FieldSpec(key="area", label="城市或农村", kind=FieldKind.CHOICE, options="residence_area"),
    FieldSpec(key="begins", label="从哪天起", kind=FieldKind.DATE, required=Always()),
    FieldSpec(key="amount", label="标准", kind=FieldKind.MONEY, required=Always(), unit="分", privacy=Privacy.OPEN),
)
STANDARDS_SECTION = Section(
    key="standards", title="本地标准（政策包里没有登记时）", fields=_STANDARD_SPECS, repeats=True
)


@dataclass(frozen=True)
class HouseholdFacts:
    """One household as the rules see it.

    *year* is the year whose income and expenses the ledgers hold. *rows*: ledger key → rows; a ledger that is absent
    was not asked. *people* name everybody with ``person``; *standards* are local figures that came with the facts.
    """

    year: int
    values: Record
    people: tuple[Record, ...]
    rows: Mapping[str, tuple[Record, ...]]
    standards: tuple[Record, ...] = field(default=())

    @property
    def region(self) -> str:
        """Region code whose standard applies, empty when not known."""
        return str(self.values.get("region") or "")

    @property
    def area(self) -> str:
        """``urban`` or ``rural``, empty when not known."""
        return str(self.values.get("area") or "")

    @cached_property
    def living_together(self) -> frozenset[str]:
        """The people who live together: whose income counts and by how many it is divided."""
        return frozenset(str(person["person"]) for person in self.people if person.get("lives_together") is not False)

    @cached_property
    def size(self) -> int:
        """家庭共同生活人口."""
        return len(self.living_together)

    def person_name(self, person: Value) -> str:
        """Name of a person, as the sentences call them."""
        for record in self.people:
            if record["person"] == person:
                return str(record.get("name") or ("职工本人" if person == WORKER else person))
        return "职工本人" if person == WORKER else str(person or "全家")

    @cached_property
    def income_sums(self) -> Mapping[str, tuple[int, int, int]]:
        """Income kind → (amount, tax, social insurance) of the people living together, 分 of the year."""
        sums: dict[str, tuple[int, int, int]] = {}
        together = self.living_together
        for row in self.rows.get("incomes", ()):
            if row.get("person", WORKER) not in together:
                continue
            kind = str(row["kind"])
            amount, tax, insurance = sums.get(kind, (0, 0, 0))
            sums[kind] = (
                amount + _fen(row, "amount"),
                tax + _fen(row, "tax"),
                insurance + _fen(row, "social_insurance"),
            )
        return sums

    @cached_property
    def expense_sums(self) -> Mapping[str, tuple[int, int]]:
        """Expense kind and ``purpose:…`` → (self-borne, the same before compensation), 分 of the year.

        Only of the people living together, as with income; a bill without a name is the household's.
        """
        sums: dict[str, tuple[int, int]] = {}
        together = self.living_together
        for row in self.rows.get("expenses", ()):
            if row.get("person") is not None and row["person"] not in together:
                continue
            net = self_borne(row)
            gross = net + _fen(row, "compensation")
            purpose = purpose_of(row)
            for key in (str(row["kind"]), f"purpose:{purpose}" if purpose else "purpose:open"):
                one, two = sums.get(key, (0, 0))
                sums[key] = (one + net, two + gross)
        return sums

    @cached_property
    def asset_sums(self) -> Mapping[str, int]:
        """Asset kind → amount, 分."""
        sums: dict[str, int] = {}
        together = self.living_together
        for row in self.rows.get("assets", ()):
            if row.get("person") is not None and row["person"] not in together:
                continue
            sums[str(row["kind"])] = sums.get(str(row["kind"]), 0) + _fen(row, "amount")
        return sums

    @property
    def causes(self) -> frozenset[Value]:
        """Main and secondary hardship causes."""
        further = self.values.get("secondary_hardship_causes")
        return frozenset({self.values.get("main_hardship_cause"), *(further if isinstance(further, list) else ())})


def _fen(row: Record, key: str) -> int:
    value = row.get(key)
    return value if isinstance(value, int) else 0


def yuan(fen: Fraction | int) -> Fraction:
    """分 as an exact number of 元."""
    return Fraction(fen, 100)


# -- from an archive ----------------------------------------------------------------------------------------------


def facts_of(content: ArchiveContent, means: MeansContent, standards: Sequence[Record] = ()) -> HouseholdFacts:
    """The facts of an archive with its worksheet: names, births and causes from the one, means from the other."""
    extra = {str(row.get("person")): row for row in means.rows.get("people", [])}
    people = [_person(content.values, WORKER, content.values.get("work_status"), None, extra)]
    for member in content.members:
        identity, relation = member.get("member_identity"), member.get("relation_to_head")
        people.append(_person(member, str(member["id"]), identity, relation, extra))
    values = {key: value for key in _ARCHIVE_HOUSEHOLD if (value := content.values.get(key)) is not None}
    rows = {key: tuple(ledger) for key, ledger in means.rows.items() if key != "people"}
    return HouseholdFacts(means.year, {**values, **means.values}, tuple(people), rows, tuple(standards))


def _person(
    record: Record, person: str, occupation: Value, relation: Value, extra: Mapping[str, Record]
) -> Record:
    known = {key: record[key] for key in _ARCHIVE_PERSON if record.get(key) is not None}
    added = {key: value for key, value in extra.get(person, {}).items() if key != "id" and value is not None}
    return {**known, **added, "person": person, "occupation": occupation, "relation": relation}


# -- from a facts file --------------------------------------------------------------------------------------------

_TOP = {"year", "household", "standards", *(section.key for section in MEANS_FORM.ledgers)}


def facts_from_json(data: Any) -> HouseholdFacts:
    """Read a facts file; UserError names the place and what is wrong with it. Nothing unknown is passed over."""
    table = _object(data, "")
    _known_only(table, _TOP, "")
    year = table.get("year")
    if not isinstance(year, int) or isinstance(year, bool) or not 1990 <= year <= 2100:
        raise UserError("facts_bad_year", text=_shown(year))
    sections = {section.key: section for section in facts_sections()}
    values = _record(table.get("household", {}), sections["household"], "household")
    rows = {
        key: _ledger(table[key], section) for key, section in sections.items() if section.repeats and key in table
    }
    people = _people(rows.pop("people", ()), rows)
    standards = _ledger(table.get("standards", []), STANDARDS_SECTION)
    return check_facts(HouseholdFacts(year, values, people, rows, standards))


def _object(data: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise UserError("facts_not_object", where=where or "文件")
    return data


def _known_only(table: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise UserError("facts_unknown_key", where=f"{where}.{key}".lstrip("."), known="、".join(sorted(known)))


def _record(data: Any, section: Section, where: str) -> Record:
    table = _object(data, where)
    specs = {spec.key: spec for spec in section.fields}
    _known_only(table, {*specs, "id"} if section.repeats else set(specs), where)
    record: dict[str, Value] = {}
    for key, raw in table.items():
        if key != "id" and raw is not None:
            record[key] = _value(specs[key], raw, f"{where}.{key}")
    for spec in section.fields:
        if spec.starred and section.repeats and record.get(spec.key) in {None, ""}:
            raise UserError("facts_missing_key", where=f"{where}.{spec.key}", label=spec.label)
    return record


def _ledger(data: Any, section: Section) -> tuple[Record, ...]:
    if not isinstance(data, list):
        raise UserError("facts_not_list", where=section.key)
    if len(data) > LARGEST_LEDGER:
        raise UserError("facts_too_many", where=section.key, limit=LARGEST_LEDGER)
    return tuple(_record(row, section, f"{section.key}[{index}]") for index, row in enumerate(data))


_JSON_TYPES: dict[FieldKind, type] = {
    FieldKind.MONEY: int,
    FieldKind.AREA: int,
    FieldKind.COUNT: int,
    FieldKind.YES_NO: bool,
    FieldKind.MULTI_CHOICE: list,
    FieldKind.PAPERS: list,
}


def _value(spec: FieldSpec, raw: Any, where: str) -> Value:
    """A stored value as it stands in JSON: 分 for money, codes for choices; labels of choices are understood too."""
    wanted = _JSON_TYPES.get(spec.kind, str)
    if not isinstance(raw, wanted) or (wanted is int and isinstance(raw, bool)) or not _is_text(raw):
        raise UserError("facts_bad_value", where=where, label=spec.label, text=_shown(raw))
    if spec.kind in {FieldKind.CHOICE, FieldKind.MULTI_CHOICE}:
        return _codes(spec, raw, where)
    if isinstance(raw, list) and not all(isinstance(item, str) and _is_text(item) for item in raw):
        raise UserError("facts_bad_value", where=where, label=spec.label, text=_shown(raw))
    if spec.kind is FieldKind.REGION and not regions.is_known(str(raw)):
        raise UserError("unknown_region", region=raw)
    if isinstance(raw, str) and spec.kind is FieldKind.DATE:
        parsed = parse_value(spec, raw)
        if parsed.code:
            raise UserError("facts_bad_value", where=where, label=spec.label, text=_shown(raw))
        return parsed.value
    if isinstance(raw, int) and not isinstance(raw, bool) and not 0 <= raw <= 10**13:
        raise UserError("facts_out_of_range", where=where, label=spec.label, text=_shown(raw))
    assert isinstance(raw, str | int | list)
    return printable(raw) if isinstance(raw, str) else raw


def _is_text(raw: Any) -> bool:
    """Whether text has no half characters, which nothing can write down."""
    return not isinstance(raw, str) or raw.isascii() or raw.encode("utf-8", "ignore").decode() == raw


def _shown(raw: Any) -> str:
    """A refused value as the file has it, not as Python calls it."""
    try:
        return json.dumps(raw, ensure_ascii=False, default=str).strip('"')
    except (ValueError, RecursionError):
        return "（嵌套太深）"


def _codes(spec: FieldSpec, raw: Any, where: str) -> Value:
    from db.domain.option_lists import option_list

    known = option_list(str(spec.options)).by_code
    for code in raw if isinstance(raw, list) else [raw]:
        if not isinstance(code, str) or code not in known:
            raise UserError("facts_bad_code", where=where, label=spec.label, text=_shown(code), known="、".join(known))
    return raw  # type: ignore[no-any-return]


def _people(listed: tuple[Record, ...], rows: Mapping[str, tuple[Record, ...]]) -> tuple[Record, ...]:
    if not listed:
        raise UserError("facts_nobody")
    names = [record.get("person") for record in listed]
    if WORKER not in names:
        raise UserError("facts_no_worker", known="、".join(str(name) for name in names[:9]))
    if len(set(names)) != len(names):
        raise UserError("facts_same_person", text=next(name for name in names if names.count(name) > 1))
    for key, ledger in rows.items():
        for index, row in enumerate(ledger):
            if row.get("person") is not None and row["person"] not in names:
                raise UserError("facts_unknown_person", where=f"{key}[{index}].person", text=row["person"])
    return listed


# -- what cannot be true ------------------------------------------------------------------------------------------


def check_facts(facts: HouseholdFacts) -> HouseholdFacts:
    """Return *facts* when they do not contradict themselves; else UserError says which and where."""
    if not facts.people:
        raise UserError("facts_nobody")
    if not facts.size:
        raise UserError("facts_nobody_together")
    for index, row in enumerate(facts.rows.get("expenses", ())):
        if self_borne(row) < 0:
            raise UserError("facts_reimbursed_more", where=f"支出第 {index + 1} 行")
    for section in (*facts_sections(), STANDARDS_SECTION):
        ledger = {"people": facts.people, "standards": facts.standards}.get(section.key)
        for index, row in enumerate(ledger if ledger is not None else facts.rows.get(section.key, ())):
            _no_negative(row, section, f"{section.title}第 {index + 1} 行")
    _dates_in_order(facts)
    _nothing_twice(facts)
    return facts


def _no_negative(row: Record, section: Section, where: str) -> None:
    for spec in section.fields:
        value = row.get(spec.key)
        if spec.kind in {FieldKind.MONEY, FieldKind.AREA, FieldKind.COUNT} and isinstance(value, int) and value < 0:
            raise UserError("facts_negative", where=where, label=spec.label)


def _nothing_twice(facts: HouseholdFacts) -> None:
    """One month has one income, one place and day one standard: of two nobody could say which counts."""
    months = [str(row.get("month"))[:7] for row in facts.rows.get("monthly_incomes", ())]
    places = [tuple(row.get(key) for key in ("topic", "region", "area", "begins")) for row in facts.standards]
    for title, what, entries in (("逐月收入", "同一个月", months), ("本地标准", "同一地同一天的标准", places)):
        seen: dict[object, int] = {}
        for index, entry in enumerate(entries, 1):
            if seen.setdefault(entry, index) != index:
                raise UserError("facts_twice", where=f"{title}第 {seen[entry]} 行和第 {index} 行", what=what)


def _dates_in_order(facts: HouseholdFacts) -> None:
    births = {person["person"]: person.get("birth_on") for person in facts.people}
    since, born = facts.values.get("labour_relation_on"), births.get(WORKER)
    if isinstance(since, str) and isinstance(born, str) and since < born:
        label = MEANS_FORM.spec("household", "labour_relation_on").label
        raise UserError("facts_before_birth", where="家庭情况", label=label, day=since, born=born)
    for key, ledger in (("people", facts.people), *facts.rows.items()):
        title = MEANS_FORM.by_key[key].title
        for index, row in enumerate(ledger):
            born = births.get(row.get("person"))
            for spec in MEANS_FORM.by_key[key].fields:
                day = row.get(spec.key)
                if spec.kind is FieldKind.DATE and isinstance(day, str) and isinstance(born, str) and day < born:
                    where = f"{title}第 {index + 1} 行"
                    raise UserError("facts_before_birth", where=where, label=spec.label, day=day, born=born)
