"""What the sign-in window needs before anything is opened: who may sign in, and how long to wait after a wrong try.

Light on purpose: importing this loads neither the database engine nor the form, so the window is there at once.
"""

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from db.errors import MachineError, UserError
from db.store import keys
from db.store.file_faults import machine_error

OFFICE_FILE = "office.db"
LEVELS = {
    "grassroots": "基层工会",
    "township": "乡镇（街道）级",
    "county": "县（市、区）级",
    "city": "市（州）级",
    "province": "省级",
}
"""Office levels from the lowest up, with their labels."""

MINIMUM_PASSPHRASE = 8
"""Shortest passphrase, in characters; a Chinese character counts as two (there are thousands to guess from)."""
_ATTEMPTS = "signin.json"
_DELAYS = (0, 0, 2, 5, 10, 30, 60)


@dataclass(frozen=True, slots=True)
class ClerkSlot:
    """A clerk as the sign-in page lists them, before anything is opened."""

    clerk_id: str
    name: str


def passphrase_length(passphrase: str) -> int:
    """Length as :data:`MINIMUM_PASSPHRASE` counts it; blanks at the ends do not count."""
    return sum(1 if char.isascii() else 2 for char in passphrase.strip())


def has_office(folder: Path) -> bool:
    """Whether *folder* holds an office."""
    return (folder / OFFICE_FILE).is_file()


def clerk_slots(folder: Path) -> list[ClerkSlot]:
    """The clerks who can sign in to the office in *folder*."""
    try:
        found = has_office(folder)
    except OSError as fault:
        raise machine_error(fault, folder, "cannot_read") from fault
    if not found:
        raise UserError("no_office_here", folder=str(folder))
    return [ClerkSlot(slot.id, slot.name) for slot in keys.read(folder).clerk_slots()]


def _attempts(folder: Path) -> tuple[int, float]:
    try:
        body = json.loads((folder / _ATTEMPTS).read_text(encoding="utf-8"))
        failures, at = int(body["failures"]), float(body["at"])
    except (OSError, ArithmeticError, ValueError, KeyError, TypeError, RecursionError):
        return 0, 0.0
    return (failures, at) if isfinite(at) else (0, 0.0)


def seconds_to_wait(folder: Path) -> int:
    """How long sign-in still refuses to try, after wrong passphrases: 0, 0, 2, 5, 10, 30, then 60 seconds."""
    failures, at = _attempts(folder)
    now = time.time()
    if at > now:  # the clock was set back: waiting for that moment to come again would lock the clerk out
        return 0
    delay = _DELAYS[max(0, min(failures, len(_DELAYS) - 1))]
    return max(0, round(at + delay - now + 0.4))


def note_failure(folder: Path) -> int:
    """Count a wrong passphrase; the seconds to wait now."""
    failures = _attempts(folder)[0] + 1
    body = json.dumps({"failures": failures, "at": time.time()})
    with suppress(MachineError):  # a full or read-only disk: “wrong passphrase” is still what the clerk must hear
        keys.write_atomically(folder / _ATTEMPTS, body.encode())
    return seconds_to_wait(folder)


def forget_failures(folder: Path) -> None:
    """Start over after a right passphrase."""
    with suppress(OSError):  # what cannot be removed only makes the next wrong try wait longer
        (folder / _ATTEMPTS).unlink(missing_ok=True)
