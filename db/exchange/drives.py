"""What the machine tells about a folder to write to: free space, file system, write protection; and removable drives."""

import ctypes
import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.errors import MachineError

FAT32_LIMIT = (1 << 32) - 1
_FAT32 = frozenset({"vfat", "msdos", "fat", "fat32"})
_MOUNT_ROOTS = ("/media/", "/run/media/", "/mnt/")
_SPARE = 1 << 20
"""Kept free beyond the file itself, for the file system's own use."""
_WINDOWS_REMOVABLE = 2


@dataclass(frozen=True, slots=True)
class Drive:
    """A removable drive: where it is, what it is called, how much is free."""

    path: Path
    label: str
    free_bytes: int
    total_bytes: int
    file_system: str


@dataclass(frozen=True, slots=True)
class _Mount:
    device: str
    path: str
    file_system: str
    options: tuple[str, ...]


def _mounts(table: Path = Path("/proc/mounts")) -> list[_Mount]:
    try:
        lines = table.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    fields = [line.split(" ") for line in lines]
    return [
        _Mount(_unescape(part[0]), _unescape(part[1]), part[2], tuple(part[3].split(",")))
        for part in fields
        if len(part) >= 4
    ]


def _unescape(text: str) -> str:
    """/proc/mounts writes blanks and other odd bytes as octal escapes."""
    raw = re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match[1], 8)]), text.encode("utf-8", "surrogateescape"))
    return raw.decode("utf-8", "replace")


def _mount_of(folder: Path) -> _Mount | None:
    resolved = str(folder.resolve())
    holding = [item for item in _mounts() if resolved == item.path or resolved.startswith(item.path.rstrip("/") + "/")]
    return max(holding, key=lambda item: len(item.path), default=None)


def device_of(folder: Path) -> str:
    """The device *folder* is on, as ``/dev/sdb1``; empty when it is none or the system does not tell."""
    mount = None if sys.platform == "win32" else _mount_of(folder)
    return mount.device if mount and mount.device.startswith("/dev/") else ""


def file_system_of(folder: Path) -> str:
    """Lower-case name of the file system *folder* is on; empty when the system does not tell."""
    if sys.platform == "win32":
        return _windows_volume(folder)[1]
    mount = _mount_of(folder)
    return mount.file_system if mount else ""


def _is_read_only(folder: Path) -> bool:
    if hasattr(os, "statvfs"):
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    return not os.access(folder, os.W_OK)


def check_target(folder: Path, need: int, *, one_file: bool = False) -> None:
    """Whether *need* bytes can be written into *folder*; MachineError with the reason when not.

    *one_file*: they cannot be spread over several files.
    """
    try:
        if not folder.is_dir():
            raise MachineError("target_not_folder", folder=str(folder))
        if _is_read_only(folder):
            raise MachineError("target_read_only", folder=str(folder))
        free = shutil.disk_usage(folder).free
    except OSError as fault:
        raise MachineError("target_not_folder", folder=str(folder)) from fault
    if one_file and need > FAT32_LIMIT and file_system_of(folder) in _FAT32:
        raise file_too_large(need)
    if need + _SPARE > free:
        raise MachineError("not_enough_space", folder=str(folder), need=_megabytes(need + _SPARE), free=free >> 20)


def largest_file(folder: Path) -> int | None:
    """The size no file in *folder* may exceed; None where there is no limit worth telling."""
    return FAT32_LIMIT if file_system_of(folder) in _FAT32 else None


def file_too_large(need: int) -> MachineError:
    """What to say about a file of *need* bytes on FAT32."""
    return MachineError("fat32_limit", need=_megabytes(need))


def _megabytes(size: int) -> int:
    return (size + (1 << 20) - 1) >> 20


# -- removable drives --------------------------------------------------------------------------------------------


def removable_drives() -> list[Drive]:
    """The USB drives that are plugged in and can be written to, as far as the system tells."""
    return _windows_drives() if sys.platform == "win32" else _linux_drives()


def _drive(path: Path, label: str, file_system: str) -> Drive | None:
    try:
        usage = shutil.disk_usage(path)
    except OSError:
        return None
    return Drive(path, label, usage.free, usage.total, file_system)


def _linux_drives(
    mounts: Callable[[], list[_Mount]] = _mounts, blocks: Path = Path("/sys/class/block")
) -> list[Drive]:
    found = []
    for mount in mounts():
        if mount.path.startswith(_MOUNT_ROOTS) and "ro" not in mount.options and _is_removable(mount.device, blocks):
            found.append(_drive(Path(mount.path), Path(mount.path).name, mount.file_system))
    return [drive for drive in found if drive]


def _is_removable(device: str, blocks: Path) -> bool:
    """Whether the disk behind *device* is marked removable or hangs on USB (large sticks say they are fixed)."""
    block = blocks / Path(device).name
    if not device.startswith("/dev/") or not block.exists():
        return False
    real = block.resolve()
    disk = real.parent if (real / "partition").exists() else real
    try:
        removable = (disk / "removable").read_text(encoding="ascii").strip() == "1"
    except OSError:
        removable = False
    return removable or "/usb" in str(disk)


def _kernel32() -> Any:
    return ctypes.windll.kernel32  # type: ignore[attr-defined]


def _volume_root(folder: Path) -> str:
    return folder.resolve().anchor


def _windows_volume(folder: Path) -> tuple[str, str]:
    """Label and lower-case file system of the volume *folder* is on."""
    label, system = ctypes.create_unicode_buffer(261), ctypes.create_unicode_buffer(261)
    known = _kernel32().GetVolumeInformationW(_volume_root(folder), label, 261, None, None, None, system, 261)
    return (label.value, system.value.lower()) if known else ("", "")


def _windows_drives() -> list[Drive]:
    kernel = _kernel32()
    letters = kernel.GetLogicalDrives()
    roots = [f"{chr(ord('A') + bit)}:\\" for bit in range(2, 26) if letters >> bit & 1]
    found = []
    for root in roots:
        if kernel.GetDriveTypeW(root) == _WINDOWS_REMOVABLE:
            label, system = _windows_volume(Path(root))
            found.append(_drive(Path(root), label or root[:2], system))
    return [drive for drive in found if drive]
