"""The list of keys (F1, Ctrl+/)."""

from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop import theme
from desktop.widgets.basics import Note, button, label

SHORTCUTS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "到处可用",
        (
            ("Ctrl+K", "找人"),
            ("Ctrl+N", "新建档案"),
            ("Ctrl+1 … 9", "左边的各栏"),
            ("Alt+←", "回到上一页"),
            ("Ctrl+L", "锁定"),
            ("Ctrl+/", "这张快捷键表"),
        ),
    ),
    (
        "填表时",
        (
            ("Enter / Shift+Enter", "下一项 / 上一项"),
            ("Alt+1 … 9", "跳到第几步"),
            ("Ctrl+S", "保存草稿"),
            ("F8", "检查全表"),
            ("Ctrl+Enter", "完成建档"),
            ("F1", "这一项怎么填"),
        ),
    ),
    (
        "家庭经济",
        (
            ("Ctrl+PgUp / PgDn", "上一节 / 下一节"),
            ("Ctrl+0", "核实过，没有"),
            ("Ctrl+Shift+Y", "照去年"),
            ("Ctrl+V", "粘贴几行"),
            ("Ctrl+D / Ctrl+Delete", "再来一行 / 删除一行"),
            ("Ctrl+Z", "撤销删除和粘贴"),
        ),
    ),
    (
        "审核",
        (
            ("1 / 2 / 3", "通过 / 退回 / 不通过"),
            ("Enter", "写这一栏的理由"),
            ("Ctrl+Enter", "保存，看下一户"),
            ("Alt+PgUp / PgDn", "上一户 / 下一户"),
        ),
    ),
    (
        "列表里",
        (
            ("↑ ↓", "上下移动"),
            ("Enter", "打开"),
            ("空格", "勾选"),
            ("Ctrl+A", "全选筛选出的每一户"),
        ),
    ),
)


def shortcut_grid() -> QWidget:
    """The list of keys as a widget, in two columns."""
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(40)
    everywhere, filling, means, review, lists = SHORTCUTS
    for groups in ((everywhere, lists, review), (filling, means)):
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for heading, entries in groups:
            grid.addWidget(label(heading, "strong"), grid.rowCount(), 0, 1, 2)
            for keys, meaning in entries:
                at = grid.rowCount()
                grid.addWidget(label(keys, "badge"), at, 0)
                grid.addWidget(label(meaning), at, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        row.addLayout(grid, 1)
    return widget


def show_help(parent: QWidget, explanation: str = "") -> None:
    """Show the keys in a small window, below the *explanation* of the thing in hand."""
    dialog = QDialog(parent.window())
    dialog.setWindowTitle("快捷键")
    dialog.setMinimumWidth(theme.sp(680))
    column = QVBoxLayout(dialog)
    column.setContentsMargins(24, 24, 24, 20)
    column.setSpacing(16)
    if explanation:
        column.addWidget(Note(explanation, "action"))
    column.addWidget(shortcut_grid())
    foot = QHBoxLayout()
    foot.addStretch(1)
    foot.addWidget(button("关闭", "primary", act=dialog.accept))
    column.addLayout(foot)
    dialog.exec()
