"""Middle column of the wizard: one body per step, all with the same few acts."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from db.domain.form_flow import FormFlow, Place
from db.domain.form_schema import Section
from desktop.forms.attachment_panel import AttachmentPanel
from desktop.forms.record_form import RecordForm


class StepBody(QScrollArea):
    """What every step can do; the fields' own signals are passed on."""

    changed = Signal(object)  # place, or None when members or papers changed
    entered = Signal(object)
    left = Signal(object)
    moved_on = Signal(object, int)
    open_wanted = Signal(str)
    finished = Signal()  # nothing more to fill in here

    def __init__(self, section: Section) -> None:
        super().__init__()
        self.section = section
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.inside = QWidget()
        self.inside.setProperty("role", "scrolled")
        self.column = QVBoxLayout(self.inside)
        self.column.setContentsMargins(0, 4, 12, 8)
        self.column.setSpacing(12)
        self.setWidget(self.inside)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the fields allow, as low as one wants."""
        return QSize(self.inside.minimumSizeHint().width() + 16, 120)

    def bind(self, flow: FormFlow) -> None:
        """Show *flow*."""

    def refresh(self) -> None:
        """Show the present state."""

    def focus(self, place: Place | None) -> None:
        """Put the cursor at *place*, or where the step begins."""

    def take_typed(self) -> None:
        """Hand over what is being typed."""

    def bring_into_view(self, row: QWidget) -> None:
        """Scroll to *row*, once the layout has settled: cards may just have unfolded."""
        QTimer.singleShot(0, row, lambda: self.ensureWidgetVisible(row, 0, 24))

    def follow(self, form: RecordForm) -> None:
        """Pass the signals of *form* on."""
        form.changed.connect(self.changed)
        form.entered.connect(self.entered)
        form.left.connect(self.left)
        form.moved_on.connect(self.moved_on)
        form.open_wanted.connect(self.open_wanted)


class FieldStep(StepBody):
    """A step of the worker's fields."""

    def __init__(self, section: Section) -> None:
        super().__init__(section)
        self.form = RecordForm(section.fields)
        self.follow(self.form)
        self.column.addWidget(self.form)
        self.column.addStretch(1)

    def bind(self, flow: FormFlow) -> None:
        self.form.bind(flow)

    def refresh(self) -> None:
        self.form.refresh()

    def focus(self, place: Place | None) -> None:
        if place is not None:
            self.form.focus(place.field)
            self.bring_into_view(self.form.rows[place.field])

    def take_typed(self) -> None:
        self.form.take_typed()


class PaperStep(StepBody):
    """The step of the attached papers."""

    def __init__(self, section: Section, panel: AttachmentPanel) -> None:
        super().__init__(section)
        self.panel = panel
        self._flow: FormFlow | None = None
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.addWidget(panel)

    def bind(self, flow: FormFlow) -> None:
        self._flow = flow

    def focus(self, place: Place | None) -> None:
        if self._flow is not None:
            self.panel.show_checklist(self._flow.asked())
        self.panel.add.setFocus()
