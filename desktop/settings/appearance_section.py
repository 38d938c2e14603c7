"""设置 · 外观与锁定: font size, applied at once, and the idle time before the lock."""

from PySide6.QtWidgets import QApplication, QWidget

from db.services import office as offices
from desktop import theme
from desktop.context import AppContext
from desktop.locking import DEFAULT_LOCK_MINUTES, LOCK_CHOICES, LOCK_MINUTES
from desktop.settings.section import SettingsSection
from desktop.theme import FONT_SIZE_LABELS, FontSize
from desktop.widgets.basics import Card, label
from desktop.widgets.segmented import Segmented


class AppearanceSection(SettingsSection):
    """Font size and lock time."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.size_choice: Segmented[FontSize] = Segmented(list(FONT_SIZE_LABELS.items()))
        self.size_choice.changed.connect(self._apply_size)
        self._minutes: Segmented[int] = Segmented([(minutes, f"{minutes} 分钟") for minutes in LOCK_CHOICES])
        self._minutes.changed.connect(self._store_minutes)
        self._add("字号", "立即生效，只对这台电脑", self.size_choice)
        self._add("无人操作多久后锁定", "锁定前会先保存正在填的内容；随时可以按 Ctrl+L 锁定", self._minutes)
        self.column.addStretch(1)

    def _add(self, title: str, hint: str, choice: QWidget) -> None:
        card = Card(title)
        card.body.addWidget(label(hint, "secondary", wrap=True))
        card.body.addWidget(choice)
        self.column.addWidget(card)

    def refresh(self) -> None:
        """Show the choices in force."""
        self.size_choice.set_value(self.context.preferences.font_size)
        minutes = offices.get_setting(self.context.session, LOCK_MINUTES, DEFAULT_LOCK_MINUTES)
        self._minutes.set_value(int(minutes))

    def _apply_size(self, size: FontSize) -> None:
        self.context.preferences.set_font_size(size)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply_theme(app, size)
            self.context.window.rebuild()

    def _store_minutes(self, minutes: int) -> None:
        offices.set_setting(self.context.session, LOCK_MINUTES, minutes)
        self.context.changes.office_changed.emit()
