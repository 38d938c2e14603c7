"""Packages of the operating system: install them where that is possible, else name the one command that does.

Standard library only. Nothing here runs `sudo`: who is not root decides alone.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

# What Qt's libraries and its screen plug-ins link to, by the Debian package that carries it.
PACKAGE_OF_LIBRARY = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libzstd.so.1": "libzstd1",
}
# A library may be present and still not load, so the last word has a process that really starts Qt.
QT_MODULES = ("QtCore", "QtGui", "QtWidgets", "QtNetwork", "QtPrintSupport", "QtSvg")
START_QT = f"from PySide6 import {', '.join(QT_MODULES)}; QtGui.QGuiApplication([])"


class SetupError(Exception):
    """Setting up stopped; the person at the terminal is told what to do, in Chinese and in English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n{english}")


def missing_qt_packages() -> list[str]:
    """Ask the loader for every library Qt links to; return the packages of those it does not find."""
    return [package for library, package in PACKAGE_OF_LIBRARY.items() if sys.platform == "linux" and not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def ensure_qt_starts(python: Path) -> None:
    """Start Qt once in a child process, without a screen: what Qt does not find ends in an abort, not in an error."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    answer = subprocess.run([str(python), "-c", START_QT], env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SetupError(f"图形组件 Qt 无法启动：\n{answer.stderr}", "Qt does not start on this machine, see above.")


def install_or_explain(packages: Iterable[str]) -> None:
    """Install Debian packages as root; without the right or without apt, stop and print the one command."""
    names = sorted(set(packages))
    if not names:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *names]
    if shutil.which("apt-get") is None:
        raise SetupError(
            f"缺少系统组件，请用本系统的软件管理器安装与下列 Debian 软件包相当的软件：{' '.join(names)}",
            f"System packages are missing; install what Debian calls: {' '.join(names)}",
        )
    if os.geteuid() != 0:
        raise SetupError(
            "缺少系统组件。请运行下面这一条命令，然后再试一次：",
            "System packages are missing. Run this one command, then try again:\n\n"
            f"    sudo {' '.join(command)}\n",
        )
    print(f"正在安装系统组件 / Installing system packages: {' '.join(names)}", flush=True)
    # A fresh container has no package lists, an old machine stale ones: only then is the update needed.
    if not _apt(command, final=False) and not (_apt(["apt-get", "update"]) and _apt(command)):
        raise SetupError("系统组件安装失败，原因见上。", "apt-get failed, see above.")


def _apt(command: Sequence[str], final: bool = True) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode and final:
        print(answer.stdout[-2000:], answer.stderr[-2000:], sep="\n", file=sys.stderr)
    return answer.returncode == 0
