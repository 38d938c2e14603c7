"""The Qt application: Chinese texts, house style, and what happens when the program itself has a defect."""

import os
import signal
import sys
import threading
from types import TracebackType

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QSocketNotifier, Qt, QTimer, QTranslator, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop import messages, theme
from desktop.preferences import Preferences

LAST_WORK_MS = 4000


class _BugReporter(QObject):
    """Shows uncaught exceptions in the UI thread, one at a time."""

    caught = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._showing = False
        self.caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def _show(self, exc: BaseException) -> None:
        if self._showing:
            return
        self._showing = True
        try:
            messages.show_error(QApplication.activeWindow(), exc)
        finally:
            self._showing = False


def create_application(preferences: Preferences) -> QApplication:
    """The application with fonts, style, translation and exception hook; made once per process."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
        app = QApplication(sys.argv[:1])
    app.setApplicationName("nuandang")
    app.setApplicationDisplayName("暖档")
    app.setDesktopFileName("nuandang")
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    _translate(app)
    theme.apply_theme(app, preferences.font_size)
    return app


def _translate(app: QApplication) -> None:
    translator = QTranslator(app)
    if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)


def close_on_signals(app: QApplication) -> None:
    """Ctrl+C in the terminal and the end of the desktop session close the windows: drafts are kept, the demo is removed.

    Python runs signal handlers between its own instructions only, and an idle Qt loop has none: the pipe wakes it.
    """
    if sys.platform == "win32":
        return
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    notifier = QSocketNotifier(reader, QSocketNotifier.Type.Read, app)
    notifier.activated.connect(lambda *_: os.read(reader, 64))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: QTimer.singleShot(0, _close_windows))


def _close_windows() -> None:
    """Close without a question: nobody may be there to answer it, so what is running gets time to finish first."""
    from desktop import background

    background.wait_until_idle(LAST_WORK_MS)
    QApplication.closeAllWindows()


def install_exception_hook(app: QApplication) -> None:
    """Show every uncaught exception as a bug with a number instead of ending silently."""
    reporter = _BugReporter(app)

    def hook(kind: type[BaseException], exc: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            app.quit()
            return
        # places only: an exception text may hold what a clerk typed
        sys.stderr.write(messages.bug_report(exc.with_traceback(trace))[1])
        reporter.caught.emit(exc)

    def thread_hook(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            hook(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    sys.excepthook = hook
    threading.excepthook = thread_hook
