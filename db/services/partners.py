"""The offices this one exchanges bundles with: its own card, and the cards of others."""

from dataclasses import asdict, dataclass
from pathlib import Path

from db.errors import UserError
from db.exchange import card as cards
from db.exchange.card import LEVELS, OfficeCard
from db.exchange.identity import exchange_keys, key_fingerprint
from db.services.office import OfficeSession, write_journal
from db.store import bundle_store
from db.store.file_faults import machine_error
from db.store.keys import write_atomically

RELATIONS = {"parent": "上级", "child": "下级", "laptop": "外出电脑", "desk": "办公室电脑"}
CARD_SUFFIX = cards.SUFFIX


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


def own_card(session: OfficeSession) -> OfficeCard:
    """This office's card; its keys are made the first time."""
    keys = exchange_keys(session.database)
    office = session.office
    return OfficeCard(
        office.id, office.name, office.level, office.region_code, keys.recipient, keys.verify_key, session.now
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
    """``parent`` or ``child`` by the levels of both offices; UserError when they are of the same level."""
    difference = LEVELS.index(card.level) - LEVELS.index(session.office.level)
    if not difference:
        raise UserError("card_same_level", name=card.name)
    return "parent" if difference > 0 else "child"


def enrol(session: OfficeSession, path: Path, relation: str | None = None, *, replace: bool = False) -> Partner:
    """Register the office of a card. Changed keys of a known office are taken only with *replace*.

    Without *relation* the levels decide which of the two is above.
    """
    card = read_card(path)
    if card.id == session.office.id:
        raise UserError("card_own")
    chosen = relation if relation in RELATIONS else relation_to(session, card)
    row = {**asdict(card), "relation": chosen, "enrolled_at": session.now, "enrolled_by": session.clerk.name}
    del row["created_at"]
    with session.database.writing() as connection:
        known = bundle_store.partner(connection, card.id)
        if known and not replace and (known["recipient"], known["verify_key"]) != (card.recipient, card.verify_key):
            old = key_fingerprint(known["recipient"], known["verify_key"])
            raise UserError("card_keys_changed", name=known["name"], old=old, new=card.fingerprint)
        bundle_store.put_partner(connection, row)
        detail: dict[str, object] = {"partner": card.id, "fingerprint": card.fingerprint, "replaced": bool(known)}
        write_journal(connection, session, "enrol", detail)
    return _partner(row)


def _partner(row: bundle_store.Row) -> Partner:
    return Partner(
        row["id"],
        row["name"],
        row["level"],
        row["region_code"],
        row["relation"],
        key_fingerprint(row["recipient"], row["verify_key"]),
        row["enrolled_at"],
        row["enrolled_by"],
    )


def list_partners(session: OfficeSession) -> list[Partner]:
    """Every enrolled office, parents first."""
    with session.database.reading() as connection:
        return [_partner(row) for row in bundle_store.partners(connection)]


def parent_row(session: OfficeSession, receiver_id: str | None) -> bundle_store.Row:
    """The enrolled parent to send to: *receiver_id*, or the only one; UserError when that is not clear."""
    with session.database.reading() as connection:
        rows = bundle_store.partners(connection)
    parents = [row for row in rows if row["relation"] == "parent"]
    if receiver_id is None:
        if not parents:
            raise UserError("no_parent_partner")
        if len(parents) > 1:
            raise UserError("several_parents", known="、".join(row["name"] for row in parents))
        return parents[0]
    chosen = next((row for row in rows if row["id"] == receiver_id), None)
    if chosen is None:
        raise UserError("partner_unknown")
    if chosen["relation"] != "parent":
        raise UserError("not_a_parent", name=chosen["name"])
    return chosen
