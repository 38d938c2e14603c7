"""走访: the way of today, household by household, what could be put on it, and the latest contacts."""

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from db.domain.option_lists import option_list
from db.services import archiving, home_visits, visit_route
from db.services.visit_drafts import VisitDraft
from db.services.visit_route import RouteStop
from desktop import messages, theme
from desktop.context import AppContext, Page
from desktop.homevisit.route_row import RouteRow
from desktop.homevisit.visit_paper import print_prepared, print_visits
from desktop.moments import moment
from desktop.widgets.basics import Card, EmptyState, PageHeader, button, label, line
from desktop.widgets.search_box import Hit, SearchBox

EMPTY = "今天要去哪几户？\n在右边找人加进来，或者在“档案”“办理”里勾选几户，点“列入走访”。"
RECENT = 8
SIDE = 330


class HomeVisitsPage(Page):
    """The way of the day and what belongs to it."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self.stops: list[RouteStop] = []
        self.rows: list[RouteRow] = []
        self.header = PageHeader("走访")
        self.header.add_action("空白表…", lambda: print_visits(self.context, self, []))
        self.sheets = self.header.add_action("打印带去的表…", self._print_sheets, "", "printer")
        self.route = Card("今天的路线")
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._empty = EmptyState("map-pin", EMPTY)
        self.offers, self.recent = Card("加进路线"), Card("最近的走访和联系")
        self.search = SearchBox(self._find)
        self.search.setPlaceholderText("姓名、拼音首字母、电话")
        self.search.setAccessibleName("找一户加进路线")
        self.search.opened.connect(lambda archive_id: self.put_on([archive_id]))
        self._waiting, self._taken = button("", "", "plus"), button("", "", "plus")
        self._waiting.clicked.connect(lambda: self.put_on(visit_route.waiting_for_visit(self._session)))
        self._taken.clicked.connect(lambda: self.put_on(visit_route.taken_along(self._session)))
        self._halves, self._contacts = QVBoxLayout(), QVBoxLayout()
        self._arrange()
        context.changes.archives_changed.connect(lambda _ids: self._show_again())

    def _arrange(self) -> None:
        self._list.addStretch(1)
        self.route.body.addWidget(_scrolled(self._list), 1)
        self.route.body.addWidget(self._empty, 1)
        for part in (self.search, self._waiting, self._taken):
            self.offers.body.addWidget(part)
        self.offers.body.addLayout(self._halves)
        self.recent.body.addLayout(self._contacts)
        side = QVBoxLayout()
        side.setSpacing(12)
        for card in (self.offers, self.recent):
            card.setFixedWidth(theme.sp(SIDE))
            side.addWidget(card)
        side.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.route, 1)
        middle.addLayout(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addLayout(middle, 1)

    # -- showing

    def open(self, put_on: list[str] | None = None, **arguments: Any) -> None:
        """Show the way of today; *put_on*: households to add to it first."""
        if put_on:
            self.put_on(put_on)
        else:
            self._show()
        self.setFocus()

    def _show_again(self) -> None:
        if self.isVisible():
            self._show()

    def _show(self) -> None:
        self._show_route()
        self._show_offers()
        self._show_recent()

    def _show_route(self) -> None:
        self.stops = visit_route.route(self._session)
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        following = next((stop.archive_id for stop in self.stops if not stop.is_done), "")
        self.rows = [self._row(at, stop, following) for at, stop in enumerate(self.stops, 1)]
        for at, row in enumerate(self.rows):
            row.setProperty("role", "stop")
            self._list.insertWidget(at, row)
        done = sum(stop.is_done for stop in self.stops)
        self.route.hint.setText(f"{len(self.stops)} 户，已走访 {done} 户" if self.stops else "")
        self._empty.setVisible(not self.stops)
        self.route.body.itemAt(1).widget().setVisible(bool(self.stops))
        self.sheets.setEnabled(any(not stop.is_done for stop in self.stops))

    def _row(self, number: int, stop: RouteStop, following: str) -> RouteRow:
        made = RouteRow(number, len(self.stops), stop, is_next=stop.archive_id == following)
        window = self.context.window
        made.begun.connect(lambda archive_id: window.show_page("visit", archive_id=archive_id))
        made.looked_at.connect(lambda archive_id: window.show_page("archive", archive_id=archive_id, tab="visits"))
        made.opened.connect(window.open_archive)
        made.moved.connect(self.move)
        made.left_out.connect(self._leave_out)
        return made

    def _show_offers(self) -> None:
        waiting, taken = visit_route.waiting_for_visit(self._session), visit_route.taken_along(self._session)
        self._waiting.setText(f"加上待入户核实的 {len(waiting)} 户")
        self._waiting.setVisible(bool(waiting))
        self._taken.setText(f"加上带来的 {len(taken)} 户")
        self._taken.setVisible(bool(taken))
        on_way = {stop.archive_id for stop in self.stops}
        halves = [draft for draft in home_visits.list_drafts(self._session) if draft.archive_id not in on_way]
        _empty(self._halves)
        if halves:
            self._halves.addWidget(label("写了一半，不在路线上", "small"))
        for draft in halves:
            act = partial(self.context.window.show_page, "visit", archive_id=draft.archive_id, record_id=draft.record_id)
            words = f"{draft.name or '未填姓名'}　{moment(draft.updated_at, date.fromisoformat(self._session.today))} 写的"
            self._halves.addWidget(self._half(button(words, "link", "pencil", act), draft))

    def _half(self, go: QWidget, draft: VisitDraft) -> QWidget:
        drop = button("", "quiet", "trash-2", partial(self._give_up, draft))
        drop.setToolTip("放弃写了一半的内容")
        drop.setAccessibleName(f"放弃：{draft.name}")
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(go, 1)
        row.addWidget(drop)
        return made

    def _give_up(self, draft: VisitDraft) -> None:
        question = f"放弃“{draft.name or '未填姓名'}”写了一半的走访？照片和签名已经在附件里，不会删除。"
        if messages.confirm(self, question, "放弃", destructive=True):
            home_visits.discard_draft(self._session, draft.archive_id)
            self._show()

    def _show_recent(self) -> None:
        _empty(self._contacts)
        found = home_visits.recent_contacts(self._session, RECENT)
        if not found:
            self._contacts.addWidget(label("还没有走访记录。", "secondary"))
        for at, (name, visit) in enumerate(found):
            if at:
                self._contacts.addWidget(line())
            method = option_list("visit_method").label(visit.content.text("method"))
            act = partial(self.context.window.show_page, "archive", archive_id=visit.archive_id, tab="visits")
            self._contacts.addWidget(button(f"{visit.on_day}　{name}　{method}", "link", act=act))

    def _find(self, text: str) -> list[Hit]:
        on_way, found = {stop.archive_id for stop in self.stops}, dict[str, Hit]()
        for hit in archiving.search_people(self._session, text, 20):
            role = "户主" if not hit.member_id else f"{hit.head_name or '户主'}的家人"
            details = "　".join(part for part in (hit.birth_on, hit.home_address) if part)
            if hit.archive_id not in on_way:
                found.setdefault(hit.archive_id, Hit(hit.archive_id, hit.name, role, details, hit.archive_number))
        return list(found.values())

    # -- acts

    def put_on(self, ids: list[str]) -> None:
        """Add households at the end of the way."""
        added = visit_route.put_on_route(self._session, ids)
        self._show()
        words = f"已加进路线 {added} 户。" if added else "这几户已经在路线上了。"
        if len(self.stops) >= visit_route.MOST:
            words += f"一条路线最多 {visit_route.MOST} 户。"
        self.context.window.notify(words)

    def move(self, archive_id: str, by: int) -> None:
        """Go to a household earlier or later."""
        ids = [stop.archive_id for stop in self.stops]
        at = ids.index(archive_id)
        ids.insert(max(0, min(len(ids) - 1, at + by)), ids.pop(at))
        visit_route.set_order(self._session, ids)
        self._show_route()

    def _leave_out(self, archive_id: str) -> None:
        visit_route.take_off(self._session, [archive_id])
        self._show()

    def _print_sheets(self) -> None:
        print_prepared(self.context, self, [stop.archive_id for stop in self.stops if not stop.is_done])


def _scrolled(inner: QVBoxLayout) -> QWidget:
    inside = QWidget()
    inside.setProperty("role", "scrolled")
    inside.setLayout(inner)
    inner.setContentsMargins(0, 0, 12, 0)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(inside)
    return scroll


def _empty(column: QVBoxLayout) -> None:
    while item := column.takeAt(0):
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
