"""The form as the paper it is, with the cells marked that changed since the last review; a click asks for a reason."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from db.services.office import OfficeSession
from db.services.review_case import ReviewCase
from desktop import background, theme
from desktop.forms.paper_view import PAGE_WIDTH, READING_SCALE, PaperSheet, image_of

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from db.services.printing import CellBox, FormPages


class CasePaper(QScrollArea):
    """Draws the paper of one case beside the screen."""

    field_wanted = Signal(str, object)  # field key, member index or None

    def __init__(self, session: OfficeSession, owner: QWidget) -> None:
        super().__init__(owner)
        self._session = session
        self._case: ReviewCase | None = None
        self._drawn_for: tuple[str, int, int] | None = None
        self.sheet = PaperSheet()
        self.sheet.clicked.connect(lambda cell: self.field_wanted.emit(cell.field, cell.member_index))
        self.sheet.dragged.connect(self._drag)
        self.setWidget(self.sheet)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # or its coming would change the width
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)

    def show_case(self, case: ReviewCase) -> None:
        """Show the paper of *case*; drawn when it is looked at."""
        self._case = case
        if self.isVisible():
            self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what was asked for meanwhile."""
        super().showEvent(event)
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw for the new width."""
        super().resizeEvent(event)
        if self.isVisible():
            self._draw()

    def _draw(self) -> None:
        case = self._case
        width = self.viewport().width()
        if case is None or self._drawn_for == (case.archive.id, case.archive.revision, width):
            return
        wanted = self._drawn_for = (case.archive.id, case.archive.revision, width)
        session, archive = self._session, case.archive
        scale, ratio = max(READING_SCALE * theme.scale() * 0.8, (width - 4) / PAGE_WIDTH), self.devicePixelRatioF()

        def work() -> "tuple[FormPages, list[QImage]]":
            # imported here: the print fonts take a moment
            from db.services.printing import content_pdf, render_page

            pages = content_pdf(session, archive.content, archive.archive_number, archive_id=archive.id)
            return pages, [image_of(render_page(pages.pdf, number, scale * ratio)) for number in range(pages.page_count)]

        def done(drawn: "tuple[FormPages, list[QImage]]") -> None:
            if self._drawn_for == wanted:
                self.sheet.show_pages(drawn[0], drawn[1], scale)
                self.sheet.mark(self._changed(case, drawn[0].cells))

        background.run_quietly(self, work, done)

    @staticmethod
    def _changed(case: ReviewCase, cells: "list[CellBox]") -> "list[CellBox]":
        indexes = {str(member["id"]): at for at, member in enumerate(case.archive.content.members)}
        places = {(change.field, indexes.get(change.member_id)) for change in case.changes}
        return [cell for cell in cells if (cell.field, cell.member_index) in places]

    def _drag(self, moved: QPoint) -> None:
        for bar, by in ((self.horizontalScrollBar(), moved.x()), (self.verticalScrollBar(), moved.y())):
            bar.setValue(bar.value() - by)
