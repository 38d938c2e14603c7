"""Keeps what is typed by itself: soon after the last key, after two seconds at the latest, and at once when asked."""

from PySide6.QtCore import QObject, QTimer, Signal

from db.errors import NuandangError

QUIET_MS, LONGEST_MS = 1000, 2000


class SelfKeeper(QObject):
    """A draft that stores itself; what it stores, :meth:`write` knows."""

    kept = Signal(str)  # moment, ISO
    failed = Signal(str)  # sentence

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._dirty = False
        self._quiet, self._longest = self._timer(QUIET_MS), self._timer(LONGEST_MS)

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(self._keep_by_itself)
        return timer

    def write(self) -> str:
        """Store the draft as it stands; the moment."""
        raise AssertionError("abstract")

    def touch(self) -> None:
        """Something was typed: keep it soon."""
        self._dirty = True
        self._quiet.start()
        if not self._longest.isActive():
            self._longest.start()

    def keep(self) -> None:
        """Keep the draft now, unless it is kept as it stands."""
        if self._dirty:
            moment = self.write()
            self.stop()
            self.kept.emit(moment)

    def _keep_by_itself(self) -> None:
        try:
            self.keep()
        except (NuandangError, OSError) as fault:
            # typing goes on; the sentence is shown, and the next try follows
            self.failed.emit(str(fault))
            self._longest.start()

    def stop(self) -> None:
        """Nothing is waiting to be stored."""
        self._dirty = False
        self._quiet.stop()
        self._longest.stop()
