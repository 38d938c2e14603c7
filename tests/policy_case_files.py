"""Reads the policy cases (``policy_cases/*.toml``), the quotes beside them and the packs they are about.

A case names a base household, what changes, and what must come out; how a file is written:

    [base.three]                       # the layout of the facts file; days may be TOML dates
    [[case]]                           # name, policy, on, covers, base, change, set, expect
    [[figure_case]]                    # name, policy, covers, and one of window, deadline, pack

``change`` merges ``household`` and replaces a ledger; a ledger ``"not_asked"`` is removed, and so is a household field
``""``. ``set`` edits the pack before it is read: ``{ "near.margin" = "0.1" }``. A path goes through tables by key and
through lists by ``code`` (``case`` of evidence, ``item`` of aid, ``id`` of sources, ``label`` of steps) or by number.

``expect``: outcome; class and level (``""``: none); fits and excluded (exactly these); not_fits, unknown, gates,
cautions, missing (at least these, an empty list: none); not_cautions (none of these); caps, left and approval by
``item``, ``item:person`` or ``item:person:part of the label`` (``"unlimited"``, ``"unknown"``); not_allowed,
undecided and none_of name aid items; distance by class; values (unrounded) by clause; recheck_on; error (code of the
refusal).
"""

import copy
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import tomlkit

import resources
from db.domain.policy.book import LoadedPack, PolicyBook
from db.domain.policy.book import load_pack as read_loaded
from db.domain.policy.pack import StandardTable
from db.domain.policy.reading import read_standards

TESTS = Path(__file__).parent
CASES = TESTS / "policy_cases"
SOURCES = TESTS / "fixtures" / "policy_sources"
PACKS = Path(resources.__file__).parent / "policy"
NOT_ASKED = "not_asked"
_NAMES_OF_A_ROW = ("code", "case", "item", "id", "topic", "label")

Table = dict[str, Any]


@dataclass(frozen=True)
class PolicyCase:
    """One ``[[case]]`` or ``[[figure_case]]`` with the bases of its file; *fault* where the file cannot be read."""

    file: str
    table: Table
    bases: Table
    fault: str = ""

    @property
    def name(self) -> str:
        return f"{self.file.removesuffix('.toml')}：{self.table.get('name', self.fault)}"

    @property
    def policy(self) -> str:
        return str(self.table.get("policy", ""))

    @property
    def covers(self) -> frozenset[str]:
        return frozenset(self.table.get("covers", ()))

    @property
    def on(self) -> date:
        return date.fromisoformat(str(self.table["on"]))

    def facts_table(self) -> Table:
        """The base household with the changes of this case, as the facts file would hold it."""
        facts = copy.deepcopy(self.bases[self.table["base"]])
        for key, value in self.table.get("change", {}).items():
            if value == NOT_ASKED:
                facts.pop(key, None)
            elif isinstance(value, dict):
                merged = {**facts.get(key, {}), **value}
                facts[key] = {name: entry for name, entry in merged.items() if entry != ""}
            else:
                facts[key] = value
        return plain(facts)


def plain(value: Any) -> Any:
    """*value* of a TOML file as JSON would hold it: days as text."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value


def case_files() -> list[Path]:
    """The files with cases; the quotes stand beside them."""
    return sorted(path for path in CASES.glob("*.toml") if not path.name.endswith(".quotes.toml"))


def policy_cases(kind: str) -> list[PolicyCase]:
    """Every ``[[kind]]`` of every file; a file that is no TOML gives one case with its fault."""
    found = []
    for path in case_files():
        try:
            document = tomllib.loads(path.read_text("utf-8"))
        except tomllib.TOMLDecodeError as fault:
            found.append(PolicyCase(path.name, {}, {}, str(fault)))
            continue
        bases = document.get("base", {})
        found += [PolicyCase(path.name, table, bases) for table in document.get(kind, [])]
    return found


# -- packs --------------------------------------------------------------------------------------------------------


def pack_ids() -> list[str]:
    """The packs that are delivered with the program."""
    return sorted(path.parent.name for path in PACKS.glob("*/pack.toml"))


def pack_text(pack_id: str) -> str:
    """What stands in the pack file."""
    return (PACKS / pack_id / "pack.toml").read_text("utf-8")


def raw_table(pack_id: str) -> Table:
    """The pack as parsed TOML."""
    return tomllib.loads(pack_text(pack_id))


def pack_table(pack_id: str) -> Table:
    """The pack as JSON would hold it: days as text."""
    return plain(raw_table(pack_id))


def load_pack(pack_id: str, changes: Table | None = None) -> LoadedPack:
    """The pack as the rules take it, edited by *changes* first."""
    return loaded_from(pack_text(pack_id), pack_id, changes)


def loaded_from(text: str, name: str, changes: Table | None = None) -> LoadedPack:
    """The pack that *text* holds, edited by *changes* first."""
    if changes:
        document = tomlkit.parse(text)
        for path, value in _leaves(changes):
            put_at(document, path, value)
        text = tomlkit.dumps(document)
    return read_loaded(text, f"{name}/pack.toml")


def edited(table: Table, changes: Table) -> Table:
    """A copy of a parsed pack, edited by *changes*."""
    copied = copy.deepcopy(table)
    for path, value in _leaves(changes):
        put_at(copied, path, value)
    return copied


def book_with(loaded: LoadedPack) -> PolicyBook:
    """A book with only this pack, and the standards that are delivered."""
    return PolicyBook((loaded,), _standards())


@cache
def _standards() -> tuple[StandardTable, ...]:
    files = sorted((PACKS / "standards").glob("*.toml"))
    return tuple(read_standards(path.read_text("utf-8"), path.name) for path in files)


def _leaves(changes: Table, before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in changes.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _child(node: Any, segment: str) -> Any:
    if not isinstance(node, list):
        return node[segment]
    for row in node:
        if isinstance(row, dict) and segment in {str(row[key]) for key in _NAMES_OF_A_ROW if key in row}:
            return row
    if segment.isdigit() and int(segment) < len(node):
        return node[int(segment)]
    raise KeyError(segment)


def put_at(document: Any, path: str, value: Any) -> None:
    """Write *value* at *path*; tables on the way are made, rows of lists must be there."""
    *way, last = path.split(".")
    node = document
    for segment in way:
        if isinstance(node, dict) and segment not in node:
            node[segment] = {}
        node = _child(node, segment)
    if isinstance(node, list):
        node[int(last)] = value
    else:
        node[last] = value


def part_at(table: Table, path: str) -> tuple[Any, str]:
    """What stands at *path* of a pack, and the ``source#clause`` of the innermost part around it."""
    node: Any = table
    citation = ""
    for segment in path.split("."):
        node = _child(node, segment)
        citation = citation_of(node) or citation
    return node, citation


def citation_of(node: Any) -> str:
    """``source#clause`` of a table of a pack, empty where it cites nothing itself."""
    if isinstance(node, dict) and "clause" in node and "source" in node:
        return f"{node['source']}#{node['clause']}"
    return ""


def citations(node: Any) -> Iterator[str]:
    """Every ``source#clause`` in a pack or standards table, as often as it is cited."""
    if isinstance(node, dict):
        own = citation_of(node)
        if own:
            yield own
        for value in node.values():
            yield from citations(value)
    elif isinstance(node, list):
        for row in node:
            yield from citations(row)


# -- quotes -------------------------------------------------------------------------------------------------------


def quotes_file(pack_id: str) -> Path:
    """Where the quotes of a pack's clauses stand."""
    return CASES / f"{pack_id}.quotes.toml"


def quotes(pack_id: str) -> dict[str, list[str]]:
    """``source#clause`` → the sentences it rests on. ``["source"] clause = "…"`` and ``"source#clause" = "…"`` both do."""
    found: dict[str, list[str]] = {}
    for key, value in tomllib.loads(quotes_file(pack_id).read_text("utf-8")).items():
        if key == "passed_over":
            continue
        entries = {f"{key}#{clause}": text for clause, text in value.items()} if isinstance(value, dict) else {key: value}
        for citation, text in entries.items():
            found[citation] = [text] if isinstance(text, str) else list(text)
    return found


def passed_over(pack_id: str) -> list[str]:
    """Sentences of the documents that state no rule: greetings, appeals, headings."""
    return list(tomllib.loads(quotes_file(pack_id).read_text("utf-8")).get("passed_over", []))


def squeezed(text: str) -> str:
    """*text* without any blank or line break: the documents were scanned with stray ones."""
    return "".join(text.split())
