"""Run services off the UI thread: progress panel, cancelling, errors, and the signal that says what changed.

Pages never start threads themselves. Work runs one job after the other, so two jobs never write at the same time.
"""

from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRunnable, Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from db.errors import Cancelled, Progress
from desktop import messages, theme
from desktop.remaining import Remaining

T = TypeVar("T")

PANEL_DELAY_MS = 400
REPORT_EVERY_SECONDS = 0.05
CLOCK_MS = 1000
PATIENCE_MS = 80
"""How long a list is waited for before the window goes on without it."""
PREVIEWS, LISTS = "previewThreads", "listThreads"
CANCELLED = "已取消，没有保存任何内容。"


class Changes(QObject):
    """Says what a service changed, so that open pages read it again."""

    archives_changed = Signal(object)  # set of archive ids; empty: many, read everything again
    office_changed = Signal()
    bundles_changed = Signal()


def _nothing(_report: Progress) -> Any:
    return None


class Task(QObject, Generic[T]):
    """One running service call; lives in the UI thread."""

    progressed = Signal(object, object)  # whole numbers; bytes of large files are beyond what Qt calls int
    succeeded = Signal(object)
    broke = Signal(object)

    def __init__(self, work: Callable[[Progress], T]) -> None:
        super().__init__(QCoreApplication.instance())
        self._work = work
        self._cancel = Event()
        self._last_report = 0.0
        self.leaving = ""

    def cancel(self) -> None:
        """Ask the service to stop; it answers at its next progress report."""
        self._cancel.set()

    def report(self, done: int, total: int) -> None:
        """Progress as the service sees it; runs in the worker thread."""
        if self._cancel.is_set():
            raise Cancelled
        now = monotonic()
        if done >= total or now - self._last_report >= REPORT_EVERY_SECONDS:
            self._last_report = now
            self.progressed.emit(done, total)

    def execute(self) -> None:
        """Run the service; runs in the worker thread, whatever is raised travels to the UI thread."""
        work, self._work = self._work, _nothing  # the thread pool remembers tasks; they must not keep an office alive
        try:
            outcome = work(self.report)
        except BaseException as exc:  # noqa: BLE001 - shown by messages.show_error in the UI thread
            self.broke.emit(exc)
        else:
            self.succeeded.emit(outcome)


_UNDER_WAY: list[Task[Any]] = []
"""What was begun with :func:`run` and has not come back."""


def leaving_sentence() -> str:
    """What closing the program now would break off, in a sentence; empty when nothing is under way."""
    if not is_busy():
        return ""
    told = next((task.leaving for task in _UNDER_WAY if task.leaving), "")
    return told or "还有一项工作没有做完，现在退出会中断它。已保存的内容不受影响。"


def cancel_all() -> None:
    """Ask whatever is under way to stop, before the program ends: it tidies up after itself."""
    for task in _UNDER_WAY:
        task.cancel()


class _Runner(QRunnable):
    def __init__(self, task: Task[T]) -> None:
        super().__init__()
        self._task = task

    def run(self) -> None:
        self._task.execute()


def _pool(name: str = "serviceThreads") -> QThreadPool:
    app = QCoreApplication.instance()
    pool: QThreadPool | None = app.findChild(QThreadPool, name) if app else None
    if pool is None:
        pool = QThreadPool(app)
        pool.setObjectName(name)
        pool.setMaxThreadCount(1)
    return pool


def is_busy() -> bool:
    """Whether a service is running."""
    return bool(_pool().activeThreadCount())


def wait_until_idle(milliseconds: int = 30_000) -> bool:
    """Wait for running services and previews, before the session is closed."""
    beside = [bool(_pool(name).waitForDone(milliseconds)) for name in (PREVIEWS, LISTS)]
    return bool(_pool().waitForDone(milliseconds)) and all(beside)


def run(
    parent: QWidget,
    work: Callable[[Progress], T],
    done: Callable[[T], None],
    failed: Callable[[BaseException], None] | None = None,
    title: str = "正在处理…",
    cancellable: bool = True,
    leaving: str = "",
) -> Task[T]:
    """Run *work* off the UI thread, then call *done* with its result in the UI thread.

    After 0.4 s a panel over the window of *parent* shows progress. Without *failed*, errors are shown and a
    cancelled job ends with a short notice; with it, *failed* gets every exception (also `Cancelled`). Nothing is
    called when *parent* is gone by then. *leaving* is what closing the program meanwhile would mean.
    """
    task: Task[T] = Task(work)
    task.leaving = leaving
    _UNDER_WAY.append(task)
    panel = ProgressPanel(parent.window(), title, task if cancellable else None)
    task.progressed.connect(panel.set_progress)

    def finish(call: Callable[[], None]) -> None:
        _UNDER_WAY.remove(task)
        if isValid(panel):
            panel.finish()
        task.deleteLater()
        if isValid(parent):
            call()

    def break_off(exc: BaseException) -> None:
        if failed is not None:
            failed(exc)
        elif isinstance(exc, Cancelled):
            messages.notify(parent, CANCELLED)
        else:
            messages.show_error(parent, exc)

    task.succeeded.connect(lambda outcome: finish(lambda: done(outcome)))
    task.broke.connect(lambda exc: finish(lambda: break_off(exc)))
    _pool().start(_Runner(task))
    return task


def run_quietly(
    parent: QWidget,
    work: Callable[[], T],
    done: Callable[[T], None],
    failed: Callable[[BaseException], None] | None = None,
    *,
    pool: str = PREVIEWS,
) -> None:
    """Run *work* (a preview, a thumbnail) beside everything else, without panel; later calls wait for earlier ones of its pool."""
    task: Task[T] = Task(lambda _report: work())

    def finish(call: Callable[[], None]) -> None:
        task.deleteLater()
        if isValid(parent):
            call()

    def break_off(exc: BaseException) -> None:
        (failed or (lambda found: messages.show_error(parent, found)))(exc)

    task.succeeded.connect(lambda outcome: finish(lambda: done(outcome)))
    task.broke.connect(lambda exc: finish(lambda: break_off(exc)))
    _pool(pool).start(_Runner(task))


def run_soon(parent: QWidget, work: Callable[[], T], done: Callable[[T], None]) -> None:
    """Run *work* off the UI thread for a list that *parent* shows: what is ready at once is shown at once, as if it had been
    read in place; what takes longer comes when it is there, and is let go of once the page is left.
    """
    ready, told = Event(), False
    found: list[T] = []

    def working() -> T:
        try:
            found.append(work())
            return found[0]
        finally:
            ready.set()

    def later(outcome: T) -> None:
        if not told and parent.isVisible():
            done(outcome)

    def show_fault(fault: BaseException) -> None:
        if parent.isVisible():
            messages.show_error(parent, fault)

    run_quietly(parent, working, later, show_fault, pool=LISTS)
    if ready.wait(PATIENCE_MS / 1000) and found:
        told = True
        done(found[0])


def run_while_shown(parent: QWidget, work: Callable[[], T], done: Callable[[T], None]) -> None:
    """Run *work* beside the window for what *parent* shows; let go of what comes once it is left, or the office locked."""

    def show_fault(fault: BaseException) -> None:
        if parent.isVisible():
            messages.show_error(parent, fault)

    run_quietly(parent, work, lambda found: done(found) if parent.isVisible() else None, show_fault)


class ProgressPanel(QWidget):
    """Veil over the whole window with title, bar and cancel button; shown only when the work takes a while."""

    def __init__(self, window: QWidget, title: str, task: Task[T] | None) -> None:
        super().__init__(window)
        self._task, self._window = task, window
        self._focus_before: QWidget | None = None
        self.hide()
        card = QFrame(self)
        card.setProperty("role", "card")
        card.setFixedWidth(theme.sp(420))
        heading = QLabel(title)
        heading.setProperty("role", "section")
        self._count = QLabel("请稍候…")
        self._count.setProperty("role", "secondary")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._cancel = QPushButton("取消")
        if task is None:
            self._cancel.hide()
        self._cancel.clicked.connect(self._on_cancel)
        self._arrange(card, heading)
        self._remaining = Remaining()
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK_MS)
        self._clock.timeout.connect(self._tell)
        self._clock.start()
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.timeout.connect(self._appear)
        self._delay.start(PANEL_DELAY_MS)
        window.installEventFilter(self)

    def _arrange(self, card: QFrame, heading: QLabel) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self._count, 1)
        foot.addWidget(self._cancel)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(24, 20, 24, 20)
        inner.setSpacing(16)
        inner.addWidget(heading)
        inner.addWidget(self._bar)
        inner.addLayout(foot)
        outer = QVBoxLayout(self)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)

    def set_progress(self, done: int, total: int) -> None:
        """Show *done* of *total*; an unknown total (0) keeps the moving bar."""
        # bytes of large files are more than the bar can count
        unit = max(1, total // 1_000_000)
        self._bar.setRange(0, max(0, total // unit))
        self._bar.setValue(done // unit)
        self._remaining.report(done, total, monotonic())
        if total:
            self._tell()
        else:
            self._count.setText(f"{done:,}")

    def _tell(self) -> None:
        told = self._remaining.text(monotonic())
        if told and self._cancel.isEnabled():
            self._count.setText(told)

    def finish(self) -> None:
        """Take the panel away and give the focus back."""
        self._delay.stop()
        self._clock.stop()
        self._window.removeEventFilter(self)
        if self.isVisible() and self._focus_before is not None and isValid(self._focus_before):
            self._focus_before.setFocus()
        self.hide()
        self.deleteLater()

    def _on_cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._cancel.setEnabled(False)
            self._count.setText("正在停下…")

    def _appear(self) -> None:
        self._focus_before = self.window().focusWidget()
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()
        self._cancel.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the window."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._window.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies below."""
        QPainter(self).fillRect(self.rect(), QColor(31, 35, 41, 90))
