"""打印表格: every paper of the case, those of the step at hand first; filled in for one or many households, blank, and as Excel."""

from collections.abc import Callable, Sequence
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop import background, files, theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog, offer_folder
from desktop.exchange.export_dialog import EXCEL, print_archives, print_blank
from desktop.exchange.print_dialog import About, PrintDialog
from desktop.widgets.basics import button, label, line

WIDTH, TALLEST = 780, 520
_DUE = "这一步要用"

if TYPE_CHECKING:
    from db.services.papers import Paper, PaperOffer


def _papers() -> ModuleType:
    """Imported late: drawing PDFs loads a lot."""
    from db.services import papers

    return papers


def open_papers(context: AppContext, parent: QWidget, ids: Sequence[str]) -> None:
    """Offer the papers of the archives *ids*; without any, the blanks."""
    PapersDialog(context, parent, ids).exec()


class PapersDialog(PlainDialog):
    """One row for each paper: what it is for, and its three buttons."""

    def __init__(self, context: AppContext, parent: QWidget, ids: Sequence[str]) -> None:
        whom = f"{len(ids):,} 户" if ids else "没有勾选家庭，只能打印空白表"
        super().__init__(parent, "打印表格", f"{whom}。“这一步要用”的排在前面；空白表可以带去手工填写。", WIDTH)
        self._context, self._session, self._ids = context, context.session, list(ids)
        self.acts: dict[str, QPushButton] = {}
        self._column = QVBoxLayout()
        self._column.setSpacing(10)
        self._fill()
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        inside.setLayout(self._column)
        self._column.setContentsMargins(0, 0, 8, 0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        window = parent.window().height()
        scroll.setMinimumHeight(min(theme.sp(TALLEST), max(window - theme.sp(180), theme.sp(280))))
        self.body.addWidget(scroll, 1)
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", act=self.reject))

    def _fill(self) -> None:
        for at, offer in enumerate(_papers().offers(self._session, self._ids)):
            if at:
                self._column.addWidget(line())
            made = (partial(self.show_paper, offer.paper), partial(self.save_workbook, offer.paper))
            blank = partial(self._offer_blank, offer.paper)
            self._add_row(offer.title, self._hint(offer), offer.is_due, offer.count > 0, made, blank)
        self._column.addWidget(line())
        hint = "按官方表样打印的档案表、家庭情况信息采集表、核对承诺授权书"
        made_forms = (lambda: print_archives(self._context, self, self._ids, others=False), None)
        self._add_row("档案表、采集表、授权书", hint, False, bool(self._ids), made_forms, lambda _at: print_blank(self))
        self._column.addStretch(1)

    def _hint(self, offer: "PaperOffer") -> str:
        if not self._ids or offer.count == len(self._ids):
            return offer.hint
        return f"{offer.hint}。其中 {offer.count:,} 户用得上" if offer.count else f"现在还用不上。{offer.hint}"

    def _add_row(
        self,
        title: str,
        hint: str,
        is_due: bool,
        is_open: bool,
        acts: tuple[Callable[[], object], Callable[[], object] | None],
        blank: Callable[[QPushButton], object],
    ) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(title, "strong"))
        if is_due:
            head.addWidget(label(_DUE, "badge"))
        head.addStretch(1)
        words.addLayout(head)
        words.addWidget(label(hint, "secondary", wrap=True))
        shown = button("打印…", "primary" if is_due else "", "printer", acts[0])
        shown.setEnabled(is_open)
        shown.setAccessibleName(f"打印{title}")
        self.acts[title] = shown
        saved = button("Excel…", act=acts[1])
        saved.setVisible(acts[1] is not None)
        saved.setEnabled(is_open)
        saved.setAccessibleName(f"{title}存为 Excel")
        empty = button("空白表…")
        empty.setAccessibleName(f"{title}空白表")
        empty.clicked.connect(lambda: blank(empty))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(words, 1)
        for made in (shown, saved, empty):
            row.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)
        self._column.addLayout(row)

    def _offer_blank(self, paper: "Paper", at: QPushButton) -> None:
        menu = QMenu(self)
        menu.addAction("打印空白表…", partial(self.show_paper, paper, blank=True))
        menu.addAction("空白表存为 Excel…", partial(self.save_workbook, paper, blank=True))
        menu.exec(at.mapToGlobal(at.rect().bottomLeft()))

    # -- doing

    def _name(self, paper: "Paper", suffix: str, *, blank: bool) -> str:
        title = _papers().PAPERS[paper].title
        return f"{title}-空白.{suffix}" if blank else f"{title}-{self._session.today}.{suffix}"

    def show_paper(self, paper: "Paper", *, blank: bool = False) -> None:
        """Show the paper as it will print."""
        session, ids = self._session, [] if blank else self._ids
        kind = _papers().PAPERS[paper]

        def done(pdf: bytes) -> None:
            hint = "供手工填写" if blank else f"{len(ids):,} 户"
            private = not blank and not kind.is_public
            about = About(session, _papers().concerned(session, paper, ids))
            name = self._name(paper, "pdf", blank=blank)
            PrintDialog(self, pdf, kind.title, name, hint, private=private, about=about).exec()

        background.run(
            self, lambda progress: _papers().paper_pdf(session, paper, ids, progress), done, title="正在排版…"
        )

    def save_workbook(self, paper: "Paper", *, blank: bool = False) -> None:
        """Write the same as a workbook where the clerk chooses."""
        session, ids = self._session, [] if blank else self._ids
        kind = _papers().PAPERS[paper]
        path = files.ask_save(self, f"{kind.title}存为 Excel", self._name(paper, "xlsx", blank=blank), EXCEL)
        if path is None:
            return
        care = "已保存。" if blank or kind.is_public else "文件里有身份证号等个人信息，用完请妥善保管。"
        background.run(
            self,
            lambda progress: _papers().write_paper_workbook(session, paper, ids, path, progress),
            lambda _sheets: offer_folder(self, care, path),
            title="正在写 Excel…",
        )
