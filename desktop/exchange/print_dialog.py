"""Print preview: the PDF itself, page by page; from here it is saved or sent to a printer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from db.errors import NuandangError, Progress
from db.services import paper_trail
from db.services.office import OfficeSession
from db.services.paper_trail import WayOut
from desktop import background, files, messages, theme
from desktop.exchange.dialog import offer_folder
from desktop.widgets.basics import Note, button, label
from desktop.widgets.pdf_pages import Fit, PdfPages
from desktop.widgets.segmented import Segmented


@dataclass(frozen=True)
class Preview:
    """A PDF to show, and what the clerk must know before printing it."""

    pdf: bytes
    warning: str = ""


@dataclass(frozen=True)
class About:
    """The households a paper is about: when it is printed or saved, that is noted with them."""

    session: OfficeSession
    archive_ids: Sequence[str]
    title: str = ""
    """What the paper is called there, where its own title names somebody."""


@dataclass(frozen=True)
class PaperChoice:
    """Another paper about the same households, drawn when it is asked for."""

    caption: str
    title: str
    file_name: str
    make: Callable[[Progress], Preview]


class PrintDialog(QDialog):
    """Shows *pdf*; *file_name* is offered when it is saved, with a word of care where it is *private*.

    With *papers* the clerk turns from one paper to another; the first one is that of *pdf*. *about*: whose papers they
    are; blanks and papers about nobody have none.
    """

    def __init__(
        self,
        parent: QWidget,
        pdf: bytes,
        title: str,
        file_name: str,
        hint: str = "",
        warning: str = "",
        *,
        private: bool = True,
        papers: Sequence[PaperChoice] = (),
        about: About | None = None,
    ) -> None:
        super().__init__(parent.window())
        self._about = about
        self.setWindowTitle(title)
        self._care = "文件里有身份证号和银行卡号，用完请妥善保管。" if private else "已存为 PDF 文件。"
        self._pdf, self._title, self._file_name = pdf, title, file_name
        self.pages = PdfPages()
        self._place = label("", "secondary")
        self._papers = tuple(papers)
        self._choice: Segmented[int] | None = None
        if papers:
            self._choice = Segmented([(number, paper.caption) for number, paper in enumerate(papers)])
            self._choice.set_value(0)
            self._choice.changed.connect(lambda number: self.show_paper(int(number)))
        self._warning = Note(warning, "warning")
        self._fit: Segmented[Fit] = Segmented([(Fit.WIDTH, "适合宽度"), (Fit.PAGE, "整页")])
        self._fit.set_value(Fit.WIDTH)
        self._fit.changed.connect(self.pages.set_fit)
        self._zoom = label("", "secondary")
        self.pages.page_changed.connect(lambda _: self._tell_place())
        self.pages.zoom_changed.connect(self._tell_zoom)
        self._arrange(title, hint)
        self._warning.setVisible(bool(warning))
        self._resize_within(parent.window())
        self.pages.show_pdf(pdf)
        self._tell_place()
        self.pages.setFocus()

    def _arrange(self, title: str, hint: str) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._choice or label(title, "section"))
        head.addWidget(label(hint, "secondary"))
        head.addStretch(1)
        head.addWidget(self._zoom)
        head.addWidget(self._fit)
        self._foot = foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._place)
        foot.addStretch(1)
        foot.addWidget(button("关闭", act=self.reject))
        foot.addWidget(button("另存为 PDF…", icon="save", act=self.save))
        foot.addWidget(button("打印…", "primary", "printer", self.print_paper))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._warning)
        column.addWidget(self.pages, 1)
        column.addLayout(foot)

    def _resize_within(self, window: QWidget) -> None:
        screen = QGuiApplication.primaryScreen().availableGeometry()
        width = min(theme.sp(980), window.width() - 48, screen.width())
        height = min(theme.sp(1100), window.height() - 32, screen.height())
        self.resize(max(width, 640), max(height, 480))

    def add_act(self, words: str, act: Callable[[], object]) -> None:
        """Offer a further act at the foot, before saving."""
        self._foot.insertWidget(self._foot.count() - 3, button(words, act=act))

    def show_paper(self, number: int) -> None:
        """Draw and show the paper *number* of those offered."""
        paper = self._papers[number]

        def done(preview: Preview) -> None:
            if self._choice is not None:
                self._choice.set_value(number)
            self._pdf, self._title, self._file_name = preview.pdf, paper.title, paper.file_name
            self.setWindowTitle(paper.title)
            self._warning.show_text(preview.warning, "warning")
            self._warning.setVisible(bool(preview.warning))
            self.pages.show_pdf(preview.pdf)
            self._tell_place()

        background.run(self, paper.make, done, title="正在排版…")

    def _tell_place(self) -> None:
        self._place.setText(f"第 {self.pages.page() + 1} 页 / 共 {self.pages.page_count()} 页")

    def _tell_zoom(self, zoom: float) -> None:
        self._zoom.setText(f"{zoom:.0%}")
        self._fit.set_value(self.pages.fit())

    def save(self) -> None:
        """Write the PDF where the clerk chooses."""
        path = files.ask_save(self, "另存为 PDF", self._file_name, "PDF 文件 (*.pdf)")
        if path is not None and self._write(path):
            self._note(WayOut.PDF)
            offer_folder(self, self._care, path)

    def _write(self, path: Path) -> bool:
        from db.services import printing

        try:
            printing.save_pdf(path, self._pdf)
        except NuandangError as exc:
            messages.show_error(self, exc)
            return False
        return True

    def _note(self, way: WayOut) -> None:
        if self._about is None:
            return
        try:
            paper_trail.note_paper(self._about.session, self._about.archive_ids, self._about.title or self._title, way)
        except NuandangError as fault:
            messages.show_error(self, fault)

    def print_paper(self) -> None:
        """Send the pages to a printer."""
        if files.print_pdf(self, self._pdf, self._title):
            self._note(WayOut.PRINTED)
            messages.notify(self, "已送到打印机。")
