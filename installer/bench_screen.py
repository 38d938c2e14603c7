"""The figures with a window. Each runs in a process of its own, on Qt's offscreen platform, ours and the floor alike.

Called with an argument this file is that process: it prints its milliseconds and ends.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench_workshop import PASSPHRASE, PEOPLE, Figure, Workshop, bare_connection, in_turn

PATIENCE_SECONDS = 60.0
WINDOW = (1366, 768)
LIST_COLUMNS = (
    "archive_number, name, sex, id_number, hardship_category, main_hardship_cause, work_status, mobile_phone,"
    " home_address, household_size, per_capita_monthly_income, revision, exported_revision, acknowledged_revision,"
    " missing_count, updated_at"
)


def start(workshop: Workshop) -> Figure:
    """From starting the process to the painted sign-in window."""
    folder = workshop.filled_office("start", 50).folder
    for what in ("bare-window", "sign-in-window"):
        _spawn(what, folder)  # byte code and disk cache are warm for both
    floor, ours = in_turn(
        9, lambda _round: _until_painted("bare-window", folder), lambda _round: _until_painted("sign-in-window", folder)
    )
    return Figure(
        "process start to sign-in window painted", "the same process opening a bare PySide6 window", 2, floor, ours, 9
    )


def sign_in(workshop: Workshop) -> Figure:
    """From the derived key to the painted list of an office of 20 000 archives."""
    session = workshop.grown_to(20_000)
    floor, ours = in_turn(
        5, lambda _round: _spawn("bare-table", session.folder)["ms"], lambda _round: _spawn("list", session.folder)["ms"]
    )
    notes = _spawn("list", session.folder)
    return Figure(
        "sign-in accepted (key derived) to list usable, 20 000 archives",
        "a bare QTableView painting the same first rows from bare SQL",
        3, floor, ours, 5, {key: value for key, value in notes.items() if key != "ms"},
    )  # fmt: skip


def search_box(workshop: Workshop) -> Figure:
    """From the key press in the search box to the painted results, 100 000 people."""
    session = workshop.grown_to(100_000, PEOPLE)
    outcome = _spawn("search-box", session.folder)
    return Figure(
        "key press to painted search result, 100 000 people", "bare SQL LIKE", 2, outcome["floor_ms"], outcome["ms"],
        outcome["rounds"], {"people": workshop.count(session, PEOPLE)},
    )  # fmt: skip


def _until_painted(what: str, folder: Path) -> float:
    began = time.monotonic_ns()
    painted: int = _spawn(what, folder)["painted_ns"]
    return (painted - began) / 1e6


def _spawn(what: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, what, str(folder)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    if answer.returncode:
        raise RuntimeError(f"bench process {what} failed:\n{answer.stdout}\n{answer.stderr}")
    outcome: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return outcome


# -- inside the process ------------------------------------------------------------------------------------------


def _wait_until(condition: Callable[[], bool]) -> None:
    from PySide6.QtCore import QCoreApplication, QEventLoop

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
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
        page = window.findChild(SignInPage)
        painted = _paints_of(page.focusProxy())
        _wait_until(painted)
        _answer(painted_ns=time.monotonic_ns())
        return 0

    QApplication.exec = exec_until_painted  # type: ignore[method-assign,assignment]
    main([str(folder)])


def _bare_table(folder: Path) -> None:
    from PySide6.QtCore import QAbstractTableModel, Qt
    from PySide6.QtWidgets import QApplication, QTableView

    QApplication([])
    bare_connection(folder).close()  # derives the key and warms the disk cache, as signing in does

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

    from bench_workshop import data_key, open_bare

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
    from db.store import keys
    from desktop.app import create_application
    from desktop.main_window import MainWindow
    from desktop.preferences import Preferences
    from desktop.start.passphrase_fields import PassphraseEdit

    unwrap = keys.unwrap

    def noting(*arguments: Any) -> bytes | None:
        key = unwrap(*arguments)
        key_derived.append(time.perf_counter_ns())
        return key

    keys.unwrap = noting
    preferences = Preferences()
    create_application(preferences)
    window = MainWindow(preferences)
    window.resize(*WINDOW)
    window.start(folder)
    window.show()
    field = window.findChild(PassphraseEdit)
    _wait_until(_paints_of(field))
    field.setText(PASSPHRASE)
    field.returnPressed.emit()
    _wait_until(lambda: window.workspace is not None)
    return window


def _list(folder: Path) -> None:
    key_derived: list[int] = []
    window = _signed_in_window(folder, key_derived)
    window.workspace.show_page("archives")
    from PySide6.QtWidgets import QTableView

    table = window.workspace.current_page().findChild(QTableView)
    painted = _paints_of(table.viewport())
    _wait_until(lambda: table.model() is not None and table.model().rowCount() > 0)
    _wait_until(painted)
    spent = (time.perf_counter_ns() - key_derived[0]) / 1e6
    _answer(ms=spent, rows=table.model().rowCount(), columns=table.model().columnCount())


def _search_box(folder: Path) -> None:
    from PySide6.QtCore import QCoreApplication, Qt
    from PySide6.QtTest import QTest

    window = _signed_in_window(folder, [])
    box = window.workspace.top.search
    connection = bare_connection(folder)
    names = [row[0] for row in connection.execute("SELECT name FROM person_entry ORDER BY seq DESC LIMIT 40")]
    texts = sorted({name for name in names if len(name) == 3})[:15]
    from bench_services import BY_NAME

    floors, ours = [], []
    for text in texts:
        began = time.perf_counter_ns()
        connection.execute(BY_NAME, (f"%{text}%",)).fetchall()
        floors.append((time.perf_counter_ns() - began) / 1e6)
        box.clear()
        QCoreApplication.processEvents()
        box.setText(text[:-1])
        began = time.perf_counter_ns()
        QTest.keyClicks(box, text[-1], Qt.KeyboardModifier.NoModifier)
        _wait_until(lambda wanted=text: any(hit.name == wanted for hit in box.hits()))
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
