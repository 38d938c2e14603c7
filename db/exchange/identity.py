"""The office's own keys for the exchange: an age identity to receive with, an Ed25519 key to sign with.

They are made once, when first needed, and kept in the encrypted office file: a backup carries them along, and a
restored office stays the same partner to everybody.
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

_SETTING = "exchange_keys"
_FINGERPRINT_ROUNDS = 20_000


@dataclass(frozen=True, slots=True)
class ExchangeKeys:
    """The private keys of this office, as text."""

    age_identity: str
    signing_key: str

    @property
    def identity(self) -> x25519.Identity:
        """The age identity that opens what was encrypted to this office."""
        return x25519.Identity.from_str(self.age_identity)

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
        found = _read(connection)
        if found is None:
            private = Ed25519PrivateKey.generate().private_bytes_raw().hex()
            found = ExchangeKeys(str(x25519.Identity.generate()), private)
            setting_store.put(connection, _SETTING, {"age": found.age_identity, "ed25519": found.signing_key})
    return found


def _read(connection: Connection) -> ExchangeKeys | None:
    value = setting_store.read(connection, _SETTING)
    return None if value is None else ExchangeKeys(value["age"], value["ed25519"])


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
