"""One window per office on this computer: a lock file, and a local channel by which a second start raises the first."""

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, QThread, QTimer, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

WAIT_MS = 500
LISTEN_DELAY_MS = 200
ATTEMPTS = 4


class SingleInstance(QObject):
    """Claims one office folder for this process."""

    raise_wanted = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
        self._name = f"nuandang-{digest}"
        self._lock = QLockFile(str(Path(tempfile.gettempdir()) / f"{self._name}.lock"))
        self._lock.setStaleLockTime(0)
        self._server: QLocalServer | None = None

    def acquire(self) -> bool:
        """Claim the office; False when another process has it."""
        if not self._lock.tryLock(0):
            return False
        # the lock decides; listening can wait until the window is painted
        QTimer.singleShot(LISTEN_DELAY_MS, self, self.listen)
        return True

    def listen(self) -> None:
        """Hear second starts."""
        from PySide6.QtNetwork import QLocalServer

        if self._server is None and self._lock.isLocked():
            QLocalServer.removeServer(self._name)
            self._server = QLocalServer(self)
            self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
            self._server.newConnection.connect(self._on_connection)
            self._server.listen(self._name)

    def raise_other(self) -> bool:
        """Ask the process that has the office to come forward."""
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        for _ in range(ATTEMPTS):
            socket.connectToServer(self._name)
            if socket.waitForConnected(WAIT_MS):
                break
            QThread.msleep(LISTEN_DELAY_MS)  # the other one may have started this very moment
        else:
            return False
        socket.write(b"raise\n")
        socket.waitForBytesWritten(WAIT_MS)
        socket.disconnectFromServer()
        return True

    def release(self) -> None:
        """Give the office free."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._lock.unlock()

    def _on_connection(self) -> None:
        connection = self._server.nextPendingConnection() if self._server else None
        if connection is not None:
            connection.disconnected.connect(connection.deleteLater)
            self.raise_wanted.emit()
