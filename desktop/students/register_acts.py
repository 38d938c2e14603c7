"""Printing a register and writing it as a workbook, from whichever page lists it."""

from PySide6.QtWidgets import QWidget

from db.domain.wide_table import WideTable
from db.services import register_papers
from db.services.office import OfficeSession
from desktop import background, files
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import About, PrintDialog


def print_table(
    parent: QWidget, table: WideTable, name: str, private: str = "有姓名、证件号和电话", *, session: OfficeSession | None = None
) -> None:
    """The register as it is printed; *private*: what in it is not for everybody, empty for nothing.

    With *session* the households in it are told that it was printed.
    """
    pdf = register_papers.table_pdf(table)
    is_private = bool(table.rows and private)
    about = About(session, list(dict.fromkeys(table.archive_ids))) if session else None
    PrintDialog(parent, pdf, table.title, f"{table.title}-{name}.pdf", private, private=is_private, about=about).exec()


def save_table(parent: QWidget, session: OfficeSession, table: WideTable) -> None:
    """The register as a workbook."""
    path = files.ask_save(parent, "存为 Excel", f"{table.title}-{session.today}.xlsx", "Excel (*.xlsx)")
    if path is not None:
        background.run(
            parent,
            lambda _progress: register_papers.write_table(session, table, path),
            lambda _none: offer_folder(parent, "登记表已保存。", path),
            title="正在写 Excel…",
        )
