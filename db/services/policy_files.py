"""Policy on a stick: export a signed file for the offices below, and accept what the office above has signed.

A plain ``pack.toml`` carries no signature; it is taken only when somebody says so, and then counts as the office's own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from db.domain import regions
from db.domain.policy.book import LoadedPack, PolicyBook, in_force, load_pack, version_key
from db.domain.policy.pack import StandardTable
from db.domain.policy.policy_text import fingerprint
from db.domain.policy.reading import PackFault, pack_faults, read_standards
from db.domain.policy.words import number_words
from db.errors import UserError
from db.exchange import policy_file
from db.exchange.identity import exchange_keys
from db.exchange.policy_file import LARGEST, PolicyDelivery, SignedDelivery
from db.services.office import OfficeSession, write_journal
from db.services.policy_differences import pack_differences
from db.services.policy_figures import open_questions
from db.services.policy_library import (
    DELIVERED,
    EDITED,
    ORIGIN_LABELS,
    StoredText,
    book_of,
    chosen_id,
    find_pack,
    policy_book,
    put_standards,
    put_text,
    stored_texts,
)
from db.services.policy_rows import in_force_days
from db.store import bundle_store, policy_store
from db.store.file_faults import read_at_most
from db.store.keys import write_atomically

POLICY_SUFFIX = policy_file.SUFFIX


# -- export -------------------------------------------------------------------------------------------------------


def delivery_name(loaded: LoadedPack) -> str:
    """The file name to propose."""
    return f"{loaded.pack.id}-{loaded.pack.version}{POLICY_SUFFIX}"


def export_policy(
    session: OfficeSession, pack_id: str, path: Path, *, with_standards: bool = False, sha256: str = ""
) -> Path:
    """Write a pack (the newest version, or the one with *sha256*) as a signed file; an empty id: only the standards.

    *with_standards* takes along the figures of regions that this office added or was given. *path* may be a folder.
    """
    book = policy_book(session)
    loaded = _version(book, pack_id, sha256) if pack_id else None
    with session.database.reading() as connection:
        tables = stored_texts(connection, "standards") if with_standards or not pack_id else []
    if loaded is None and not tables:
        raise UserError("policy_file_empty")
    delivery = PolicyDelivery(
        sender_id=session.office.id,
        sender_name=session.office.name,
        made_at=session.now,
        pack=loaded.text if loaded else "",
        standards=tuple(item.text for item in tables),
    )
    target = path / (delivery_name(loaded) if loaded else f"standards{POLICY_SUFFIX}") if path.is_dir() else path
    content = policy_file.delivery_bytes(delivery, exchange_keys(session.database))
    if len(content) > LARGEST:
        raise UserError("policy_file_large", name=target.name, limit=LARGEST >> 20)
    write_atomically(target, content)
    with session.database.writing() as connection:
        detail: dict[str, object] = {"pack": pack_id, "sha256": fingerprint(delivery.pack), "tables": len(tables)}
        write_journal(connection, session, "export_policy", detail)
    return target


def _version(book: PolicyBook, pack_id: str, sha256: str) -> LoadedPack:
    newest = find_pack(book, pack_id)
    return next((item for item in book.versions(pack_id) if item.sha256 == sha256), newest)


# -- reading ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfferedTable:
    """A table of standards with its text."""

    table: StandardTable
    text: str


@dataclass(frozen=True, slots=True)
class PolicyOffer:
    """What a file would bring, checked and compared with what the office has; nothing is stored yet.

    *sender_id* is empty for a plain text without signature. *changes* says what differs from today, *notes* what to mind.
    """

    name: str
    sender_id: str
    sender_name: str
    made_at: str
    pack: LoadedPack | None
    tables: tuple[OfferedTable, ...]
    changes: tuple[str, ...]
    notes: tuple[str, ...]
    is_new: bool
    """Whether accepting it would change anything."""

    @property
    def is_signed(self) -> bool:
        """Whether an enrolled office signed it."""
        return bool(self.sender_id)

    def text(self) -> str:
        """The preview for people, line by line."""
        return "\n".join(_preview(self))


def read_policy_file(session: OfficeSession, path: Path, *, allow_unsigned: bool = False) -> PolicyOffer:
    """Check a policy file and say what it would change. Refused unless the parent office signed it.

    A plain TOML text is read only with *allow_unsigned*: for IT staff who know where it comes from.
    """
    content = read_limited(path)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        signed = policy_file.parse_delivery(content, path.name)
        sender = _trusted_sender(session, signed, path.name)
        with session.database.reading() as connection:
            return offer_of(connection, session, path.name, signed.delivery, str(sender["id"]), str(sender["name"]))
    if path.suffix.lower() == POLICY_SUFFIX:
        raise UserError("policy_file_damaged", name=path.name)
    text = decoded(content, path.name)
    if not allow_unsigned:
        raise UserError("policy_file_unsigned", name=path.name)
    is_table = bool(re.search(r"^topic\s*=", text, re.MULTILINE))
    delivery = PolicyDelivery("", "", "", "" if is_table else text, (text,) if is_table else ())
    with session.database.reading() as connection:
        return offer_of(connection, session, path.name, delivery, "", "")


def read_limited(path: Path) -> bytes:
    """The content of a small file; UserError when it is larger than any policy file."""
    content = read_at_most(path, LARGEST + 1)
    if len(content) > LARGEST:
        raise UserError("policy_file_large", name=path.name, limit=LARGEST >> 20)
    return content


def decoded(content: bytes, name: str) -> str:
    """UTF-8 text, with or without a byte order mark, lines ending as on this side of the world."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as fault:
        raise UserError("policy_file_not_utf8", name=name) from fault


def _trusted_sender(session: OfficeSession, signed: SignedDelivery, name: str) -> bundle_store.Row:
    delivery = signed.delivery
    if delivery.sender_id == session.office.id:
        raise UserError("policy_file_own", name=name)
    with session.database.reading() as connection:
        sender = bundle_store.partner(connection, delivery.sender_id)
    if sender is None:
        raise UserError("policy_file_unknown_sender", name=name, sender=delivery.sender_name)
    if sender["revoked_at"]:
        raise UserError("policy_file_revoked", name=name, sender=sender["name"], when=sender["revoked_at"][:10])
    if not signed.is_signed_by(sender["verify_key"]):
        raise UserError("policy_file_forged", name=name, sender=sender["name"])
    if sender["relation"] != "parent":
        raise UserError("policy_file_not_parent", name=name, sender=sender["name"])
    return sender


def offer_of(
    connection: Connection, session: OfficeSession, name: str, delivery: PolicyDelivery, sender_id: str, sender: str
) -> PolicyOffer:
    """What a delivery would change; the caller has made sure that it is the sender's (empty: of nobody known)."""
    origin = DELIVERED if sender_id else EDITED
    pack = load_pack(delivery.pack, name, origin) if delivery.pack else None
    tables = tuple(OfferedTable(read_standards(text, name), text) for text in delivery.standards)
    book = book_of(connection)
    new_pack = pack is not None and _is_new_pack(connection, book, pack)
    new_tables = _new_tables(connection, tables, origin, sender_id)
    changes = [*(_pack_changes(book, pack) if pack and new_pack else ()), *_table_changes(book, new_tables)]
    notes = list(_pack_notes(session, book, pack)) if pack and new_pack else []
    if not sender_id and pack is not None and new_pack:
        _check_unsigned(book, pack)
    return PolicyOffer(
        name=name,
        sender_id=sender_id,
        sender_name=sender,
        made_at=delivery.made_at,
        pack=pack,
        tables=tables,
        changes=tuple(changes),
        notes=tuple(notes),
        is_new=new_pack or bool(new_tables),
    )


def _check_unsigned(book: PolicyBook, pack: LoadedPack) -> None:
    """A text without signature never takes the place of a version that has its number."""
    number = version_key(pack.pack.version)
    if any(version_key(item.pack.version) == number for item in book.versions(pack.pack.id)):
        raise UserError("policy_version_taken", pack=pack.pack.title, version=pack.pack.version)


def _is_new_pack(connection: Connection, book: PolicyBook, pack: LoadedPack) -> bool:
    if any(item.sha256 == pack.sha256 for item in book.versions(pack.pack.id)):
        return False
    known = policy_store.by_fingerprint(connection, pack.sha256)
    return known is None or not known["is_current"]


def _new_tables(
    connection: Connection, offered: tuple[OfferedTable, ...], origin: str, sender_id: str
) -> list[OfferedTable]:
    """The tables of the topics that would change: not those known already, nor older ones of the same sender."""
    fresh: list[OfferedTable] = []
    for topic in dict.fromkeys(item.table.topic for item in offered):
        tables = [item for item in offered if item.table.topic == topic]
        known = [policy_store.by_fingerprint(connection, fingerprint(item.text)) is not None for item in tables]
        held = [version_key(item.version) for item in _held(connection, topic, origin, sender_id)]
        newest = max(version_key(item.table.version) for item in tables)
        if not all(known) and (not sender_id or newest >= max(held, default=())):
            fresh += tables
    return fresh


def _held(connection: Connection, topic: str, origin: str, sender_id: str) -> list[StoredText]:
    """The tables of a topic that came from this sender and stand in the book."""
    return [
        item
        for item in stored_texts(connection, "standards")
        if (item.pack_id, item.origin, item.source_office_id) == (topic, origin, sender_id)
    ]


def pack_of_file(path: Path, on: str) -> LoadedPack:
    """The pack in a plain file, for trying it out; UserError when it is faulty or not in force on that day."""
    loaded = load_pack(decoded(read_limited(path), path.name), str(path), EDITED)
    if not in_force(loaded.pack, on):
        raise UserError("policy_not_in_force", pack=loaded.pack.id, day=on)
    return loaded


def check_files(path: Path) -> list[tuple[Path, list[PackFault]]]:
    """The policy texts at *path*, a file or a folder with all below it, each with its faults."""
    files = [path]
    if path.is_dir():
        files = sorted(each for each in path.rglob("*.toml") if each.is_file())
    if not files:
        raise UserError("policy_nothing_to_check", name=path.name or str(path))
    checked = []
    for each in files:
        try:
            checked.append((each, [fault for text in _texts_in(each) for fault in pack_faults(text, str(each))]))
        except UserError as fault:
            checked.append((each, [PackFault(str(each), 1, "", fault.text())]))
    return checked


def _texts_in(path: Path) -> list[str]:
    content = read_limited(path)
    if not content.startswith(b"{"):
        return [decoded(content, str(path))]
    delivery = policy_file.parse_delivery(content, path.name).delivery
    return [text for text in (delivery.pack, *delivery.standards) if text]


# -- what it would change -----------------------------------------------------------------------------------------


def _pack_changes(book: PolicyBook, pack: LoadedPack) -> list[str]:
    before = book.pack(pack.pack.id)
    if before is None:
        return [f"新政策：{pack.pack.title}"]
    return pack_differences(before, pack) or ["内容与现有版本相同"]


def _table_changes(book: PolicyBook, tables: list[OfferedTable]) -> Iterator[str]:
    for item in tables:
        for value in item.table.value:
            for region in value.regions:
                hit = book.standard(item.table.topic, region, "urban" if value.area == "any" else value.area, value.begins)
                if value.amount is not None and (hit is None or (hit.begins, hit.amount) != (value.begins, value.amount)):
                    words = f"{number_words(value.amount)} 元"
                    yield f"{item.table.label}：{regions.full_name(region)} {value.begins} 起 {words}"


def _pack_notes(session: OfficeSession, book: PolicyBook, pack: LoadedPack) -> Iterator[str]:
    same = [item for item in book.versions(pack.pack.id) if version_key(item.pack.version) == version_key(pack.pack.version)]
    kept = tuple(item for item in book.packs if item not in same)
    first, last = in_force_days(PolicyBook((*kept, pack), book.standards), pack)
    for item in same:
        yield f"取代本单位现有的第 {item.pack.version} 版（{ORIGIN_LABELS[item.origin]}），原来的文字照样保存。"
    if first is None:
        yield "本单位另有更新的版本，收下后这一版也不会用到。"
    else:
        yield f"收下后从 {first} 起执行" + (f"，到 {last} 为止。" if last else "。")
    chosen = chosen_id(session)
    if chosen and chosen != pack.pack.id:
        yield "本单位现在选用的是另一份政策，收下后请在“设置 → 政策”里改选。"
    unset = len(open_questions(pack))
    if unset:
        yield f"有 {unset} 项数字文件没有写明，用前要先问清。"


def _preview(offer: PolicyOffer) -> Iterator[str]:
    if offer.is_signed:
        yield f"由 {offer.sender_name} 签名下发，{offer.made_at[:10]}"
    else:
        yield "没有单位签名：由你确认来源"
    if offer.pack is not None:
        pack = offer.pack.pack
        ends = f"，到 {pack.ends} 为止" if pack.ends else ""
        yield f"政策：{pack.title}（{pack.id}）第 {pack.version} 版，{pack.begins} 起{ends}"
        if pack.note:
            yield f"说明：{pack.note}"
    for item in offer.tables:
        yield f"标准：{item.table.label}，{len(item.table.value)} 条"
    if not offer.is_new:
        yield "与本单位现有的相同，不用再收。"
    yield from (f"· {line}" for line in offer.changes)
    yield from offer.notes


# -- accepting ----------------------------------------------------------------------------------------------------


def accept_policy(session: OfficeSession, offer: PolicyOffer) -> bool:
    """Store what a previewed file brings; whether anything changed. The same file twice changes nothing."""
    with session.database.writing() as connection:
        if offer.sender_id:
            sender = bundle_store.partner(connection, offer.sender_id)
            if sender is None or sender["relation"] != "parent" or sender["revoked_at"]:
                raise UserError("policy_file_not_parent", name=offer.name, sender=offer.sender_name)
        return store_offer(connection, session, offer)


def store_offer(connection: Connection, session: OfficeSession, offer: PolicyOffer) -> bool:
    """The same in the caller's transaction, of an offer whose sender the caller trusts."""
    changed = _put_pack(connection, session, offer)
    changed = _put_tables(connection, session, offer) or changed
    if changed:
        detail: dict[str, object] = {
            "pack": offer.pack.pack.id if offer.pack else "",
            "version": offer.pack.pack.version if offer.pack else "",
            "sha256": offer.pack.sha256 if offer.pack else "",
            "topics": [item.table.topic for item in offer.tables],
            "sender": offer.sender_id,
        }
        write_journal(connection, session, "accept_policy", detail)
    return changed


def _put_pack(connection: Connection, session: OfficeSession, offer: PolicyOffer) -> bool:
    pack = offer.pack
    if pack is None:
        return False
    book = book_of(connection)
    if not _is_new_pack(connection, book, pack):
        return False
    if not offer.sender_id:
        _check_unsigned(book, pack)
    return put_text(connection, session, pack, source_office_id=offer.sender_id, note=offer.name)


def _put_tables(connection: Connection, session: OfficeSession, offer: PolicyOffer) -> bool:
    origin = DELIVERED if offer.sender_id else EDITED
    fresh = _new_tables(connection, offer.tables, origin, offer.sender_id)
    if offer.sender_id:  # what came from this sender before is replaced as a whole; own figures are only added to
        for topic in {item.table.topic for item in fresh}:
            for item in _held(connection, topic, origin, offer.sender_id):
                policy_store.retire(connection, item.sha256)
    for offered in fresh:
        put_standards(connection, session, offered.table, offered.text, origin, offer.sender_id, offer.name)
    return bool(fresh)
