"""The questions about the household as a record form sees them: a thin view of the worksheet's flow."""

from db.domain.form_flow import Finding, Place
from db.domain.form_schema import Value
from db.domain.means_flow import HOUSEHOLD, MeansFlow, Spot
from db.domain.means_form import MEANS_FORM
from db.domain.validation import Problem, Severity


class HouseholdAnswers:
    """Implements `RecordFlow` on the household section of *flow*; *office_region* is offered as place of the standard."""

    def __init__(self, flow: MeansFlow, office_region: str) -> None:
        self._flow = flow
        self._office_region = office_region[:6]
        self.touched: set[Place] = {Place(Spot.of(path).key) for path in flow.raw if path.startswith(f"{HOUSEHOLD}/")}
        self.confirmations: dict[str, str] = {}

    @property
    def raw(self) -> dict[str, str]:
        """Texts that could not be read, by field."""
        spots = ((Spot.of(path), text) for path, text in self._flow.raw.items())
        return {spot.key: text for spot, text in spots if spot.section == HOUSEHOLD}

    @staticmethod
    def _spot(place: Place) -> Spot:
        return Spot(HOUSEHOLD, place.field)

    def member_ids(self) -> list[str]:
        """Nobody: the household answers as one."""
        return []

    def value(self, place: Place) -> Value:
        """The value at *place*."""
        return self._flow.value(self._spot(place))

    def is_shown(self, place: Place) -> bool:
        """Whether the question is asked."""
        return self._flow.is_shown(self._spot(place))

    def is_required(self, place: Place) -> bool:
        """Whether the star stands before the caption."""
        return MEANS_FORM.spec(HOUSEHOLD, place.field).starred

    def given_by(self, place: Place) -> str:
        """Nobody else answers these questions."""
        return ""

    def is_derived(self, place: Place) -> bool:
        """Nothing here is computed."""
        return False

    def suggestion(self, place: Place) -> Value:
        """The region of the office, as long as none is given."""
        spec = MEANS_FORM.spec(HOUSEHOLD, place.field)
        wanted = spec.suggested_by == "office_region" and self.value(place) is None and place.field not in self.raw
        return self._office_region if wanted and len(self._office_region) == len("340882") else None

    def shown_findings(self, place: Place) -> list[Finding]:
        """What cannot be read, once the field was left."""
        fault = self._flow.fault_at(self._spot(place)) if place in self.touched else None
        if fault is None:
            return []
        problem = Problem(fault.code, Severity.ERROR, place.field, context=fault.context)
        return [Finding(problem, place, 0, False)]

    def enter_text(self, place: Place, text: str) -> None:
        """Take what was typed."""
        self._flow.enter_text(self._spot(place), text)

    def enter_value(self, place: Place, value: Value) -> None:
        """Take what was chosen."""
        self._flow.enter_value(self._spot(place), value)

    def leave(self, place: Place) -> None:
        """The field was left."""
        self.touched.add(place)

    def confirm(self, problem: Problem, reason: str) -> None:
        """Nothing here asks for a confirmation."""
