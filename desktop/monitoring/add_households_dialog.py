"""Who else is to be looked at in a campaign: whoever belongs to it by now, or households picked by hand."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from db.services import archiving
from db.services.monitoring import Campaign
from db.services.office import OfficeSession
from desktop import theme
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button, label, line

_TYPING_MS = 150
_MOST = 30


class AddHouseholdsDialog(PlainDialog):
    """*fitting* adds whoever belongs to the campaign by now; *chosen* the archives picked here."""

    def __init__(
        self,
        parent: QWidget | None,
        session: OfficeSession,
        campaign: Campaign,
        fitting: Callable[[], None],
        chosen: Callable[[list[str]], None],
    ) -> None:
        super().__init__(parent, "补充监测对象", f"名单在 {campaign.opened_at[:10]} 确定，对象是{campaign.population}。")
        self._session, self._fitting, self._chosen = session, fitting, chosen
        self._ticked: dict[str, str] = {}
        self.text = QLineEdit()
        self.text.setPlaceholderText("姓名、拼音首字母、身份证号、编号")
        self.text.setAccessibleName("查找家庭")
        self.found = QListWidget()
        self.found.setAccessibleName("找到的家庭")
        self.found.setMinimumHeight(theme.sp(220))
        self.picked = label("", "secondary", wrap=True)
        self._add = button("列入名单", "primary", act=self._take)
        self._arrange()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.search)
        self.text.textChanged.connect(lambda _text: self._typing.start())
        self.found.itemChanged.connect(self._on_tick)
        self._show_picked()

    def _arrange(self) -> None:
        self.body.addWidget(label("后来脱困、新建档，现在也属于监测对象的家庭：", wrap=True))
        self.body.addWidget(button("补入现在符合的家庭", "", "users", self._take_fitting), 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(line())
        self.body.addWidget(label("或者另外挑选，如受疫情、灾害影响的家庭：", wrap=True))
        self.body.addWidget(self.text)
        self.body.addWidget(self.found, 1)
        self.body.addWidget(self.picked)
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", act=self.reject))
        self.foot.addWidget(self._add)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin in the search."""
        super().showEvent(event)
        self.text.setFocus()

    def search(self) -> None:
        """List the households that the text means."""
        self.found.blockSignals(True)
        self.found.clear()
        seen: set[str] = set()
        for hit in archiving.search_people(self._session, self.text.text(), _MOST) if self.text.text().strip() else []:
            if hit.archive_id in seen:
                continue
            seen.add(hit.archive_id)
            head = hit.head_name or hit.name
            whose = f"{head}　{hit.archive_number}" + ("" if head == hit.name else f"　（家里有{hit.name}）")
            item = QListWidgetItem(whose)
            item.setData(Qt.ItemDataRole.UserRole, (hit.archive_id, head))
            ticked = Qt.CheckState.Checked if hit.archive_id in self._ticked else Qt.CheckState.Unchecked
            item.setCheckState(ticked)
            self.found.addItem(item)
        self.found.blockSignals(False)

    def _on_tick(self, item: QListWidgetItem) -> None:
        archive_id, name = item.data(Qt.ItemDataRole.UserRole)
        if item.checkState() == Qt.CheckState.Checked:
            self._ticked[archive_id] = name
        else:
            self._ticked.pop(archive_id, None)
        self._show_picked()

    def _show_picked(self) -> None:
        names = "、".join(self._ticked.values())
        self.picked.setText(f"已选 {len(self._ticked)} 户：{names}" if names else "还没有挑选。")
        self._add.setEnabled(bool(self._ticked))

    def _take_fitting(self) -> None:
        self._fitting()
        self.accept()

    def _take(self) -> None:
        self._chosen(list(self._ticked))
        self.accept()
