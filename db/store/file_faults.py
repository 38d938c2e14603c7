"""Sort failures of files and disks into sentences for the clerk. Light: the sign-in window needs nothing heavier."""

import errno
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.errors import MachineError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_GONE = {errno.ENOENT, errno.ENODEV, errno.EIO, errno.ENXIO, errno.ENOTCONN}
_REASONS = {
    errno.EACCES: "没有写入权限",
    errno.EPERM: "没有写入权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EISDIR: "同名的是一个文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "同名的文件已经存在",
    errno.EINVAL: "文件名里有不能用的字符",
}
_READING = {
    errno.EACCES: "没有读取权限",
    errno.EPERM: "没有读取权限",
    errno.EISDIR: "它是一个文件夹",
    errno.ELOOP: "快捷链接绕成了圈",
}


def read_at_most(path: Path, limit: int) -> bytes:
    """The first *limit* bytes of an ordinary file; a pipe or device could keep the reader waiting for ever."""
    try:
        if not path.is_dir() and not stat.S_ISREG(path.stat().st_mode):
            raise MachineError("cannot_read", name=path.name, reason="它不是普通文件")
        with path.open("rb") as file:
            return file.read(limit)
    except OSError as fault:
        raise machine_error(fault, path, "cannot_read") from fault


def machine_error(fault: OSError, path: Path, code: str = "cannot_write") -> MachineError:
    """The sentence for a failed file operation on *path*; *code* may be ``cannot_read``."""
    if fault.errno in _FULL:
        return MachineError("disk_full", folder=str(path.parent))
    if fault.errno == errno.ENOENT and code == "cannot_write" and not path.parent.is_dir():
        return MachineError("target_not_folder", folder=str(path.parent))
    if fault.errno in _GONE:
        return MachineError("file_gone", name=path.name)
    # Windows says 13 for a file that another program holds open
    if fault.errno == errno.EACCES and getattr(fault, "winerror", None) == 32:
        return MachineError("file_locked", name=path.name)
    reason = _REASONS.get(fault.errno or 0, f"系统报告错误 {fault.errno or type(fault).__name__}")
    if code == "cannot_read":
        reason = _READING.get(fault.errno or 0, reason)
    return MachineError(code, name=path.name or str(path), reason=reason)


@contextmanager
def file_faults(path: Path) -> Iterator[None]:
    """Turn OSErrors raised inside into :class:`MachineError` about *path*, those that a writer has wrapped up, too."""
    try:
        yield
    except OSError as fault:
        raise machine_error(fault, path) from fault
    except Exception as fault:
        inner = next((part for part in fault.args if isinstance(part, OSError)), None)
        if inner is None:
            raise
        raise machine_error(inner, path) from fault
