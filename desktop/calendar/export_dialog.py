"""Hand what is due to the calendar of a phone: how far ahead, and whether names go along."""

from datetime import date, timedelta

from PySide6.QtWidgets import QCheckBox, QWidget

from db.errors import NuandangError
from db.services import work_board
from desktop import files, messages
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog, offer_folder
from desktop.widgets.basics import Note, button, label
from desktop.widgets.segmented import Segmented

_HINT = "存成 .ics 文件，传到手机上点开，就加进手机的日历；以后再导一次，同一件事不会重复。"
_WARNING = "日历文件没有加密，手机也可能把日历同步到别处。写上姓名以前，请想好这部手机归谁用。"
_MONTHS = ((1, "一个月"), (3, "三个月"), (12, "一年"))


class CalendarExportDialog(PlainDialog):
    """Asks for the extent, then for the file."""

    def __init__(self, parent: QWidget, context: AppContext) -> None:
        super().__init__(parent, "导出到手机日历", _HINT, 560)
        self._session = context.session
        self.months: Segmented[int] = Segmented(_MONTHS)
        self.months.set_value(3)
        self.names = QCheckBox("写上户主姓名")
        self._warning = Note(_WARNING, "warning")
        self._warning.hide()
        self.names.toggled.connect(self._warning.setVisible)
        self.body.addWidget(label("从今天起多久"))
        self.body.addWidget(self.months)
        self.body.addWidget(self.names)
        self.body.addWidget(label("不写姓名时，只写“公示期满：2 户”这样的话。", "small"))
        self.body.addWidget(self._warning)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button("导出…", "primary", act=self.export))

    def export(self) -> None:
        """Ask where, write, and say how much."""
        today = date.fromisoformat(self._session.today)
        path = files.ask_save(self, "导出到手机日历", f"暖档日历-{today.isoformat()}.ics", "日历文件 (*.ics)")
        if path is None:
            return
        until = today + timedelta(days=round((self.months.value() or 3) * 365 / 12))
        try:
            count = work_board.write_due_calendar(
                self._session, path, until.isoformat(), with_names=self.names.isChecked()
            )
        except (NuandangError, OSError) as fault:
            messages.show_error(self, fault)
            return
        self.accept()
        offer_folder(self.parentWidget() or self, f"已写入 {count:,} 条日程。", path)
