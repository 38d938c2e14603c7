"""`dev.py tour OUT`: a picture of every page, wizard step, kind of dialog and printed form, on invented people.

Look at every picture before calling a page done. Pictures at the standard font carry the page's name, those at the
largest font end in ``-extra-large``. What the camera itself finds (cut texts, a window forced larger than 1366 × 768)
is printed and makes the exit status 1.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from tour_camera import Camera, steady_cursor
from tour_stage import Stage
from tour_stops import CHAPTERS, Stop, Visit

from desktop import theme
from desktop.app import create_application
from desktop.preferences import Preferences
from desktop.theme import FontSize

__all__ = ["CHAPTERS", "main", "walk"]
SUFFIXES = {FontSize.STANDARD: "", FontSize.EXTRA_LARGE: "-extra-large"}
_SCREEN = {"name": "tour", "x": 0, "y": 0, "width": 1366, "height": 768, "dpr": 1, "logicalDpi": 96, "logicalBaseDpi": 96}


def walk(out: Path, size: FontSize, stops: Sequence[Stop], quick: bool = False) -> Camera:
    """Walk *stops* on a stage of their own at one font size."""
    with tempfile.TemporaryDirectory(prefix="nuandang-tour-", ignore_cleanup_errors=True) as folder:
        preferences = Preferences(Path(folder) / "preferences.json")
        app = create_application(preferences)
        steady_cursor(app)
        theme.apply_theme(app, size)
        theme.load_rare_font()
        stage = Stage(Path(folder))
        camera = Camera(out, SUFFIXES[size], quick)
        visit = Visit(stage, camera, preferences)
        for stop in stops:
            stop(visit)
            _clear_away()
        visit.window.close()
        _clear_away()
        stage.close()
    return camera


def _clear_away() -> None:
    """Delete what was left to be deleted later, which nothing does without a running event loop.

    It must go while its window stands, since Qt 6.8 follows the focus chain into it; and the camera would go through
    all of it for every picture.
    """
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def main(arguments: list[str]) -> int:
    """Take all pictures; 1 when the camera saw a fault."""
    out = Path(arguments[0])
    faults: list[str] = []
    taken: list[str] = []
    with tempfile.TemporaryDirectory(prefix="nuandang-tour-") as folder:
        _give_a_screen(Path(folder))
        for size in SUFFIXES:
            for stops in CHAPTERS.values():
                camera = walk(out, size, stops)
                faults += camera.faults
                taken += [f"{name}{SUFFIXES[size]}" for name in camera.taken]
    faults += [f"{name}: two pictures have this name" for name in sorted({name for name in taken if taken.count(name) > 1})]
    print(f"{len(taken)} pictures in {out}")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def _give_a_screen(folder: Path) -> None:
    """The platform without a screen imitates one of 800 × 800 unless told otherwise; dialogs would shrink to it."""
    path = folder / "screen.json"
    path.write_text(json.dumps({"screens": [_SCREEN]}), encoding="utf-8")
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={path}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
