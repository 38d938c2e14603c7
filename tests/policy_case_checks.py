"""What a policy case expects, checked against a pack: every check returns what is wrong, so that nothing hides the rest."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from policy_case_files import PolicyCase, Table, book_with, edited, part_at, plain

from db.domain.policy.assessment import Assessment
from db.domain.policy.book import LoadedPack
from db.domain.policy.calendar import due_on, is_late, window_answer
from db.domain.policy.eligibility import assess
from db.domain.policy.facts import facts_from_json
from db.domain.policy.pack import Pack
from db.errors import UserError

CASE_KEYS = {"name", "policy", "on", "covers", "base", "change", "set", "expect"}
FIGURE_KEYS = {"name", "policy", "covers", "window", "deadline", "pack", "set"}


@dataclass
class PackUnderTest:
    """A pack as parsed TOML, and what cases came to under it."""

    table: Table
    _known: dict[str, Assessment] = field(default_factory=dict)

    def loaded(self, changes: Table | None = None) -> LoadedPack:
        """The pack edited by *changes*."""
        return LoadedPack(Pack.model_validate(_frozen(edited(self.table, changes or {}))), "", self.table["id"])

    def assessed(self, case: PolicyCase) -> Assessment:
        """The household of *case* under this pack."""
        if case.name not in self._known:
            loaded = self.loaded(case.table.get("set"))
            self._known[case.name] = assess(facts_from_json(case.facts_table()), loaded, book_with(loaded), case.on)
        return self._known[case.name]


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _frozen(entry) for key, entry in value.items()}
    return tuple(_frozen(entry) for entry in value) if isinstance(value, list) else value


def case_faults(case: PolicyCase, pack: PackUnderTest) -> list[str]:
    """What differs between the household's assessment and what *case* expects."""
    expect = dict(case.table["expect"])
    error = expect.pop("error", None)
    try:
        assessment = pack.assessed(case)
    except UserError as refusal:
        return _same("refused", refusal.code, error)
    if error is not None:
        return ["nothing was refused"]
    return [fault for key, value in expect.items() for fault in _CHECKS[key](assessment, value)]


# -- expectations: each check returns what is wrong ---------------------------------------------------------------


def _same(what: str, found: Any, wanted: Any) -> list[str]:
    return [] if found == wanted else [f"{what}: {found!r}, expected {wanted!r}"]


def _exactly(what: str, found: list[str], wanted: list[str]) -> list[str]:
    return _same(what, sorted(found), sorted(wanted))


def _at_least(what: str, found: list[str], wanted: list[str]) -> list[str]:
    if not wanted:
        return _same(what, found, [])
    return [f"{what}: {name} is not among {found}" for name in wanted if name not in found]


def _classes(assessment: Any, fits: bool | None) -> list[str]:
    return [result.code for result in assessment.classes if result.fits is fits]


def _ruled_out(parts: Any, applies: bool) -> list[str]:
    return [part.code for part in parts if part.applies is applies]


def _cap(assessment: Any, key: str) -> list[Any]:
    """The caps of ``item``, ``item:person`` or ``item:person:part of the label``."""
    item, person, label = [*key.split(":", 2), "", ""][:3]
    return [
        cap for cap in assessment.caps if cap.item == item and (not person or cap.person == person) and label in cap.label
    ]


def _amount_words(cap: Any, amount: Fraction | None) -> str:
    if amount is not None:
        return str(amount)
    return "unknown" if cap.missing or cap.allowed is None else "unlimited"


def _caps(field: str, assessment: Any, wanted: dict[str, str]) -> list[str]:
    faults = []
    for key, text in wanted.items():
        rows = _cap(assessment, key)
        expected = text if text in {"unlimited", "unknown"} else str(Fraction(text))
        found = {_amount_words(cap, getattr(cap, field)) for cap in rows}
        refused = [cap.reason for cap in rows if cap.allowed is False]
        if found != {expected} or refused:
            faults.append(f"{field} of {key}: {sorted(found)}, expected {expected}; refused: {refused}")
    return faults


def _not_allowed(assessment: Any, wanted: list[str]) -> list[str]:
    faults = []
    for key in wanted:
        verdicts = [cap.allowed for cap in _cap(assessment, key)]
        if not verdicts or any(verdict is not False for verdict in verdicts):
            faults.append(f"{key} is not refused: {verdicts}")
    return faults


def _undecided(assessment: Any, wanted: list[str]) -> list[str]:
    return [key for key in wanted if [cap.allowed for cap in _cap(assessment, key)] != [None]]


def _approval(assessment: Any, wanted: dict[str, str]) -> list[str]:
    faults = []
    for key, words in wanted.items():
        found = [cap.approval for cap in _cap(assessment, key)]
        if not found or any((words not in text) if words else text for text in found):
            faults.append(f"approval of {key}: {found}, expected {words!r}")
    return faults


def _distances(assessment: Any, wanted: dict[str, str]) -> list[str]:
    faults = []
    for code, text in wanted.items():
        faults += _same(f"distance of {code}", assessment.class_result(code).distance, Fraction(text))
    return faults


def _values(assessment: Any, wanted: dict[str, str]) -> list[str]:
    """The unrounded numbers measured under a clause, whichever class, exclusion or caution asks for them."""
    parts = [route for result in assessment.classes for route in result.routes]
    parts += [*assessment.exclusions, *assessment.gates, *assessment.cautions]
    steps = [step for part in parts for step in part.steps]
    faults = []
    for citation, text in wanted.items():
        found = {step.value for step in steps if f"{step.source}#{step.clause}" == citation}
        faults += [] if Fraction(text) in found else [f"value under {citation}: {found}, expected {text}"]
    return faults


_CHECKS = {
    "outcome": lambda found, wanted: _same("outcome", found.outcome.value, wanted),
    "class": lambda found, wanted: _same("class", found.suggested_class or "", wanted),
    "level": lambda found, wanted: _same("level", found.suggested_level or "", wanted),
    "fits": lambda found, wanted: _exactly("fits", _classes(found, True), wanted),
    "not_fits": lambda found, wanted: _at_least("not_fits", _classes(found, False), wanted),
    "unknown": lambda found, wanted: _at_least("unknown", _classes(found, None), wanted),
    "excluded": lambda found, wanted: _exactly("excluded", _ruled_out(found.exclusions, True), wanted),
    "gates": lambda found, wanted: _at_least("gates", _ruled_out(found.gates, True), wanted),
    "cautions": lambda found, wanted: _at_least("cautions", _ruled_out(found.cautions, True), wanted),
    "not_cautions": lambda found, wanted: [
        f"{code} is shown" for code in _ruled_out(found.cautions, True) if code in wanted
    ],
    "missing": lambda found, wanted: _at_least("missing", sorted({gap.place for gap in found.missing}), wanted),
    "caps": lambda found, wanted: _caps("amount", found, wanted),
    "left": lambda found, wanted: _caps("left", found, wanted),
    "approval": _approval,
    "not_allowed": _not_allowed,
    "undecided": _undecided,
    "none_of": lambda found, wanted: [f"there is a cap of {key}" for key in wanted if _cap(found, key)],
    "distance": _distances,
    "values": _values,
    "recheck_on": lambda found, wanted: _same("recheck_on", found.recheck_on or "", str(wanted)),
}


# -- figures ------------------------------------------------------------------------------------------------------


def figure_faults(case: PolicyCase, pack: PackUnderTest) -> list[str]:
    """What differs between the pack's windows, deadlines and figures and what *case* expects."""
    kinds = [kind for kind in _FIGURES if kind in case.table]
    faults = [] if kinds else ["a figure case asks for a window, a deadline or a place in the pack"]
    for kind in kinds:
        wanted = case.table[kind]
        for row in wanted if isinstance(wanted, list) else [wanted]:
            faults += _FIGURES[kind](case, row, pack)
    return faults


def _covered(case: PolicyCase, citation: str) -> list[str]:
    return [] if citation in case.covers else [f"it rests on {citation}, which the case does not cover"]


def _window(case: PolicyCase, wanted: Table, pack: PackUnderTest) -> list[str]:
    day = date.fromisoformat(str(wanted["on"]))
    loaded = pack.loaded(case.table.get("set"))
    answer = window_answer(loaded.pack, wanted["action"], wanted.get("class", ""), wanted.get("level"), day)
    faults = _same(f"open on {day}", answer.open, wanted["open"])
    if answer.open and answer.window is not None:
        faults += _covered(case, f"{answer.window.source}#{answer.window.clause}")
    if "opens_on" in wanted:
        faults += _same("opens on", str(answer.opens_on), str(wanted["opens_on"]))
    return faults


def _deadline(case: PolicyCase, wanted: Table, pack: PackUnderTest) -> list[str]:
    loaded = pack.loaded(case.table.get("set"))
    deadline = next(entry for entry in loaded.pack.deadline if entry.code == wanted["code"])
    faults = _covered(case, f"{deadline.source}#{deadline.clause}")
    if "on" in wanted:
        day = date.fromisoformat(str(wanted["on"]))
        faults += _same(f"late on {day}", is_late(deadline, day), wanted["late"])
    if "due" in wanted:
        due = date.fromisoformat(str(wanted["due"]))
        faults += _same("due", due_on(deadline, due.year), due)
    return faults


def _place(case: PolicyCase, wanted: Table, pack: PackUnderTest) -> list[str]:
    assert set(wanted) <= {"path", "equals", "contains"}
    try:
        found, citation = part_at(plain(pack.table), wanted["path"])
    except KeyError as absent:
        return [f"{wanted['path']}: there is no {absent}"]
    faults = _covered(case, citation) if citation else []
    if "equals" in wanted:
        return faults + _same(wanted["path"], found, plain(wanted["equals"]))
    return faults if wanted["contains"] in found else [*faults, f"{wanted['path']}: {found!r} lacks {wanted['contains']}"]


_FIGURES = {"window": _window, "deadline": _deadline, "pack": _place}
