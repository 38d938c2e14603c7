"""The application of a household for aid: its fields, beside them what it may come to; and its form on paper."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from db.domain.papers.aid_application_paper import TITLE
from db.domain.records.aid import APPLICATION
from db.domain.records.record_form import RecordContent
from db.services.application_look import look_at_application
from db.services.archiving import Archive
from db.services.records import Record
from desktop import background
from desktop.aid.look_panel import LookPanel
from desktop.context import AppContext
from desktop.exchange.print_dialog import About, PrintDialog
from desktop.records.looking_dialog import LookingDialog

HIDDEN = frozenset({"programme_id", "programme_title"})
CAPTIONS = ("最高", "今年已得", "还可给")
ASK_KIND = "选了申请救助类别，这里就算出最高可以给多少、今年已得多少。"
CLEAR = "现在没有查到妨碍批准的情况。"


class ApplicationDialog(LookingDialog):
    """Fills in an application; nothing stops it, the household may ask for whatever it needs."""

    def __init__(
        self,
        parent: QWidget | None,
        context: AppContext,
        archive: Archive,
        content: RecordContent,
        title: str,
        save: Callable[[RecordContent], object],
    ) -> None:
        self.panel = LookPanel(CAPTIONS, across=3, clear=CLEAR)
        super().__init__(
            parent, context, APPLICATION, content, title, save, archive=archive, panel=self.panel, hidden=HIDDEN
        )
        self._household = archive.id
        self.look()

    def look(self) -> None:
        """Ask the rules about what is filled in."""
        super().look()
        found = look_at_application(self._session, self._household, self.flow.content())
        self.panel.show_look(found, "" if found else ASK_KIND)


def print_application(parent: QWidget, context: AppContext, item: Record) -> None:
    """Show the form of this application, filled in, to print or save."""
    from db.services.application_papers import application_pdf

    about = About(context.session, [item.archive_id])

    def done(pdf: bytes) -> None:
        PrintDialog(parent, pdf, TITLE, f"{TITLE}.pdf", "A4 纸打印，申请人和三级工会签字盖章。", about=about).exec()

    background.run(parent, lambda _progress: application_pdf(context.session, item.record_id), done, title="正在排版…")
