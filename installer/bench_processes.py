"""The processes of the window figures: `bench_processes.py WHAT OFFICE` prints what it measured as JSON and ends.

Nothing but the standard library is imported up here: what a figure loads is part of the figure.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 60.0
TYPING_SECONDS = 2.0  # a fast typist's time for the passphrase; the program may get ready meanwhile
WINDOW = (1366, 768)
LIST_COLUMNS = (
    "archive_number, name, sex, id_number, hardship_category, main_hardship_cause, work_status, mobile_phone,"
    " home_address, household_size, per_capita_monthly_income, revision, exported_revision, acknowledged_revision,"
    " missing_count, updated_at"
)


def _wait_until(condition: Callable[[], bool]) -> None:
    from PySide6.QtCore import QCoreApplication

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        QCoreApplication.processEvents()
        time.sleep(0.0002)  # the program's other threads need the interpreter too
        if time.monotonic() > deadline:
            raise TimeoutError("what was waited for did not appear")


def _answer(**outcome: Any) -> None:
    """Print and leave at once: closing windows and files is not part of the figure."""
    print(json.dumps(outcome), flush=True)
    os._exit(0)


def _paints_of(widget: Any) -> Callable[[], bool]:
    """Tell whether *widget* was painted since now."""
    from PySide6.QtCore import QEvent, QObject

    class Watch(QObject):
        seen = False

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            self.seen = self.seen or event.type() is QEvent.Type.Paint
            return False

    watch = Watch(widget)
    widget.installEventFilter(watch)
    return lambda: watch.seen


def _let_time_pass(seconds: float) -> None:
    end = time.monotonic() + seconds
    _wait_until(lambda: time.monotonic() > end)


def _child(parent: Any, kind: type) -> Any:
    """The child of that class; without one the page has changed and this file must follow."""
    found = parent.findChild(kind)
    if found is None:
        raise LookupError(f"{type(parent).__name__} has no {kind.__name__}")
    return found


def _bare_window(_folder: Path) -> None:
    from PySide6.QtWidgets import QApplication, QWidget

    QApplication([])
    window = QWidget()
    window.resize(*WINDOW)
    painted = _paints_of(window)
    window.show()
    _wait_until(painted)
    _answer(painted_ns=time.monotonic_ns())


def _sign_in_window(folder: Path) -> None:
    """The program as it is started, up to its event loop; there the first painting is awaited."""
    from PySide6.QtWidgets import QApplication

    from desktop.__main__ import main
    from desktop.start.sign_in import SignInPage

    def exec_until_painted(*_arguments: Any) -> int:
        window = next(widget for widget in QApplication.topLevelWidgets() if widget.isVisible())
        painted = _paints_of(_child(window, SignInPage).focusProxy())
        _wait_until(painted)
        _answer(painted_ns=time.monotonic_ns())
        return 0

    QApplication.exec = exec_until_painted  # type: ignore[method-assign]
    main([str(folder)])


def _bare_table(folder: Path) -> None:
    from bench_workshop import data_key, open_bare
    from PySide6.QtCore import QAbstractTableModel, Qt
    from PySide6.QtWidgets import QApplication, QTableView

    QApplication([])
    class Rows(QAbstractTableModel):
        def __init__(self, rows: list[Any]) -> None:
            super().__init__()
            self._rows = rows

        def rowCount(self, *_parent: Any) -> int:
            return len(self._rows)

        def columnCount(self, *_parent: Any) -> int:
            return len(self._rows[0])

        def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
            return self._rows[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None

    key = data_key(folder)
    began = time.perf_counter_ns()
    connection = open_bare(folder, key)
    total = connection.execute("SELECT count(*) FROM archive").fetchone()[0]
    rows = connection.execute(f"SELECT {LIST_COLUMNS} FROM archive ORDER BY updated_at DESC LIMIT 100").fetchall()
    model = Rows(rows)
    table = QTableView()
    table.setModel(model)
    table.setWindowTitle(str(total))
    table.resize(*WINDOW)
    painted = _paints_of(table.viewport())
    table.show()
    _wait_until(painted)
    _answer(ms=(time.perf_counter_ns() - began) / 1e6)


def _signed_in_window(folder: Path, key_derived: list[int]) -> Any:
    """The program's window after a real sign-in, with the home page in front; notes when the key was derived."""
    from bench_workshop import PASSPHRASE

    from db.store import keys
    from desktop.app import create_application
    from desktop.main_window import MainWindow
    from desktop.preferences import Preferences
    from desktop.start.passphrase_fields import PassphraseEdit

    unwrap = keys.unwrap

    def noting(slot: keys.KeySlot, secret: str) -> bytes | None:
        key = unwrap(slot, secret)
        key_derived.append(time.perf_counter_ns())
        return key

    keys.unwrap = noting
    preferences = Preferences()
    create_application(preferences)
    window = MainWindow(preferences)
    window.resize(*WINDOW)
    window.start(folder)
    window.show()
    field = _child(window, PassphraseEdit)
    _wait_until(_paints_of(field))
    _let_time_pass(TYPING_SECONDS)
    field.setText(PASSPHRASE)
    field.returnPressed.emit()
    _wait_until(lambda: window.workspace is not None)
    return window


def _list(folder: Path) -> None:
    key_derived: list[int] = []
    window = _signed_in_window(folder, key_derived)
    window.workspace.show_page("archives")
    from PySide6.QtWidgets import QTableView

    table = _child(window.workspace.current_page(), QTableView)
    painted = _paints_of(table.viewport())
    _wait_until(lambda: table.model() is not None and table.model().rowCount() > 0)
    _wait_until(painted)
    spent = (time.perf_counter_ns() - key_derived[0]) / 1e6
    _answer(ms=spent, rows=table.model().rowCount(), columns=table.model().columnCount(), typing_seconds=TYPING_SECONDS)


def _lists(box: Any, name: str) -> bool:
    return any(hit.name == name for hit in box.hits())


def _search_box(folder: Path) -> None:
    from bench_services import BY_NAME
    from bench_workshop import bare_connection
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtGui import QInputMethodEvent

    window = _signed_in_window(folder, [])
    box = window.workspace.top.search
    connection = bare_connection(folder)
    names = [row[0] for row in connection.execute("SELECT name FROM person_entry ORDER BY seq DESC LIMIT 40")]
    texts = sorted({name for name in names if len(name) == 3})[:15]
    floors, ours = [], []
    for text in texts:
        began = time.perf_counter_ns()
        connection.execute(BY_NAME, (f"%{text}%",)).fetchall()
        floors.append((time.perf_counter_ns() - began) / 1e6)
        box.clear()
        QCoreApplication.processEvents()
        box.setText(text[:-1])
        typed = QInputMethodEvent()  # Chinese comes from an input method, not from keys
        typed.setCommitString(text[-1])
        began = time.perf_counter_ns()
        QCoreApplication.sendEvent(box, typed)
        _wait_until(partial(_lists, box, text))
        QCoreApplication.processEvents()
        ours.append((time.perf_counter_ns() - began) / 1e6)
    _answer(ms=statistics.median(ours), floor_ms=statistics.median(floors), rounds=len(texts))


if __name__ == "__main__":
    PROCESSES: dict[str, Callable[[Path], None]] = {
        "bare-window": _bare_window,
        "sign-in-window": _sign_in_window,
        "bare-table": _bare_table,
        "list": _list,
        "search-box": _search_box,
    }
    PROCESSES[sys.argv[1]](Path(sys.argv[2]))
