"""Two branches of one archive and the version they both come from → one content, and the fields where somebody must choose.

What only one branch touched is taken from it. Where both changed the same field differently *mine* stays and a
:class:`Conflict` tells of it. Several choices are merged as sets. Nothing is invented: every value of the result stands
in one of the three, lists aside.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.change_diff import Change
from db.domain.form_schema import FieldKind, FieldSpec, Value

Record = dict[str, Value]

_GONE, _HERE = "已删除", "在册"
_WORKER_SPECS = {spec.key: spec for spec in ARCHIVE_FORM.worker_fields}
_MEMBER_SPECS = {spec.key: spec for spec in ARCHIVE_FORM.member_fields}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place both branches changed differently.

    *path*: ``key`` of a worker's field, ``member id.key`` of a member's, the bare ``member id`` where one branch removed
    a member the other one changed, ``@…`` for what lies beside the form.
    """

    path: str
    caption: str
    base_text: str
    mine_text: str
    theirs_text: str
    base: Value = None
    mine: Value = None
    theirs: Value = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON object."""
        return {key: getattr(self, key) for key in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Conflict":
        """Read what :meth:`to_json` wrote."""
        return cls(**{key: body[key] for key in cls.__dataclass_fields__})


@dataclass(slots=True)
class Merged:
    """The merged content and what could not be merged."""

    content: ArchiveContent
    conflicts: list[Conflict] = field(default_factory=list)


def merge(base: ArchiveContent, mine: ArchiveContent, theirs: ArchiveContent) -> Merged:
    """Bring both branches together; where they contradict each other *mine* stays."""
    conflicts: list[Conflict] = []
    values = _merged_record(base.values, mine.values, theirs.values, _WORKER_SPECS, conflicts)
    members = _merged_members(base.members, mine.members, theirs.members, conflicts)
    edition = theirs.edition if mine.edition == base.edition else mine.edition
    return Merged(ArchiveContent(values, members, edition), conflicts)


# -- one record ---------------------------------------------------------------------------------------------------


def _plain(value: Value) -> Value:
    """An empty answer and none are the same."""
    return None if value == "" or value == [] else value


def _copied(value: Value) -> Value:
    return list(value) if isinstance(value, list) else value


def _merged_record(
    base: Mapping[str, Value],
    mine: Mapping[str, Value],
    theirs: Mapping[str, Value],
    specs: Mapping[str, FieldSpec],
    conflicts: list[Conflict],
    member: Mapping[str, Value] | None = None,
) -> Record:
    """One worker or *member*: field by field, in the order of mine."""
    merged: Record = {}
    for key in dict.fromkeys((*mine, *theirs)):
        before, own, other = (_plain(record.get(key)) for record in (base, mine, theirs))
        if own == other or other == before:
            value = own
        elif own == before:
            value = other
        elif _is_list(specs.get(key)):
            value = _united(before, own, other)
        else:
            value = own
            conflicts.append(_conflict(key, before, own, other, member))
        if value is not None:
            merged[key] = _copied(value)
    return merged


def _is_list(spec: FieldSpec | None) -> bool:
    return spec is not None and spec.kind in {FieldKind.MULTI_CHOICE, FieldKind.PAPERS}


def _united(before: Value, own: Value, other: Value) -> Value:
    """What neither branch took out and everything either put in; in the order of mine."""
    old, here, there = (set(value) if isinstance(value, list) else set() for value in (before, own, other))
    kept = (here & there) | (here - old) | (there - old)
    ordered = [*(own if isinstance(own, list) else ()), *(other if isinstance(other, list) else ())]
    return [code for code in dict.fromkeys(ordered) if code in kept] or None


def _conflict(key: str, before: Value, own: Value, other: Value, member: Mapping[str, Value] | None) -> Conflict:
    member_id = str(member["id"]) if member else ""
    name = str(member.get("name") or "") if member else ""
    mine, theirs = Change(key, before, own, member_id, name), Change(key, before, other, member_id, name)
    path = f"{member_id}.{key}" if member else key
    return Conflict(path, mine.label, mine.old_text, mine.new_text, theirs.new_text, before, own, other)


# -- members ------------------------------------------------------------------------------------------------------


def _by_id(members: Iterable[Record]) -> dict[str, Record]:
    return {str(member["id"]): member for member in members}


def _merged_members(
    base: Sequence[Record], mine: Sequence[Record], theirs: Sequence[Record], conflicts: list[Conflict]
) -> list[Record]:
    before, own, other = _by_id(base), _by_id(mine), _by_id(theirs)
    kept: dict[str, Record] = {}
    for key in dict.fromkeys((*own, *other)):
        member = _merged_member(before.get(key), own.get(key), other.get(key), conflicts)
        if member is not None:
            kept[key] = member
    return [kept[key] for key in _order([*before], [*own], [*other]) if key in kept]


def _merged_member(
    before: Record | None, own: Record | None, other: Record | None, conflicts: list[Conflict]
) -> Record | None:
    if own is not None and other is not None:
        return _merged_record(before or {"id": own["id"]}, own, other, _MEMBER_SPECS, conflicts, own)
    present = own if own is not None else other
    assert present is not None
    if before is None:  # added by one branch
        return {key: _copied(value) for key, value in present.items()}
    if _same_record(before, present):  # removed by the other branch, untouched by this one
        return None
    conflicts.append(_removal(present, is_mine=own is not None))
    return {key: _copied(value) for key, value in present.items()} if own is not None else None


def _same_record(first: Record, second: Record) -> bool:
    return all(_plain(first.get(key)) == _plain(second.get(key)) for key in {*first, *second})


def _removal(present: Record, *, is_mine: bool) -> Conflict:
    """One branch removed a member the other one changed."""
    change = Change("", _HERE, _GONE, str(present["id"]), str(present.get("name") or ""))
    mine, theirs = ("已修改", _GONE) if is_mine else (_GONE, "已修改")
    return Conflict(change.member_id, change.label, _HERE, mine, theirs, _HERE, mine, theirs)


def _order(base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    """Every id of both branches: in the order of the branch that moved somebody (mine, where both did)."""
    common = set(base) & set(mine) & set(theirs)
    plain = [key for key in base if key in common]
    moved = {side: [key for key in ids if key in common] != plain for side, ids in (("mine", mine), ("theirs", theirs))}
    first, second = (theirs, mine) if moved["theirs"] and not moved["mine"] else (mine, theirs)
    ordered = list(first)
    for index, key in enumerate(second):
        if key not in ordered:
            ordered.insert(_place(ordered, second[:index], set(second)), key)
    return ordered


def _place(ordered: list[str], before: list[str], known: set[str]) -> int:
    """Behind whoever stands before it in its own branch, and behind those only the first branch added there."""
    place = ordered.index(before[-1]) + 1 if before else 0
    while place < len(ordered) and ordered[place] not in known:
        place += 1
    return place


# -- choosing -----------------------------------------------------------------------------------------------------


def with_choices(content: ArchiveContent, other: ArchiveContent, paths: Iterable[str]) -> tuple[ArchiveContent, list[str]]:
    """*content* with the other branch's answer at *paths*; also the paths that cannot be applied any more."""
    chosen, missed = content.copy(), []
    theirs = _by_id(other.members)
    for path in paths:
        member_id, _, key = path.rpartition(".")
        if not (_choose_member(chosen, theirs, path) if _is_member(path, content, theirs) else
                _choose_field(chosen, other, member_id, key)):  # fmt: skip
            missed.append(path)
    return chosen, missed


def _is_member(path: str, content: ArchiveContent, theirs: Mapping[str, Record]) -> bool:
    return path in theirs or path in _by_id(content.members)


def _choose_member(chosen: ArchiveContent, theirs: Mapping[str, Record], member_id: str) -> bool:
    """Bring a member back as the other branch has it, or remove the one the other branch removed."""
    here = [member for member in chosen.members if member["id"] != member_id]
    if member_id in theirs:
        member = {key: _copied(value) for key, value in theirs[member_id].items()}
        place = next((i for i, item in enumerate(chosen.members) if item["id"] == member_id), len(here))
        here.insert(place, member)
    chosen.members = here
    return True


def _choose_field(chosen: ArchiveContent, other: ArchiveContent, member_id: str, key: str) -> bool:
    source = _by_id(other.members).get(member_id) if member_id else other.values
    target = _by_id(chosen.members).get(member_id) if member_id else chosen.values
    if source is None or target is None:
        return False
    value = _plain(source.get(key))
    if value is None:
        target.pop(key, None)
    else:
        target[key] = _copied(value)
    return True
