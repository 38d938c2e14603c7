"""Papers of an archive: the checklist of this household, thumbnails, and the ways in – button, dropping, pasting."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from db.domain.archive_content import ArchiveContent
from db.domain.option_lists import option_list
from db.domain.paper_checklist import expired_papers, guess_type, missing_papers, papers_for
from db.errors import Cancelled, NuandangError, Progress
from db.services import attachments
from db.services.attachments import Attachment
from db.services.former_archives import FormerArchive, former_archives, former_papers
from desktop import background, messages, theme
from desktop.context import AppContext
from desktop.files import documents_folder
from desktop.forms.attachment_cards import THUMB_SIDE, ChecklistRow, PaperCard
from desktop.forms.attachment_viewer import AttachmentViewer, decode
from desktop.moves.former_mark import former_mark
from desktop.widgets.basics import button, label
from desktop.widgets.flow_layout import FlowLayout

KINDS = "照片和 PDF (*.jpg *.jpeg *.png *.bmp *.webp *.tif *.tiff *.pdf)"
HINT = "照片或 PDF 也可以直接拖到这里。照片会缩小并去掉拍摄地点。"
NewPaper = tuple[str, Callable[[], bytes]]
"""Name and a way to read the content, called off the UI thread."""


def png_of(image: QImage) -> bytes:
    """A pasted picture as a file in memory."""
    raw = QByteArray()
    buffer = QBuffer(raw)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(raw.data())


def papers_in(mime: QMimeData, pasted_name: str) -> list[NewPaper]:
    """What a drop or the clipboard brings: files, or one picture."""
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if paths:
        return [(path.name, path.read_bytes) for path in paths if path.is_file()]
    image = QImage(mime.imageData()) if mime.hasImage() else QImage()
    return [(pasted_name, lambda: png_of(image))] if not image.isNull() else []


class AttachmentPanel(QWidget):
    """Everything about the papers of one archive."""

    changed = Signal()  # papers were added, described or removed
    counted = Signal(int, int)  # present, missing of the checklist

    def __init__(self, context: AppContext, ensure_archive: Callable[[], str | None]) -> None:
        super().__init__()
        self._context, self._session = context, context.session
        self._ensure_archive = ensure_archive
        self._archive_id = ""
        self._content = ArchiveContent()
        self._may_change = True
        self._thumbs: dict[str, QImage] = {}
        self.papers: list[Attachment] = []
        self._cards: dict[str, PaperCard] = {}
        self.viewer = AttachmentViewer()
        self.viewer.closed.connect(self._close_viewer)
        self.viewer.turned.connect(self._turn)
        self._open_id = ""
        self._make_parts()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._make_list())
        self._stack.addWidget(self.viewer)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.setAcceptDrops(True)
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        paste.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.activated.connect(self.paste)

    def _make_parts(self) -> None:
        self.add = button("选择文件…", "", "upload", lambda: self.choose_files())
        self._paste = button("粘贴　Ctrl+V", "", "clipboard-paste", self.paste)
        self._hint = label(HINT, "small", wrap=True)
        self._summary = label("", "strong")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)

    def _make_list(self) -> QWidget:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.add)
        bar.addWidget(self._paste)
        bar.addWidget(self._hint, 1)
        thumbs = QWidget()
        thumbs.setProperty("role", "scrolled")
        self._flow = FlowLayout(thumbs, gap=theme.sp(12), line_gap=theme.sp(12))
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 4, 12, 8)
        column.setSpacing(12)
        column.addLayout(bar)
        column.addWidget(thumbs)
        column.addWidget(self._summary)
        column.addLayout(self._rows)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        return scroll

    # -- showing

    def show_archive(self, archive_id: str, content: ArchiveContent, *, may_change: bool = True) -> None:
        """Show the papers of *archive_id* (empty: none stored yet) and the checklist of *content*."""
        if archive_id != self._archive_id:
            self._thumbs.clear()
        self._archive_id, self._may_change, self._content = archive_id, may_change, content
        for part in (self.add, self._paste, self._hint):
            part.setVisible(may_change)
        self._close_viewer()
        self._read()

    def show_checklist(self, content: ArchiveContent) -> None:
        """The answers changed: other papers may be needed."""
        self._content = content
        present = {paper.document_type for paper in self.papers}
        checklist = papers_for(content)
        missing = missing_papers(content, present)
        while item := self._rows.takeAt(0):
            item.widget().hide()
            item.widget().deleteLater()
        newest = {paper.document_type: paper.added_at[:10] for paper in self.papers}  # they come in their order
        expired = expired_papers(content, newest, self._session.today)
        for paper in checklist:
            row = ChecklistRow(paper, paper not in missing, self._may_change, expired.get(paper, ""))
            row.add_wanted.connect(self.choose_files)
            self._rows.addWidget(row)
        there = len(checklist) - len(missing)
        old = f"，{len(expired)} 样过期" if expired else ""
        self._summary.setText(f"这一户的材料清单　已有 {there} 样，还缺 {len(missing)} 样{old}")
        self.counted.emit(len(self.papers), len(missing))

    def _read(self) -> None:
        session, archive_id = self._session, self._archive_id
        self.papers = attachments.list_attachments(session, archive_id) if archive_id else []
        former = former_archives(session, archive_id) if archive_id else {}
        found = [*self.papers, *(former_papers(session, archive_id) if former else [])]
        while item := self._flow.takeAt(0):
            item.widget().hide()
            item.widget().deleteLater()
        self._cards = {paper.id: self._card(paper, former.get(paper.archive_id)) for paper in found}
        for card in self._cards.values():
            self._flow.addWidget(card)
            self._show_thumb(card)
        self.show_checklist(self._content)

    def _card(self, paper: Attachment, former: FormerArchive | None) -> PaperCard:
        """A paper that lies in an archive merged into this one is shown, and changed nowhere."""
        card = PaperCard(paper, self._may_change and former is None, former_mark(self._context, former) if former else None)
        card.opened.connect(self.view)
        card.described.connect(self._describe)
        card.removed.connect(self._remove)
        return card

    def _show_thumb(self, card: PaperCard) -> None:
        paper, session = card.paper, self._session
        if paper.id in self._thumbs:
            card.show_thumb(self._thumbs[paper.id])
            return
        side, ratio = theme.sp(THUMB_SIDE - 16), self.devicePixelRatioF()

        def work() -> QImage:
            image, _ = decode(paper.media_type, attachments.read_attachment(session, paper.id), scale=0.5)
            size = round(side * ratio)
            smooth = Qt.TransformationMode.SmoothTransformation
            small = image.scaled(size, size, Qt.AspectRatioMode.KeepAspectRatio, smooth)
            small.setDevicePixelRatio(ratio)
            return small

        def done(image: QImage) -> None:
            self._thumbs[paper.id] = image
            now = self._cards.get(paper.id)
            if now is not None:
                now.show_thumb(image)

        # a missing file says so when it is opened; the list stays usable
        background.run_quietly(card, work, done, lambda fault: card.thumb.setText("打不开"))

    # -- taking in

    def choose_files(self, document_type: str = "") -> None:
        """Ask for files; *document_type* is known when the checklist asked for it."""
        title = f"添加{option_list('document_type').label(document_type)}" if document_type else "添加材料"
        chosen, _ = QFileDialog.getOpenFileNames(self, title, str(documents_folder()), KINDS)
        self.take([(Path(name).name, Path(name).read_bytes) for name in chosen], document_type)

    def paste(self) -> None:
        """Take what the clipboard holds."""
        name = f"粘贴的图片-{self._session.now[11:16].replace(':', '')}.png"
        found = papers_in(QGuiApplication.clipboard().mimeData(), name)
        if found:
            self.take(found)
        else:
            self._context.window.notify("剪贴板里没有图片或文件。", "warning")

    def take(self, papers: list[NewPaper], document_type: str = "") -> None:
        """Add *papers*; their type is the one asked for, or what the name tells, or 其他."""
        archive_id = self._ensure_archive() if papers and self._may_change else None
        if archive_id is None:
            return
        self._archive_id = archive_id
        session = self._session

        def work(progress: Progress) -> int:
            for done, (name, read) in enumerate(papers):
                progress(done, len(papers))
                kind = document_type or guess_type(name) or "other"
                attachments.add_attachment(session, archive_id, name, read(), kind)
            return len(papers)

        def done(count: int) -> None:
            self._after_change()
            self._context.window.notify(f"已添加 {count} 份材料。")

        def failed(fault: BaseException) -> None:
            self._after_change()
            if isinstance(fault, Cancelled):
                self._context.window.notify("已取消。已经添加好的材料留在档案里。")
            else:
                messages.show_error(self, fault)

        background.run(self, work, done, failed, title="正在添加材料…")

    def _after_change(self) -> None:
        self._read()
        self.changed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures."""
        if self._may_change and (event.mimeData().hasUrls() or event.mimeData().hasImage()):
            self._hint.setText("松开鼠标，就加到这份档案里。")
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Nothing is coming after all."""
        self._hint.setText(HINT)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        self._hint.setText(HINT)
        event.acceptProposedAction()
        self.take(papers_in(event.mimeData(), "拖入的图片.png"))

    # -- describing, removing, viewing

    def _describe(self, attachment_id: str, document_type: str, note: str) -> None:
        try:
            attachments.update_attachment(self._session, attachment_id, document_type=document_type, note=note)
        except NuandangError as fault:
            messages.show_error(self, fault)
        self.papers = attachments.list_attachments(self._session, self._archive_id)
        for paper in self.papers:
            self._cards[paper.id].paper = paper
        self.show_checklist(self._content)
        self.changed.emit()

    def _remove(self, attachment_id: str) -> None:
        paper = self._cards[attachment_id].paper
        sentence = f"从档案里移除“{paper.type_label} {paper.name}”？变更记录里会留下这一笔。"
        if not messages.confirm(self, sentence, "移除", destructive=True):
            return
        try:
            attachments.remove_attachment(self._session, attachment_id)
        except NuandangError as fault:
            messages.show_error(self, fault)
        self._after_change()

    def view(self, attachment_id: str) -> None:
        """Show a paper at full size, in place."""
        paper, session = self._cards[attachment_id].paper, self._session
        self._open_id = attachment_id

        def done(content: bytes) -> None:
            self._stack.setCurrentWidget(self.viewer)
            self.viewer.show_paper(paper, content)

        background.run_quietly(self, lambda: attachments.read_attachment(session, attachment_id), done)

    def _turn(self, by: int) -> None:
        ids = list(self._cards)
        self.view(ids[(ids.index(self._open_id) + by) % len(ids)])

    def _close_viewer(self) -> None:
        self.viewer.forget()
        self._stack.setCurrentIndex(0)
        if self._open_id in self._cards:
            self._cards[self._open_id].thumb.setFocus()
        self._open_id = ""
