"""The nine items of S003-05 one below the other."""

from db.domain.form_flow import Place, StepState
from db.domain.records.home_visit import HOME_VISIT, NINE_ITEMS
from desktop.homevisit.item_card import ItemCard
from desktop.homevisit.visit_keeper import VisitKeeper
from desktop.homevisit.visit_step import VisitStep


class ItemsStep(VisitStep):
    """What was verified."""

    def __init__(self, keeper: VisitKeeper) -> None:
        section = next(section for section in HOME_VISIT.sections if section.key == "items")
        super().__init__(keeper, "items", "核实九项", section.fields)
        before = keeper.before
        self.cards: dict[str, ItemCard] = {}
        for number, (key, _) in enumerate(NINE_ITEMS, 1):
            last = before.content.text(key) if before else ""
            last_on = before.on_day if before else ""
            card = ItemCard(number, key, last=last, last_on=last_on, known=keeper.known.get(key, ""))
            card.answered.connect(lambda words, key=key: self._on_answer(key, words))
            self.cards[key] = card
            self.body.addWidget(card)
        self.body.addStretch(1)
        self.refresh()

    def _on_answer(self, key: str, words: str) -> None:
        self.flow.enter_text(Place(key), words)
        self._mark()
        self.changed.emit()

    def _mark(self) -> None:
        changed = self.keeper.changed()
        for key, card in self.cards.items():
            faults = [item.problem.message for item in self.flow.shown_findings(Place(key))]
            card.badge.setVisible(key in changed)
            card.fault.setText("".join(faults))
            card.fault.setVisible(bool(faults))

    def refresh(self) -> None:
        changed = self.keeper.changed()
        for key, card in self.cards.items():
            faults = [item.problem.message for item in self.flow.shown_findings(Place(key))]
            words = self.flow.raw.get(key) or str(self.flow.value(Place(key)) or "")
            card.show_answer(words, is_changed=key in changed, fault="".join(faults))

    def state(self) -> StepState:
        """Done once every item was asked."""
        found = super().state()
        answered = sum(1 for place in self.places() if self.flow.value(place))
        return StepState.STARTED if found is StepState.DONE and answered < len(self.cards) else found

    def go_to(self, place: Place) -> bool:
        if place.field not in self.cards:
            return False
        card = self.cards[place.field]
        card.answer.setFocus()
        self.area.ensureWidgetVisible(card, 0, 24)
        return True
