"""Strips above an archive: where it is out just now, and that two versions of it wait for a choice."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.services import machines
from db.services.office import OfficeSession
from desktop.context import AppContext
from desktop.widgets.basics import Note, button


class ArchiveStrips(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._archive_id = ""
        self.conflict = Note("", "warning")
        self.out = Note("", "action")
        window = context.window
        settle = button(
            "去选定", "link", act=lambda: window.show_page("exchange", section="conflicts", archive_id=self._archive_id)
        )
        visits_link = button("外出包", "link", act=lambda: window.show_page("exchange", section="visits"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for note, link in ((self.conflict, settle), (self.out, visits_link)):
            row = note.layout()
            if isinstance(row, QHBoxLayout):
                row.addWidget(link)
            column.addWidget(note)
        self.hide()

    def show_archive(self, archive_id: str) -> None:
        """Say what there is to say of this archive."""
        self._archive_id = archive_id
        session = self._context.session
        is_out, is_asked = machines.has_news_of(session, archive_id)
        asked = _conflict_words(session, archive_id) if is_asked else ""
        out = _out_words(session, archive_id) if is_out and not session.office.is_laptop else ""
        self.conflict.show_text(asked, "warning")
        self.conflict.setVisible(bool(asked))
        self.out.show_text(out, "action")
        self.out.setVisible(bool(out))
        self.setVisible(bool(asked or out))


def _conflict_words(session: OfficeSession, archive_id: str) -> str:
    from db.services import conflicts  # late: most archives never need it

    waiting = conflicts.open_conflicts_of(session, archive_id)
    count = sum(len(item.fields) for item in waiting)
    names = "、".join(dict.fromkeys(item.source_name for item in waiting))
    return f"与“{names}”的一份合并时，有 {count} 处两边改得不同，现在用的是这台电脑的，等您选定。"


def _out_words(session: OfficeSession, archive_id: str) -> str:
    from db.services import visits  # late, as above

    items = visits.out_of(session, archive_id)
    words = "；".join(item.words for item in items)
    may_edit = any(item.access == visits.WRITE for item in items)
    return f"{words}。这里照样可以改，带回来时两边的改动会合并。" if may_edit else f"{words}。"
