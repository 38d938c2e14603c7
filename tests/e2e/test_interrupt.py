"""The program as its own process: the end of a desktop session or Ctrl+C leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_demo__interrupted__is_removed(tmp_path: Path, number: signal.Signals) -> None:
    """The demo's folder disappears although the event loop was idle, and the program ends by itself."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(tmp_path)}
    program = subprocess.Popen([sys.executable, "-m", "desktop", "--demo"], cwd=ROOT, env=environment)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not list(tmp_path.glob("nuandang-demo-*/office/office.db-wal")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(tmp_path.glob("nuandang-demo-*"))
    program.send_signal(number)
    assert program.wait(PATIENCE_SECONDS) == 0
    assert list(tmp_path.glob("nuandang-demo-*")) == []
