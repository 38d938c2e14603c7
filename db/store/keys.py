"""The key file of an office: ``keys.json`` with one slot per clerk and one for the recovery code.

Each slot wraps the same random 256-bit data key: Argon2id of the secret makes a wrapping key, AES-GCM wraps.
Changing a passphrase re-wraps the data key, it never re-encrypts the office. Clerk names stand in clear so that
the sign-in page can list them; nothing about households does.
"""

import base64
import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from db.errors import MachineError
from db.store.file_faults import file_faults, machine_error

FILE_NAME = "keys.json"
KEY_BYTES = 32
RECOVERY = "recovery"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32: no I, L, O, U to misread
_RECOVERY_LENGTH = 24


@dataclass(frozen=True, slots=True)
class KeySlot:
    """One way to the data key. *id* is the clerk's id, or ``recovery``."""

    id: str
    name: str
    salt: str
    nonce: str
    wrapped: str
    memory_kib: int = 65536
    iterations: int = 3
    lanes: int = 4


@dataclass(slots=True)
class KeyFile:
    """All slots of an office."""

    office_id: str
    slots: list[KeySlot] = field(default_factory=list)

    def clerk_slots(self) -> list[KeySlot]:
        """Slots that belong to clerks, in the order they were made."""
        return [slot for slot in self.slots if slot.id != RECOVERY]

    def put(self, slot: KeySlot) -> None:
        """Add *slot* or replace the one with its id."""
        self.slots = [kept for kept in self.slots if kept.id != slot.id] + [slot]

    def drop(self, slot_id: str) -> None:
        """Remove the slot *slot_id*; its secret opens nothing any more."""
        self.slots = [kept for kept in self.slots if kept.id != slot_id]


def new_data_key() -> bytes:
    """A fresh random data key."""
    return secrets.token_bytes(KEY_BYTES)


def new_recovery_code() -> str:
    """A random recovery code of 120 bits in groups of four, e.g. ``7K2M-…``."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_LENGTH))
    return "-".join(code[index : index + 4] for index in range(0, _RECOVERY_LENGTH, 4))


def tidy_recovery_code(text: str) -> str:
    """The code as typed from paper: case, blanks, dashes and look-alike letters do not matter."""
    text = text.upper().replace("O", "0").replace("I", "1").replace("L", "1")
    return "".join(char for char in text if char in _ALPHABET)


def _wrapping_key(slot_values: dict[str, Any], secret: str) -> bytes:
    # imported where it is used: listing who may sign in must not wait for the cryptography
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    kdf = Argon2id(
        salt=base64.b64decode(slot_values["salt"]),
        length=KEY_BYTES,
        iterations=slot_values["iterations"],
        lanes=slot_values["lanes"],
        memory_cost=slot_values["memory_kib"],
    )
    return kdf.derive(secret.encode("utf-8", "surrogatepass"))


def wrap(slot_id: str, name: str, secret: str, data_key: bytes, *, light: bool = False) -> KeySlot:
    """A slot that opens *data_key* with *secret*. *light* lowers the Argon2id cost: only for invented data."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    values: dict[str, Any] = {
        "salt": base64.b64encode(os.urandom(16)).decode(),
        "memory_kib": 1024 if light else 65536,
        "iterations": 1 if light else 3,
        "lanes": 1 if light else 4,
    }
    nonce = os.urandom(12)
    wrapped = AESGCM(_wrapping_key(values, secret)).encrypt(nonce, data_key, slot_id.encode())
    return KeySlot(
        id=slot_id,
        name=name,
        nonce=base64.b64encode(nonce).decode(),
        wrapped=base64.b64encode(wrapped).decode(),
        **values,
    )


def unwrap(slot: KeySlot, secret: str) -> bytes | None:
    """The data key, or None when *secret* is not the slot's."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        key = _wrapping_key(asdict(slot), secret)
        return AESGCM(key).decrypt(base64.b64decode(slot.nonce), base64.b64decode(slot.wrapped), slot.id.encode())
    except InvalidTag:
        return None


def write(folder: Path, keys: KeyFile) -> None:
    """Write ``keys.json`` so that a crash leaves either the old or the new file."""
    path = folder / FILE_NAME
    body = {"format": 1, "office_id": keys.office_id, "slots": [asdict(slot) for slot in keys.slots]}
    write_atomically(path, json.dumps(body, ensure_ascii=False, indent=1).encode())


def write_atomically(path: Path, data: bytes) -> None:
    """Write *data* under a temporary name, flush it to the disk, then rename it into place.

    Only where nothing or an ordinary file stands: renaming would put a file in the place of a device.
    """
    if os.path.exists(path) and not path.is_file() and not path.is_dir():  # noqa: PTH110 - no name is too long to ask
        raise MachineError("cannot_write", name=path.name, reason="它不是普通文件")
    partial = path.with_name(path.name + ".part")
    try:
        with file_faults(path):
            with partial.open("wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)  # on a full disk the torso would take the last space
        raise


def read(folder: Path) -> KeyFile:
    """Read ``keys.json``; MachineError when it is missing, unreadable or damaged."""
    path = folder / FILE_NAME
    try:
        body = json.loads(path.read_bytes())
        slots = [_sound(KeySlot(**slot)) for slot in body["slots"]]
        return KeyFile(str(body["office_id"]), slots)
    except (FileNotFoundError, ValueError, KeyError, TypeError, RecursionError) as fault:
        raise MachineError("keys_damaged") from fault
    except OSError as fault:
        raise machine_error(fault, path, "cannot_read") from fault


def _sound(slot: KeySlot) -> KeySlot:
    """*slot* as it is; ValueError when its parts cannot be a slot, or would cost more memory than any slot of ours."""
    for part, size in ((slot.salt, 16), (slot.nonce, 12), (slot.wrapped, KEY_BYTES + 16)):
        if len(base64.b64decode(part, validate=True)) != size:
            raise ValueError("damaged slot")
    costs = ((slot.iterations, 64), (slot.lanes, 64), (slot.memory_kib, 2**20))
    if not all(isinstance(cost, int) and 1 <= cost <= most for cost, most in costs) or slot.memory_kib < 8 * slot.lanes:
        raise ValueError("damaged slot")
    if not (slot.id and isinstance(slot.id, str) and isinstance(slot.name, str)):
        raise ValueError("damaged slot")
    return slot
