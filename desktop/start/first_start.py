"""First start: unit, first clerk, folder, and the recovery code that must be on paper before the work begins."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from db.domain import regions
from db.domain.office_levels import LEVEL_LABELS
from db.errors import NuandangError, Progress, UserError
from db.services import office as offices
from db.services.office import OfficeSession
from desktop import background, files, messages, theme
from desktop.levels import REGION_DEPTH
from desktop.start.frame import StartFrame
from desktop.start.laptop_step import CARDS, LaptopStep
from desktop.start.passphrase_fields import NewPassphrase
from desktop.start.recovery_code import RECOVERY_CONFIRMED, RecoveryCodePanel
from desktop.widgets.basics import Icon, Note, button, label, line, set_role
from desktop.widgets.region_picker import RegionPicker
from desktop.widgets.segmented import Segmented

STEPS = ("单位", "经办人", "存放位置", "恢复码")


class UnitStep(QWidget):
    """Level, region, names of the unit and of the one above it."""

    def __init__(self) -> None:
        super().__init__()
        self.level: Segmented[str] = Segmented(list(LEVEL_LABELS.items()))
        self.level.set_value("township")
        self.region = RegionPicker()
        self.name = QLineEdit()
        self.name.setPlaceholderText("如 梅城镇总工会，与公章一致")
        self.parent_name = QLineEdit()
        self.parent_name.setPlaceholderText("上报给哪个工会")
        self._suggested_name = self._suggested_parent = ""
        self.laptop = LaptopStep()
        self._own = QWidget()
        self.laptop_link = button("这台电脑用于外出走访，单位的档案在办公室电脑上…", "link", "usb", self._ask_card)
        self._new_link = button("不是外出电脑，新建单位", "link", "building-2", lambda: self.use_card(None))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        for part in (self._own, self.laptop):
            whole.addWidget(part)
        whole.addStretch(1)
        for link in (self.laptop_link, self._new_link):
            whole.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self._own)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label("单位是哪一级"))
        column.addWidget(self.level)
        column.addSpacing(6)
        column.addWidget(self.region)
        column.addSpacing(6)
        for caption, field in (("单位名称", self.name), ("上级工会", self.parent_name)):
            column.addWidget(label(caption))
            column.addWidget(field)
        self.level.changed.connect(lambda level: self.region.set_depth(*REGION_DEPTH[level]))
        self.region.changed.connect(lambda _code: self._suggest_names())
        self.level.changed.connect(lambda _level: self._suggest_names())
        self.use_card(None)

    def _ask_card(self) -> None:
        path = files.ask_open(self, "选择办公室电脑导出的单位名片", CARDS)
        if path is None:
            return
        try:
            self.use_card(path)
        except NuandangError as fault:
            messages.show_error(self, fault)

    def use_card(self, path: Path | None) -> None:
        """Make this a laptop of the office whose card *path* is; None: a new office after all."""
        self.laptop.show_card(path)
        for part in (self._own, self.laptop_link):
            part.setVisible(path is None)
        for part in (self.laptop, self._new_link):
            part.setVisible(path is not None)

    def unit_name(self) -> str:
        """What the folder and the recovery sheet are called after."""
        return self.laptop.full_name() if self.laptop.card else self.name.text().strip()

    def _suggest_names(self) -> None:
        """Most unions are called after their place: offer that, unless the clerk typed something else."""
        code = self.region.code()
        own = "" if self.level.value() == "grassroots" or not self.region.is_complete() else f"{regions.name_of(code)}总工会"
        if self.name.text() == self._suggested_name:
            self.name.setText(own)
        self._suggested_name = own
        above = code if self.level.value() == "grassroots" else regions.parent_of(code) if code else ""
        suggested = f"{regions.name_of(above)}总工会" if above else ""
        if self.parent_name.text() == self._suggested_parent:
            self.parent_name.setText(suggested)
        self._suggested_parent = suggested

    def problem(self) -> tuple[str, QWidget] | None:
        """What is missing, and where."""
        if self.laptop.card:
            return self.laptop.problem()
        missing = self.region.first_gap()
        if missing is not None:
            return "请选到本单位所在的行政区划。", missing
        if not self.name.text().strip():
            return "请填写单位名称，与公章一致。", self.name
        return None


class ClerkStep(QWidget):
    """First clerk and passphrase."""

    def __init__(self) -> None:
        super().__init__()
        self.name = QLineEdit()
        self.name.setPlaceholderText("真实姓名，会印在表上“建档人”一栏")
        self.passphrase = NewPassphrase()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label("经办人姓名"))
        column.addWidget(self.name)
        column.addSpacing(6)
        column.addWidget(self.passphrase)
        column.addStretch(1)

    def problem(self) -> tuple[str, QWidget] | None:
        """What is missing, and where."""
        if not self.name.text().strip():
            return "请填写经办人姓名。", self.name
        if not self.passphrase.passphrase():
            return "请把同一个口令输入两遍，至少 8 个字符。", self.passphrase.first
        return None


class FolderStep(QWidget):
    """Where the office is stored."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = QLineEdit()
        self.touched = False
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        self.choose_button = button("选择…", act=self._ask)
        row.addWidget(self.choose_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("单位数据存放的文件夹"))
        column.addLayout(row)
        column.addWidget(
            Note("所有档案和附件都加密存在这个文件夹里。请放在本机硬盘上，不要放在 U 盘或网盘同步的文件夹里。", "action")
        )
        column.addStretch(1)
        self.folder.textEdited.connect(lambda _text: setattr(self, "touched", True))

    def suggest(self, name: str) -> None:
        """Offer a folder named after the unit, unless the clerk chose one."""
        if not self.touched:
            safe = "".join(letter for letter in name if letter not in '\\/:*?"<>|').strip() or "单位"
            self.folder.setText(str(files.documents_folder() / "暖档" / safe))

    def _ask(self) -> None:
        chosen = files.ask_folder(self, "选择文件夹")
        if chosen is not None:
            self.choose(chosen)

    def choose(self, folder: Path) -> None:
        """Use *folder*."""
        self.folder.setText(str(folder.resolve()))
        self.touched = True

    def problem(self) -> tuple[str, QWidget] | None:
        """What is missing, and where."""
        return None if self.folder.text().strip() else ("请选择存放的文件夹。", self.folder)


class FirstStart(StartFrame):
    """Steps at the left, one step at a time at the right."""

    finished = Signal(object)  # OfficeSession
    cancelled = Signal()

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(680)
        self._session: Any = None
        self.unit, self.clerk, self.place_step = UnitStep(), ClerkStep(), FolderStep()
        if folder is not None:
            self.place_step.choose(folder)
        self._pages = QStackedWidget()
        self._heading = label("", "section")
        self.problem = Note("", "error")
        self.problem.hide()
        self._back = button("取消", act=self._go_back)
        self.next_button = button("下一步", "primary", act=self._go_on)
        self._signs: list[tuple[Icon, Any]] = []
        self._arrange()
        self._show(0)
        self.setFocusProxy(self.unit.level)

    def _arrange(self) -> None:
        for step in (self.unit, self.clerk, self.place_step):
            self._pages.addWidget(step)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self._heading)
        right.addWidget(self._pages, 1)
        right.addWidget(self.problem)
        foot = QHBoxLayout()
        foot.addWidget(self._back)
        foot.addStretch(1)
        foot.addWidget(self.next_button)
        row = QHBoxLayout()
        row.setSpacing(28)
        row.addLayout(self._step_list())
        row.addLayout(right, 1)
        self.card.body.addLayout(row)
        self.card.body.addWidget(line())
        self.card.body.addLayout(foot)
        # Enter leads from the folder to the button that goes on, not into a file dialog
        for before, after in ((self.place_step.folder, self.next_button), (self.next_button, self._back)):
            QWidget.setTabOrder(before, after)
        QWidget.setTabOrder(self._back, self.place_step.choose_button)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the next field, and on a button presses it."""
        focused = self.focusWidget()
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif isinstance(focused, QPushButton) and not focused.isCheckable():
            focused.click()
        else:
            self.focusNextChild()

    def _step_list(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(14)
        for caption in STEPS:
            sign, text = Icon("circle", theme.SECONDARY, 16), label(caption)
            text.setMinimumWidth(theme.sp(64))
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(sign)
            row.addWidget(text)
            column.addLayout(row)
            self._signs.append((sign, text))
        column.addStretch(1)
        return column

    def _show(self, step: int) -> None:
        self._pages.setCurrentIndex(step)
        titles = ("给本单位建一个数据文件夹", "谁来用", "存在哪里", "恢复码")
        self._heading.setText(titles[step])
        self.problem.hide()
        self._back.setText("取消" if step == 0 else "上一步")
        self._back.setVisible(step < 3)
        self.next_button.setText("建立单位" if step == 2 else "开始使用" if step == 3 else "下一步")
        for at, (sign, text) in enumerate(self._signs):
            name = "circle-check" if at < step else "circle-dot" if at == step else "circle"
            sign.show_icon(name, theme.GREEN if at < step else theme.ACTION if at == step else theme.SECONDARY)
            set_role(text, "role", "strong" if at == step else "secondary")
        first = (self.unit.level, self.clerk.name, self.place_step.folder)
        if step < 3:
            first[step].setFocus()

    def step(self) -> int:
        """Number of the step shown, from 0."""
        return self._pages.currentIndex()

    def _go_back(self) -> None:
        step = self._pages.currentIndex()
        if step:
            self._show(step - 1)
        else:
            self.cancelled.emit()

    def _go_on(self) -> None:
        step = self._pages.currentIndex()
        if step == 3:
            self._finish()
            return
        problem = (self.unit, self.clerk, self.place_step)[step].problem()
        if problem:
            self.problem.show_text(problem[0], "error")
            self.problem.show()
            problem[1].setFocus()
        elif step == 2:
            self._create()
        else:
            self.place_step.suggest(self.unit.unit_name())
            self._show(step + 1)

    def _create(self) -> None:
        folder = Path(self.place_step.folder.text().strip()).expanduser()
        name, parent_name = self.unit.name.text().strip(), self.unit.parent_name.text().strip()
        level, region_code = self.unit.level.value() or "", self.unit.region.code()
        clerk_name, passphrase = self.clerk.name.text().strip(), self.clerk.passphrase.passphrase()
        laptop = self.unit.laptop

        def work(_progress: Progress) -> tuple[OfficeSession, str]:
            if laptop.card:
                return laptop.set_up(folder, clerk_name, passphrase)
            return offices.create_office(
                folder,
                name=name,
                level=level,
                region_code=region_code,
                parent_name=parent_name,
                clerk_name=clerk_name,
                passphrase=passphrase,
            )

        self.next_button.setEnabled(False)
        background.run(
            self,
            work,
            self._created,
            self._refused,
            title="正在建立单位…",
            cancellable=False,
        )

    def _refused(self, exc: BaseException) -> None:
        self.next_button.setEnabled(True)
        if isinstance(exc, UserError):
            self.problem.show_text(exc.text(), "error")
            self.problem.show()
        else:
            messages.show_error(self, exc)

    def _created(self, outcome: tuple[Any, str]) -> None:
        self._session, code = outcome
        self.code_panel = RecoveryCodePanel(self.unit.unit_name(), code)
        self.code_panel.confirmed.connect(self.next_button.setEnabled)
        self._pages.addWidget(self.code_panel)
        self.next_button.setEnabled(False)
        self._show(3)
        self.code_panel.print_button.setFocus(Qt.FocusReason.TabFocusReason)

    def _finish(self) -> None:
        offices.set_setting(self._session, RECOVERY_CONFIRMED, "yes")
        self.finished.emit(self._session)
