"""给没有暖档的上级: which archives, which password, where to – and what was written, with the sheets that go beside it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from db.errors import Progress, UserError
from db.services import archiving, exchange, submission_package
from db.services.archiving import ArchiveQuery
from db.services.submission_package import PackageNote, PackageSummary, PackedFile
from desktop import background, theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog, open_folder
from desktop.exchange.print_dialog import PrintDialog
from desktop.exchange.target_picker import TargetPicker, size_text
from desktop.start.passphrase_fields import PassphraseEdit, strength
from desktop.widgets.basics import Note, button, label, set_role
from desktop.widgets.rows import Column, RowsModel, rows_table

TITLE = "报送资料包"
NAMED = 3
_HINT = "上级还没有用暖档时，把档案表、平面表、附件和汇总表装进一个加密压缩包交上去。"
_OPENING = "对方用 7-Zip、WinRAR 或 Bandizip 打开，输入密码。密码请当面或打电话告知，不要和 U 盘放在一起。"


class PasswordChoice(QWidget):
    """A made-up password, or one of the clerk's own typed twice."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self.made_up = QRadioButton("自动生成（建议）")
        self.own = QRadioButton("自己设")
        self._made = label(submission_package.new_password(), "section")
        self._made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._another = button("换一个", "link", "refresh-cw", self._make_another)
        self.first, self.second = PassphraseEdit("字母、数字或符号，不用汉字"), PassphraseEdit("再输入一次")
        self._verdict = label("", "error", wrap=True)
        for number, radio in enumerate((self.made_up, self.own)):
            self._group.addButton(radio, number)
        self.made_up.setChecked(True)
        row = QHBoxLayout()
        row.setContentsMargins(24, 0, 0, 0)
        row.addWidget(self._made)
        row.addWidget(self._another)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.made_up)
        column.addLayout(row)
        for part in (self.own, self.first, self.second, self._verdict):
            column.addWidget(part)
        for field in (self.first, self.second):
            field.textChanged.connect(lambda _text: self._judge())
        self._group.idToggled.connect(lambda _number, on: self._judge() if on else None)
        self._judge()

    def _make_another(self) -> None:
        self._made.setText(submission_package.new_password())
        self.made_up.setChecked(True)

    def _judge(self) -> None:
        own = self.own.isChecked()
        for part in (self.first, self.second):
            part.setVisible(own)
        fault = self._fault()
        # how easily it is guessed matters more here than at the sign-in: whoever finds the stick may try for years
        sentence, role = (fault, "error") if fault else strength(self.first.text())
        self._verdict.setText(sentence)
        set_role(self._verdict, "role", role)
        self._verdict.setVisible(own and bool(self.first.text()))
        self.changed.emit()

    def _fault(self) -> str:
        try:
            submission_package.check_password(self.first.text())
        except UserError as fault:
            return fault.text()
        second = self.second.text()
        return "两次输入的不一样，请重新输入第二遍。" if second and not self.first.text().startswith(second) else ""

    def password(self) -> str:
        """The password; empty until it may be used."""
        if self.made_up.isChecked():
            return self._made.text()
        return self.first.text() if not self._fault() and self.first.text() == self.second.text() else ""


class PackageDialog(PlainDialog):
    """Collects what a package needs and writes it; *summary* is set when it was."""

    def __init__(self, context: AppContext, parent: QWidget | None, selected: Sequence[str] = ()) -> None:
        super().__init__(parent, TITLE, _HINT, width=780)
        self._context = context
        self.summary: PackageSummary | None = None
        self._scopes = self._offered(selected)
        self._group = QButtonGroup(self)
        self.password = PasswordChoice()
        self.target = TargetPicker()
        self._go = button("制作", "primary", "package", self.write)
        self._arrange()
        first = next((number for number, (_, ids) in enumerate(self._scopes) if ids), -1)
        if first >= 0:
            self._group.button(first).setChecked(True)
        self._group.idToggled.connect(lambda _number, _on: self._tell_ready())
        self.password.changed.connect(self._tell_ready)
        self.target.changed.connect(self._tell_ready)
        self.target.look_again()

    def _offered(self, selected: Sequence[str]) -> list[tuple[str, list[str]]]:
        session = self._context.session
        by_number = ArchiveQuery(order="archive_number", descending=False)
        scopes = [("未上报的", exchange.unsubmitted_ids(session)), ("全部", archiving.archive_ids(session, by_number))]
        return [("选中的", list(selected)), *scopes] if selected else scopes

    def _arrange(self) -> None:
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(6)
        left.addWidget(label("哪些档案", "strong"))
        for number, (caption, ids) in enumerate(self._scopes):
            radio = QRadioButton(f"{caption}　{len(ids):,} 户")
            radio.setEnabled(bool(ids))
            self._group.addButton(radio, number)
            left.addWidget(radio)
        left.addSpacing(12)
        left.addWidget(label("存到哪里", "strong"))
        left.addWidget(self.target)
        left.addStretch(1)
        right.addWidget(label("密码", "strong"))
        right.addWidget(self.password)
        right.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)
        self.body.addLayout(columns, 1)
        self.body.addWidget(Note(_OPENING, "action"))
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(self._go)

    def ids(self) -> list[str]:
        """The archives of the chosen scope."""
        number = self._group.checkedId()
        return self._scopes[number][1] if number >= 0 else []

    def _tell_ready(self) -> None:
        count = len(self.ids())
        self._go.setText(f"制作 {count:,} 户" if count else "制作")
        self._go.setEnabled(bool(count and self.password.password() and self.target.folder()))

    def write(self) -> None:
        """Write the package in the background; the dialog stays open when that fails."""
        folder, password, ids = self.target.folder(), self.password.password(), self.ids()
        if folder is not None and password and ids:
            self._write(folder, password, ids)

    def _write(self, folder: Path, password: str, ids: list[str]) -> None:
        session = self._context.session

        def work(progress: Progress) -> PackageSummary:
            return submission_package.write_package(session, ids, folder, password, progress)

        def done(summary: PackageSummary) -> None:
            self.summary = summary
            self.accept()

        background.run(self, work, done, title=f"正在制作 {len(ids):,} 户的资料包…")


class PackageDone(PlainDialog):
    """What was written: file, counts, password, what could not go along, and every file in it."""

    def __init__(self, context: AppContext, parent: QWidget | None, summary: PackageSummary, password: str) -> None:
        headline = f"{summary.archive_count:,} 户已装好，并从盘上读回、用密码解开核对无误"
        super().__init__(parent, headline, width=780)
        self._context, self.summary, self._password = context, summary, password
        self.files: RowsModel[PackedFile] = RowsModel(
            [
                Column("里面的文件", lambda file: file.name, 560),
                Column("大小", lambda file: size_text(file.size), 100, right=True, firm=True),
            ]
        )
        self.files.show_rows(summary.files)
        self.body.addLayout(self._particulars())
        for sentence in _warnings(summary):
            self.body.addWidget(Note(sentence, "warning"))
        table = rows_table(self.files)
        table.setAccessibleName("里面的文件")
        table.setMinimumHeight(theme.sp(120))
        self.body.addWidget(table, 1)
        self.body.addWidget(label("接下来：安全弹出 U 盘，连同交接单交上去；密码另行告知。", "secondary", wrap=True))
        self.foot.addWidget(button("打开文件夹", "", "folder-open", lambda: open_folder(summary.path.parent)))
        self.foot.addWidget(button("打印密码单…", "", "key-round", self.print_password))
        self.foot.addStretch(1)
        self.foot.addWidget(button("完成", act=self.accept))
        self.foot.addWidget(button("打印交接单…", "primary", "printer", self.print_cover))

    def _particulars(self) -> QGridLayout:
        summary = self.summary
        contents = f"{summary.people_count:,} 人　附件 {summary.attachment_count:,} 份　{size_text(summary.file_bytes)}"
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        rows = (("文件", summary.file_name), ("位置", str(summary.path.parent)), ("内容", contents), ("密码", self._password))
        for number, (caption, value) in enumerate(rows):
            grid.addWidget(label(caption, "secondary"), number, 0, Qt.AlignmentFlag.AlignTop)
            shown = label(value, "section" if caption == "密码" else "", wrap=True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(shown, number, 1)
        return grid

    def print_cover(self) -> None:
        """The sheet to sign when the stick changes hands."""
        pdf = submission_package.package_cover_pdf(self._context.session, self.summary)
        name = f"{self.summary.path.stem}-交接单.pdf"
        PrintDialog(self, pdf, "资料包交接单", name, "与 U 盘一起交", private=False).exec()

    def print_password(self) -> None:
        """The password on a sheet of its own."""
        pdf = submission_package.package_password_pdf(self._context.session, self.summary, self._password)
        name = f"{self.summary.path.stem}-密码单.pdf"
        PrintDialog(self, pdf, "资料包密码单", name, "与 U 盘分开送", private=False).exec()


def _warnings(summary: PackageSummary) -> list[str]:
    sentences = []
    if summary.left_out:
        sentences.append(f"{_named(summary.left_out)}没有装入：文件不见了或已损坏。请从备份恢复或重新添加，再做一次；汇总表里也列着。")
    if summary.odd_signs:
        sentences.append(f"{_named(summary.odd_signs)}有字库里没有的字，PDF 里印成带框的字码，平面表里是对的。")
    if summary.incomplete_count:
        sentences.append(f"其中 {summary.incomplete_count:,} 户还有必填项没填，上级可能退回补正。")
    return sentences


def _named(notes: Sequence[PackageNote]) -> str:
    named = "、".join(f"{note.number:04d} {note.name}的{note.file}" for note in notes[:NAMED])
    return named + (f"等 {len(notes):,} 份" if len(notes) > NAMED else "")


def make_package(context: AppContext, parent: QWidget, ids: Sequence[str] = ()) -> None:
    """Ask, write, tell; *ids* are archives selected in a list."""
    dialog = PackageDialog(context, parent, ids)
    if dialog.exec() and dialog.summary is not None:
        PackageDone(context, parent, dialog.summary, dialog.password.password()).exec()
