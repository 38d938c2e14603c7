"""The questions about the household, as a form beside the sections of the worksheet."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from db.domain.form_flow import Place
from db.domain.means_flow import HOUSEHOLD, MeansFlow, Spot
from db.domain.means_form import MEANS_FORM
from desktop.forms.record_form import RecordForm
from desktop.means.household_answers import HouseholdAnswers


class HouseholdPane(QScrollArea):
    """The questions about the household."""

    changed = Signal()
    settled = Signal()

    def __init__(self, office_region: str) -> None:
        super().__init__()
        self._office_region = office_region
        self._place: Place | None = None
        self.form = RecordForm(MEANS_FORM.by_key[HOUSEHOLD].fields)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 8)
        column.addWidget(self.form)
        column.addStretch(1)
        self.setWidget(inside)
        self.form.changed.connect(lambda _place: self._on_change())
        self.form.left.connect(lambda _place: self.form.refresh())
        self.form.entered.connect(self._on_entered)
        self.form.moved_on.connect(self._walk)

    def show_flow(self, flow: MeansFlow, may_change: bool) -> None:
        """Show the answers of *flow*."""
        self.form.bind(HouseholdAnswers(flow, self._office_region))
        self.form.setEnabled(may_change)

    def refresh(self) -> None:
        """Show the present state."""
        self.form.refresh()

    def _on_change(self) -> None:
        self.form.refresh()
        self.changed.emit()

    def _on_entered(self, place: Place) -> None:
        self._place = place

    def _walk(self, place: Place, by: int) -> None:
        keys = list(self.form.rows)
        at = keys.index(place.field) + by
        if 0 <= at < len(keys):
            self.focus(Spot(HOUSEHOLD, keys[at]))
        elif by > 0:
            self.settled.emit()

    def focus(self, spot: Spot | None = None) -> None:
        """Put the cursor at *spot* or into the first question."""
        key = spot.key if spot is not None and spot.key in self.form.rows else next(iter(self.form.rows))
        self.form.focus(key)
        self.ensureWidgetVisible(self.form.rows[key], 0, 24)

    def take_typed(self) -> None:
        """Hand over what is being typed."""
        self.form.take_typed()

    def explain(self) -> str:
        """What F1 says about the present question."""
        if self._place is None:
            return MEANS_FORM.by_key[HOUSEHOLD].hint
        spec = MEANS_FORM.spec(HOUSEHOLD, self._place.field)
        return f"{spec.label}：{'必填。' if spec.starred else '可以不填。'}{spec.help}"
