"""What travels with an archive besides its form: worksheets, assessments, decisions with their policies, steps, records.

An older bundle has none of it, an older program passes it over. A policy text travels once in a bundle, with the first
archive that needs it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection

from db.domain.case_flow import CaseState
from db.domain.case_words import FROM_ABOVE, Act
from db.domain.means_check import read_means
from db.domain.means_check import unknown_entry as unknown_in_means
from db.domain.policy.policy_text import LARGEST_TEXT
from db.domain.policy.records import KnownStandard, read_facts, read_result, read_standards_known
from db.domain.records.catalogue import FORMS
from db.domain.records.record_form import RecordContent, RecordKind, read_record, unknown_entry
from db.exchange.bundle_format import (
    LARGEST_NUMBER,
    LONGEST_ENTRY_TEXT,
    LONGEST_TEXT,
    MalformedError,
    id_of,
    moment_of,
    number_of,
    object_of,
    objects_of,
    sha256_of,
    text_of,
)
from db.store import case_store, casework_store, record_store
from db.store.casework_store import CaseworkRows

Row = dict[str, Any]

ENOUGH = 3 << 20
"""Bytes of assessments that travel with one archive, the newest first; a record has its own limit."""
_JSON_COLUMNS = frozenset({"content", "standards", "facts", "result", "detail", "first_state"})
_MOST_POLICIES = 50
_PARTS = ("means", "assessments", "decisions", "steps", "records", "policies")


# -- writing ------------------------------------------------------------------------------------------------------


class CaseworkWriter:
    """Writes the parts of the records of one bundle; remembers which policy texts it has written."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._written: set[str] = set()

    def parts(self, archive_id: str, rows: CaseworkRows) -> str:
        """The further members of an archive's JSON object, each beginning with a comma; empty where there are none."""
        means = rows.means.get(archive_id, [])
        assessments = _newest(rows.assessments.get(archive_id, []))
        decisions = rows.decisions.get(archive_id, [])
        hashes = {row["policy_sha256"] for row in assessments} - self._written
        self._written |= hashes
        policies = list(casework_store.policy_texts(self._connection, hashes)) if hashes else []
        steps = rows.steps.get(archive_id, [])
        named = (
            ("means", means),
            ("assessments", assessments),
            ("decisions", decisions),
            ("steps", steps),
            ("records", rows.records.get(archive_id, [])),
            ("policies", policies),
        )
        return "".join(f',"{name}":[{",".join(map(_row_text, found))}]' for name, found in named if found)


def _newest(assessments: list[Row]) -> list[Row]:
    """As many of the newest as fit, in their order."""
    kept, size = len(assessments), 0
    for row in reversed(assessments):
        size += len(row["facts"]) + len(row["result"])
        if size > ENOUGH:
            break
        kept -= 1
    return assessments[kept:]


_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _row_text(row: Row) -> str:
    """One row; its JSON columns are JSON texts already."""
    plain = {key: value for key, value in row.items() if key != "archive_id" and key not in _JSON_COLUMNS}
    text = _dumps(plain)[:-1]
    return text + "".join(f',"{key}":{row[key]}' for key in sorted(_JSON_COLUMNS & set(row))) + "}"


# -- reading ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class IncomingCasework:
    """The rows that came with an archive, without its id."""

    means: list[Row] = field(default_factory=list)
    assessments: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)
    steps: list[Row] = field(default_factory=list)
    records: list[Row] = field(default_factory=list)
    """Versions of records; what no form declares of them stays as it came."""
    policies: list[Row] = field(default_factory=list)
    unknown: str = ""
    """What of it this program cannot read, though nothing is damaged: a newer one may have written it."""

    @property
    def ids(self) -> list[str]:
        """Ids of assessments, decisions, steps and versions of records."""
        return [row["id"] for row in (*self.assessments, *self.decisions, *self.steps, *self.records)]


def read_casework(body: Row, revision: int) -> IncomingCasework:
    """The casework of one record, whose archive is in *revision*."""
    if not any(key in body for key in _PARTS):
        return IncomingCasework()
    unknown: list[str] = []

    def read(key: str, reader: Callable[[Row], Row]) -> list[Row]:
        return objects_of(body, key, reader) if body.get(key) is not None else []

    found = IncomingCasework(
        means=read("means", lambda item: _means(item, revision, unknown)),
        assessments=read("assessments", lambda item: _assessment(item, revision, unknown)),
        decisions=read("decisions", lambda item: _decision(item, revision)),
        steps=read("steps", lambda item: _step(item, revision, unknown)),
        records=read("records", lambda item: {**read_version(item, unknown, of_archive=True), **_signature(item, revision)}),
        policies=read("policies", _policy),
        unknown="",
    )
    versions = {tuple(row[key] for key in casework_store.MEANS_IDENTITY) for row in found.means}
    if len(versions) != len(found.means) or len(set(found.ids)) != len(found.ids):
        raise MalformedError("家庭经济状况或认定重复")
    if len(found.policies) > _MOST_POLICIES:
        raise MalformedError("政策文本太多")
    found.unknown = next(iter(unknown), "")
    return found


def _signature(body: Row, revision: int) -> Row:
    made_with = number_of(body, "archive_revision", 1)
    if made_with > revision:
        raise MalformedError("archive_revision 不对")
    return {
        "archive_revision": made_with,
        "made_at": moment_of(body, "made_at"),
        "clerk_id": text_of(body, "clerk_id", 80),
        "clerk_name": text_of(body, "clerk_name", 200),
        "office_id": id_of(body, "office_id"),
        "device_id": text_of(body, "device_id", 80),
        "device_counter": number_of(body, "device_counter"),
    }


def _means(body: Row, revision: int, unknown: list[str]) -> Row:
    content, year = object_of(body, "content"), number_of(body, "year")
    _check_sizes(content)
    try:
        means = read_means(content)
    except ValueError as fault:
        raise MalformedError("家庭经济状况不对") from fault
    if means.year != year:
        raise MalformedError("家庭经济状况的年份不对")
    caption = unknown_in_means(means)
    if caption:
        unknown.append(f"家庭经济状况里的“{caption}”")
    return {
        "year": year,
        "revision": number_of(body, "revision", 1),
        "reason": text_of(body, "reason", LONGEST_TEXT),
        "content": means.to_json(),
        **_signature(body, revision),
    }


def _assessment(body: Row, revision: int, unknown: list[str]) -> Row:
    facts, result = object_of(body, "facts"), object_of(body, "result")
    for part in (facts, result, body.get("standards")):
        _check_sizes(part)
    columns: Row = {}
    standards: list[KnownStandard] = []
    try:
        read_facts(facts)
        columns = casework_store.assessment_columns(read_result(result))
        standards = read_standards_known(body.get("standards"))
    except ValueError:
        unknown.append("认定记录")
    policy_sha256 = sha256_of(body, "policy_sha256")
    if columns and (policy_sha256 != columns["policy_sha256"] or not _is_day(columns["assessed_on"])):
        raise MalformedError("认定记录不对")
    return {
        "id": id_of(body, "id"),
        "policy_sha256": policy_sha256,
        "means_revision": number_of(body, "means_revision"),
        "standards_regions": text_of(body, "standards_regions", 2000),
        "standards_sha256": sha256_of(body, "standards_sha256"),
        "standards": [asdict(item) for item in standards],
        **columns,
        "facts": facts,
        "result": result,
        **_signature(body, revision),
    }


def _is_day(text: str) -> bool:
    try:
        moment_of({"at": f"{text}T00:00:00"}, "at")
    except MalformedError:
        return False
    return True


def _decision(body: Row, revision: int) -> Row:
    codes = ("suggested_class", "suggested_level", "decided_class", "decided_level")
    return {
        "id": id_of(body, "id"),
        "assessment_id": id_of(body, "assessment_id"),
        **{key: text_of(body, key, 80) if body.get(key) is not None else None for key in codes},
        "decided_class_label": text_of(body, "decided_class_label", 200),
        "decided_level_label": text_of(body, "decided_level_label", 200),
        "reason": text_of(body, "reason", LONGEST_TEXT),
        **_signature(body, revision),
    }


def _step(body: Row, revision: int, unknown: list[str]) -> Row:
    detail = object_of(body, "detail")
    if not all(isinstance(value, str) and len(value) <= LONGEST_TEXT for value in detail.values()) or len(detail) > 40:
        raise MalformedError("办理记录不对")
    act, on_day = text_of(body, "act", 40), text_of(body, "on_day", 10)
    if not _is_day(on_day):
        raise MalformedError("办理记录不对")
    try:
        if Act(act) in FROM_ABOVE:
            raise MalformedError("办理记录不对")  # what an office above decides comes in its review
        first = CaseState.from_json(object_of(body, "first_state"))
    except MalformedError:
        raise
    except (ValueError, TypeError):
        unknown.append("办理记录")
        first = CaseState()
    return {
        "id": id_of(body, "id"),
        "act": act,
        "on_day": on_day,
        "detail": detail,
        "first_state": first.to_json(),
        **_signature(body, revision),
    }


def read_version(body: Row, unknown: list[str], *, of_archive: bool) -> Row:
    """One version of a record or of an entry of a register, without its signature; *unknown* gets what is not known."""
    content = object_of(body, "content")
    _check_sizes(content, LONGEST_TEXT if of_archive else LONGEST_ENTRY_TEXT)
    kind = text_of(body, "kind", 40)
    form = FORMS[RecordKind(kind)] if kind in set(RecordKind) else None
    if form is not None and form.of_archive is not of_archive:
        raise MalformedError("登记的种类不对")
    try:
        read = read_record(content)
    except ValueError as fault:
        raise MalformedError("登记的内容不对") from fault
    caption = unknown_entry(form, read) if form else "登记"
    if caption:
        unknown.append(f"{form.title if form else '登记'}里的“{caption}”")
        form, read = None, RecordContent()
    columns = form.columns(read) if form else dict.fromkeys(("on_day", "ends_on", "subject_id"))
    return {
        "id": id_of(body, "id"),
        "record_id": id_of(body, "record_id"),
        "kind": kind,
        **columns,
        "is_removed": bool(number_of(body, "is_removed")),
        "content": read.to_json(),
    }


def _policy(body: Row) -> Row:
    text, sha256 = text_of(body, "text", LARGEST_TEXT), sha256_of(body, "sha256")
    if hashlib.sha256(text.encode()).hexdigest() != sha256:
        raise MalformedError("政策文本与指纹不符")
    # an assessment names the pack it used; a text under another label would stand in the way of a genuine delivery
    kind = text_of(body, "kind", 20)
    if kind != "pack":
        raise MalformedError("政策文本的种类不对")
    return {
        "sha256": sha256,
        "pack_id": text_of(body, "pack_id", 80),
        "kind": kind,
        "version": text_of(body, "version", 40),
        "begins": text_of(body, "begins", 10),
        "ends": text_of(body, "ends", 10) if body.get("ends") is not None else None,
        "text": text,
    }


def _check_sizes(value: Any, longest: int = LONGEST_TEXT, depth: int = 0) -> None:
    """Plain values of bearable size at a bearable depth, whatever they mean."""
    if depth > 12 or (isinstance(value, list | dict) and len(value) > 5000):
        raise MalformedError("认定记录大得不合理")
    if isinstance(value, dict):
        for key, item in value.items():
            _check_sizes(key, longest, depth + 1)
            _check_sizes(item, longest, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_sizes(item, longest, depth + 1)
    elif isinstance(value, float) or (isinstance(value, int) and abs(value) >= LARGEST_NUMBER):
        raise MalformedError("认定记录里的数不对")
    elif isinstance(value, str) and len(value) > longest:
        raise MalformedError("认定记录大得不合理")


# -- storing ------------------------------------------------------------------------------------------------------


class CaseworkIntake:
    """Stores the casework of one bundle's archives; what is here already stays as it is."""

    def __init__(self, connection: Connection, sender_id: str, now: str, clerk_name: str) -> None:
        self._connection = connection
        self._kept = {"source_office_id": sender_id, "made_at": now, "made_by": clerk_name}
        self._policies: dict[str, Row] = {}

    def note(self, casework: IncomingCasework) -> None:
        """Remember the policy texts that came; a later archive may need them."""
        self._policies.update((row["sha256"], row) for row in casework.policies)

    def store(self, items: Iterable[tuple[str, IncomingCasework]]) -> None:
        """Store what is new of these archives, which stand in the office by now."""
        wanted = [(archive_id, casework) for archive_id, casework in items]
        held = casework_store.means_held(self._connection, [archive_id for archive_id, _ in wanted])
        homes = casework_store.case_homes(self._connection, _known_ids(wanted))
        record_homes = casework_store.record_homes(
            self._connection, [row["record_id"] for _, casework in wanted for row in casework.records]
        )
        means, assessments, decisions, steps, records = [], [], [], [], []
        for archive_id, casework in wanted:
            means += [
                {"archive_id": archive_id, **row}
                for row in casework.means
                if (archive_id, *(row[key] for key in casework_store.MEANS_IDENTITY)) not in held
            ]
            new = [row for row in casework.assessments if row["id"] not in homes]
            assessments += [{"archive_id": archive_id, **row} for row in new]
            present = {row["id"] for row in new} | {key for key, home in homes.items() if home == archive_id}
            decisions += [
                {"archive_id": archive_id, **row}
                for row in casework.decisions
                if row["id"] not in homes and row["assessment_id"] in present
            ]
            steps += [{"archive_id": archive_id, **row} for row in casework.steps if row["id"] not in homes]
            records += [
                {"archive_id": archive_id, **row}
                for row in casework.records
                if row["id"] not in homes and record_homes.setdefault(row["record_id"], archive_id) == archive_id
            ]
        self._keep_policies(assessments)
        casework_store.insert_means(self._connection, means)
        casework_store.insert_assessments(self._connection, assessments)
        casework_store.insert_decisions(self._connection, decisions)
        case_store.insert_steps(self._connection, steps)
        record_store.insert_records(self._connection, records)
        case_store.refresh(self._connection, sorted({row["archive_id"] for row in steps}))

    def _keep_policies(self, assessments: list[Row]) -> None:
        needed = {row["policy_sha256"] for row in assessments} & set(self._policies)
        kept = {**self._kept, "origin": "delivered", "is_current": False, "note": ""}
        casework_store.keep_policy_texts(self._connection, [{**self._policies[key], **kept} for key in sorted(needed)])


def _known_ids(items: Iterable[tuple[str, IncomingCasework]]) -> set[str]:
    found: set[str] = set()
    for _, casework in items:
        found.update(casework.ids)
        found.update(row["assessment_id"] for row in casework.decisions)
    return found
