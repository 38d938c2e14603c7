"""The offices this one exchanges bundles with: its own card, the cards of others, and what to do when keys are lost."""

from dataclasses import asdict, dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from db.errors import UserError
from db.exchange import card as cards
from db.exchange.bundle_owners import sign_requests_again
from db.exchange.bundle_read import FormerKey
from db.exchange.card import LEVELS, OfficeCard
from db.exchange.identity import exchange_keys, key_fingerprint, renew_keys
from db.services.office import OfficeSession, write_journal
from db.store import bundle_store
from db.store.file_faults import machine_error
from db.store.keys import write_atomically

RELATIONS = {"parent": "上级", "child": "下级", "laptop": "外出电脑", "desk": "办公室电脑"}
CARD_SUFFIX = cards.SUFFIX
REPLACED, REVOKED = "replaced", "revoked"
"""How the keys of an office ended: with its next card, or because they were no longer to be trusted."""
HIGHEST_SEQUENCE = 1_000_000


@dataclass(frozen=True, slots=True)
class EndedKeys:
    """Keys an office had before: their fingerprint, and when, by whom and how they ended."""

    fingerprint: str
    enrolled_at: str
    ended_at: str
    ended_by: str
    ending: str


@dataclass(frozen=True, slots=True)
class Partner:
    """An enrolled office. *relation* is a key of :data:`RELATIONS`, seen from this office."""

    id: str
    name: str
    level: str
    region_code: str
    relation: str
    fingerprint: str
    enrolled_at: str
    enrolled_by: str
    revoked_at: str | None = None
    """Since when its keys are not trusted any more; None while they are."""
    ended_keys: tuple[EndedKeys, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyRenewal:
    """This office's new card after its keys were renewed, and who must enrol it before bundles travel again."""

    card: OfficeCard
    former_fingerprint: str
    partners: list[Partner] = field(default_factory=list)


def own_card(session: OfficeSession) -> OfficeCard:
    """This office's card; its keys are made the first time."""
    keys = exchange_keys(session.database)
    office = session.office
    return OfficeCard(
        office.exchange_id,
        office.exchange_name,
        office.level,
        office.region_code,
        keys.recipient,
        keys.verify_key,
        session.now,
        laptop_of=office.id if office.is_laptop else "",
    )


def write_card(session: OfficeSession, path: Path) -> OfficeCard:
    """Save this office's card to *path*."""
    card = own_card(session)
    write_atomically(path, cards.card_bytes(card, exchange_keys(session.database)))
    with session.database.writing() as connection:
        write_journal(connection, session, "write_card", {"fingerprint": card.fingerprint})
    return card


def read_card(path: Path) -> OfficeCard:
    """Read a card, so that its fingerprint can be compared before it is enrolled."""
    try:
        with path.open("rb") as file:
            data = file.read(1 << 16)
    except OSError as fault:
        raise machine_error(fault, path, "cannot_read") from fault
    return cards.parse_card(data)


def relation_to(session: OfficeSession, card: OfficeCard) -> str:
    """``parent`` or ``child`` by the levels of both offices, ``laptop`` or ``desk`` between machines of one office.

    UserError when two offices are of the same level, or a laptop meets anybody but its own desk.
    """
    between = _between_machines(session, card)
    if between:
        return between
    difference = LEVELS.index(card.level) - LEVELS.index(session.office.level)
    if not difference:
        raise UserError("card_same_level", name=card.name)
    return "parent" if difference > 0 else "child"


def machine_name(relation: str, name: str) -> str:
    """How people of one office call its other machine: ``外出电脑一`` for ``梅城镇总工会（外出电脑一）``."""
    if relation == "desk":
        return RELATIONS["desk"]
    return name[:-1].rpartition("（")[2] if relation == "laptop" and name.endswith("）") else name


def _between_machines(session: OfficeSession, card: OfficeCard) -> str:
    """``laptop`` or ``desk`` for another machine of this office; empty for another office."""
    office = session.office
    if card.id == office.exchange_id:
        raise UserError("card_own")
    if office.is_laptop:
        if card.id != office.id:
            raise UserError("laptop_knows_desk_only", name=card.name)
        return "desk"
    if card.laptop_of and card.laptop_of != office.id:
        raise UserError("card_foreign_laptop", name=card.name)
    return "laptop" if card.laptop_of else ""


def enrol(session: OfficeSession, path: Path, relation: str | None = None, *, replace: bool = False) -> Partner:
    """Register the office of a card. Changed keys of a known office are taken only with *replace*.

    Without *relation* the levels decide which of the two is above; another machine of this office is always that.
    """
    card = read_card(path)
    between = _between_machines(session, card)
    chosen = between or (relation if relation in {"parent", "child"} else relation_to(session, card))
    row = {**asdict(card), "relation": chosen, "enrolled_at": session.now, "enrolled_by": session.clerk.name}
    del row["created_at"], row["laptop_of"]
    with session.database.writing() as connection:
        known = bundle_store.partner(connection, card.id)
        former = bundle_store.former_keys(connection, card.id)
        _refuse_ended_keys(card, known, former)
        if known and _differs(known, card):
            if not replace:
                old = key_fingerprint(known["recipient"], known["verify_key"])
                raise UserError("card_keys_changed", name=known["name"], old=old, new=card.fingerprint)
            if not known["revoked_at"]:
                bundle_store.end_key(connection, known, session.now, session.clerk.name, REPLACED)
        bundle_store.put_partner(connection, row)
        detail: dict[str, object] = {"partner": card.id, "fingerprint": card.fingerprint, "replaced": bool(known)}
        write_journal(connection, session, "enrol", detail)
        return _partner(connection, row)


def _differs(known: bundle_store.Row, card: OfficeCard) -> bool:
    return (known["recipient"], known["verify_key"]) != (card.recipient, card.verify_key)


def _refuse_ended_keys(card: OfficeCard, known: bundle_store.Row | None, former: list[bundle_store.Row]) -> None:
    """A card with keys that ended earlier – somebody kept the file, or has the lost laptop – is never taken again."""
    ended = next((key for key in former if key["verify_key"] == card.verify_key), None)
    if ended is None:
        return
    code = "card_keys_revoked" if ended["ending"] == REVOKED else "card_keys_former"
    name = known["name"] if known else card.name
    raise UserError(code, name=name, when=ended["ended_at"][:10], fingerprint=card.fingerprint)


def _partner(connection: Connection, row: bundle_store.Row) -> Partner:
    former = bundle_store.former_keys(connection, row["id"])
    return Partner(
        row["id"],
        row["name"],
        row["level"],
        row["region_code"],
        row["relation"],
        key_fingerprint(row["recipient"], row["verify_key"]),
        row["enrolled_at"],
        row["enrolled_by"],
        row.get("revoked_at"),
        tuple(_ended_keys(key) for key in former),
    )


def _ended_keys(key: bundle_store.Row) -> EndedKeys:
    fingerprint = key_fingerprint(key["recipient"], key["verify_key"])
    return EndedKeys(fingerprint, key["enrolled_at"], key["ended_at"], key["ended_by"], key["ending"])


def list_partners(session: OfficeSession) -> list[Partner]:
    """Every enrolled office, parents first."""
    with session.database.reading() as connection:
        return [_partner(connection, row) for row in bundle_store.partners(connection)]


def find_partner(session: OfficeSession, named: str) -> Partner:
    """The enrolled office with this id or name, or with a name that holds *named* alone."""
    known = list_partners(session)
    exact = [partner for partner in known if named in {partner.id, partner.name}]
    found = exact or [partner for partner in known if named and named in partner.name]
    if len(found) != 1:
        raise UserError("partner_not_found", text=named, known="、".join(partner.name for partner in known) or "还没有")
    return found[0]


# -- when keys are lost ------------------------------------------------------------------------------------------


def revoke(session: OfficeSession, partner_id: str, reason: str) -> Partner:
    """Trust the present keys of an office no more: whatever is signed with them is refused from now on.

    All that it has sent before stays. A card with new keys, enrolled in its place, makes it a partner again.
    """
    reason = reason.strip()
    if not reason:
        raise UserError("revoke_needs_reason")
    with session.database.writing() as connection:
        row = bundle_store.partner(connection, partner_id)
        if row is None:
            raise UserError("partner_unknown")
        if not row["revoked_at"]:
            bundle_store.end_key(connection, row, session.now, session.clerk.name, REVOKED)
            bundle_store.revoke_partner(connection, partner_id, session.now)
            fingerprint = key_fingerprint(row["recipient"], row["verify_key"])
            detail: dict[str, object] = {"partner": partner_id, "fingerprint": fingerprint, "reason": reason}
            write_journal(connection, session, "revoke_partner", detail)
        return _partner(connection, bundle_store.partner(connection, partner_id) or row)


def renew_own_keys(session: OfficeSession, reason: str) -> KeyRenewal:
    """New keys for this office, because the old ones may be in other hands; every partner must enrol the new card.

    What was encrypted for the old keys can still be opened here.
    """
    reason = reason.strip()
    if not reason:
        raise UserError("revoke_needs_reason")
    former = own_card(session).fingerprint
    with session.database.writing() as connection:
        keys = renew_keys(connection, session.now, reason)
        sign_requests_again(connection, session.office.id, keys)
        write_journal(connection, session, "renew_keys", {"former": former, "reason": reason})
    return KeyRenewal(own_card(session), former, list_partners(session))


def continue_numbering(session: OfficeSession, partner_id: str, last: int) -> int:
    """Number the next bundle for a partner after *last*, the one it says it has; the next number. Never goes back."""
    if not 0 < last <= HIGHEST_SEQUENCE:
        raise UserError("bad_sequence", text=last, limit=HIGHEST_SEQUENCE)
    with session.database.writing() as connection:
        if bundle_store.partner(connection, partner_id) is None:
            raise UserError("partner_unknown")
        if bundle_store.next_sequence(connection, partner_id) <= last:
            bundle_store.reserve_sequence(connection, partner_id, last)
            write_journal(connection, session, "continue_numbering", {"partner": partner_id, "last": last})
        return bundle_store.next_sequence(connection, partner_id)


def sender_keys(connection: Connection, partner: bundle_store.Row) -> list[FormerKey]:
    """The keys a sender had before, to tell a bundle signed with one of them from a forged one."""
    return [
        FormerKey(key["verify_key"], key["ended_at"][:10], key["ending"] == REVOKED)
        for key in bundle_store.former_keys(connection, partner["id"])
    ]


def refuse_revoked(partner: bundle_store.Row, code: str = "partner_revoked") -> None:
    """UserError *code* when the keys of *partner* are not trusted any more."""
    if partner["revoked_at"]:
        raise UserError(code, sender=partner["name"], when=partner["revoked_at"][:10])


def parent_row(session: OfficeSession, receiver_id: str | None) -> bundle_store.Row:
    """The enrolled parent to send to: *receiver_id*, or the only one; UserError when that is not clear."""
    if session.office.is_laptop:
        raise UserError("laptop_no_export")
    with session.database.reading() as connection:
        rows = bundle_store.partners(connection)
    parents = [row for row in rows if row["relation"] == "parent"]
    if receiver_id is None:
        if not parents:
            raise UserError("no_parent_partner")
        if len(parents) > 1:
            raise UserError("several_parents", known="、".join(row["name"] for row in parents))
        refuse_revoked(parents[0])
        return parents[0]
    chosen = next((row for row in rows if row["id"] == receiver_id), None)
    if chosen is None:
        raise UserError("partner_unknown")
    if chosen["relation"] != "parent":
        raise UserError("not_a_parent", name=chosen["name"])
    refuse_revoked(chosen)
    return chosen
