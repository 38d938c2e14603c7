"""设置 · 关于: version, keys, licences."""

from PySide6.QtWidgets import QPlainTextEdit

import resources
from desktop import theme
from desktop.context import AppContext
from desktop.help import shortcut_grid
from desktop.settings.section import SettingsSection
from desktop.widgets.basics import Card, label

LICENCES = (
    ("思源黑体、思源宋体（Noto Sans SC、Noto Serif SC）", "fonts/NotoSansSC-OFL.txt"),
    ("花园明朝（HanaMinB）", "fonts/HanaMinB-LICENSE.txt"),
    ("图标 Lucide", "icons/LICENSE-lucide.txt"),
)
COMPONENTS = (
    "Qt 与 PySide6（LGPL-3.0）、SQLCipher、SQLModel、SQLAlchemy、cryptography、pyrage、XlsxWriter、openpyxl、"
    "python-calamine、reportlab、pypdfium2、Pillow、pypinyin、platformdirs、pydantic、pyzipper、tomlkit、python-docx"
)


class AboutSection(SettingsSection):
    """What this program is and what it is made of."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        about = Card("暖档 · 困难职工帮扶档案工作站", f"版本 {resources.VERSION}")
        about.body.addWidget(
            label("本程序从不联网：所有资料只在本机，经 U 盘或光盘交给上级。许可证 Apache-2.0。", "secondary", wrap=True)
        )
        keys = Card("快捷键", "随时按 F1 或 Ctrl+/ 查看")
        keys.body.addWidget(shortcut_grid())
        licences = Card("随程序带有的作品", "各按其许可证使用")
        licences.body.addWidget(label(COMPONENTS, "secondary", wrap=True))
        text = QPlainTextEdit()
        text.setReadOnly(True)
        text.setMinimumHeight(theme.sp(200))
        text.setPlainText("\n\n".join(f"【{name}】\n{resources.read_text(path)}" for name, path in LICENCES))
        licences.body.addWidget(text)
        for card in (about, keys, licences):
            self.column.addWidget(card)
        self.column.addStretch(1)
