"""After something was written to a stick: the reminder to eject it, and the button that does it where the system can."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from db.services import exchange
from db.services.exchange import Drive
from desktop import background, messages

REMINDER = "请先安全弹出 U 盘再拔下。"
WRITING = "正在往 U 盘写，还没有写完。现在退出，盘上不会留下完整的文件，要重新来一次；请等写完、弹出以后再拔 U 盘。"
"""What closing the program means while a file is being written to a stick."""
Act = tuple[str, str, str, Callable[[], object]]


def reminder_for(path: Path) -> str:
    """The reminder, when *path* lies on a removable drive; else empty."""
    return REMINDER if exchange.drive_of(path) else ""


def eject_acts(parent: QWidget, path: Path) -> list[Act]:
    """The act 弹出 U 盘, as a result view takes it; none where there is no stick or the system cannot."""
    drive = exchange.drive_of(path)
    if drive is None or not exchange.can_eject(drive):
        return []
    return [("弹出 U 盘", "", "usb", lambda: eject(parent, drive))]


def eject(parent: QWidget, drive: Drive) -> None:
    """Eject *drive* and say that it may be pulled; what the system refuses is told."""
    background.run(
        parent,
        lambda progress: exchange.eject(drive),
        lambda _: messages.notify(parent, f"“{drive.label or 'U 盘'}”已弹出，可以拔下了。"),
        title="正在弹出 U 盘，请不要拔…",
        cancellable=False,
    )
