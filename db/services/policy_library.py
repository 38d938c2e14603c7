"""The policy book of an office: the packaged packs and standards with the office's own versions, and which is chosen."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

from sqlalchemy import Connection

from db.domain.policy.book import PACKAGED, LoadedPack, PolicyBook, load_pack, packaged_book, version_key
from db.domain.policy.pack import StandardTable
from db.domain.policy.policy_text import fingerprint
from db.domain.policy.reading import read_standards
from db.errors import UserError
from db.services.office import OfficeSession, get_setting, write_journal
from db.store import policy_store, setting_store

EDITED, DELIVERED = "edited", "delivered"
ORIGIN_LABELS = {PACKAGED: "随程序", EDITED: "本单位修改", DELIVERED: "上级下发"}
_RANK = {PACKAGED: 0, EDITED: 1, DELIVERED: 2}
"""Of two texts with the same id and version number the higher counts: what is above decides."""
_CHOSEN = "chosen_policy"


@dataclass(frozen=True, slots=True)
class StoredText:
    """A policy text of the office: of its own making or delivered."""

    sha256: str
    pack_id: str
    version: str
    text: str
    origin: str
    source_office_id: str
    made_at: str
    made_by: str
    note: str

    @property
    def file(self) -> str:
        """What faults of this text call it."""
        return f"{self.pack_id}-{self.version}.toml"


# -- the book -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=128)
def _read_pack(text: str, file: str, origin: str) -> LoadedPack:
    return load_pack(text, file, origin)


@lru_cache(maxsize=128)
def _read_table(text: str, file: str) -> StandardTable:
    return read_standards(text, file)


def policy_book(session: OfficeSession) -> PolicyBook:
    """Every pack and standard this office knows, its own versions among them."""
    with session.database.reading() as connection:
        return book_of(connection)


def book_of(connection: Connection) -> PolicyBook:
    """The same in the caller's transaction."""
    packaged = packaged_book()
    packs = {(item.pack.id, version_key(item.pack.version)): item for item in packaged.packs}
    for stored in stored_texts(connection, "pack"):
        loaded = readable_pack(stored)
        if loaded is None:
            continue
        key = (loaded.pack.id, version_key(loaded.pack.version))
        known = packs.get(key)
        if known is None or _RANK[known.origin] <= _RANK[loaded.origin]:
            packs[key] = known if known is not None and known.text == loaded.text else loaded
    tables = [table for stored in _standards_by_weight(connection) if (table := readable_standards(stored))]
    return PolicyBook(tuple(packs.values()), (*tables, *packaged.standards))


def _standards_by_weight(connection: Connection) -> list[StoredText]:
    """Own figures first, then the newest delivered: of two for the same day the first counts."""
    newest_first = stored_texts(connection, "standards")[::-1]
    return sorted(newest_first, key=lambda item: item.origin != EDITED)


def stored_texts(connection: Connection, kind: str) -> list[StoredText]:
    """The office's own texts of *kind* that stand in its book, in the order they came."""
    names = StoredText.__dataclass_fields__
    return [StoredText(**{name: row[name] for name in names}) for row in policy_store.current(connection, kind)]


def readable_pack(stored: StoredText) -> LoadedPack | None:
    """The pack in a stored text; None when this program cannot read it (made by a newer one)."""
    try:
        return _read_pack(stored.text, stored.file, stored.origin)
    except UserError:
        return None


def readable_standards(stored: StoredText) -> StandardTable | None:
    """The same of a table of standards."""
    try:
        return _read_table(stored.text, stored.file)
    except UserError:
        return None


def find_pack(book: PolicyBook, pack_id: str, on: str | None = None) -> LoadedPack:
    """The version of *pack_id* in force on a day, or the newest; UserError when there is none."""
    loaded = book.pack(pack_id, on)
    if loaded is not None:
        return loaded
    if book.pack(pack_id) is not None:
        raise UserError("policy_not_in_force", pack=pack_id, day=on)
    known = "、".join(sorted({item.pack.id for item in book.packs})) or "（无）"
    raise UserError("policy_unknown", pack=pack_id, known=known)


# -- keeping texts ------------------------------------------------------------------------------------------------


def keep_pack(connection: Connection, session: OfficeSession, loaded: LoadedPack) -> None:
    """Keep the text of a pack that an assessment rests on, whatever becomes of the book. In the caller's transaction."""
    put_text(connection, session, loaded, is_current=False)


def put_text(
    connection: Connection,
    session: OfficeSession,
    loaded: LoadedPack,
    *,
    is_current: bool = True,
    source_office_id: str = "",
    note: str = "",
) -> bool:
    """Store a pack's text as one of the office's own; whether that changed anything."""
    pack = loaded.pack
    row = {
        "sha256": loaded.sha256,
        "pack_id": pack.id,
        "kind": "pack",
        "version": pack.version,
        "begins": pack.begins,
        "ends": pack.ends,
        "text": loaded.text,
        "origin": loaded.origin,
        "source_office_id": source_office_id,
        "is_current": is_current,
        "note": note,
    }
    return policy_store.keep(connection, {**row, "made_at": session.now, "made_by": session.clerk.name})


def put_standards(
    connection: Connection,
    session: OfficeSession,
    table: StandardTable,
    text: str,
    origin: str,
    source_office_id: str = "",
    note: str = "",
) -> bool:
    """Store a table of standards among the office's own; whether that changed anything."""
    sha256 = fingerprint(text)
    known = policy_store.by_fingerprint(connection, sha256)
    if known is not None and known["is_current"]:
        return False
    row = {
        "sha256": sha256,
        "pack_id": table.topic,
        "kind": "standards",
        "version": table.version,
        "begins": min((value.begins for value in table.value), default=""),
        "ends": None,
        "text": text,
        "origin": origin,
        "source_office_id": source_office_id,
        "is_current": True,
        "note": note,
    }
    return policy_store.keep(connection, {**row, "made_at": session.now, "made_by": session.clerk.name})


# -- choosing -----------------------------------------------------------------------------------------------------


def chosen_policy(session: OfficeSession, on: str | date) -> LoadedPack | None:
    """The pack this office works by on a day: the one it chose, else the only one made for its region."""
    day = on if isinstance(on, str) else on.isoformat()
    book = policy_book(session)
    chosen = chosen_id(session)
    if chosen:
        return book.pack(chosen, day)
    return book.pack_for(session.office.region_code, day)


def target_rates(session: OfficeSession, on: str) -> dict[str, Fraction]:
    """The shares that the policy in force on *on* wants reached, by their codes."""
    loaded = chosen_policy(session, on)
    return {item.code: item.rate for item in loaded.pack.target if item.rate is not None} if loaded else {}


def chosen_id(session: OfficeSession) -> str:
    """Id of the pack the office chose itself; empty when it leaves that to its region."""
    return str(get_setting(session, _CHOSEN, ""))


def choose_policy(session: OfficeSession, pack_id: str) -> None:
    """Work by *pack_id* from now on; empty: by whatever is made for the office's region."""
    if pack_id:
        find_pack(policy_book(session), pack_id)
    with session.database.writing() as connection:
        setting_store.put(connection, _CHOSEN, pack_id)
        write_journal(connection, session, "choose_policy", {"pack": pack_id})


def keep_chosen(connection: Connection, pack_id: str) -> None:
    """Work by the pack that the office's other machine works by, in the caller's transaction."""
    setting_store.put(connection, _CHOSEN, pack_id)
