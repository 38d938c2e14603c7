"""What the family earns, person by person, as told today; beside it what was told last time."""

from PySide6.QtWidgets import QHBoxLayout

from db.domain.field_kinds import format_amount
from db.domain.form_flow import Place, StepState
from db.domain.option_lists import option_list
from db.domain.records.home_visit import HOME_VISIT
from db.domain.records.record_form import Row
from desktop import theme
from desktop.homevisit.visit_keeper import VisitKeeper
from desktop.homevisit.visit_step import VisitStep
from desktop.records.row_grid import RowGrid
from desktop.widgets.basics import Card, button, label

HINT = (
    "知道每月多少的填每月，全年自动算出；按年、按次拿的直接填全年。工资填应发数。"
    "保存以后，由您决定哪些填入“家庭经济”。"
)


class IncomesStep(VisitStep):
    """Rows of persons and kinds of income."""

    def __init__(self, keeper: VisitKeeper) -> None:
        section = HOME_VISIT.repeated["incomes"]
        super().__init__(keeper, "incomes", "收入", section.fields)
        self.grid = RowGrid(section, self.flow)
        self.grid.changed.connect(self._on_change)
        self.everyone = button("每人加一行工资", "", "users", self.add_everyone)
        self.sum = label("", "strong")
        self.body.addWidget(label(HINT, "secondary", wrap=True))
        self.body.addWidget(self.grid)
        foot = QHBoxLayout()
        foot.addWidget(self.everyone)
        foot.addStretch(1)
        foot.addWidget(self.sum)
        self.body.addLayout(foot)
        self._show_before()
        self.body.addStretch(1)
        self._show_sum()

    def _show_before(self) -> None:
        before = self.keeper.before
        rows = before.content.rows.get("incomes", []) if before else []
        if before is None or not rows:
            return
        card = Card(f"上次（{before.on_day}）说的收入")
        for row in rows:
            card.body.addWidget(label(self._words(row), wrap=True))
        self.body.addWidget(card)

    def _words(self, row: Row) -> str:
        person = next((each.name for each in self.flow.people if each.id == row.get("person")), "已不在档案表上的人")
        kind = option_list("income_kind").label(str(row.get("kind") or ""))
        amount = row.get("amount")
        told = f"全年 {format_amount(amount)} 元" if isinstance(amount, int) else ""
        return f"{person}　{kind}　{told}　{row.get('note') or ''}".strip()

    def add_everyone(self) -> None:
        """A wage for each of the household of whom there is no row yet."""
        there = {row.get("person") for row in self.flow.rows["incomes"]}
        for person in self.flow.people:
            if person.id not in there:
                self.flow.add_row("incomes", person=person.id, kind="wage")
        self.grid.show_rows()
        self._on_change()

    def _on_change(self) -> None:
        self._show_sum()
        self.changed.emit()

    def _show_sum(self) -> None:
        amounts = [row.get("amount") for row in self.flow.content().rows.get("incomes", [])]
        total = sum(amount for amount in amounts if isinstance(amount, int))
        self.sum.setText(f"合计全年 {format_amount(total)} 元" if amounts else "")
        self.everyone.setVisible(len(self.flow.rows["incomes"]) < len(self.flow.people))

    def places(self) -> list[Place]:
        return [Place(spec.key, str(row["id"])) for row in self.flow.rows["incomes"] for spec in self.fields]

    def state(self) -> StepState:
        if not self.flow.rows["incomes"]:
            return StepState.EMPTY
        if any(self.flow.shown_findings(place) for place in self.places()):
            return StepState.FAULTY
        told = all(row.get("amount") is not None or row.get("monthly") is not None for row in self.flow.rows["incomes"])
        return StepState.DONE if told else StepState.STARTED

    def drop_untold(self) -> None:
        """Take out the rows of those of whom nothing was told."""
        for row in list(self.flow.rows["incomes"]):
            path = f"{row['id']}."
            unread = any(key.startswith(path) for key in self.flow.raw)
            if not unread and not any(row.get(key) is not None for key in ("monthly", "amount", "note")):
                self.flow.remove_row(str(row["id"]))

    def refresh(self) -> None:
        self.grid.show_rows()
        self._show_sum()

    def take_typed(self) -> None:
        self.grid.take_typed()

    def go_to(self, place: Place) -> bool:
        if place not in self.grid.cells:
            return False
        self.grid.focus(place)
        self.area.ensureWidgetVisible(self.grid.cells[place], 0, theme.sp(24))
        return True
