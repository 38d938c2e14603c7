"""The one command for developers: `python3 installer/dev.py run | test | check | bench | tour | build`.

Standard library only, so that each verb works as the first command typed on a machine with nothing but Python.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from environment import ROOT, missing_python_packages, ready_python, use_supported_python
from system_packages import SetupError, ensure_qt_starts, install_or_explain, missing_qt_packages

GRACE_SECONDS = 5
ROOM_IN_MEMORY = 8 << 30
"""Bytes that must be free before the tests put their files into memory; they take a fraction of it."""
NO_DISPLAY = (
    "没有可用的图形界面（DISPLAY 与 WAYLAND_DISPLAY 都未设置），暖档窗口无法打开。\n"
    "请在带桌面的电脑上、用桌面里的终端运行；远程登录请用 ssh -X；没有屏幕的机器可装 xvfb 后运行：\n\n"
    "    xvfb-run -a python3 installer/dev.py run\n",
    "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.\n"
    "Start from a terminal inside a desktop session, over `ssh -X`, or with the command above (package: xvfb).\n"
    "Without a window: `python3 installer/dev.py test`, `python3 installer/dev.py tour OUT`, or `python -m db --help`.",
)
CANNOT_SHOW = (
    "图形界面已设置，但 Qt 无法连接到它，暖档窗口无法打开：\n{reason}",
    "A display is named in the environment, but Qt cannot connect to it. Check DISPLAY / WAYLAND_DISPLAY "
    "and whether this user may use that display (xhost, ssh -X).",
)


def run(arguments: argparse.Namespace) -> int:
    """Start the program, on an office folder if one is named."""
    if sys.platform == "linux" and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        raise SetupError(*NO_DISPLAY)
    python = _prepared()
    _ensure_display_answers(python)
    options = ["--demo"] if arguments.demo else []
    # the tools run in the project folder, the office was named from wherever the caller stands
    office = [str(Path(arguments.office).resolve())] if arguments.office else []
    return _call([str(python), "-m", "desktop", *options, *office])


def test(arguments: argparse.Namespace) -> int:
    """Run the whole suite on two processes, without a screen; further arguments go to pytest."""
    python = _prepared()
    command = [str(python), "-m", "pytest", "-n", "2", "--dist", "worksteal", *arguments.pytest]
    memory = _memory_folder()
    if memory is None:
        return _call(command, QT_QPA_PLATFORM="offscreen")
    # thousands of small offices are made and thrown away: a third of the time would go into waiting for the disk
    with tempfile.TemporaryDirectory(prefix="nuandang-tests-", dir=memory, ignore_cleanup_errors=True) as folder:
        return _call(command, QT_QPA_PLATFORM="offscreen", TMPDIR=folder)


def _memory_folder() -> Path | None:
    """A folder in memory with ample room, where the system has one and nobody has chosen another place."""
    folder, report = Path("/dev/shm"), Path("/proc/meminfo")
    if "TMPDIR" in os.environ or not (folder.is_dir() and report.is_file() and os.access(folder, os.W_OK)):
        return None
    available = re.search(r"MemAvailable:\s+(\d+) kB", report.read_text(encoding="ascii"))
    room = min(shutil.disk_usage(folder).free, int(available[1]) * 1024 if available else 0)
    return folder if room >= ROOM_IN_MEMORY else None


def check(_arguments: argparse.Namespace) -> int:
    """Run the linter, the type checker and the import contracts; all three speak before the verdict."""
    python = str(_prepared(with_qt=False))
    contracts = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    failed = [
        name
        for name, command in (
            ("ruff", [python, "-m", "ruff", "check", "."]),
            ("mypy", [python, "-m", "mypy"]),
            ("import contracts", [python, "-c", contracts]),
        )
        if _call(command)
    ]
    print(f"check: {'failed: ' + ', '.join(failed) if failed else 'passed'}")
    return 1 if failed else 0


def bench(arguments: argparse.Namespace) -> int:
    """Measure the program against its floors and print one JSON."""
    python = _prepared()
    command = [str(python), str(ROOT / "installer" / "bench.py"), *arguments.names]
    return _call(command, QT_QPA_PLATFORM="offscreen", PYTHONPATH=str(ROOT))


def tour(arguments: argparse.Namespace) -> int:
    """Save a picture of every page, on demo content, without a screen."""
    python = _prepared()
    out = str(Path(arguments.out).resolve())
    return _call([str(python), str(ROOT / "installer" / "tour.py"), out], QT_QPA_PLATFORM="offscreen", PYTHONPATH=str(ROOT))


def build(_arguments: argparse.Namespace) -> int:
    """Freeze the program into dist/nuandang, then let both frozen programs, window and command line, show that they work."""
    python = _prepared()
    icon, spec = ROOT / "build" / "nuandang.ico", ROOT / "installer" / "app.spec"
    drawn = [str(python), str(ROOT / "installer" / "app_icon.py"), str(icon)]
    frozen_by = [str(python), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN", str(spec)]
    status = _call(drawn, QT_QPA_PLATFORM="offscreen", PYTHONPATH=str(ROOT)) or _call(frozen_by)
    if status:
        return status
    folder, ending = ROOT / "dist" / "nuandang", ".exe" if os.name == "nt" else ""
    window, command_line = folder / f"nuandang{ending}", folder / f"nuandang-cli{ending}"
    checked = _call([str(window), "--self-check"], QT_QPA_PLATFORM="offscreen")
    return checked or _call([str(command_line), "--help"])


def _prepared(with_qt: bool = True) -> Path:
    """Make this machine ready, all missing system packages in one go, and return the interpreter to use."""
    install_or_explain([*missing_python_packages(), *(missing_qt_packages() if with_qt else [])])
    python = ready_python()
    if with_qt:
        ensure_qt_starts(python)
    return python


def _ensure_display_answers(python: Path) -> None:
    """Let a child process meet the display first: Qt does not raise when it cannot connect, it aborts."""
    probe = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    answer = subprocess.run([str(python), "-c", probe], capture_output=True, text=True, check=False)
    if answer.returncode:
        chinese, english = CANNOT_SHOW
        raise SetupError(chinese.format(reason=answer.stderr.strip()), english)


def _call(command: Sequence[str], **environment: str) -> int:
    """Run a tool in the project folder; a C locale becomes UTF-8, for Qt and for Chinese output."""
    merged = {**os.environ, "PYTHONUTF8": "1", **environment}
    if merged.get("LC_ALL", merged.get("LANG", "")) in ("", "C", "POSIX"):
        merged["LC_ALL"] = "C.UTF-8"
    process = subprocess.Popen(command, cwd=ROOT, env=merged)
    try:
        return process.wait()
    except KeyboardInterrupt:
        # Ctrl+C reached the tool as well: it gets the time to tidy up, then it is told to end
        try:
            return process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.terminate()
            return process.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)

    def add(action: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        verb = verbs.add_parser(action.__name__, help=action.__doc__)
        verb.set_defaults(action=action)
        return verb

    starting = add(run)
    starting.add_argument("office", nargs="?", metavar="OFFICE", help="folder of an office")
    starting.add_argument("--demo", action="store_true", help="open a demo office of 60 invented households")
    add(test).add_argument("pytest", nargs="*", help="arguments for pytest, as they are")
    add(check)
    add(bench).add_argument("names", nargs="*", help="only these figures; without any: all")
    add(tour).add_argument("out", metavar="OUT", help="folder for the pictures")
    add(build)
    return parser


def main() -> int:
    """Dispatch the verb. What follows `test` is pytest's own and never parsed here, options included."""
    verb, rest = sys.argv[1:2], sys.argv[2:]
    arguments = _parser().parse_args(verb if verb == ["test"] else [*verb, *rest])
    arguments.pytest = rest
    try:
        use_supported_python()
        status: int = arguments.action(arguments)
    except SetupError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


if __name__ == "__main__":
    sys.exit(main())
