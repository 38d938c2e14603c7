"""The office's own keys for the exchange: an age identity to receive with, an Ed25519 key to sign with.

They are made once, when first needed, and kept in the encrypted office file: a backup carries them along, and a
restored office stays the same partner to everybody. After a loss they are renewed; of the former pair only the half that
opens is kept, for bundles that were already on their way.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyrage import RecipientError, x25519
from sqlalchemy import Connection

from db.store import setting_store
from db.store.database import Database

_SETTING, _FORMER_SETTING = "exchange_keys", "former_exchange_keys"
_FINGERPRINT_ROUNDS = 20_000


@dataclass(frozen=True, slots=True)
class ExchangeKeys:
    """The private keys of this office, as text."""

    age_identity: str
    signing_key: str
    former_identities: tuple[str, ...] = ()
    """What opened before the keys were renewed, the newest first."""

    @property
    def identity(self) -> x25519.Identity:
        """The age identity that opens what was encrypted to this office."""
        return x25519.Identity.from_str(self.age_identity)

    @property
    def identities(self) -> list[x25519.Identity]:
        """The present identity and the former ones."""
        return [self.identity, *(x25519.Identity.from_str(text) for text in self.former_identities)]

    @property
    def recipient(self) -> str:
        """The age recipient others encrypt to."""
        return str(self.identity.to_public())

    @property
    def verify_key(self) -> str:
        """The Ed25519 public key others check signatures with, hex."""
        return self._private().public_key().public_bytes_raw().hex()

    def sign(self, purpose: bytes, message: bytes) -> bytes:
        """Signature over *message*; *purpose* keeps a signature from being used for something else."""
        return self._private().sign(purpose + b"\n" + message)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.signing_key))


def exchange_keys(database: Database) -> ExchangeKeys:
    """The keys of this office, made now if it has none yet."""
    with database.reading() as connection:
        found = _read(connection)
    if found is not None:
        return found
    with database.writing() as connection:
        return _read(connection) or _make(connection)


def _make(connection: Connection) -> ExchangeKeys:
    private = Ed25519PrivateKey.generate().private_bytes_raw().hex()
    made = ExchangeKeys(str(x25519.Identity.generate()), private)
    setting_store.put(connection, _SETTING, {"age": made.age_identity, "ed25519": made.signing_key})
    return made


def _read(connection: Connection) -> ExchangeKeys | None:
    value = setting_store.read(connection, _SETTING)
    if value is None:
        return None
    former = setting_store.read(connection, _FORMER_SETTING) or []
    return ExchangeKeys(value["age"], value["ed25519"], tuple(item["age"] for item in former))


def renew_keys(connection: Connection, now: str, reason: str) -> ExchangeKeys:
    """New keys in place of the present ones; what was encrypted for those still opens, but nothing is signed with them."""
    present = _read(connection) or _make(connection)
    ended = {
        "age": present.age_identity,
        "fingerprint": key_fingerprint(present.recipient, present.verify_key),
        "ended_at": now,
        "reason": reason,
    }
    former = setting_store.read(connection, _FORMER_SETTING) or []
    setting_store.put(connection, _FORMER_SETTING, [ended, *former])
    _make(connection)
    return _read(connection) or present


def signature_holds(verify_key: str, purpose: bytes, message: bytes, signature: bytes) -> bool:
    """Whether *signature* over *message* was made with the private half of *verify_key* (hex)."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(verify_key))
        key.verify(signature, purpose + b"\n" + message)
    except (ValueError, InvalidSignature):
        return False
    return True


def is_recipient(text: str) -> bool:
    """Whether *text* is an age X25519 recipient."""
    try:
        x25519.Recipient.from_str(text)
    except RecipientError:
        return False
    return True


def digits(digest: bytes) -> str:
    """Twelve digits in groups of four, short enough to read over the phone: ``4821 0937 5516``."""
    number = f"{int.from_bytes(digest, 'big') % 10**12:012d}"
    return " ".join(number[start : start + 4] for start in range(0, 12, 4))


@lru_cache(maxsize=512)
def key_fingerprint(recipient: str, verify_key: str) -> str:
    """Fingerprint of an office's public keys.

    Twelve digits are few, so each try is made slow: whoever wants a card with the same digits has to derive
    10**12 of these instead of plain hashes.
    """
    keys = f"{recipient}\n{verify_key}".encode()
    return digits(hashlib.pbkdf2_hmac("sha256", keys, b"nuandang card 1", _FINGERPRINT_ROUNDS))


def payload_fingerprint(payload_sha256: str) -> str:
    """Fingerprint of a bundle, as its cover sheet and the receiver's preview show it."""
    return digits(bytes.fromhex(payload_sha256))
