"""Change figures of a policy pack: a new version of its text, with comments and order kept, checked before it is stored.

Only figures change, and each change of a figure names document and clause. The former version stays as it was; by the
days of both the book decides which one counts.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import tomlkit

from db.domain.policy.book import LoadedPack, PolicyBook, load_pack, version_key
from db.domain.policy.pack import UNSET
from db.errors import UserError
from db.services.office import OfficeSession, write_journal
from db.services.policy_figures import (
    NOTHING,
    OPERATOR_LABELS,
    EditableFigure,
    FigureKind,
    Place,
    choice_labels,
    figures_by_path,
)
from db.services.policy_library import EDITED, book_of, find_pack, policy_book, put_text

KEEP = "keep"
"""For *ends* of :func:`edit_pack`: as in the version that is edited, unless it ends before the new one begins."""


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A new value for a figure, and what it rests on. An empty *value*: open again. An empty *source*: the new document."""

    path: str
    value: str
    source: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class NewSource:
    """A document that the pack does not name yet. *checked_on* empty: compared today."""

    title: str
    issuer: str
    number: str = ""
    issued_on: str = ""
    checked_on: str = ""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """How the new version is called and when it holds."""

    version: str
    begins: str
    note: str = ""
    ends: str | None = KEEP


def next_version(book: PolicyBook, pack_id: str) -> str:
    """The version number to propose for the next edition of a pack."""
    return str(max(version_key(item.pack.version) for item in book.versions(pack_id))[0] + 1)


def edit_pack(
    session: OfficeSession,
    pack_id: str,
    changes: Sequence[FigureChange],
    new_source: NewSource | None = None,
    version: str = "",
    begins: str = "",
    note: str = "",
    *,
    ends: str | None = KEEP,
    base_sha256: str = "",
) -> LoadedPack:
    """Store a new version of a pack with these changes; UserError, and nothing stored, when it would not hold.

    The newest version is edited, or the one with *base_sha256*.
    """
    loaded = preview_edit(
        policy_book(session), pack_id, changes, new_source, NewVersion(version, begins, note, ends), session.today, base_sha256
    )
    with session.database.writing() as connection:
        _check_number(book_of(connection), loaded.pack.id, loaded.pack.version)
        put_text(connection, session, loaded, note=note)
        detail: dict[str, object] = {
            "pack": pack_id,
            "version": loaded.pack.version,
            "begins": loaded.pack.begins,
            "figures": [item.path for item in changes],
            "sha256": loaded.sha256,
        }
        write_journal(connection, session, "edit_policy", detail)
    return loaded


def preview_edit(
    book: PolicyBook,
    pack_id: str,
    changes: Sequence[FigureChange],
    new_source: NewSource | None,
    edition: NewVersion,
    today: str,
    base_sha256: str = "",
) -> LoadedPack:
    """The new version as :func:`edit_pack` would store it, checked; nothing is stored."""
    base = _base(book, pack_id, base_sha256)
    version = edition.version.strip() or next_version(book, pack_id)
    _check_number(book, pack_id, version)
    begins = read_day(edition.begins or today, "生效日")
    if begins < base.pack.begins:
        raise UserError("policy_begins_before", day=begins, begins=base.pack.begins)
    ends = _ends(base, edition.ends, begins)
    note = edition.note.strip() or _proposed_note(base, changes, begins)
    text = _edited_text(base, changes, new_source, {"version": version, "note": note}, begins, ends, today)
    return load_pack(text, f"{pack_id}-{version}.toml", EDITED)


def _proposed_note(base: LoadedPack, changes: Sequence[FigureChange], begins: str) -> str:
    """What the new version says of itself when nobody wrote anything: from which day, what."""
    by_path = figures_by_path(base)
    labels = dict.fromkeys(by_path[item.path].group for item in changes if item.path in by_path)
    return f"{begins} 起执行。改动：{'；'.join(labels)}。" if labels else f"{begins} 起执行。"


def _base(book: PolicyBook, pack_id: str, sha256: str) -> LoadedPack:
    if not sha256:
        return find_pack(book, pack_id)
    found = [item for item in book.versions(pack_id) if item.sha256 == sha256]
    if not found:
        raise UserError("policy_out_of_date")
    return found[0]


def _check_number(book: PolicyBook, pack_id: str, version: str) -> None:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9}){0,5}", version):
        raise UserError("policy_bad_version", version=version)
    newest = max((item.pack.version for item in book.versions(pack_id)), key=version_key)
    if version_key(version) <= version_key(newest):
        raise UserError("policy_version_not_higher", version=version, newest=newest)


def read_day(text: str, label: str) -> str:
    """A day as typed, ISO; UserError when it is none."""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError as fault:
        raise UserError("policy_bad_day", label=label, text=text) from fault


def _ends(base: LoadedPack, wanted: str | None, begins: str) -> str | None:
    if wanted == KEEP:
        return base.pack.ends if base.pack.ends is not None and base.pack.ends >= begins else None
    if not wanted:
        return None
    ends = read_day(wanted, "停用日")
    if ends < begins:
        raise UserError("policy_ends_before", ends=ends, begins=begins)
    return ends


# -- the text -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Write:
    """One key of the document with its new value; None takes the key away."""

    place: Place
    value: Any


def _edited_text(
    base: LoadedPack,
    changes: Sequence[FigureChange],
    new_source: NewSource | None,
    words: dict[str, str],
    begins: str,
    ends: str | None,
    today: str,
) -> str:
    added = _source_table(base, new_source, today) if new_source else None
    if not changes and added is None and ends == base.pack.ends and begins == base.pack.begins:
        raise UserError("policy_nothing_changed")
    known = {source.id for source in base.pack.source}
    writes = [_Write((key,), value) for key, value in words.items()]
    writes.append(_Write(("begins",), date.fromisoformat(begins)))
    writes.append(_Write(("ends",), None if ends is None else date.fromisoformat(ends)))
    writes += _figure_writes(base, changes, known, added)
    return _rewritten(base.text, writes, added if added and added["id"] not in known else None)


def _figure_writes(
    base: LoadedPack, changes: Iterable[FigureChange], known: set[str], added: dict[str, Any] | None
) -> list[_Write]:
    by_path = figures_by_path(base)
    cited: dict[Place, tuple[str, str]] = {}
    writes = []
    for change in changes:
        figure = by_path.get(change.path)
        if figure is None:
            raise UserError("policy_no_figure", path=change.path)
        writes.append(_Write(figure.place, figure_value(figure, change.value)))
        if not figure.is_cited:
            continue
        citation = _citation(figure, change, known, added)
        if cited.setdefault(figure.cited_place, citation) != citation:
            raise UserError("policy_two_citations", label=figure.group)
    for place, (source, clause) in cited.items():
        writes += [_Write((*place, "source"), source), _Write((*place, "clause"), clause)]
    return writes


def _citation(
    figure: EditableFigure, change: FigureChange, known: set[str], added: dict[str, Any] | None
) -> tuple[str, str]:
    source = change.source.strip() or (str(added["id"]) if added else "")
    clause = change.clause.strip()
    if not source or not clause:
        raise UserError("policy_needs_source", label=figure.label)
    if source not in known and (added is None or source != added["id"]):
        raise UserError("policy_unknown_source", label=figure.label, source=source)
    return source, clause


def _source_table(base: LoadedPack, new: NewSource, today: str) -> dict[str, Any]:
    fields = source_fields(new, today)
    for source in base.pack.source:
        if (source.title, source.number) == (fields["title"], fields.get("number", "")):
            return {"id": source.id}
    taken = {source.id for source in base.pack.source}
    return {"id": next(f"added_{n}" for n in range(1, 10_000) if f"added_{n}" not in taken), **fields}


def source_fields(new: NewSource, today: str) -> dict[str, Any]:
    """A ``[[source]]`` table without its id; UserError says what is missing."""
    for value, label in ((new.title, "标题"), (new.issuer, "发文单位")):
        if not value.strip():
            raise UserError("policy_source_needs", label=label)
    table: dict[str, Any] = {"title": new.title.strip()}
    if new.number.strip():
        table["number"] = new.number.strip()
    table["issuer"] = new.issuer.strip()
    if new.issued_on.strip():
        table["issued_on"] = date.fromisoformat(read_day(new.issued_on, "发文日期"))
    table["checked_on"] = date.fromisoformat(read_day(new.checked_on or today, "核对日期"))
    return table


def _rewritten(text: str, writes: Sequence[_Write], source: dict[str, Any] | None) -> str:
    """*text* with these values. What the new text says is compared with what it should say, value by value."""
    document: Any = tomlkit.parse(text)
    wanted: Any = tomllib.loads(text)
    for table in (document, wanted):
        for write in writes:
            _write(table, write)
    if source is not None:
        wanted["source"].append(dict(source))
        document["source"].append(tomlkit.item(source))
    written = tomlkit.dumps(document)
    if tomllib.loads(written) != wanted:
        raise AssertionError("the edited policy text does not say what it should")
    return written


def _write(table: Any, write: _Write) -> None:
    *way, key = write.place
    for step in way:
        table = table[step]
    if write.value is None:
        if key in table:
            del table[key]
    elif key not in table or table[key] != write.value:
        table[key] = list(write.value) if isinstance(write.value, tuple) else write.value


# -- values -------------------------------------------------------------------------------------------------------

_OPERATORS = {"≤": "<=", "≦": "<=", "≥": ">=", "≧": ">=", "＝": "==", "=": "=="}
_WANTED = {
    FigureKind.NUMBER: "数字，如 1.5 或 2000",
    FigureKind.WHOLE: "整数，如 12",
    FigureKind.DAY: "日期，如 2022-06-30",
    FigureKind.MONTH_DAY: "月和日，如 06-30",
    FigureKind.AGES: "两个年龄，如 16-59",
    FigureKind.TEXT: "文字",
}


def figure_value(figure: EditableFigure, typed: str) -> Any:
    """What a clerk typed as the value to write; UserError says how it must be written."""
    text = typed.strip() if figure.kind is FigureKind.TEXT else unicodedata.normalize("NFKC", typed).strip()
    if figure.kind in {FigureKind.NUMBER, FigureKind.OPERATOR} and text in {"", UNSET}:
        return UNSET
    if figure.kind in {FigureKind.CHOICE, FigureKind.CHOICES}:
        return _chosen(figure, text)
    try:
        value = _READERS[figure.kind](text)
    except (ValueError, OverflowError):
        value = None
    if value is None or (figure.choices and value not in figure.choices):
        wanted = "、".join(figure.choices) or _WANTED[figure.kind]
        raise UserError("policy_bad_figure", label=figure.label, text=typed, wanted=wanted)
    return value


def _chosen(figure: EditableFigure, text: str) -> Any:
    """The code, or the codes, of what was typed as labels or codes; nothing at all may be said of deductions."""
    labels = choice_labels(str(figure.place[-1]))
    by_label = {unicodedata.normalize("NFKC", label): code for code, label in labels.items()}
    words = [word for word in re.split(r"[、，,;；\s]+", text) if word]
    if text == NOTHING and figure.place[-1] == "net_of":
        words = []
    codes = [by_label.get(word, word) for word in words]
    single = figure.kind is FigureKind.CHOICE
    unknown = [code for code in codes if code not in labels]
    if unknown or len(set(codes)) != len(codes) or (single and len(codes) != 1) or not (codes or text == NOTHING):
        raise UserError("policy_bad_figure", label=figure.label, text=text, wanted="、".join(labels.values()))
    return codes[0] if single else tuple(codes)


def _number(text: str) -> str | None:
    plain = text.replace(",", "").replace(" ", "")
    if plain.endswith("%"):
        plain = _share(plain[:-1])
    return plain if re.fullmatch(r"\d{1,11}(\.\d{1,6})?", plain, re.ASCII) else None


def _share(percent: str) -> str:
    """``62.5`` per cent as ``0.625``, exactly."""
    share = Fraction(percent) / 100
    digits = f"{share.numerator * 10**6 // share.denominator:07d}"
    if Fraction(int(digits), 10**6) != share:
        return ""
    return f"{digits[:-6]}.{digits[-6:]}".rstrip("0").rstrip(".")


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else None


def _operator(text: str) -> str | None:
    chosen = _OPERATORS.get(text, text)
    return chosen if chosen in OPERATOR_LABELS else None


def _month_day(text: str) -> str | None:
    match = re.fullmatch(r"(\d{1,2})(?:-|\.|/|月)(\d{1,2})日?", text, re.ASCII)
    return date(2024, int(match[1]), int(match[2])).strftime("%m-%d") if match else None


def _ages(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"(\d{1,3})\s*(?:-|~|至|—|–)\s*(\d{1,3})", text, re.ASCII)
    return (int(match[1]), int(match[2])) if match and int(match[1]) <= int(match[2]) else None


_READERS: dict[FigureKind, Callable[[str], Any]] = {
    FigureKind.NUMBER: _number,
    FigureKind.WHOLE: _whole,
    FigureKind.OPERATOR: _operator,
    FigureKind.DAY: date.fromisoformat,
    FigureKind.MONTH_DAY: _month_day,
    FigureKind.AGES: _ages,
    FigureKind.TEXT: str,
}
