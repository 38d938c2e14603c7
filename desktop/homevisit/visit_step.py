"""What every step of a visit can do, and the plain ones: fields in a form, incomes in a grid."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QScroller, QVBoxLayout, QWidget

from db.domain.form_flow import Place, StepState, is_empty
from db.domain.form_schema import FieldSpec
from desktop import theme
from desktop.forms.record_form import RecordForm
from desktop.homevisit.visit_keeper import VisitKeeper
from desktop.records.record_editors import editors_of
from desktop.widgets.basics import label


class VisitStep(QWidget):
    """One step; *fields* are the answers it asks."""

    changed = Signal()
    title = ""

    def __init__(self, keeper: VisitKeeper, key: str, title: str, fields: Sequence[FieldSpec]) -> None:
        super().__init__()
        self.keeper, self.flow = keeper, keeper.flow
        self.key, self.title, self.fields = key, title, tuple(fields)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, theme.sp(16), theme.sp(8))
        self.body.setSpacing(theme.sp(14))
        outer.addWidget(self._make_area())

    def _make_area(self) -> QScrollArea:
        """The contents, moved by finger or wheel."""
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        inside.setLayout(self.body)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inside)
        QScroller.grabGesture(self.area.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        return self.area

    def refresh(self) -> None:
        """Show the present state of every answer."""

    def take_typed(self) -> None:
        """Hand over what is being typed."""

    def go_to(self, place: Place) -> bool:
        """Bring a field forward; False where this step does not ask it."""
        return False

    def places(self) -> list[Place]:
        """The answers this step asks now."""
        return [Place(spec.key) for spec in self.fields if self.flow.is_shown(Place(spec.key))]

    def state(self) -> StepState:
        """How far the step is."""
        places = self.places()
        if any(self.flow.shown_findings(place) for place in places):
            return StepState.FAULTY
        filled = [place for place in places if not is_empty(self.flow.value(place)) or place.path in self.flow.raw]
        missing = [place for place in places if self.flow.is_required(place) and place not in filled]
        if not filled:
            return StepState.EMPTY
        return StepState.STARTED if missing else StepState.DONE


class FieldsStep(VisitStep):
    """Fields in the order of the record."""

    def __init__(self, keeper: VisitKeeper, key: str, title: str, fields: Sequence[FieldSpec], hint: str = "") -> None:
        super().__init__(keeper, key, title, fields)
        self.form = RecordForm(self.fields, editors_of(self.flow.people, self.flow.papers), fill_lines=True)
        self.form.bind(self.flow)
        self.form.changed.connect(self._on_change)
        self.form.left.connect(lambda _place: self.form.refresh())
        self.form.moved_on.connect(self._walk)
        if hint:
            self.body.addWidget(label(hint, "secondary", wrap=True))
        self.body.addWidget(self.form)
        self.body.addStretch(1)

    def _on_change(self, _place: Place) -> None:
        self.form.refresh()
        self.changed.emit()

    def _walk(self, place: Place, by: int) -> None:
        places = self.places()
        at = places.index(place) + by
        if 0 <= at < len(places):
            self.go_to(places[at])

    def refresh(self) -> None:
        self.form.refresh()

    def take_typed(self) -> None:
        self.form.take_typed()

    def go_to(self, place: Place) -> bool:
        if place.field not in self.form.rows or place.member_id:
            return False
        self.form.focus(place.field)
        self.area.ensureWidgetVisible(self.form.rows[place.field], 0, 24)
        return True
