"""The figures with a window. Each runs in a process of its own, on Qt's offscreen platform, ours and the floor alike."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench_workshop import PEOPLE, Figure, Workshop, in_turn

PROCESSES = Path(__file__).with_name("bench_processes.py")


def start(workshop: Workshop) -> Figure:
    """From starting the process to the painted sign-in window."""
    folder = workshop.filled_office("start", 50).folder
    for what in ("bare-window", "sign-in-window"):
        _spawn(what, folder)  # byte code and disk cache are warm for both
    floor, ours = in_turn(
        9, lambda _round: _until_painted("bare-window", folder), lambda _round: _until_painted("sign-in-window", folder)
    )
    return Figure(
        "process start to sign-in window painted", "the same process opening a bare PySide6 window", 2, floor, ours, 9
    )


def sign_in(workshop: Workshop) -> Figure:
    """From the derived key to the painted list of an office of 20 000 archives."""
    session = workshop.grown_to(20_000)
    for what in ("bare-table", "list"):
        _spawn(what, session.folder)
    floor, ours = in_turn(
        9, lambda _round: _spawn("bare-table", session.folder)["ms"], lambda _round: _spawn("list", session.folder)["ms"]
    )
    notes = _spawn("list", session.folder)
    return Figure(
        "sign-in accepted (key derived) to list usable, 20 000 archives",
        "a bare QTableView painting the same first rows from bare SQL",
        3, floor, ours, 9, {key: value for key, value in notes.items() if key != "ms"},
    )  # fmt: skip


def search_box(workshop: Workshop) -> Figure:
    """From the key press in the search box to the painted results, 100 000 people."""
    session = workshop.grown_to(100_000, PEOPLE)
    outcome = _spawn("search-box", session.folder)
    return Figure(
        "key press to painted search result, 100 000 people", "bare SQL LIKE", 2, outcome["floor_ms"], outcome["ms"],
        outcome["rounds"], {"people": workshop.count(session, PEOPLE)},
    )  # fmt: skip


def _until_painted(what: str, folder: Path) -> float:
    began = time.monotonic_ns()
    painted: int = _spawn(what, folder)["painted_ns"]
    return (painted - began) / 1e6


def _spawn(what: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, str(PROCESSES), what, str(folder)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": str(folder.parent / "bytecode")}
    # an installed program has its byte code; a shell that forbids writing it would measure the compiler instead
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    if answer.returncode:
        raise RuntimeError(f"bench process {what} failed:\n{answer.stdout}\n{answer.stderr}")
    outcome: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return outcome
