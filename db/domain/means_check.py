"""Whether a means worksheet can be stored: known entries only, rows complete, people of this household.

What contradicts itself (negative amounts, more reimbursed than spent) is found by ``policy.facts.check_facts``; this
module looks at the shape, so that a worksheet from a stick, a facts file or a slip of the program is never half read.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from db.domain.archive_content import ArchiveContent
from db.domain.field_kinds import printable
from db.domain.form_schema import FieldKind, FieldSpec, Section, Value
from db.domain.means_form import MEANS_FORM, WORKER, MeansContent, Row
from db.domain.policy.facts import LARGEST_LEDGER, check_facts, facts_of
from db.domain.validation import is_storable, type_fits
from db.errors import UserError

YEARS = range(1990, 2101)


def read_means(data: Any) -> MeansContent:
    """The worksheet that ``MeansContent.to_json`` wrote; ValueError where *data* has another shape."""
    if not isinstance(data, dict):
        raise ValueError("worksheet")
    year, household, rows = data.get("year"), data.get("household"), data.get("rows")
    edition = data.get("edition")
    shaped = isinstance(year, int) and not isinstance(year, bool) and year in YEARS and is_storable(edition)
    if not shaped or not isinstance(household, dict) or not isinstance(rows, dict):
        raise ValueError("worksheet")
    for ledger in rows.values():
        if not isinstance(ledger, list) or len(ledger) > LARGEST_LEDGER:
            raise ValueError("ledger")
        if not all(isinstance(row, dict) for row in ledger):
            raise ValueError("row")
    return MeansContent.from_json(data)


def unknown_entry(means: MeansContent) -> str:
    """Caption or key of the first entry that this program does not know or cannot hold; empty when all are known."""
    for place, spec, value in _entries(means):
        if spec is None or not _fits(spec, value):
            return spec.label if spec else place
    ids = [row.get("id") for ledger in means.rows.values() for row in ledger]
    sound = all(is_storable(row_id) and row_id for row_id in ids) and len(set(ids)) == len(ids)
    return "" if sound and means.year in YEARS else "年份" if sound else "行号"


def _entries(means: MeansContent) -> Iterable[tuple[str, FieldSpec | None, Value]]:
    yield from _of_record(means.values, MEANS_FORM.by_key["household"])
    for key, ledger in means.rows.items():
        section = MEANS_FORM.by_key.get(key)
        if section is None or not section.repeats:
            yield key, None, None
            continue
        for row in ledger:
            yield from _of_record({name: value for name, value in row.items() if name != "id"}, section)


def _of_record(record: Mapping[str, Value], section: Section) -> Iterable[tuple[str, FieldSpec | None, Value]]:
    specs = {spec.key: spec for spec in section.fields}
    for key, value in record.items():
        yield str(key)[:40], specs.get(key), value


def _fits(spec: FieldSpec, value: Value) -> bool:
    return type_fits(spec, value) and not (spec.kind is FieldKind.COUNT and isinstance(value, int) and value < 0)


# -- before it is stored ------------------------------------------------------------------------------------------


def prepared_means(means: MeansContent) -> MeansContent:
    """A copy ready to store: invisible characters dropped, empty answers left out."""
    ready = means.copy()
    ready.values = _answers(ready.values)
    ready.rows = {key: [_answers(row) for row in ledger] for key, ledger in ready.rows.items()}
    return ready


def _answers(record: Row) -> Row:
    cleaned = {key: printable(value) if isinstance(value, str) else value for key, value in record.items()}
    return {key: value for key, value in cleaned.items() if value is not None and value != "" and value != []}


def check_means(content: ArchiveContent, means: MeansContent) -> MeansContent:
    """Return *means* when it may be stored for this household; else UserError says what is wrong and where."""
    unknown = unknown_entry(means)
    if unknown:
        raise UserError("means_unknown", field=unknown)
    for section in MEANS_FORM.ledgers:
        for index, row in enumerate(means.rows.get(section.key, []), 1):
            _check_row(row, section, f"{section.title}第 {index} 行")
    check_people(content, means)
    check_facts(facts_of(content, means))
    return means


def _check_row(row: Row, section: Section, where: str) -> None:
    for spec in section.fields:
        if spec.starred and row.get(spec.key) is None:
            raise UserError("means_missing", where=where, label=spec.label)


def check_people(content: ArchiveContent, means: MeansContent) -> None:
    """Every row must speak of somebody in the archive, and the people's ledger of each but once."""
    known = {WORKER, *(str(member["id"]) for member in content.members)}
    for section in MEANS_FORM.ledgers:
        seen: set[Value] = set()
        for index, row in enumerate(means.rows.get(section.key, []), 1):
            person, where = row.get("person"), f"{section.title}第 {index} 行"
            if person is not None and person not in known:
                raise UserError("means_unknown_person", where=where)
            if section.key == "people" and person in seen:
                raise UserError("means_same_person", where=where)
            seen.add(person)
