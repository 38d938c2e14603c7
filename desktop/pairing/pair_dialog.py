"""结对: whom to give the chosen households to – one who answers for them, others who help – and since when."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.domain.field_kinds import parse_value
from db.domain.records.pairing import CADRE, HELPER, MAIN, PAIRING
from db.domain.records.record_form import RecordContent
from db.errors import Cancelled, NuandangError, Progress, UserError
from db.services import cadres, pairing
from db.services.cadres import CadreRow
from db.services.pairing import PairOutcome
from desktop import background, messages, theme
from desktop.assessment.layouts import clear
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.records.record_dialog import RecordDialog
from desktop.widgets.basics import button, label
from desktop.widgets.filter_combo import FilterCombo

MANY = 20
"""More households than these are paired beside the window, with a bar."""
NO_DAY = "“{text}”不是日期，请写成 2026-11-21 的样子。"


def cadre_label(row: CadreRow) -> str:
    """A cadre in the list to choose from: who, where, how many households."""
    leader = "　领导" if row.is_leader else ""
    about = " ".join(filter(None, (row.unit, row.post)))
    return f"{row.name}　{about}{leader}　已结 {row.households} 户"


def day_in(field: QLineEdit) -> str | None:
    """The day (ISO) a field says; None where it says none."""
    found = parse_value(PAIRING.by_key["since"], field.text())
    return str(found.value) if found.value and not found.code else None


def enter_cadre(parent: QWidget, context: AppContext, row: CadreRow | None = None) -> str:
    """Ask for a new cadre, or change *row*; the cadre's id, empty where the clerk changes their mind."""
    stored: list[str] = []
    content = row.record.content if row else RecordContent({"is_leader": False, "unit": context.session.office.name})

    def save(given: RecordContent) -> None:
        expected = row.record.id if row else ""
        cadre_id = row.cadre_id if row else ""
        stored.append(cadres.save_cadre(context.session, given, cadre_id, expected_version=expected).record_id)

    title = f"修改：{row.name}" if row else "登记帮扶干部"
    hidden = frozenset() if row else frozenset({"left_on", "left_reason"})
    RecordDialog(parent, context, CADRE, content, title, save, hidden=hidden).exec()
    return stored[-1] if stored else ""


class PairDialog(PlainDialog):
    """Pairs the archives *ids* and hands the outcome to *done*."""

    def __init__(
        self,
        parent: QWidget | None,
        context: AppContext,
        ids: list[str],
        done: Callable[[PairOutcome], object],
    ) -> None:
        hint = "一户一位主要责任人；也可以“多对一”，再加几位协助的干部。"
        super().__init__(parent, f"给 {len(ids):,} 户结对" if len(ids) > 1 else "结对", hint, 620)
        self._context, self._session, self._ids, self._done = context, context.session, ids, done
        self.main = FilterCombo(placeholder="姓名、单位或拼音首字母")
        self.main.setAccessibleName("主要责任人")
        self.helper = FilterCombo(placeholder="选一位，加一位；可以不选")
        self.helper.setAccessibleName("协助的干部")
        self.helpers: list[str] = []
        self._chosen = QVBoxLayout()
        self._chosen.setSpacing(4)
        self.since = QLineEdit(self._session.today)
        self.since.setAccessibleName("结对日期")
        self.since.setMaximumWidth(theme.sp(180))
        self.note = QLineEdit()
        self.note.setAccessibleName("说明")
        self.instead = QCheckBox("调换：原来的帮扶干部到这一天为止")
        self._fault = label("", "error", wrap=True)
        self._fault.hide()
        self._labels: dict[str, str] = {}
        self._arrange()
        self.read_cadres()
        self.main.setFocus()
        self.helper.changed.connect(self._add_helper)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label("主要责任人", "strong"))
        head.addStretch(1)
        head.addWidget(button("登记新干部…", "link", act=self.enter_new))
        self.body.addLayout(head)
        self.body.addWidget(self.main)
        self.body.addWidget(label("协助的干部", "strong"))
        self.body.addWidget(self.helper)
        self.body.addLayout(self._chosen)
        for caption, field in (("结对日期", self.since), ("说明", self.note)):
            self.body.addWidget(label(caption, "strong"))
            self.body.addWidget(field)
        self.body.addWidget(self.instead)
        self.body.addWidget(self._fault)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button("结对", "primary", act=self.store))

    def read_cadres(self) -> None:
        """Offer those in office."""
        rows = [row for row in cadres.list_cadres(self._session) if not row.has_left(self._session.today)]
        self._labels = {row.cadre_id: cadre_label(row) for row in rows}
        for combo in (self.main, self.helper):
            combo.set_options(list(self._labels.items()))

    def enter_new(self) -> None:
        """Enter a cadre who is not in the register yet and choose them."""
        cadre_id = enter_cadre(self, self._context)
        if cadre_id:
            self.read_cadres()
            self.main.set_value(cadre_id)

    def _add_helper(self, cadre_id: object) -> None:
        if isinstance(cadre_id, str) and cadre_id not in self.helpers:
            self.helpers.append(cadre_id)
            self._show_helpers()
        self.helper.set_value(None)

    def _drop_helper(self, cadre_id: str) -> None:
        self.helpers.remove(cadre_id)
        self._show_helpers()

    def _show_helpers(self) -> None:
        clear(self._chosen)
        for cadre_id in self.helpers:
            row = QHBoxLayout()
            row.addWidget(label(self._labels[cadre_id]))
            row.addStretch(1)
            row.addWidget(button("去掉", "link", act=partial(self._drop_helper, cadre_id)))
            self._chosen.addLayout(row)

    def roles(self) -> dict[str, str]:
        """The chosen cadres with their roles."""
        roles = dict.fromkeys(self.helpers, HELPER)
        if self.main.value():
            roles[str(self.main.value())] = MAIN
        return roles

    def store(self) -> None:
        """Pair; what is wrong is said, and the dialog stays."""
        since = day_in(self.since)
        if since is None:
            self._say(NO_DAY.format(text=self.since.text()), self.since)
            return
        session, ids, roles = self._session, self._ids, self.roles()
        note, instead = self.note.text().strip(), self.instead.isChecked()

        def work(progress: Progress) -> PairOutcome:
            return pairing.pair(session, ids, roles, since, note, instead=instead, progress=progress)

        if len(ids) > MANY:
            background.run(self, work, self._tell, self._failed, title=f"正在结对 {len(ids):,} 户…")
            return
        try:
            outcome = work(lambda _done, _total: None)
        except NuandangError as fault:
            self._failed(fault)
        else:
            self._tell(outcome)

    def _failed(self, fault: BaseException) -> None:
        if isinstance(fault, UserError):
            told = fault.context.get("first")
            self._say(str(told) if told else fault.text(), self.since if told else self.main)
        elif isinstance(fault, Cancelled):
            self.accept()
            self._context.window.notify("已停下；停下以前的几户已经结对。", "warning")
            self._context.changes.archives_changed.emit(set())
        else:
            messages.show_error(self, fault)

    def _tell(self, outcome: PairOutcome) -> None:
        if len(self._ids) == 1 and outcome.skipped:
            self._say(outcome.skipped[0].reason, self.main)
            return
        self.accept()
        self._done(outcome)

    def _say(self, words: str, field: QWidget) -> None:
        self._fault.setText(words)
        self._fault.show()
        field.setFocus()
