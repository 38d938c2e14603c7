"""What a cross-table is of: what is counted, by what, which figure, when, where and only which."""

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from db.domain.reports.cross_lists import DIMENSIONS, MEASURES, OF_A_PERIOD, ON_FILE, SUBJECTS, USUAL, Subject
from db.domain.reports.cross_table import SHARES, CrossRequest, Share
from db.services import cross_tables
from db.services.office import OfficeSession
from desktop.reports.period_choice import PeriodChoice
from desktop.widgets.basics import button, label

_NO_COLUMNS = "（只要合计一列）"
_NO_LIMIT = "不限"


class CrossChoices(QWidget):
    """Two lines of choices; any of them changes the table at once."""

    changed = Signal()
    share_changed = Signal()

    def __init__(self, session: OfficeSession) -> None:
        super().__init__()
        self._session = session
        self.subject, self.measure, self.rows, self.columns = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self.only, self.only_value, self.scope, self.share = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self.period = PeriodChoice(session.today)
        self.swap = button("行列对调", "quiet", "arrow-left-right", self.swap_sides)
        self._arrange()
        for subject, words in SUBJECTS.items():
            self.subject.addItem(words, subject)
        for share, words in SHARES.items():
            self.share.addItem(words, share)
        self.scope.addItem("本单位和下级", ())
        self.scope.addItem("只算本单位", (session.office.id,))
        self._fill(Subject.HOUSEHOLDS)
        self._connect()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        first = (("统计", self.subject), ("的", self.measure), ("行", self.rows), ("列", self.columns))
        second = (("时间", self.period), ("范围", self.scope), ("只算", self.only), ("", self.only_value), ("显示", self.share))
        for parts in (first, second):
            line = QHBoxLayout()
            line.setSpacing(8)
            for caption, widget in parts:
                if caption:
                    line.addWidget(label(caption, "small"))
                if isinstance(widget, QComboBox):
                    widget.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
                    widget.setMinimumContentsLength(7)
                    widget.setMaxVisibleItems(16)
                line.addWidget(widget, 0 if widget is self.period else 1)
            if parts is first:
                line.addWidget(self.swap)
            column.addLayout(line)
        names = {self.subject: "统计什么", self.measure: "格子里的数", self.rows: "行", self.columns: "列", self.scope: "范围",
                 self.only: "只算哪一项", self.only_value: "只算哪一种", self.share: "显示数值还是百分比"}  # fmt: skip
        for combo, name in names.items():
            combo.setAccessibleName(name)

    def _connect(self) -> None:
        self.subject.activated.connect(lambda _at: self._on_subject())
        self.only.activated.connect(lambda _at: self._on_only())
        for combo in (self.measure, self.rows, self.columns, self.only_value, self.scope):
            combo.activated.connect(lambda _at: self._on_change())
        self.period.changed.connect(self._on_change)
        self.share.activated.connect(lambda _at: self.share_changed.emit())

    # -- what is chosen

    def request(self) -> CrossRequest:
        """The table wanted."""
        period = self.period.period()
        only = self.only_value.currentData() if self.only.currentData() else None
        filters = ((self.only.currentData(), tuple(only)),) if only is not None else ()
        subject = Subject(self.subject.currentData())
        sides = (self.rows.currentData(), self.columns.currentData())
        offices = tuple(self.scope.currentData())
        return CrossRequest(subject, self.measure.currentData(), *sides, period.begins, period.ends, filters, offices)

    def chosen_share(self) -> Share:
        """What stands in the cells; of an average nothing but itself."""
        return Share(self.share.currentData()) if self.share.isEnabled() else Share.NONE

    def show_request(self, request: CrossRequest) -> None:
        """Choose what another table is of; without a period of its own that chosen stays."""
        self._fill(request.subject)
        self._choose(self.measure, request.measure)
        self._choose(self.rows, request.rows)
        self._choose(self.columns, request.columns)
        if request.begins and request.ends and request.subject in OF_A_PERIOD:
            self.period.show_period(request.begins, request.ends)
        key, codes = request.filters[0] if request.filters else ("", ())
        self._choose(self.only, key)
        self._fill_values(codes)

    def _choose(self, combo: QComboBox, value: object) -> None:
        combo.setCurrentIndex(max(combo.findData(value), 0))

    def swap_sides(self) -> None:
        """Rows become columns."""
        rows, columns = self.rows.currentData(), self.columns.currentData()
        if columns:
            self._choose(self.rows, columns)
            self._choose(self.columns, rows)
            self.changed.emit()

    # -- filling

    def _fill(self, subject: Subject) -> None:
        self._choose(self.subject, subject)
        for combo in (self.measure, self.rows, self.columns, self.only):
            combo.clear()
        for key, measure in MEASURES[subject].items():
            self.measure.addItem(f"{measure.label}（{measure.unit}）", key)
        self.columns.addItem(_NO_COLUMNS, "")
        self.only.addItem(_NO_LIMIT, "")
        for key, dimension in DIMENSIONS[subject].items():
            for combo in (self.rows, self.columns, self.only):
                combo.addItem(dimension.label, key)
        rows, columns = USUAL[subject]
        self._choose(self.rows, rows)
        self._choose(self.columns, columns)
        when = subject in OF_A_PERIOD
        self.period.setEnabled(when)
        self.period.setToolTip("" if when else "这一类照现在的资料统计，不分时间。")
        on_file = subject in (Subject.HOUSEHOLDS, Subject.PEOPLE)
        self._choose(self.only, ON_FILE[0] if on_file else "")
        self._fill_values(ON_FILE[1] if on_file else ())

    def _fill_values(self, codes: Iterable[str] = ()) -> None:
        """What the chosen dimension may be narrowed to; *codes* chosen where they are offered."""
        self.only_value.clear()
        key, wanted = self.only.currentData(), tuple(codes)
        self.only_value.setEnabled(bool(key))
        if not key:
            return
        if key == ON_FILE[0]:
            self.only_value.addItem("在档（含渐退期）", ON_FILE[1])
        subject = Subject(self.subject.currentData())
        for item in cross_tables.values_of(self._session, subject, key):
            self.only_value.addItem(item.label, (item.code,))
        if wanted and len(wanted) > 1 and wanted != ON_FILE[1]:
            dimension = DIMENSIONS[subject][key]
            self.only_value.insertItem(0, "、".join(dimension.name(code) for code in wanted), wanted)
        places = [at for at in range(self.only_value.count()) if tuple(self.only_value.itemData(at)) == wanted]
        self.only_value.setCurrentIndex(places[0] if places else 0)

    def _on_subject(self) -> None:
        self._fill(Subject(self.subject.currentData()))
        self._on_change()

    def _on_only(self) -> None:
        self._fill_values()
        self._on_change()

    def _on_change(self) -> None:
        if self.rows.currentData() == self.columns.currentData():
            self.columns.setCurrentIndex(0)  # the same on both sides says nothing
        self.share.setEnabled(not self.measure.currentData().startswith("mean_"))
        self.changed.emit()
