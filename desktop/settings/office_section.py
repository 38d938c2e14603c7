"""设置 · 单位: name, region and the office above."""

from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from db.domain.office_levels import LEVEL_LABELS
from db.errors import UserError
from db.services import office as offices
from desktop import messages
from desktop.context import AppContext
from desktop.levels import REGION_DEPTH
from desktop.settings.section import SettingsSection, add_row, form_grid
from desktop.widgets.basics import Card, Note, button, label
from desktop.widgets.region_picker import RegionPicker


class OfficeSection(SettingsSection):
    """Correct the unit's own data; its level and its archives stay."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._name, self._parent_name = QLineEdit(), QLineEdit()
        self._region = RegionPicker(*REGION_DEPTH[context.session.office.level])
        self._level = label()
        self._folder = label(str(context.session.folder), "secondary", wrap=True)
        self._problem = label("", "error", wrap=True)
        self._problem.hide()
        card = Card("单位")
        office = context.session.office
        if office.is_laptop:
            words = f"这台是外出电脑“{office.laptop_name}”：只和办公室电脑交换，不直接上报。"
            card.body.addWidget(Note(words, "action"))
        grid = form_grid()
        add_row(grid, "单位名称", self._name)
        add_row(grid, "级别", self._level)
        add_row(grid, "行政区划", self._region)
        add_row(grid, "上级工会", self._parent_name)
        add_row(grid, "数据文件夹", self._folder)
        card.body.addLayout(grid)
        card.body.addWidget(self._problem)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("保存单位信息", "primary", act=self._save))
        card.body.addLayout(foot)
        self.column.addWidget(card)
        self.column.addStretch(1)

    def refresh(self) -> None:
        """Show the stored data."""
        office = self.context.session.office
        self._name.setText(office.name)
        self._level.setText(LEVEL_LABELS.get(office.level, office.level))
        self._parent_name.setText(office.parent_name)
        self._region.set_code(office.region_code)
        self._problem.hide()

    def _save(self) -> None:
        if not self._name.text().strip() or not self._region.code():
            self._complain("单位名称和行政区划都要填。")
            return
        try:
            offices.update_office(
                self.context.session,
                name=self._name.text(),
                region_code=self._region.code(),
                parent_name=self._parent_name.text(),
            )
        except UserError as exc:
            self._complain(exc.text())
            return
        self._problem.hide()
        self.context.changes.office_changed.emit()
        messages.notify(self, "单位信息已保存")

    def _complain(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.show()
