"""Third-party evaluation (S003-06): draw a sample by a seed, enter what was found in each household, work out the rates.

A sample is drawn once: seed, sizes, lists and households cannot be changed afterwards, and how often an office has drawn
is counted, so that nobody draws until it suits. The entries belong to the office that drew.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from db.domain.archive_content import new_id
from db.domain.case_words import STANDING_LABELS, Standing
from db.domain.form_schema import Value, Values
from db.domain.option_lists import option_list
from db.domain.paper_checklist import missing_papers
from db.domain.records.evaluation import FINDINGS, GROUPS, LISTED, SIZES, WRITTEN_BY_DRAWING
from db.domain.records.record_form import RecordContent, RecordKind, Row
from db.domain.reports import evaluation_rates, sampling
from db.domain.reports.evaluation_rates import Indicator, Rate
from db.domain.reports.sampling import Listed
from db.errors import UserError
from db.services import archiving, records
from db.services.office import OfficeSession
from db.services.records import Record
from db.store import archive_store, evaluation_store, record_store

LETTERS = {"on_file": "A", "not_on_file": "B", "exited": "C"}
"""Of the numbers that the households of a sample bear on the sheets."""
_SEED_DIGITS = 8
_LATER = frozenset({"title", "evaluator", "basis", "note"})
"""What may be changed after the drawing."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A sample that is known here, and how far its households have been looked at."""

    id: str
    content: RecordContent
    office_id: str
    office_name: str
    is_own: bool
    done: int

    @property
    def title(self) -> str:
        """Its name."""
        return self.content.text("title")

    @property
    def size(self) -> int:
        """How many households were drawn."""
        return len(self.content.rows.get("sample", []))

    @property
    def listed(self) -> dict[str, int]:
        """How many households each group had."""
        counts = {group: self.content.values.get(key) for group, key in LISTED.items()}
        return {group: number if isinstance(number, int) else 0 for group, number in counts.items()}

    @property
    def drawn(self) -> dict[str, int]:
        """How many were drawn from each group."""
        groups = [row.get("group") for row in self.content.rows.get("sample", [])]
        return {group: groups.count(group) for group in GROUPS}

    @property
    def drawn_words(self) -> str:
        """How many of how many of each group were drawn, when, and the how many-th drawing of the office it was."""
        groups = option_list("evaluation_group")
        told = [
            f"{groups.label(group)} {self.listed[group]} 户抽 {number} 户" for group, number in self.drawn.items() if number
        ]
        nth = self.content.values.get("draw_number")
        parts = (f"{self.content.text('drawn_on')} 抽样", "，".join(told), f"本单位第 {nth} 次抽样" if nth else "")
        return "　".join(part for part in parts if part)

    @property
    def words(self) -> str:
        """The same with the seed."""
        return f"{self.drawn_words}　种子 {self.content.text('seed')}"


@dataclass(frozen=True, slots=True)
class SampledRow:
    """One household of a sample. *record_id* is empty until it was looked at."""

    group: str
    place: int
    archive_id: str
    archive_number: str
    name: str
    """Empty where the archive is gone."""
    office_id: str
    office_name: str
    address: str
    phone: str
    standing: str
    exited_on: str
    hardship_category: str
    main_hardship_cause: str
    record_id: str = ""
    content: RecordContent | None = None

    @property
    def code(self) -> str:
        """Its number on the sheets: A001."""
        return f"{LETTERS[self.group]}{self.place:03d}"

    @property
    def values(self) -> Values:
        """What was found; nothing until it was looked at."""
        return self.content.values if self.content else {}

    @property
    def faults(self) -> list[Indicator]:
        """The indicators by which it is found at fault."""
        return evaluation_rates.faults_of(self.group, self.values)

    @property
    def standing_words(self) -> str:
        """Where it stands today."""
        return STANDING_LABELS[Standing(self.standing)] if self.standing else "档案已不在本机"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the records say of a household of a sample, to be held against what is found there."""

    cadres: str = ""
    planned: int = 0
    done: int = 0
    aided: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """The rates of an evaluation, and the households they come from."""

    evaluation: Evaluation
    rates: tuple[Rate, ...]
    rows: tuple[SampledRow, ...]

    @property
    def not_reached(self) -> int:
        """Households that were looked for in vain."""
        return sum(1 for row in self.rows if row.values.get("reached") is False)


# -- drawing ------------------------------------------------------------------------------------------------------


def new_seed() -> str:
    """A number that nobody could foresee, for whoever has no dice at hand."""
    return f"{secrets.randbelow(10**_SEED_DIGITS):0{_SEED_DIGITS}d}"


def listed_now(session: OfficeSession, exited_since: str = "") -> dict[str, int]:
    """How many archives each group has today."""
    with session.database.reading() as connection:
        return {group: evaluation_store.frame_size(connection, group, exited_since) for group in GROUPS}


def draw_evaluation(session: OfficeSession, content: RecordContent) -> Evaluation:
    """Draw the sample that *content* asks for and keep it; UserError where a group has fewer than wanted."""
    given = {key: value for key, value in content.values.items() if key not in WRITTEN_BY_DRAWING}
    given["seed"] = content.text("seed").strip()
    with session.database.writing() as connection:
        since = content.text("exited_since")
        frames = {group: evaluation_store.frame(connection, group, since) for group in GROUPS}
        values: Row = {**given, "drawn_on": session.today}
        values["draw_number"] = evaluation_store.draws_of(connection, session.office.id) + 1
        values |= {LISTED[group]: len(frame) for group, frame in frames.items()}
        values["frame_print"] = sampling.frame_print(list(frames.items()))
        sample = [row for group in GROUPS for row in _drawn(values, group, frames[group])]
        made = records.put_entry(connection, session, RecordKind.EVALUATION, RecordContent(values, {"sample": sample}))
    return evaluation_of(session, made.record_id)


def _drawn(values: Row, group: str, frame: Sequence[Listed]) -> list[Row]:
    size = values.get(SIZES[group])
    wanted = size if isinstance(size, int) else 0
    if wanted > len(frame):
        label = option_list("evaluation_group").label(group)
        raise UserError("evaluation_few", group=label, wanted=wanted, there=len(frame))
    chosen = sampling.draw(str(values["seed"]), group, frame, wanted)
    return [
        {"id": new_id(), "group": group, "place": place, "archive_id": item.archive_id, "archive_number": item.number}
        for place, item in enumerate(chosen, 1)
    ]


def list_evaluations(session: OfficeSession) -> list[Evaluation]:
    """Every sample known here, own ones and those of offices below, the latest first."""
    names = archiving.office_names(session)
    with session.database.reading() as connection:
        rows = record_store.office_records(connection, RecordKind.EVALUATION)
        done = evaluation_store.done_of_each(connection)
    found = [
        Evaluation(
            entry.record_id, entry.content, entry.office_id, names.get(entry.office_id, "其他单位"),
            entry.office_id == session.office.id, done[entry.record_id],
        )
        for entry in map(records.record_of, rows)
    ]  # fmt: skip
    return found[::-1]


def evaluation_of(session: OfficeSession, evaluation_id: str) -> Evaluation:
    """One evaluation; UserError where it is gone."""
    found = next((item for item in list_evaluations(session) if item.id == evaluation_id), None)
    if found is None:
        raise UserError("evaluation_gone")
    return found


def _own(session: OfficeSession, evaluation_id: str) -> Evaluation:
    item = evaluation_of(session, evaluation_id)
    if not item.is_own:
        raise UserError("evaluation_not_ours", office=item.office_name)
    return item


def change_evaluation(session: OfficeSession, evaluation_id: str, content: RecordContent) -> Record:
    """Change its name, who evaluates, upon what and the remarks; how the sample was drawn stands."""
    item = _own(session, evaluation_id)
    values = {key: value for key, value in item.content.values.items() if key not in _LATER}
    values |= {key: value for key, value in content.values.items() if key in _LATER}
    return records.save_entry(session, RecordKind.EVALUATION, RecordContent(values, item.content.rows), evaluation_id)


def remove_evaluation(session: OfficeSession, evaluation_id: str) -> None:
    """Give up a sample in which nothing was found yet; that it was drawn is counted on."""
    item = _own(session, evaluation_id)
    if item.done:
        raise UserError("evaluation_begun", title=item.title, count=item.done)
    records.remove_entry(session, evaluation_id)


def is_frame_same(session: OfficeSession, evaluation_id: str) -> bool:
    """Whether the lists it was drawn from are still the same, so that drawing again gives the same households."""
    item = evaluation_of(session, evaluation_id)
    return sampling.frame_print(list(frames_of(session, item).items())) == item.content.text("frame_print")


def frames_of(session: OfficeSession, item: Evaluation) -> dict[str, list[Listed]]:
    """The lists by group as they are today."""
    with session.database.reading() as connection:
        since = item.content.text("exited_since")
        return {group: evaluation_store.frame(connection, group, since) for group in GROUPS}


# -- the households of a sample -----------------------------------------------------------------------------------


def sampled_rows(session: OfficeSession, evaluation_id: str) -> list[SampledRow]:
    """The households of a sample in the order of the sheets; two checks of one household count as the later."""
    return rows_of(session, evaluation_of(session, evaluation_id))


def rows_of(session: OfficeSession, item: Evaluation) -> list[SampledRow]:
    """The same of an evaluation at hand."""
    names = archiving.office_names(session)
    with session.database.reading() as connection:
        found = evaluation_store.sample(connection, item.id, item.office_id)
    return [_sampled(row, names) for row in found if row["grp"] in LETTERS]


_PLAIN = ("archive_id", "archive_number", "name", "address", "phone", "standing", "exited_on", "hardship_category",
          "main_hardship_cause", "record_id", "office_id")  # fmt: skip


def _sampled(row: dict[str, Any], names: Mapping[str, str]) -> SampledRow:
    plain = {key: str(row[key] or "") for key in _PLAIN}
    content = RecordContent(row["content"]["values"], row["content"]["rows"]) if row["content"] else None
    office_name = names.get(plain["office_id"], "其他单位") if plain["office_id"] else ""
    return SampledRow(group=row["grp"], place=int(row["place"] or 0), office_name=office_name, content=content, **plain)


def recorded(session: OfficeSession, rows: Sequence[SampledRow]) -> dict[str, Recorded]:
    """What the records say of these households, by archive."""
    ids = [row.archive_id for row in rows]
    with session.database.reading() as connection:
        measures = evaluation_store.measures(connection, ids)
        cadres = evaluation_store.cadres(connection, ids, session.today)
        aided = evaluation_store.aided(connection, ids)
        missing = _missing(connection, ids)
    items = option_list("aid_item")
    return {
        key: Recorded(
            cadres.get(key, ""),
            *measures.get(key, (0, 0)),
            "、".join(f"{items.label(code)} {times} 次" for code, times in aided.get(key, {}).items()),
            missing.get(key, ""),
        )
        for key in ids
    }


def _missing(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    types = evaluation_store.paper_types(connection, ids)
    return {
        stored.id: "、".join(paper.label for paper in missing_papers(stored.content, types.get(stored.id, ())))
        for stored in archive_store.load_many(connection, ids)
    }


# -- what was found -----------------------------------------------------------------------------------------------


def row_of(session: OfficeSession, evaluation_id: str, archive_id: str) -> SampledRow:
    """One household of a sample; UserError where it was not drawn."""
    return _row_of(session, evaluation_of(session, evaluation_id), archive_id)


def _row_of(session: OfficeSession, item: Evaluation, archive_id: str) -> SampledRow:
    found = next((row for row in rows_of(session, item) if row.archive_id == archive_id), None)
    if found is None:
        raise UserError("evaluation_not_drawn")
    return found


def new_check(session: OfficeSession, evaluation_id: str, archive_id: str) -> RecordContent:
    """The check of a household to be filled in: as it is stored, else with what is known and nothing that is to be found."""
    row = row_of(session, evaluation_id, archive_id)
    if row.content is not None:
        return RecordContent(dict(row.content.values))
    values = {**_about(evaluation_id, row), "checked_on": session.today}
    planned = recorded(session, [row])[archive_id].planned
    if row.group == "on_file" and planned:
        values["measures_planned"] = planned
    return RecordContent(values)


def _about(evaluation_id: str, row: SampledRow) -> dict[str, Value]:
    return {"evaluation_id": evaluation_id, "archive_id": row.archive_id, "archive_number": row.archive_number, "group": row.group}


def save_check(session: OfficeSession, evaluation_id: str, archive_id: str, content: RecordContent) -> Record:
    """Keep what was found in a household; once more makes the next version."""
    item = _own(session, evaluation_id)
    row = _row_of(session, item, archive_id)
    with session.database.writing() as connection:
        return put_check(connection, session, item.id, row, content.values)


def put_check(
    connection: Connection, session: OfficeSession, evaluation_id: str, row: SampledRow, values: Mapping[str, Value]
) -> Record:
    """The same within a transaction; the sample says of which group the household is."""
    content = RecordContent({**values, **_about(evaluation_id, row)})
    return records.put_entry(connection, session, RecordKind.EVALUATION_CHECK, content, row.record_id)


def remove_check(session: OfficeSession, evaluation_id: str, archive_id: str) -> None:
    """Take back what was entered for the wrong household."""
    row = _row_of(session, _own(session, evaluation_id), archive_id)
    if row.record_id:
        records.remove_entry(session, row.record_id)


# -- what it comes to ---------------------------------------------------------------------------------------------


def result(session: OfficeSession, evaluation_id: str) -> EvaluationResult:
    """The ten indicators of an evaluation from what has been found so far."""
    item = evaluation_of(session, evaluation_id)
    rows = rows_of(session, item)
    sample = {row.archive_id: row.group for row in rows}
    answers = {row.archive_id: row.values for row in rows if row.content is not None}
    return EvaluationResult(item, tuple(evaluation_rates.rates(sample, answers, item.listed)), tuple(rows))


def is_answered(row: SampledRow) -> bool:
    """Whether anything was found out of a household."""
    return any(row.values.get(key) is not None for key in FINDINGS)
