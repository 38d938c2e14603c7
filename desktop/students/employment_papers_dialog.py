"""The lists of 阳光就业 to print or to save: who has not found work, what was done in a period; the table is among the reports."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from db.domain.field_kinds import parse_value
from db.domain.records.graduates import GRADUATE
from db.domain.wide_table import WideTable
from db.services import employment_targets
from db.services.office import OfficeSession
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.students.register_acts import print_table, save_table
from desktop.widgets.basics import button, label
from desktop.widgets.segmented import Segmented

MISSING, SERVICES = "missing", "services"
_PERIODS = frozenset({SERVICES})


@dataclass(frozen=True)
class _List:
    caption: str
    about: str
    name: str
    private: str
    make: Callable[[OfficeSession, int, str, str], WideTable]


_LISTS = {
    MISSING: _List(
        "还没就业的名单", "帮扶就业率（零就业家庭、总体）和没有就业的毕业生，一人一行。", "名单", "有姓名和责任人电话",
        lambda session, year, _since, _until: employment_targets.targets_paper(session, year),
    ),
    SERVICES: _List(
        "服务情况", "一段时间里各种服务做了多少次、多少人。", "统计", "",
        lambda session, _year, since, until: employment_targets.services_paper(session, since, until),
    ),
}  # fmt: skip


class EmploymentPapersDialog(PlainDialog):
    """Chooses a list and its period."""

    def __init__(self, parent: QWidget, context: AppContext, year: int) -> None:
        super().__init__(parent, "名单和统计", "", 620)
        self._session, self._window, self._year = context.session, context.window, year
        self.kind: Segmented[str] = Segmented([(key, each.caption) for key, each in _LISTS.items()])
        self.kind.set_value(MISSING)
        self._about = label("", "secondary", wrap=True)
        self.since, self.until = QLineEdit(f"{year}-01-01"), QLineEdit(min(context.session.today, f"{year}-12-31"))
        self._fault = label("", "error", wrap=True)
        self._fault.hide()
        self.body.addWidget(self.kind)
        self.body.addWidget(self._about)
        self._days = QWidget()
        grid = QGridLayout(self._days)
        grid.setContentsMargins(0, 0, 0, 0)
        for at, (caption, field) in enumerate((("从", self.since), ("到", self.until))):
            field.setAccessibleName(caption)
            grid.addWidget(label(caption, "strong"), 0, at)
            grid.addWidget(field, 1, at)
        self.body.addWidget(self._days)
        self.body.addWidget(self._fault)
        self.foot.addWidget(button("各单位的统计表", "link", act=self.show_report))
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", act=self.reject))
        self.foot.addWidget(button("存为 Excel…", "", "file-spreadsheet", self.save))
        self.foot.addWidget(button("预览和打印…", "primary", "printer", self.show_print))
        self.kind.changed.connect(lambda _key: self._show())
        self._show()

    def _show(self) -> None:
        key = self.kind.value() or MISSING
        year = "" if key in _PERIODS else f"{self._year} 年，截至 {min(self._session.today, f'{self._year}-12-31')}。"
        self._about.setText(_LISTS[key].about + year)
        self._days.setEnabled(key in _PERIODS)
        self._days.setVisible(key in _PERIODS)
        self._fault.hide()

    def table(self) -> WideTable | None:
        """The list as chosen; None where a day is none, which is said."""
        chosen, days = _LISTS[self.kind.value() or MISSING], []
        for field in (self.since, self.until):
            found = parse_value(GRADUATE.by_key["registered_on"], field.text())
            if found.code or not found.value:
                self._say(f"“{field.text()}”不是日期，请写成 {self._session.today} 的样子。", field)
                return None
            days.append(str(found.value))
        if days[1] < days[0]:
            self._say("结束的日期比开始的早，请核对。", self.until)
            return None
        return chosen.make(self._session, self._year, days[0], days[1])

    def _say(self, words: str, field: QLineEdit) -> None:
        self._fault.setText(words)
        self._fault.show()
        field.setFocus()

    def show_report(self) -> None:
        """The table of each office: in the room of reports."""
        self.accept()
        self._window.show_page("reports", report_id="employment")

    def show_print(self) -> None:
        """Preview it."""
        made = self.table()
        if made is not None:
            chosen = _LISTS[self.kind.value() or MISSING]
            print_table(self, made, chosen.name, chosen.private, session=self._session)

    def save(self) -> None:
        """Write it as a workbook."""
        made = self.table()
        if made is not None:
            save_table(self, self._session, made)
