"""设置: sections at the left, the chosen one at the right."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from db.services.offices_below import has_offices_below
from desktop import theme
from desktop.context import AppContext, Page
from desktop.settings.about_section import AboutSection
from desktop.settings.appearance_section import AppearanceSection
from desktop.settings.backup_section import BackupSection
from desktop.settings.check_section import CheckSection
from desktop.settings.clerks_section import ClerksSection
from desktop.settings.office_section import OfficeSection
from desktop.settings.section import SettingsSection
from desktop.widgets.basics import Card, PageHeader
from desktop.widgets.house_list import HouseList


def open_policy_section(context: AppContext) -> SettingsSection:
    """Make the section; imported when first shown, because reading policies loads a lot."""
    from desktop.settings.policy_section import PolicySection

    return PolicySection(context)


def open_review_section(context: AppContext) -> SettingsSection:
    """Make the section; imported when first shown, like the room it is about."""
    from desktop.settings.review_section import ReviewSection

    return ReviewSection(context)


def open_keeping_section(context: AppContext) -> SettingsSection:
    """Make the section; imported when first shown, because it draws papers."""
    from desktop.papers.keeping_section import KeepingSection

    return KeepingSection(context)


SECTIONS: tuple[tuple[str, str, str, Callable[[AppContext], SettingsSection]], ...] = (
    ("office", "单位", "building-2", OfficeSection),
    ("policy", "政策", "file-text", open_policy_section),
    ("review", "审核", "circle-check", open_review_section),
    ("clerks", "经办人", "users", ClerksSection),
    ("appearance", "外观与锁定", "type", AppearanceSection),
    ("backup", "备份与恢复", "hard-drive", BackupSection),
    ("keeping", "档案保管", "archive", open_keeping_section),
    ("check", "体检", "stethoscope", CheckSection),
    ("about", "关于与快捷键", "info", AboutSection),
)


class SettingsPage(Page):
    """Unit, policy, clerks, appearance, backup, health check, about."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._made: dict[str, SettingsSection] = {}
        self._names: list[str] = []
        self._list = HouseList("设置的各部分")
        reviews = has_offices_below(context.session)
        for name, caption, icon, _ in SECTIONS:
            if name == "review" and not reviews:
                continue  # only for offices with others below them
            self._names.append(name)
            self._list.add_entry(name, caption, icon)
        self._list.currentItemChanged.connect(lambda *_: self._show(self._list.current_name()))
        self._stack = QStackedWidget()
        chooser = Card()
        chooser.body.setContentsMargins(8, 8, 8, 8)
        chooser.body.addWidget(self._list)
        chooser.setFixedWidth(theme.sp(184))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(chooser)
        row.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(PageHeader("设置"))
        column.addLayout(row, 1)

    def open(self, **arguments: Any) -> None:
        """Show *section*, the first one without it."""
        wanted = str(arguments.get("section") or self.place().get("section") or SECTIONS[0][0])
        row = self._names.index(wanted) if wanted in self._names else 0
        self._list.setCurrentRow(row)
        self._show(self._names[row])
        self._list.setFocus()

    def place(self) -> dict[str, Any]:
        """The section shown."""
        name = self._list.current_name()
        return {"section": name} if name else {}

    def section(self, name: str) -> SettingsSection:
        """The section *name*, made when first needed."""
        if name not in self._made:
            make = next(make for known, _, _, make in SECTIONS if known == name)
            self._made[name] = make(self.context)
            self._stack.addWidget(self._made[name])
        return self._made[name]

    def _show(self, name: str) -> None:
        section = self.section(name)
        section.refresh()
        self._stack.setCurrentWidget(section)
