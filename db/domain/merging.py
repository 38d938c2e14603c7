"""Merging two archives of one family: what both say side by side, what to take by default, and the merged content.

Pure. The kept archive's form is the ground; from the other one only what was chosen is taken over. Two people are the
same where both have the same ID number, or the same name and nothing against it, or where what they are themselves looks
alike (:mod:`db.domain.look_alike`). Where somebody else heads the merged archive, that worker is looked at as a member.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from db.domain.archive_content import ArchiveContent, new_id
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.derivation import derived_value, is_derived
from db.domain.field_kinds import NAME_DOTS, fold, format_value
from db.domain.form_schema import FieldSpec, Value
from db.domain.look_alike import POSSIBLE, Person, compare, long_number
from db.domain.means_form import WORKER

Record = dict[str, Value]

KEPT, MERGED, BOTH = "kept", "merged", "both"
"""Where a value is taken from; ``both`` only where several answers may stand together."""
_AS_FILED = frozenset(
    spec.key for section in ARCHIVE_FORM.sections if section.key == "signatures" for spec in section.fields
) | {"worker_number"}
"""Who filed the archive and its number: that of the kept one stays unless it has none."""


@dataclass(frozen=True, slots=True)
class MergeField:
    """One answer of the two side by side. *path* is a key of the form, or ``member id.key`` of the kept archive's member."""

    path: str
    caption: str
    section: str
    kept_text: str
    merged_text: str
    proposal: str
    choices: tuple[str, ...]
    is_derived: bool
    """Whether it follows from other answers and is never chosen."""
    differs: bool

    @property
    def is_open(self) -> bool:
        """Whether there is something to choose."""
        return self.differs and not self.is_derived


@dataclass(frozen=True, slots=True)
class MergeMember:
    """A person of either household, and who they are in the other."""

    name: str
    relation: str
    id_number: str
    kept_id: str = ""
    """Empty: only the merged archive has them."""
    merged_id: str = ""
    """Empty: only the kept archive has them; ``worker``: the worker of the merged one."""
    fields: tuple[MergeField, ...] = ()
    """Where both have them: what they say."""

    @property
    def is_new(self) -> bool:
        """Whether taking them over adds somebody to the kept household."""
        return not self.kept_id


@dataclass(frozen=True, slots=True)
class Choices:
    """What is taken from the merged archive: fields by path → ``merged`` or ``both``, and whole members by their id there."""

    fields: Mapping[str, str] = field(default_factory=dict)
    members: frozenset[str] = frozenset()
    papers: bool = True
    """Whether the kept archive takes over the other one's papers, too."""


# -- side by side -------------------------------------------------------------------------------------------------


def fields_beside(kept: ArchiveContent, merged: ArchiveContent, *, merged_is_newer: bool) -> list[MergeField]:
    """Every answer of the worker that either gives, in the order of the form.

    Of a worker who is somebody else nothing is proposed.
    """
    same = same_head(kept, merged)
    found = []
    for section in ARCHIVE_FORM.sections:
        if section.key == "members":
            continue
        for spec in section.fields:
            derived = is_derived(kept, spec, kept.values) or is_derived(merged, spec, merged.values)
            newer = merged_is_newer and spec.key not in _AS_FILED
            item = _beside("", section.title, spec, kept.values, merged.values, newer, derived)
            if item is not None:
                found.append(item if same else replace(item, proposal=KEPT))
    return found


def _beside(
    owner: str, section: str, spec: FieldSpec, kept: Mapping[str, Value], merged: Mapping[str, Value], newer: bool, derived: bool
) -> MergeField | None:
    own, other = _plain(kept.get(spec.key)), _plain(merged.get(spec.key))
    if own is None and other is None:
        return None
    several = isinstance(own, list) and isinstance(other, list)
    return MergeField(
        path=f"{owner}.{spec.key}" if owner else spec.key,
        caption=spec.label,
        section=section,
        kept_text=format_value(spec, own),
        merged_text=format_value(spec, other),
        proposal=KEPT if derived else _proposal(own, other, newer, several),
        choices=(KEPT, MERGED, BOTH) if several else (KEPT, MERGED),
        is_derived=derived,
        differs=own != other,
    )


def _proposal(own: Value, other: Value, newer: bool, several: bool) -> str:
    """Filled beats empty, several answers stand together, newer beats older."""
    if own == other or other is None:
        return KEPT
    if own is None:
        return MERGED
    if several:
        return BOTH
    return MERGED if newer else KEPT


def _plain(value: Value) -> Value:
    return None if value == "" or value == [] else value


# -- members ------------------------------------------------------------------------------------------------------


def members_beside(kept: ArchiveContent, merged: ArchiveContent, *, merged_is_newer: bool) -> list[MergeMember]:
    """Everybody of both households but the kept archive's worker: its members first, then who stands only in the other."""
    pairs = match_members(kept, merged)
    by_kept = {kept_id: merged_id for merged_id, kept_id in pairs.items()}
    others = _members_of(merged, kept)
    found = []
    for member in kept.members:
        other = others.get(by_kept.get(str(member["id"]), ""))
        found.append(_member(member, other, merged_is_newer))
    found += [MergeMember(*_who(member), merged_id=key) for key, member in others.items() if key not in pairs]
    return found


def same_head(kept: ArchiveContent, merged: ArchiveContent) -> bool:
    """Whether both archives are of the same worker."""
    return is_same_person(kept.values, merged.values) or _looks_alike(kept.values, merged.values)


def _members_of(merged: ArchiveContent, kept: ArchiveContent) -> dict[str, Record]:
    """Members of the merged household by id, without the kept archive's worker; its own worker where that is another one."""
    found = {} if same_head(kept, merged) else {WORKER: _as_member(merged.values)}
    found.update((str(member["id"]), member) for member in merged.members)
    return {key: member for key, member in found.items() if not is_same_person(member, kept.values)}


def _as_member(values: Mapping[str, Value]) -> Record:
    """A worker as a member: what both kinds of record ask for. The relation is the clerk's to say."""
    common = {spec.key: values[spec.key] for spec in ARCHIVE_FORM.member_fields if values.get(spec.key) is not None}
    return {"id": WORKER, **common}


def _who(member: Mapping[str, Value]) -> tuple[str, str, str]:
    relation = format_value(ARCHIVE_FORM.member_field("relation_to_head"), member.get("relation_to_head"))
    return str(member.get("name") or ""), relation, str(member.get("id_number") or "")


def _member(own: Record, other: Record | None, newer: bool) -> MergeMember:
    found = []
    if other is not None:
        for spec in ARCHIVE_FORM.member_fields:
            derived = any(derived_of_record(spec, record) is not None for record in (own, other))
            found.append(_beside(str(own["id"]), "家庭成员", spec, own, other, newer, derived))
    merged_id = str(other["id"]) if other is not None else ""
    fields = tuple(item for item in found if item is not None)
    return MergeMember(*_who(own), kept_id=str(own["id"]), merged_id=merged_id, fields=fields)


def derived_of_record(spec: FieldSpec, record: Record) -> Value:
    """The value of a member's field that follows from the ID number."""
    return derived_value(ArchiveContent(), spec, record) if spec.derived_by else None


def match_members(kept: ArchiveContent, merged: ArchiveContent) -> dict[str, str]:
    """Members of the merged archive who are members of the kept one: their id there → here, each at most once."""
    free = list(kept.members)
    pairs: dict[str, str] = {}
    for judge in (_is_same_number, is_same_person, _looks_alike):
        for key, member in _members_of(merged, kept).items():
            own = next((item for item in free if key not in pairs and judge(member, item)), None)
            if own is not None:
                pairs[key] = str(own["id"])
                free.remove(own)
    return pairs


def _is_same_number(one: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    first, second = (long_number(str(record.get("id_number") or "")) for record in (one, other))
    return bool(first) and first == second


def is_same_person(one: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    """The same number; or the same name where neither number nor birth date contradicts."""
    if _is_same_number(one, other):
        return True
    numbers = {long_number(str(record.get("id_number") or "")) for record in (one, other)} - {""}
    births = {record["birth_on"] for record in (one, other) if record.get("birth_on")}
    names = {_plain_name(record) for record in (one, other)}
    return len(numbers) < 2 and len(births) < 2 and len(names) == 1 and names != {""}


def _looks_alike(one: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    """A number copied wrong, a name written otherwise: what a household shares says nothing here."""
    keys = ("name", "id_number", "birth_on", "sex")
    first, second = (Person(*(str(record.get(key) or "") for key in keys)) for record in (one, other))
    return compare(first, second).score >= POSSIBLE


def _plain_name(record: Mapping[str, Value]) -> str:
    return "".join(char for char in fold(str(record.get("name") or "")).lower() if char not in NAME_DOTS)


# -- the merged content -------------------------------------------------------------------------------------------


def proposed(fields: Sequence[MergeField], members: Iterable[MergeMember]) -> Choices:
    """What is taken unless the clerk chooses otherwise: every proposal, and everybody who stands only in the other."""
    everybody = list(members)
    every = [*fields, *(item for person in everybody for item in person.fields)]
    wanted = {item.path: item.proposal for item in every if item.proposal != KEPT and not item.is_derived}
    return Choices(wanted, frozenset(person.merged_id for person in everybody if person.is_new))


def merged_content(kept: ArchiveContent, merged: ArchiveContent, choices: Choices) -> ArchiveContent:
    """*kept* with what was chosen of *merged*; members taken over get an id of their own, for theirs stays there."""
    content = kept.copy()
    pairs = match_members(kept, merged)
    by_kept = {own: other for other, own in pairs.items()}
    others = _members_of(merged, kept)
    here = {str(member["id"]): member for member in content.members}
    for path, source in choices.fields.items():
        member_id, _, key = path.rpartition(".")
        if not member_id:
            _take(content.values, merged.values, key, source)
        elif member_id in by_kept:
            _take(here[member_id], others[by_kept[member_id]], key, source)
    for key, member in others.items():
        if key in choices.members and key not in pairs:
            content.members.append({**_copied(member), "id": new_id()})
    return content


def _take(target: Record, source: Mapping[str, Value], key: str, where: str) -> None:
    if where == KEPT or key == "id":
        return
    value, own = _plain(source.get(key)), _plain(target.get(key))
    if where == BOTH and isinstance(value, list) and isinstance(own, list):
        value = list(dict.fromkeys([*own, *value]))
    if value is None:
        target.pop(key, None)
    else:
        target[key] = list(value) if isinstance(value, list) else value


def _copied(record: Mapping[str, Value]) -> Record:
    return {key: list(value) if isinstance(value, list) else value for key, value in record.items()}
