"""Packages of the operating system: install them where that is possible, else name the one command that does.

Standard library only. Nothing here runs `sudo`: who is not root decides alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

# What Qt's libraries and its screen plug-ins link to, by the Debian package that carries it.
PACKAGE_OF_LIBRARY = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libz.so.1": "zlib1g",
}
CHECKED_QT_FILES = (
    "QtWidgets.abi3.so",
    "Qt/plugins/platforms/libqoffscreen.so",
    "Qt/plugins/platforms/libqxcb.so",
    "Qt/plugins/platforms/libqwayland-generic.so",
)
# A library may be present and still not load, so the last word has a process that really starts Qt.
START_QT = "from PySide6.QtGui import QGuiApplication; import PySide6.QtWidgets; QGuiApplication([])"


class SetupError(Exception):
    """Setting up stopped; the person at the terminal is told what to do, in Chinese and in English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n{english}")


def ensure_qt_starts(python: Path) -> None:
    """Make sure Qt and its screen plug-ins load, installing missing libraries where that is possible."""
    if sys.platform != "linux":
        return
    missing = _missing_libraries(python)
    if missing:
        unknown = sorted(name for name in missing if name not in PACKAGE_OF_LIBRARY)
        if unknown:
            print(f"Not known by package name: {', '.join(unknown)}", file=sys.stderr)
        install_or_explain({PACKAGE_OF_LIBRARY[name] for name in missing - set(unknown)}, "Qt")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    answer = subprocess.run([str(python), "-c", START_QT], env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SetupError(f"图形组件 Qt 无法启动:\n{answer.stderr}", "Qt does not start on this machine, see above.")


def install_or_explain(packages: Iterable[str], needed_for: str) -> None:
    """Install Debian packages as root; without the right or without apt, stop and print the one command."""
    names = sorted(set(packages))
    command = ["apt-get", "install", "-y", "--no-install-recommends", *names]
    if shutil.which("apt-get") is None:
        raise SetupError(
            f"缺少系统组件({needed_for}),请用本系统的软件管理器安装与下列 Debian 软件包相当的软件:{' '.join(names)}",
            f"System packages for {needed_for} are missing; install what Debian calls: {' '.join(names)}",
        )
    if os.geteuid() != 0:
        raise SetupError(
            f"缺少系统组件({needed_for})。请运行下面这一条命令,然后再试一次:",
            f"System packages for {needed_for} are missing. Run this one command, then try again:\n\n"
            f"    sudo {' '.join(command)}\n",
        )
    print(f"正在安装系统组件 / Installing system packages: {' '.join(names)}", flush=True)
    # A fresh container has no package lists at all, an old machine stale ones: only then is the update needed.
    if not _apt(command) and not (_apt(["apt-get", "update"]) and _apt(command)):
        raise SetupError("系统组件安装失败,原因见上。", "apt-get failed, see above.")


def _apt(command: Sequence[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        print(answer.stdout[-2000:], answer.stderr[-2000:], sep="\n", file=sys.stderr)
    return answer.returncode == 0


def _missing_libraries(python: Path) -> set[str]:
    """Ask the loader itself which shared libraries of Qt it cannot find."""
    where = "import importlib.util as u; print(u.find_spec('PySide6').submodule_search_locations[0])"
    answer = subprocess.run([str(python), "-c", where], capture_output=True, text=True, check=True)
    folder = Path(answer.stdout.strip())
    if shutil.which("ldd") is None:
        return set()
    files = [str(folder / name) for name in CHECKED_QT_FILES if (folder / name).exists()]
    listing = subprocess.run(["ldd", *files], capture_output=True, text=True, check=False)
    return set(re.findall(r"^\s*(\S+) => not found", listing.stdout, flags=re.MULTILINE))
