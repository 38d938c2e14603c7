"""The answers of one record while they are filled in, without a window: what is typed, derived, unread and wrong.

It is what a record form (:class:`desktop.forms.record_flow.RecordFlow`) and the grid of a repeated section look at.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from db.domain.archive_content import new_id
from db.domain.field_kinds import Parsed, parse_value
from db.domain.form_flow import Finding, Place, is_empty
from db.domain.form_schema import FieldKind, FieldSpec, Value
from db.domain.means_flow import Person
from db.domain.records.record_form import RecordContent, RecordForm, Row, prepared_record
from db.domain.validation import Problem, is_required, problem


def _defaults(fields: Iterable[FieldSpec]) -> Row:
    return {spec.key: spec.default for spec in fields if spec.default is not None}


class RecordAnswers:
    """A record in the making; implements `RecordFlow` for what is asked once, and the cells of what is asked in rows.

    A cell's place has the id of its row as *member_id*; *people* and *papers* are the household and its attachments.
    """

    def __init__(
        self,
        form: RecordForm,
        content: RecordContent,
        *,
        people: Sequence[Person] = (),
        papers: Mapping[str, str] | None = None,
        raw: Mapping[str, str] | None = None,
        read_only: Collection[str] = (),
    ) -> None:
        self.form = form
        self.people, self.papers = list(people), dict(papers or {})
        self.raw: dict[str, str] = dict(raw or {})
        self.touched: set[Place] = {Place.of(path) for path in self.raw}
        self.confirmations: dict[str, str] = {}
        self._read_only = frozenset(read_only)
        self._faults: list[Finding] = []
        self.values: Row = dict(content.values)
        self.rows: dict[str, list[Row]] = {
            key: [{**row, "id": row.get("id") or new_id()} for row in content.rows.get(key, [])] for key in form.repeated
        }
        self._told: dict[str, list[Row]] = {}
        if not content.edition:  # a stored record keeps its gaps
            self.values = {**_defaults(form.fields), **self.values}
        self._derive()
        self._was = self.state()

    # -- looking up

    def spec(self, place: Place) -> FieldSpec:
        """The declaration of the field at *place*."""
        if not place.member_id:
            return self.form.by_key[place.field]
        section = self.form.repeated[self.section_of(place.member_id)]
        return next(spec for spec in section.fields if spec.key == place.field)

    def section_of(self, row_id: str) -> str:
        """The repeated section in which the row stands; KeyError where it is gone."""
        found = next((key for key, ledger in self.rows.items() if any(row["id"] == row_id for row in ledger)), None)
        if found is None:
            raise KeyError(row_id)
        return found

    def record(self, row_id: str = "") -> Row:
        """The answers asked once, or those of a row; empty where the row is gone."""
        if not row_id:
            return self.values
        return next((row for ledger in self.rows.values() for row in ledger if row["id"] == row_id), {})

    def member_ids(self) -> list[str]:
        """Ids of all rows."""
        return [str(row["id"]) for ledger in self.rows.values() for row in ledger]

    def value(self, place: Place) -> Value:
        """The value at *place*, None when empty or unreadable."""
        return self.record(place.member_id).get(place.field)

    def is_shown(self, place: Place) -> bool:
        """Whether the question is asked, given the other answers."""
        return self.spec(place).shown.holds(self.record(place.member_id))

    def is_required(self, place: Place) -> bool:
        """Whether the star stands before the caption now."""
        return is_required(self.spec(place), self.record(place.member_id))

    def is_derived(self, place: Place) -> bool:
        """Whether the value is computed, or only shown here."""
        return self.spec(place).derived_by is not None or (not place.member_id and place.field in self._read_only)

    def given_by(self, place: Place) -> str:
        """No other office fills a record of this one."""
        return ""

    def suggestion(self, place: Place) -> Value:
        """Nothing is proposed."""
        return None

    # -- entering

    def enter_text(self, place: Place, text: str) -> None:
        """Take what was typed: a readable text becomes the value, any other stays as it is."""
        parsed = self._read(place, text)
        unread = text if parsed.code and parsed.value is None else ""
        self._put(place, parsed.value, unread)

    def _read(self, place: Place, text: str) -> Parsed:
        spec, wanted = self.spec(place), text.strip()
        if spec.kind is not FieldKind.PERSON or not wanted:
            return parse_value(spec, text)
        found = [each.id for each in self.people if wanted in (each.id, each.name)]
        known = "、".join(each.name for each in self.people)
        return Parsed(found[0]) if len(found) == 1 else Parsed(None, "not_in_list", {"text": wanted, "known": known})

    def enter_value(self, place: Place, value: Value) -> None:
        """Take a chosen value."""
        self._put(place, value, "")

    def _put(self, place: Place, value: Value, unread: str) -> None:
        record = self.record(place.member_id)
        if is_empty(value):
            record.pop(place.field, None)
        else:
            record[place.field] = value
        if unread:
            self.raw[place.path] = unread
        else:
            self.raw.pop(place.path, None)
        self._faults = [item for item in self._faults if item.place != place]
        self._derive()

    def _derive(self) -> None:
        """Fill what follows from other answers; a row keeps what was typed."""
        copy = RecordContent(dict(self.values), {key: [dict(row) for row in ledger] for key, ledger in self.rows.items()})
        told = self.form.derive(copy)
        self._told = told.rows
        for spec in self.form.fields:
            if spec.derived_by is not None:
                self.values.pop(spec.key, None)
                if not is_empty(told.values.get(spec.key)):
                    self.values[spec.key] = told.values[spec.key]
        for key, ledger in self.rows.items():
            for row, filled in zip(ledger, told.rows.get(key, []), strict=False):
                derived = {spec.key for spec in self.form.repeated[key].fields if spec.derived_by is not None}
                row.update({name: value for name, value in filled.items() if name in derived})

    def implied(self, place: Place) -> Value:
        """What an empty cell of a row stands for by the other answers of its row; None for nothing."""
        rows = (row for ledger in self._told.values() for row in ledger if row.get("id") == place.member_id)
        return None if self.value(place) is not None else next((row.get(place.field) for row in rows), None)

    def leave(self, place: Place) -> None:
        """The field was left."""
        self.touched.add(place)

    def confirm(self, problem: Problem, reason: str) -> None:
        """Nothing here asks for a confirmation."""

    # -- rows

    def add_row(self, section: str, **values: Value) -> str:
        """One more row of a repeated section; its id."""
        row: Row = {"id": new_id(), **_defaults(self.form.repeated[section].fields), **values}
        self.rows[section].append(row)
        return str(row["id"])

    def remove_row(self, row_id: str) -> None:
        """Take a row out."""
        section = self.section_of(row_id)
        self.rows[section] = [row for row in self.rows[section] if row["id"] != row_id]
        self.raw = {path: text for path, text in self.raw.items() if Place.of(path).member_id != row_id}
        self._faults = [item for item in self._faults if item.place.member_id != row_id]

    def drop_blank_rows(self) -> None:
        """Take out the rows in which nothing was answered."""
        for row_id in self.member_ids():
            if self.is_blank(row_id):
                self.remove_row(row_id)

    def is_blank(self, row_id: str) -> bool:
        """Whether nothing was answered in a row beside what stands there by itself."""
        given = {key: value for key, value in self.record(row_id).items() if key != "id"}
        typed = any(path.startswith(f"{row_id}.") for path in self.raw)
        return not typed and given == _defaults(self.form.repeated[self.section_of(row_id)].fields)

    # -- problems

    def show_faults(self, faults: Iterable[Problem]) -> list[Problem]:
        """Remember what saving has found, each beside its field; those without a field on this form come back."""
        found = list(faults)
        self._faults = [item for fault in found if (item := self._finding(fault)) is not None]
        return [fault for fault in found if self._finding(fault) is None]

    def _finding(self, fault: Problem) -> Finding | None:
        place = self._place_of(fault)
        return Finding(fault, place, 0, False) if place is not None and self.is_shown(place) else None

    def _place_of(self, fault: Problem) -> Place | None:
        if fault.member_index is None:
            return Place(fault.field) if fault.field in self.form.by_key else None
        meant = fault.context.get("section")
        for key, section in self.form.repeated.items():
            if meant not in (None, key):
                continue  # several tables of a form may have a column of the same name
            if any(spec.key == fault.field for spec in section.fields) and fault.member_index < len(self.rows[key]):
                return Place(fault.field, str(self.rows[key][fault.member_index]["id"]))
        return None

    def findings(self) -> list[Finding]:
        """What cannot be read and what saving has found, in the order of the form."""
        found = [*self.unread(), *self._faults]
        order = {place: at for at, place in enumerate(self.places())}
        return sorted(found, key=lambda item: order.get(item.place, len(order)))

    def unread(self) -> list[Finding]:
        """Texts that cannot be read, where they are asked now."""
        found = []
        for path, text in self.raw.items():
            place = Place.of(path)
            parsed = self._read(place, text)
            if parsed.code and self.is_shown(place):
                found.append(Finding(problem(parsed.code, place.field, None, **(parsed.context or {})), place, 0, False))
        return found

    def shown_findings(self, place: Place) -> list[Finding]:
        """What stands beside the field, once it was left."""
        left = place in self.touched
        return [item for item in self.findings() if item.place == place and (left or item in self._faults)]

    def places(self) -> list[Place]:
        """Every place in the order of the form."""
        found: list[Place] = []
        for section in self.form.sections:
            rows = [str(row["id"]) for row in self.rows[section.key]] if section.repeats else [""]
            found += [Place(spec.key, row_id) for row_id in rows for spec in section.fields]
        return found

    # -- the whole

    def content(self) -> RecordContent:
        """The record as it stands."""
        rows = {key: [dict(row) for row in ledger] for key, ledger in self.rows.items()}
        return prepared_record(self.form, RecordContent(dict(self.values), rows))

    def state(self) -> tuple[str, str]:
        """What tells whether anything was changed; a row in which nothing was answered is none."""
        rows = [row for ledger in self.rows.values() for row in ledger if not self.is_blank(str(row["id"]))]
        return repr(sorted(self.values.items(), key=lambda item: item[0])), repr((rows, self.raw))

    def count_as_unchanged(self) -> None:
        """What stands there by now was put there by the program, not typed."""
        self._was = self.state()

    def is_changed(self) -> bool:
        """Whether anything is different from what the dialog began with."""
        return self.state() != self._was
