"""批准救助: what, for whom, how much and from which source; what the rules say of it stands below while it is typed.

For several households the same is granted to each; whoever cannot get it is told before anything is stored.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from db.domain.field_kinds import format_amount, parse_value
from db.domain.means_flow import people_of
from db.domain.records.aid import APPLICATION
from db.domain.records.aid_service import SERVICE_OF_ITEM
from db.errors import NuandangError, Progress, UserError
from db.services import aid, aid_limits, aid_services, archiving, funds, programmes
from db.services.aid import Grant, GrantInput, HouseholdLook
from db.services.archiving import Archive
from desktop import background, messages
from desktop.aid.grant_words import Beginning, beginning_in
from desktop.aid.look_panel import LookPanel
from desktop.aid.looks_dialog import LooksDialog
from desktop.aid.service_acts import note_service
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button, label
from desktop.widgets.filter_combo import FilterCombo
from desktop.widgets.segmented import Segmented

LOOK_MS = 150

SHOWN = 10
MONEY, GOODS, SERVICE = "money", "goods", "service"
_WHOLE_HOUSEHOLD = ""
_NO_MONEY = "法律援助、转介、互助保障、就业服务不花工会的资金：点“填写服务”，记一次就行。"


class GrantDialog(PlainDialog):
    """Grants to the archives *ids*; *done* gets the grants."""

    def __init__(
        self,
        parent: QWidget | None,
        context: AppContext,
        ids: Sequence[str],
        done: Callable[[list[Grant]], object],
        beginning: Beginning = Beginning(),
    ) -> None:
        self._one: Archive | None = archiving.load_archive(context.session, ids[0]) if len(ids) == 1 else None
        title = f"批准救助：{self._one.content.text('name')}" if self._one else f"批准救助：{len(ids):,} 户"
        hint = "" if self._one else "每一户都批准同样的救助；不符合规定的会先列出来，不会批准。"
        if beginning.programme_title:
            hint = f"活动：{beginning.programme_title}。{hint}"
        super().__init__(parent, title, hint, 660)
        self._context = context
        self._session, self._ids, self._done, self._beginning = context.session, list(ids), done, beginning
        self.item, self.fund = FilterCombo(placeholder="项目名称或拼音首字母"), FilterCombo(placeholder="选资金来源")
        self.person, self.programme = QComboBox(), QComboBox()
        self.kind: Segmented[str] = Segmented([(MONEY, "发钱"), (GOODS, "发实物"), (SERVICE, "提供服务")])
        self.amount, self.goods, self.day, self.reason = QLineEdit(), QLineEdit(), QLineEdit(self._session.today), QLineEdit()
        self.panel = LookPanel()
        self._fault = label("", "error", wrap=True)
        self._fault.hide()
        self._captions: dict[QWidget, QLabel] = {}
        self._arrange()
        self._offer()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(LOOK_MS)
        self._soon.timeout.connect(self.look)
        self._grow_soon = QTimer(self)
        self._grow_soon.setSingleShot(True)
        self._grow_soon.setInterval(0)
        self._grow_soon.timeout.connect(self._grow)
        self._connect()
        self.look()
        (self.amount if beginning.item else self.item).setFocus()

    # -- building

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self._add(grid, 0, 0, "救助项目", self.item)
        self._add(grid, 0, 1, "为谁", self.person)
        self._add(grid, 2, 0, "发什么", self.kind)
        self._add(grid, 2, 1, "金额（元）" if self._one else "每户金额（元）", self.amount)
        self._add(grid, 2, 1, "实物和数量", self.goods)
        self._running = {each.id: each for each in programmes.running(self._session)}
        asked = bool(self._running) and not self._beginning.programme_id
        self._add(grid, 4, 0, "资金来源", self.fund, 1 if asked else 2)
        if asked:
            self._add(grid, 4, 1, "所属活动", self.programme)
        self._add(grid, 6, 0, "理由（有“要写理由”的提醒时必填）", self.reason)
        self._add(grid, 6, 1, "批准日期", self.day)
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.goods.setPlaceholderText("如：大米 10 公斤、食用油 5 升")
        self.body.addLayout(grid)
        self.body.addWidget(self.panel, 1)
        self.body.addWidget(self._fault)
        self.go = button("批准", "primary", "check", self.store)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(self.go)

    def _add(self, grid: QGridLayout, row: int, column: int, caption: str, editor: QWidget, span: int = 1) -> None:
        editor.setAccessibleName(caption)
        self._captions[editor] = label(caption, "strong")
        grid.addWidget(self._captions[editor], row, column, 1, span)
        grid.addWidget(editor, row + 1, column, 1, span)

    def _offer(self) -> None:
        kinds = aid_limits.kinds(self._session)
        self.item.set_options([kind for kind in kinds if kind[0] in self._beginning.items] or kinds)
        states = [state for state in funds.fund_states(self._session) if not state.fund.content.values.get("is_closed")]
        named = [(state.fund.record_id, f"{state.name}　还可安排 {format_amount(state.available)}") for state in states]
        self.fund.set_options(named)
        if len(named) == 1:
            self.fund.set_value(named[0][0])
        self.person.addItem("全家", _WHOLE_HOUSEHOLD)
        if self._one is not None:
            for each in people_of(self._one.content, self._session.today):
                self.person.addItem(each.name, each.id)
        else:
            self.person.setEnabled(False)
        self.programme.addItem("不属于哪项活动", "")
        for running in self._running.values():
            self.programme.addItem(running.title, running.id)
        begin = self._beginning
        if begin.item:
            self.item.set_value(begin.item)
            self.person.setCurrentIndex(max(0, self.person.findData(begin.person)))
        self.amount.setText(format_amount(begin.amount) if begin.amount else "")
        self.goods.setText(begin.goods)
        self.reason.setText(begin.reason)
        self.kind.set_value(GOODS if begin.goods and not begin.amount else MONEY)
        self._show_kind()

    def _connect(self) -> None:
        for combo in (self.item, self.fund):
            combo.changed.connect(lambda _value: self._soon.start())
        self.person.currentIndexChanged.connect(lambda _at: self._soon.start())
        for field in (self.amount, self.goods, self.day, self.reason):
            field.textEdited.connect(lambda _text: self._soon.start())
        self.kind.changed.connect(lambda _kind: self._show_kind())
        self.programme.currentIndexChanged.connect(lambda _at: self._choose_programme())
        self.item.changed.connect(self._on_item)

    def _on_item(self, item: object) -> None:
        """A referral is never money: go on with the service."""
        if item == "referral":
            self.kind.set_value(SERVICE)
            self._show_kind()

    def _choose_programme(self) -> None:
        """Fill in what the programme lays down where nothing is typed yet."""
        chosen = self._running.get(str(self.programme.currentData()))
        if chosen is not None:
            told = beginning_in(chosen)
            if told.item and not self.item.value():
                self.item.set_value(told.item)
            for field, words in ((self.amount, format_amount(told.amount) if told.amount else ""), (self.goods, told.goods),
                                 (self.reason, told.reason)):  # fmt: skip
                if words and not field.text().strip():
                    field.setText(words)
        self._soon.start()

    def _show_kind(self) -> None:
        kind = self.kind.value()
        for editor, shown in (
            (self.amount, kind == MONEY), (self.goods, kind == GOODS), (self.fund, kind != SERVICE),
            (self.person, kind != SERVICE), (self.reason, kind != SERVICE), (self.day, kind != SERVICE),
            *([(self.programme, kind != SERVICE)] if self.programme in self._captions else []),
        ):  # fmt: skip
            editor.setVisible(shown)
            self._captions[editor].setVisible(shown)
        self.panel.show_figures(self._one is not None and kind != SERVICE)
        self.go.setText("填写服务…" if kind == SERVICE else "批准")
        if hasattr(self, "_soon"):
            self._soon.start()

    # -- what is typed

    def given(self) -> GrantInput:
        """What is typed so far; an amount that is none counts as none."""
        gives_money = self.kind.value() == MONEY
        chosen = self._running.get(str(self.programme.currentData() or ""))
        return GrantInput(
            item=str(self.item.value() or ""),
            amount=(self._amount() or 0) if gives_money else 0,
            goods="" if gives_money else self.goods.text().strip(),
            person=str(self.person.currentData() or ""),
            fund_id=str(self.fund.value() or ""),
            granted_on=self._day() or "",
            application_id=self._beginning.application_id,
            programme_id=self._beginning.programme_id or (chosen.id if chosen else ""),
            programme_title=self._beginning.programme_title or (chosen.title if chosen else ""),
            reason=self.reason.text().strip(),
        )

    def _amount(self) -> int | None:
        found = parse_value(APPLICATION.by_key["amount_asked"], self.amount.text())
        return int(found.value) if isinstance(found.value, int) and not found.code else None

    def _day(self) -> str | None:
        found = parse_value(APPLICATION.by_key["applied_on"], self.day.text())
        return str(found.value) if found.value and not found.code else None

    def _lacking(self) -> str:
        """What is still to be filled in."""
        if self.kind.value() == SERVICE:
            return ""
        if not self.item.value():
            return "先选救助项目。"
        if self.kind.value() == GOODS:
            return "" if self.goods.text().strip() else "请写明发什么实物、多少。"
        if not self.amount.text().strip():
            return "请填写金额。"
        if self._amount() is None:
            return f"“{self.amount.text().strip()}”不是金额，请写成 1500 或 1500.50。"
        if not self.fund.has_options():
            return "还没有资金来源：先到“帮扶 → 资金”登记资金和到账。"
        return "" if self.fund.value() else "请选资金来源。"

    def look(self) -> None:
        """Ask the rules about what is typed."""
        self._soon.stop()
        self._fault.hide()
        lacking = self._lacking()
        if self.kind.value() == SERVICE:
            self.panel.show_look(aid.AidLook(), _NO_MONEY)
            self.go.setEnabled(True)
            return
        if self._one is not None and self.item.value():
            found = aid.look_at_grant(self._session, self._ids[0], self.given())
            self.panel.show_look(found, lacking)
            self.go.setEnabled(not lacking and not found.is_stopped)
            return
        state = next((each for each in funds.fund_states(self._session) if each.fund.record_id == self.fund.value()), None)
        total = self.given().amount * len(self._ids)
        told = lacking or (f"{len(self._ids):,} 户合计 {format_amount(total)} 元。" if total else "逐户核对后再批准。")
        self.panel.show_look(aid.AidLook(fund=state), told)
        self.go.setEnabled(not lacking)

    def event(self, event: QEvent) -> bool:
        """Whatever asks for room – also once its words were wrapped – gets it."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show) and hasattr(self, "_grow_soon"):
            self._grow_soon.start()
        return super().event(event)

    def _grow(self) -> None:
        """Become as high as the findings need; what was once given stays, so that nothing jumps."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            lacking = layout.totalMinimumSize().height() - self.height()
            room = self.screen().availableGeometry().height() - self.height()
            if lacking > 0:
                self.resize(self.width(), self.height() + min(lacking, max(room, 0)))

    # -- storing

    def store(self) -> None:
        """Grant it; what is wrong is said, and the dialog stays."""
        self.look()
        if self.kind.value() == SERVICE:
            self._note_service()
        elif self._day() is None:
            self._say(f"“{self.day.text()}”不是日期，请写成 {self._session.today} 的样子。", self.day)
        elif self.go.isEnabled():
            self._store_one() if self._one is not None else self._look_at_all()

    def _note_service(self) -> None:
        """Go on with a service: it has a form of its own and costs nothing."""
        kind = SERVICE_OF_ITEM.get(str(self.item.value() or ""), "")
        content = aid_services.prepared_service(self._session, kind)
        if self._beginning.application_id:
            content.values["application_id"] = self._beginning.application_id
        self.accept()
        note_service(self.window(), self._context, self._ids, content)

    def _store_one(self) -> None:
        try:
            made = aid.grant_aid(self._session, self._ids[0], self.given())
        except UserError as fault:
            self._say(fault.text(), self.reason if fault.code == "aid_wants_reason" else self.amount)
        except NuandangError as fault:
            messages.show_error(self, fault)
        else:
            self.accept()
            self._done([made])

    def _look_at_all(self) -> None:
        given, ids, session = self.given(), self._ids, self._session

        def work(progress: Progress) -> list[HouseholdLook]:
            return aid.look_at_many(session, [(archive_id, given) for archive_id in ids], progress)

        background.run(self, work, lambda looks: self._ask(given, looks), title=f"正在核对 {len(ids):,} 户…")

    def _ask(self, given: GrantInput, looks: list[HouseholdLook]) -> None:
        dialog = LooksDialog(self, f"批准救助：{len(looks):,} 户", given, looks)
        if dialog.exec():
            self._store_many(dialog.wanted())

    def _store_many(self, wanted: list[tuple[str, GrantInput]]) -> None:
        session = self._session

        def done(made: list[Grant]) -> None:
            self.accept()
            self._done(made)

        background.run(
            self,
            lambda progress: aid.grant_many(session, wanted, progress),
            done,
            title=f"正在批准 {len(wanted):,} 户…",
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on to the next field, as on every form; on the last one it grants."""
        here = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and here not in (self.day, self.go):
            self.focusNextPrevChild(True)
        else:
            super().keyPressEvent(event)

    def _say(self, words: str, field: QWidget) -> None:
        self._fault.setText(words)
        self._fault.show()
        field.setFocus()


def grant(
    parent: QWidget, context: AppContext, ids: Sequence[str], beginning: Beginning = Beginning()
) -> list[Grant]:
    """Ask and grant; the grants made, none where the clerk changes their mind."""
    made: list[Grant] = []
    GrantDialog(parent, context, ids, made.extend, beginning).exec()
    if made:
        total = sum(item.amount for item in made)
        amount = f"，合计 {format_amount(total)} 元" if total else ""
        context.window.notify(f"已批准 {len(made):,} 笔{amount}。")
        context.changes.archives_changed.emit({item.archive_id for item in made})
    return made
