"""The signed list as photo or PDF: added, looked at, taken out; and the choice of a bank's file layout."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.domain.aid.bank_layout import BankLayout
from db.errors import NuandangError
from db.services import bank_exchange, office_papers
from db.services.attachments import Attachment
from db.services.bank_files import LONGEST_AGAIN, WrittenFile
from db.services.office import OfficeSession
from db.services.office_papers import OfficePaper, PaperOwner
from desktop import files, messages, theme
from desktop.assessment.layouts import clear
from desktop.exchange.dialog import PlainDialog
from desktop.forms.attachment_panel import KINDS
from desktop.forms.attachment_viewer import AttachmentViewer
from desktop.widgets.basics import Icon, Note, button, label

USUAL_LAYOUT = "standard"
_SHOWN_FILES = 4
_KIND_WORDS = {"xlsx": "Excel 工作簿", "csv": "CSV 文本", "txt": "TXT 文本"}


class PaperStrip(QFrame):
    """The signed papers of a payment list, or of whatever *owner* is, in a row."""

    def __init__(
        self, session: OfficeSession, changed: Callable[[], object], owner: PaperOwner = PaperOwner.PAYMENT_LIST
    ) -> None:
        super().__init__()
        self._session, self._changed, self._owner = session, changed, owner
        self._owner_id = ""
        self.setProperty("role", "card")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 8, 8, 8)
        self._row.setSpacing(8)

    def show_papers(self, owner_id: str, papers: list[OfficePaper], *, may_add: bool) -> None:
        """Show what is there; *may_add*: further ones may be added."""
        self._owner_id = owner_id
        clear(self._row)
        self._row.addWidget(Icon("paperclip", theme.SECONDARY, 18))
        self._row.addWidget(label("签字的名册", "strong"))
        for paper in papers[:4]:
            self._row.addWidget(button(paper.name, "link", act=partial(self.look_at, paper)))
        if len(papers) > 4:
            self._row.addWidget(label(f"等 {len(papers)} 份", "secondary"))
        if not papers:
            self._row.addWidget(label("还没有。打印签字以后拍照附上，留待检查。", "secondary"))
        self._row.addStretch(1)
        if may_add:
            self._row.addWidget(button("附上照片…", "", "image", self.add))

    def add(self) -> None:
        """Ask for photos and keep them."""
        self.keep(files.ask_open_many(self, "附上签字的名册", KINDS))

    def keep(self, paths: list[Path]) -> None:
        """Keep these files with the list."""
        try:
            for path in paths:
                office_papers.add_paper(self._session, self._owner, self._owner_id, path.name, path.read_bytes())
        except (NuandangError, OSError) as fault:
            messages.show_error(self, fault)
        if paths:
            self._changed()

    def look_at(self, paper: OfficePaper) -> None:
        """Show one large."""
        try:
            content = office_papers.read_paper(self._session, paper.id)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        dialog = PaperDialog(self, paper, content)
        dialog.exec()
        if dialog.remove_wanted:
            self._remove(paper)

    def _remove(self, paper: OfficePaper) -> None:
        if not messages.confirm(self, f"移除“{paper.name}”？文件仍留存备查，名册里不再显示。", "移除", destructive=True):
            return
        try:
            office_papers.remove_paper(self._session, paper.id)
        except NuandangError as fault:
            messages.show_error(self, fault)
        self._changed()


class PaperDialog(PlainDialog):
    """One paper at full size."""

    def __init__(self, parent: QWidget | None, paper: OfficePaper, content: bytes) -> None:
        super().__init__(parent, "签字的名册", "", 860)
        self.remove_wanted = False
        self.viewer = AttachmentViewer()
        self.viewer.setMinimumHeight(theme.sp(480))
        self.viewer.show_paper(
            Attachment(paper.id, "", "other", paper.name, paper.note, paper.media_type, paper.size, "", paper.sha256,
                       paper.added_at, paper.added_by), content
        )  # fmt: skip
        self.viewer.closed.connect(self.reject)
        self.body.addWidget(self.viewer, 1)
        self.foot.addWidget(button("移除…", "", "trash-2", self._remove))
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", "primary", act=self.accept))

    def _remove(self) -> None:
        self.remove_wanted = True
        self.accept()


class LayoutDialog(PlainDialog):
    """Which layout the bank takes, and why once more where *written* names earlier files; ``layout_chosen``, ``reason``."""

    def __init__(
        self, parent: QWidget | None, session: OfficeSession, number: str, chosen: str = "", written: Sequence[WrittenFile] = ()
    ) -> None:
        hint = "选银行要的版式。写出的文件没有加密，里面有姓名和卡号，交给银行后请删掉。"
        super().__init__(parent, f"{'再写一份' if written else '生成'}银行文件　{number}", hint, 560)
        self._session, self._written = session, written
        self._why = QLineEdit()
        self._fault = label("", "error", wrap=True)
        self.layouts = QComboBox()
        self.layouts.setAccessibleName("版式")
        self._about = label("", "secondary", wrap=True)
        self._offer(chosen)
        row = QVBoxLayout()
        row.setSpacing(6)
        for part in (label("版式", "strong"), self.layouts, self._about):
            row.addWidget(part)
        if written:
            self._tell_written()
        self.body.addLayout(row)
        if written:
            self._ask_why()
        self.foot.addWidget(button("读入银行给的版式…", "link", act=self._read_in))
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button("选择保存位置…", "primary", act=self.take))
        self.layouts.currentIndexChanged.connect(lambda _at: self._tell())

    def _tell_written(self) -> None:
        """What was written already: the bank may pay each of them."""
        shown = [f"{at}. {file.words}" for at, file in enumerate(self._written, 1)][-_SHOWN_FILES:]
        head = f"这份名册已经写过 {len(self._written)} 份银行文件。交给银行的多于一份，可能付两次："
        note = Note("")
        note.show_text("\n".join([head, *shown]), "warning")
        self.body.addWidget(note)

    def _ask_why(self) -> None:
        self._why.setAccessibleName("再写一份的原因")
        self._why.setMaxLength(LONGEST_AGAIN)
        self._why.setPlaceholderText("如：U 盘坏了，第 1 份没有交；银行要换版式，第 1 份已作废")
        self._fault.hide()
        for part in (label("为什么再写一份", "strong"), self._why, self._fault):
            self.body.addWidget(part)

    @property
    def reason(self) -> str:
        """Why once more."""
        return self._why.text().strip()

    def take(self) -> None:
        """Close, unless a second file lacks its reason."""
        if self._written and not self.reason:
            self._fault.setText("请写明原因，它会记在日志和每一户的时间轴里。")
            self._fault.show()
            self._why.setFocus()
            return
        self.accept()

    def _offer(self, chosen: str) -> None:
        self.layouts.clear()
        self._found = bank_exchange.layouts(self._session)
        for layout in self._found:
            self.layouts.addItem(layout.title, layout.id)
        self.layouts.setCurrentIndex(max(0, self.layouts.findData(chosen or USUAL_LAYOUT)))
        self._tell()

    @property
    def layout_chosen(self) -> BankLayout:
        """The layout chosen."""
        return self._found[max(0, self.layouts.currentIndex())]

    def _tell(self) -> None:
        layout = self.layout_chosen
        captions = "、".join(column.caption for column in layout.columns)
        encoding = "" if layout.kind.value == "xlsx" else f"，编码 {layout.encoding.upper()}"
        self._about.setText(f"{_KIND_WORDS.get(layout.kind.value, layout.kind.value)}{encoding}。各栏：{captions}。")

    def _read_in(self) -> None:
        path = files.ask_open(self, "读入银行文件版式", "版式文件 (*.toml)")
        if path is None:
            return
        try:
            made = bank_exchange.add_layout(self._session, path)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self._offer(made.id)
