"""走访记录 out of the printer: shown page by page, printed, saved, or as Excel."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from db.errors import Progress
from desktop import background, files
from desktop.context import AppContext
from desktop.exchange.dialog import offer_folder
from desktop.exchange.export_dialog import EXCEL
from desktop.exchange.print_dialog import About, PrintDialog

TITLE = "入户走访记录"


def print_visits(context: AppContext, parent: QWidget, record_ids: Sequence[str]) -> None:
    """Show the sheets of these contacts; without any the blank one."""
    from db.services import home_visit_papers

    about = About(context.session, home_visit_papers.archives_of(context.session, record_ids))
    _show(parent, lambda progress: home_visit_papers.visit_pdf(context.session, list(record_ids), progress), about)


def print_prepared(context: AppContext, parent: QWidget, archive_ids: Sequence[str]) -> None:
    """Show a sheet for each household with its name on it, to be taken along."""
    from db.services import home_visit_papers

    about = About(context.session, list(archive_ids))
    _show(parent, lambda _progress: home_visit_papers.prepared_pdf(context.session, list(archive_ids)), about)


def _show(parent: QWidget, draw: Callable[[Progress], bytes], about: About) -> None:
    def done(pdf: bytes) -> None:
        name = f"{TITLE}{'' if about.archive_ids else '（空白）'}.pdf"
        PrintDialog(parent, pdf, TITLE, name, "照官方表样，A4 纸打印。", about=about).exec()

    background.run(parent, draw, done, title="正在排版…")


def save_workbook(context: AppContext, parent: QWidget, record_ids: Sequence[str]) -> None:
    """Ask where and write the contacts as a workbook."""
    from db.services import home_visit_papers

    path = files.ask_save(parent, "走访记录存为 Excel", f"{TITLE}.xlsx", EXCEL)
    if path is None:
        return
    work = partial(home_visit_papers.write_visit_workbook, context.session, list(record_ids), path)

    def done(sheets: int, written: Path = path) -> None:
        offer_folder(parent, f"已写好 {sheets} 张走访记录。", written)

    background.run(parent, work, done, title="正在写 Excel…")
