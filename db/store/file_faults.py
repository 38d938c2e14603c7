"""Sort failures of files and disks into sentences for the clerk. Light: the sign-in window needs nothing heavier."""

import errno
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
    if code == "cannot_read" and fault.errno in {errno.EACCES, errno.EPERM}:
        reason = "没有读取权限"
    return MachineError(code, name=path.name, reason=reason)


@contextmanager
def file_faults(path: Path) -> Iterator[None]:
    """Turn OSErrors raised inside into :class:`MachineError` about *path*."""
    try:
        yield
    except OSError as fault:
        raise machine_error(fault, path) from fault
