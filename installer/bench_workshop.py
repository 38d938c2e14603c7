"""What the bench figures share: a folder deleted afterwards, invented offices, bare connections, the stopwatch."""

import os
import platform
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from db.services import office as offices
from db.services.demo import fill_office
from db.store import keys

PASSPHRASE = "bench-passphrase"
REGION = "340882"
PEOPLE = "SELECT count(*) FROM person_entry"
ARCHIVES = "SELECT count(*) FROM archive"


@dataclass
class Figure:
    """One measured figure beside its floor; both are medians of the same rounds, taken in turn."""

    what: str
    floor: str
    at_most: float
    floor_ms: float
    ours_ms: float
    rounds: int
    notes: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The figure with its ratio and verdict."""
        ratio = self.ours_ms / self.floor_ms
        timed = {"floor_ms": round(self.floor_ms, 2), "ours_ms": round(self.ours_ms, 2)}
        return {**asdict(self), **timed, "ratio": round(ratio, 2), "within": ratio <= self.at_most}


def in_turn(rounds: int, floor: Callable[[int], float], ours: Callable[[int], float]) -> tuple[float, float]:
    """Run *floor* and *ours* alternately, so that a busy moment of the machine hits both; medians in milliseconds."""
    pairs = [(floor(number), ours(number)) for number in range(rounds)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def milliseconds(action: Callable[..., object], *arguments: object) -> float:
    """Wall time of one call."""
    start = time.perf_counter_ns()
    action(*arguments)
    return (time.perf_counter_ns() - start) / 1e6


class Workshop:
    """Makes offices of invented households; the large one only ever grows, so that filling is paid once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._grown: offices.OfficeSession | None = None
        self._seed = 0

    def new_office(self, name: str, level: str = "township") -> offices.OfficeSession:
        """An empty office in a folder of its own."""
        session, _code = offices.create_office(
            self.folder / name,
            name=f"测试{name}",
            level=level,
            region_code=REGION,
            clerk_name="测试员",
            passphrase=PASSPHRASE,
        )
        return session

    def filled_office(self, name: str, households: int) -> offices.OfficeSession:
        """A new office with that many invented households."""
        session = self.new_office(name)
        self._fill(session, households)
        return session

    def grown_to(self, count: int, of: str = ARCHIVES) -> offices.OfficeSession:
        """The large office with at least *count* archives (or people, with *of* = PEOPLE)."""
        if self._grown is None:
            self._grown = self.new_office("grown")
        while (missing := count - self.count(self._grown, of)) > 0:
            self._fill(self._grown, missing if of == ARCHIVES else missing // 3 + 1)
        return self._grown

    def _fill(self, session: offices.OfficeSession, households: int) -> None:
        self._seed += 1
        fill_office(session, households, self._seed)

    @staticmethod
    def count(session: offices.OfficeSession, query: str) -> int:
        """One number from a bare connection."""
        connection = bare_connection(session.folder)
        try:
            return int(connection.execute(query).fetchone()[0])
        finally:
            connection.close()

    def close(self) -> None:
        """Close the large office."""
        if self._grown is not None:
            self._grown.close()


def data_key(folder: Path) -> bytes:
    """The key of an office made here."""
    key = keys.unwrap(keys.read(folder).clerk_slots()[0], PASSPHRASE)
    if key is None:
        raise ValueError("the bench passphrase does not open this office")
    return key


def bare_connection(folder: Path) -> Any:
    """SQLCipher without any of our code, with the durability the program promises."""
    return open_bare(folder, data_key(folder))


def open_bare(folder: Path, key: bytes) -> Any:
    """The same with the key at hand already, for where opening is timed."""
    connection = sqlcipher.connect(str(folder / "office.db"), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def peak_megabytes() -> int:
    """Peak memory of this process alone: what getrusage tells still holds the size of the process it was forked from."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    peak = next(line for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) // 1024


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    model = platform.processor() or platform.machine()
    cpu = Path("/proc/cpuinfo")
    if cpu.exists():
        lines = [line for line in cpu.read_text("utf-8").splitlines() if line.startswith("model name")]
        model = lines[0].split(":", 1)[1].strip() if lines else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
    }
