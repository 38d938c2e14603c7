"""Eject a stick where the system can do it, so that it may be pulled; where not, the clerk does it by hand."""

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from db.errors import MachineError
from db.exchange import drives
from db.exchange.drives import Drive

_SECONDS = 120
"""How long a system may take to write what it still holds."""
_READ_WRITE, _SHARE, _OPEN_EXISTING = 0xC000_0000, 3, 3
_LOCK, _DISMOUNT, _ALLOW_REMOVAL, _EJECT = 0x0009_0018, 0x0009_0020, 0x002D_4804, 0x002D_4808
_NO_HANDLE = ctypes.c_void_p(-1).value


def drive_of(path: Path) -> Drive | None:
    """The removable drive on which *path* lies; None when it lies elsewhere."""
    place = path.resolve()
    return next((drive for drive in drives.removable_drives() if place.is_relative_to(drive.path.resolve())), None)


def can_eject(drive: Drive) -> bool:
    """Whether this system offers a way to eject *drive*."""
    return sys.platform == "win32" or bool(_linux_ways(drive))


def eject(drive: Drive) -> None:
    """Write out what is pending and release *drive*; MachineError when the system refuses."""
    if sys.platform == "win32":
        _eject_windows(str(drive.path)[:2])
        return
    for way in _linux_ways(drive):
        if all(_runs(command) for command in way):
            return
    raise MachineError("eject_refused", drive=drive.label or str(drive.path))


# -- Linux -------------------------------------------------------------------------------------------------------


def _linux_ways(drive: Drive) -> list[list[list[str]]]:
    """The commands of each way that is installed; the first that succeeds is enough."""
    ways: list[list[list[str]]] = []
    device = drives.device_of(drive.path)
    udisks, gio = shutil.which("udisksctl"), shutil.which("gio")
    if udisks and device:
        plain = [udisks, "unmount", "--no-user-interaction", "--block-device", device]
        ways.append([plain])
    if gio:
        ways.append([[gio, "mount", "--eject", str(drive.path)]])
    return ways


def _runs(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


# -- Windows -----------------------------------------------------------------------------------------------------


def _kernel32() -> Any:
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    kernel.CreateFileW.restype = ctypes.c_void_p  # a handle has 64 bits
    kernel.DeviceIoControl.argtypes = [ctypes.c_void_p, ctypes.c_uint32, *[ctypes.c_void_p, ctypes.c_uint32] * 2] + [
        ctypes.c_void_p
    ] * 2
    kernel.CloseHandle.argtypes = [ctypes.c_void_p]
    return kernel


def _eject_windows(letter: str) -> None:
    """Lock, dismount and eject the volume ``E:``, as Microsoft documents it for removable media."""
    kernel = _kernel32()
    handle = kernel.CreateFileW(f"\\\\.\\{letter}", _READ_WRITE, _SHARE, None, _OPEN_EXISTING, 0, None)
    if handle in {_NO_HANDLE, -1}:
        raise MachineError("eject_refused", drive=letter)
    control = _control(kernel, handle)
    try:
        if not (control(_LOCK) and control(_DISMOUNT)):
            raise MachineError("eject_busy", drive=letter)
        if not (control(_ALLOW_REMOVAL, b"\0") and control(_EJECT)):
            raise MachineError("eject_refused", drive=letter)
    finally:
        kernel.CloseHandle(handle)


def _control(kernel: Any, handle: Any) -> Callable[..., bool]:
    def act(code: int, given: bytes = b"") -> bool:
        returned = ctypes.c_uint32()
        return bool(
            kernel.DeviceIoControl(handle, code, given or None, len(given), None, 0, ctypes.byref(returned), None)
        )

    return act
