"""Ask where to read and write: the only place that opens file dialogs and paper printers."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF, QRectF, QStandardPaths
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

PRINT_DPI = 300


def documents_folder() -> Path:
    """The clerk's own documents folder."""
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(found) if found and Path(found).is_dir() else Path.home()


def size_text(count: int) -> str:
    """A number of bytes as people read it."""
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024)):,} KB"
    return f"{count / 1024 / 1024:,.1f} MB" if count < 1024**3 else f"{count / 1024**3:,.2f} GB"


def ask_save(parent: QWidget, title: str, name: str, kind: str) -> Path | None:
    """Where to write *name*; *kind* is like ``PDF 文件 (*.pdf)``. None when the clerk changes their mind."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(documents_folder() / name), kind)
    if not chosen:
        return None
    path, suffix = Path(chosen), Path(name).suffix
    return path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)


def ask_open(parent: QWidget, title: str, kind: str, start: Path | None = None) -> Path | None:
    """Which file to read."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, str(start or documents_folder()), kind)
    return Path(chosen) if chosen else None


def ask_open_many(parent: QWidget, title: str, kind: str, start: Path | None = None) -> list[Path]:
    """Which files to read; none when the clerk changes their mind."""
    chosen, _ = QFileDialog.getOpenFileNames(parent, title, str(start or documents_folder()), kind)
    return [Path(name) for name in chosen]


def ask_folder(parent: QWidget, title: str, start: Path | None = None) -> Path | None:
    """Which folder to use."""
    chosen = QFileDialog.getExistingDirectory(parent, title, str(start or documents_folder()))
    return Path(chosen) if chosen else None


def print_pdf(parent: QWidget, pdf: bytes, title: str) -> bool:
    """Ask for a printer and print *pdf* page by page from memory; False when the clerk changes their mind."""
    # imported late: it looks for the printers of the machine
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    a4 = QPageSize(QPageSize.PageSizeId.A4)
    printer.setPageLayout(QPageLayout(a4, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
    printer.setFullPage(True)
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle(title)
    if dialog.exec() != QDialog.DialogCode.Accepted:
        return False
    paint_pdf(printer, pdf)
    return True


def paint_pdf(printer: "QPrinter", pdf: bytes) -> None:
    """Paint every page of *pdf* onto *printer*."""
    # imported late: most sign-ins never print
    from db.services import printing

    _turn(printer, printing.page_size(pdf))
    painter = QPainter(printer)
    for number in range(printing.page_count(pdf)):
        if number:
            _turn(printer, printing.page_size(pdf, number))
            printer.newPage()
        page = printing.render_page(pdf, number, PRINT_DPI / 72)
        image = QImage(page.pixels, page.width, page.height, page.stride, QImage.Format.Format_RGB32)
        painter.drawImage(QRectF(painter.viewport()), image)
    painter.end()


def _turn(printer: "QPrinter", size: tuple[float, float]) -> None:
    """Let the next page lie as the page of the PDF does."""
    width, height = size
    lying = QPageLayout.Orientation.Landscape if width > height else QPageLayout.Orientation.Portrait
    printer.setPageOrientation(lying)
