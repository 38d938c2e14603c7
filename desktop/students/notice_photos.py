"""The photos of a posted list, one at a time at full size; the arrow keys walk them."""

from PySide6.QtWidgets import QWidget

from db.errors import NuandangError
from db.services import office_papers, student_notices
from db.services.attachments import Attachment
from db.services.notices import PHOTO
from db.services.office import OfficeSession
from db.services.office_papers import OfficePaper
from db.services.student_notices import NoticeRow
from desktop import messages, theme
from desktop.exchange.dialog import PlainDialog
from desktop.forms.attachment_viewer import AttachmentViewer
from desktop.widgets.basics import button, label

HEIGHT, WIDTH = 420, 820


class NoticePhotos(PlainDialog):
    """Shows the photos of *row*; those of this office's own lists can be taken out."""

    def __init__(self, parent: QWidget | None, session: OfficeSession, row: NoticeRow) -> None:
        where = "　".join(filter(None, (row.office_name, row.content.text("place"))))
        hint = f"{row.content.text('starts_on')} 张贴于{where}。左右方向键看前后的照片。"
        super().__init__(parent, "公示照片", hint, WIDTH)
        self._session, self._row = session, row
        self._papers: list[OfficePaper] = []
        self._at = 0
        self.viewer = AttachmentViewer()
        self.viewer.setMinimumHeight(theme.sp(HEIGHT))
        self.viewer.turned.connect(self.turn)
        self.viewer.closed.connect(self.reject)
        self.body.addWidget(self.viewer, 1)
        self._place = label("", "secondary")
        self.removing = button("移除…", "", "trash-2", self.remove)
        self.removing.setVisible(not row.office_name)
        self.before = button("上一张", "", "chevron-left", lambda: self.turn(-1))
        self.after = button("下一张", "", "chevron-right", lambda: self.turn(1))
        for part in (self.removing, self.before, self.after, self._place):
            self.foot.addWidget(part)
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", "primary", act=self.accept))
        self.load()

    def load(self) -> None:
        """Read the list of photos anew and show the one in hand."""
        self._papers = student_notices.photos_of(self._session, self._row.record.record_id)
        self._at = min(self._at, max(0, len(self._papers) - 1))
        self._show()

    def turn(self, by: int) -> None:
        """To the one before or after."""
        self._at = max(0, min(len(self._papers) - 1, self._at + by))
        self._show()

    def _show(self) -> None:
        several = len(self._papers) > 1
        self.before.setVisible(several)
        self.after.setVisible(several)
        self.before.setEnabled(self._at > 0)
        self.after.setEnabled(self._at < len(self._papers) - 1)
        if not self._papers:
            self.viewer.forget()
            self.reject()
            return
        self._place.setText(f"第 {self._at + 1} 张，共 {len(self._papers)} 张")
        paper = self._papers[self._at]
        try:
            content = office_papers.read_paper(self._session, paper.id)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        shown = Attachment(paper.id, "", PHOTO, paper.name, paper.note, paper.media_type, paper.size, "", paper.sha256,
                           paper.added_at, paper.added_by)  # fmt: skip
        self.viewer.show_paper(shown, content)

    def remove(self) -> None:
        """Take the one in hand out."""
        paper = self._papers[self._at]
        if not messages.confirm(
            self, f"移除“{paper.name}”？文件仍留存备查，公示里不再显示。", "移除", destructive=True
        ):
            return
        try:
            student_notices.remove_photo(self._session, self._row.record.record_id, paper.id)
        except NuandangError as fault:
            messages.show_error(self, fault)
        self.load()
