"""The brain of the wizard, without a window: what was entered, what is derived, missing or wrong, and where to go next.

It holds a form in the making. Whatever the clerk types is kept: what can be read becomes a value, what cannot stays as
text under its place. Nothing here blocks; problems only become visible once the clerk has left a field or asked for
the whole check.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from db.domain import validation
from db.domain.archive_content import ArchiveContent, new_id
from db.domain.derivation import Circumstances, derive, is_derived, new_content, suggest
from db.domain.field_kinds import Cell, parse_value
from db.domain.form_schema import FieldSpec, FormSchema, Section, Value
from db.domain.option_lists import option_list
from db.domain.validation import Problem, Severity, Stage

LONG_LIST = 8
_ONLY_WHEN_EMPTY = frozenset({"clerk_name", "office_name", "today", "other_annual_income", "single_parent"})
_ABOUT_MEMBERS = frozenset({"household_size_differs", "income_differs"})
_NOT_COPIED = frozenset({"id", "name", "sex", "id_number", "birth_on"})


class StepState(StrEnum):
    """State of one step: 空白, 进行中, 完成, 有错."""

    EMPTY = "empty"
    STARTED = "started"
    DONE = "done"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class Place:
    """One field of the form; *member_id* is empty for the worker."""

    field: str
    member_id: str = ""

    @property
    def path(self) -> str:
        """Key of the place in drafts."""
        return f"{self.member_id}.{self.field}" if self.member_id else self.field

    @classmethod
    def of(cls, path: str) -> "Place":
        """Read what :attr:`path` wrote."""
        member_id, _, key = path.rpartition(".")
        return cls(key, member_id)


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with its place, the step that asks the field, and whether the clerk has confirmed it."""

    problem: Problem
    place: Place
    step: int
    confirmed: bool

    @property
    def is_error(self) -> bool:
        """Whether it stops filing."""
        return self.problem.severity is Severity.ERROR


def is_empty(value: Value) -> bool:
    """Whether nothing was answered."""
    return value is None or value == "" or value == []


class FormFlow:
    """A form being filled: *content*, *raw* texts that could not be read, *confirmations* of warnings."""

    def __init__(
        self,
        schema: FormSchema,
        content: ArchiveContent,
        around: Circumstances,
        raw: dict[str, str] | None = None,
        confirmations: dict[str, str] | None = None,
    ) -> None:
        self.schema = schema
        self.content = derive(content)
        self.raw = dict(raw or {})
        self.confirmations = dict(confirmations or {})
        self.around = around
        self.given: dict[str, str] = {}
        """Fields that another office has filled, by path, with its name: shown, not typed."""
        self.touched: set[Place] = set()
        self.checked = False
        self.papers_present = 0
        self.papers_missing = 0
        self._elsewhere: list[Problem] = []
        self._prefilled = new_content(around).values
        self._drop_unread_of_derived()
        self._findings: list[Finding] | None = None
        self.touched = {place for step in range(len(schema.sections)) for place in self._filled(step)}

    def _filled(self, step: int) -> Iterator[Place]:
        for place in self._all_places(step):
            if not is_empty(self.value(place)) or place.path in self.raw:
                yield place

    # -- looking up

    def spec(self, place: Place) -> FieldSpec:
        """The declaration of the field at *place*."""
        return self.schema.member_field(place.field) if place.member_id else self.schema.field(place.field)

    def record(self, member_id: str = "") -> dict[str, Value]:
        """The worker's values, or those of member *member_id* (empty when there is no such member)."""
        if not member_id:
            return self.content.values
        return next((member for member in self.content.members if member["id"] == member_id), {})

    def value(self, place: Place) -> Value:
        """The value at *place*, None when empty or unreadable."""
        return self.record(place.member_id).get(place.field)

    def asked(self) -> ArchiveContent:
        """A copy of the content without answers to questions that are not asked now, and without blank members."""
        copy = self.printed()
        present = self.present_members()
        copy.members = [member for member in copy.members if member["id"] in present]
        return copy

    def printed(self) -> ArchiveContent:
        """A copy for the paper: as :meth:`asked`, every member in the row where the clerk sees them."""
        return validation.clear_hidden(self.content.copy())

    def is_shown(self, place: Place) -> bool:
        """Whether the question is asked, given the other answers."""
        return self.spec(place).shown.holds(self.record(place.member_id))

    def is_required(self, place: Place) -> bool:
        """Whether the star stands before the caption now."""
        return validation.is_required(self.spec(place), self.record(place.member_id))

    def is_derived(self, place: Place) -> bool:
        """Whether the value is computed or given by another office now and must not be typed."""
        return place.path in self.given or is_derived(self.content, self.spec(place), self.record(place.member_id))

    def given_by(self, place: Place) -> str:
        """The other office that has filled the field; empty where none did."""
        return self.given.get(place.path, "")

    def suggestion(self, place: Place) -> Value:
        """A value to offer at *place*, None when there is none or it already stands there."""
        spec, present = self.spec(place), self.value(place)
        if spec.suggested_by is None or place.member_id or place.path in self.raw:
            return None
        if not is_empty(present) and spec.suggested_by in _ONLY_WHEN_EMPTY:
            return None
        offered = suggest(self.asked(), spec, self.around)
        return None if offered == present else offered

    # -- entering

    def enter_text(self, place: Place, text: Cell) -> None:
        """Take what was typed: a readable text becomes the value, any other stays as it is."""
        parsed = parse_value(self.spec(place), text)
        unread = str(text) if parsed.code and parsed.value is None else ""
        self._put(place, parsed.value, unread)

    def enter_value(self, place: Place, value: Value) -> None:
        """Take a chosen value."""
        self._put(place, None if is_empty(value) else value, "")

    def _put(self, place: Place, value: Value, unread: str) -> None:
        record = self.record(place.member_id)
        if value == record.get(place.field) and unread == self.raw.get(place.path, ""):
            return
        if place.field == "id_number":
            self._forget_derived(place, record)
        if value is None:
            record.pop(place.field, None)
        else:
            record[place.field] = value
        if unread:
            self.raw[place.path] = unread
        else:
            self.raw.pop(place.path, None)
        self._drop_confirmations(place)
        self._changed()

    def _forget_derived(self, place: Place, record: dict[str, Value]) -> None:
        """What was read from the former number must not outlive it; what was typed stays."""
        fields = self.schema.member_fields if place.member_id else self.schema.worker_fields
        for spec in fields:
            if (spec.derived_by or "").endswith("_from_id") and self.is_derived(Place(spec.key, place.member_id)):
                record.pop(spec.key, None)

    def _drop_confirmations(self, place: Place) -> None:
        prefix = self._place_prefix(place)
        self.confirmations = {key: why for key, why in self.confirmations.items() if not key.startswith(prefix)}

    def _place_prefix(self, place: Place) -> str:
        if not place.member_id:
            return f"{place.field}:"
        return f"{place.field}[{self.member_ids().index(place.member_id)}]:"

    def _changed(self) -> None:
        derive(self.content)
        self._drop_unread_of_derived()
        self._findings = None

    def _drop_unread_of_derived(self) -> None:
        """A text that could not be read gives way to the derived value: its field is closed, nobody could correct it."""
        present = {"", *self.member_ids()}
        for place in [Place.of(path) for path in self.raw]:
            if place.member_id in present and self.is_derived(place):
                del self.raw[place.path]

    def leave(self, place: Place) -> None:
        """The clerk left the field: from now on its problems may be shown."""
        self.touched.add(place)

    def check_all(self) -> None:
        """The clerk asked for the whole check: every problem may be shown."""
        self.checked = True

    def set_elsewhere(self, problems: list[Problem]) -> None:
        """Take what the office's other archives say about the people of this form."""
        self._elsewhere = problems
        self._findings = None

    def set_papers(self, present: int, missing: int) -> None:
        """Take how many papers are attached and how many of the checklist are missing."""
        self.papers_present, self.papers_missing = present, missing

    # -- members

    def member_ids(self) -> list[str]:
        """Ids of the members in the order of the paper."""
        return [str(member["id"]) for member in self.content.members]

    def is_blank_member(self, member_id: str) -> bool:
        """Whether nothing at all was entered for the member."""
        typed = any(path.startswith(f"{member_id}.") for path in self.raw)
        return not typed and all(is_empty(value) for key, value in self.record(member_id).items() if key != "id")

    def present_members(self) -> list[str]:
        """Ids of the members of whom anything was entered: an empty card is nobody."""
        return [member_id for member_id in self.member_ids() if not self.is_blank_member(member_id)]

    def add_member(self, after: str = "") -> str:
        """Append a member (or insert one after *after*); its id."""
        made = new_id()
        at = self.member_ids().index(after) + 1 if after else len(self.content.members)
        self._rearrange([*self.content.members[:at], {"id": made}, *self.content.members[at:]])
        return made

    def duplicate_member(self, member_id: str) -> str:
        """A further member with what siblings share (not name, sex, number and birth); its id."""
        made = self.add_member(member_id)
        copied = {key: value for key, value in self.record(member_id).items() if key not in _NOT_COPIED}
        self.record(made).update(copied)
        self._changed()
        return made

    def remove_member(self, member_id: str) -> tuple[int, dict[str, Value]]:
        """Take a member out; position and record, for bringing it back."""
        at = self.member_ids().index(member_id)
        record = self.content.members[at]
        self._rearrange([member for member in self.content.members if member is not record])
        return at, record

    def drop_blank_members(self) -> None:
        """Take out the empty cards; what was confirmed stays with its member."""
        for member_id in set(self.member_ids()) - set(self.present_members()):
            self.remove_member(member_id)

    def restore_member(self, at: int, record: dict[str, Value]) -> None:
        """Bring a removed member back to its place."""
        self._rearrange([*self.content.members[:at], record, *self.content.members[at:]])

    def move_member(self, member_id: str, by: int) -> None:
        """Move a member up (negative) or down."""
        members = list(self.content.members)
        at = self.member_ids().index(member_id)
        target = max(0, min(len(members) - 1, at + by))
        members.insert(target, members.pop(at))
        self._rearrange(members)

    def _rearrange(self, members: list[dict[str, Value]]) -> None:
        """Change who stands where; confirmations name members by position and follow them."""
        old = self.member_ids()
        self.content.members = members
        new = {member_id: index for index, member_id in enumerate(self.member_ids())}
        moved: dict[str, str] = {}
        for key, why in self.confirmations.items():
            head, _, rest = key.partition("[")
            index, _, code = rest.partition("]")
            if not rest:
                moved[key] = why
            elif old[int(index)] in new:
                moved[f"{head}[{new[old[int(index)]]}]{code}"] = why
        self.confirmations = moved
        self._elsewhere = []
        self._changed()

    # -- problems

    def findings(self) -> list[Finding]:
        """Every problem of the form as if it were filed now, in the order of the form."""
        if self._findings is None:
            found = [self._finding(problem) for problem in self._problems()]
            order = {place: at for at, place in enumerate(self._every_place())}
            self._findings = sorted(found, key=lambda item: order.get(item.place, len(order)))
        return self._findings

    def _problems(self) -> Iterator[Problem]:
        unread = list(self._unread_problems())
        places = {(problem.field, problem.member_index) for problem in unread}
        yield from unread
        ids = self.member_ids()
        shown_at = [ids.index(member_id) for member_id in self.present_members()]
        for problem in validation.check_form(self.asked(), Stage.SUBMIT, self.around.today):
            if problem.member_index is not None:
                problem = replace(problem, member_index=shown_at[problem.member_index])
            if problem.code != "required" or (problem.field, problem.member_index) not in places:
                yield problem
        yield from self._elsewhere

    def _unread_problems(self) -> Iterator[Problem]:
        ids = self.member_ids()
        for path, text in self.raw.items():
            place = Place.of(path)
            if (place.member_id and place.member_id not in ids) or not self.is_shown(place):
                continue
            parsed = parse_value(self.spec(place), text)
            if parsed.code:
                index = ids.index(place.member_id) if place.member_id else None
                context = _shortened(self.spec(place), dict(parsed.context or {}))
                yield validation.problem(parsed.code, place.field, index, **context)

    def _finding(self, problem: Problem) -> Finding:
        member_id = "" if problem.member_index is None else self.member_ids()[problem.member_index]
        place = Place(problem.field, member_id)
        return Finding(problem, place, self.step_of(place), problem.place in self.confirmations)

    def shown_findings(self, place: Place) -> list[Finding]:
        """What stands beside the field: its problems, once it was left or the whole form was checked."""
        if not (self.checked or place in self.touched):
            return []
        found = [item for item in self.findings() if item.place == place]
        if self.checked or self.present_members():
            return found
        # the paper asks for the sums before the members: too early to say that they do not fit
        return [item for item in found if item.problem.code not in _ABOUT_MEMBERS]

    def confirm(self, problem: Problem, reason: str) -> None:
        """The clerk confirms a warning and says why."""
        self.confirmations[problem.place] = reason.strip()
        self._findings = None

    def open_errors(self) -> list[Finding]:
        """What stops filing."""
        return [item for item in self.findings() if item.is_error]

    def open_warnings(self) -> list[Finding]:
        """Warnings that still want a reason."""
        warnings = (item for item in self.findings() if item.problem.severity is Severity.WARNING)
        return [item for item in warnings if not item.confirmed]

    # -- steps

    def step_of(self, place: Place) -> int:
        """Number of the step that asks the field."""
        return self.schema.sections.index(self.schema.section_of(place.field, member=bool(place.member_id)))

    def state(self, step: int) -> StepState:
        """State of a step as its sign in the step list."""
        section = self.schema.sections[step]
        if section.attachments:
            return self._paper_state()
        found = [item for item in self.findings() if item.step == step]
        if any(item.is_error and (self.checked or item.place in self.touched) for item in found):
            return StepState.FAULTY
        if not self._is_started(section, step):
            return StepState.EMPTY
        settled = all(item.confirmed or item.problem.severity is Severity.NOTE for item in found)
        return StepState.DONE if settled else StepState.STARTED

    def _paper_state(self) -> StepState:
        if not self.papers_present:
            return StepState.EMPTY
        return StepState.STARTED if self.papers_missing else StepState.DONE

    def _is_started(self, section: Section, step: int) -> bool:
        if section.repeats:
            return bool(self.present_members()) or self.content.values.get("household_size") == 1
        return any(place.path in self.raw or not self._is_prefilled(place) for place in self._filled(step))

    def _is_prefilled(self, place: Place) -> bool:
        return self.value(place) == self._prefilled.get(place.field)

    def progress(self) -> tuple[int, int]:
        """How many answers are required now, and how many of them are missing."""
        return validation.required_count(self.content), validation.missing_count(self.content)

    # -- moving

    def _all_places(self, step: int) -> list[Place]:
        section = self.schema.sections[step]
        if section.repeats:
            return [Place(spec.key, member) for member in self.member_ids() for spec in section.fields]
        return [Place(spec.key) for spec in section.fields]

    def _every_place(self) -> Iterator[Place]:
        for step in range(len(self.schema.sections)):
            yield from self._all_places(step)

    def places(self, step: int) -> list[Place]:
        """Places of a step that can be typed into now, in the order of the paper."""
        return [place for place in self._all_places(step) if self.is_shown(place) and not self.is_derived(place)]

    def neighbour(self, place: Place, by: int) -> tuple[int, Place | None]:
        """Step and place after (*by* 1) or before (-1) *place*; None where there is nothing to type into."""
        step = self.step_of(place)
        within = self._all_places(step)
        at = within.index(place) + by
        while 0 <= at < len(within):
            if self.is_shown(within[at]) and not self.is_derived(within[at]) and not self._comes_with_id(within[at]):
                return step, within[at]
            at += by
        if not 0 <= step + by < len(self.schema.sections):
            return step, None
        places = self.places(step + by)
        return step + by, (places[0] if by > 0 else places[-1]) if places else None

    def _comes_with_id(self, place: Place) -> bool:
        """Sex and birth date of someone whose ID number is asked anyway: Enter passes them by."""
        rule = self.spec(place).derived_by or ""
        return rule.endswith("_from_id") and self.is_required(Place("id_number", place.member_id))

    def first_open(self, step: int) -> Place | None:
        """Where to begin in a step: the first problem, else the first empty required field, else the first field."""
        places = self.places(step)
        faulty = {item.place for item in self.findings() if not item.confirmed}
        return next((place for place in places if place in faulty), places[0] if places else None)


def _shortened(spec: FieldSpec, context: dict[str, object]) -> dict[str, object]:
    """A sentence beside a field names a few options of a long list, not all of them."""
    if spec.options and "known" in context:
        labels = [option.label for option in option_list(spec.options).current()]
        if len(labels) > LONG_LIST:
            context["known"] = "、".join(labels[:5]) + f" 等 {len(labels)} 项，输入拼音可查找"
    return context
