"""Why an archive goes back: reasons to tick, and words of one's own."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from db.domain.option_lists import option_list
from db.domain.review import OTHER, Reason


class ReasonTicks(QWidget):
    """Reasons that concern the archive as a whole."""

    changed = Signal()

    def __init__(self, columns: int = 2) -> None:
        super().__init__()
        self.boxes: dict[str, QCheckBox] = {}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        options = [option for option in option_list("review_reason").options if option.code != OTHER]
        rows = -(-len(options) // columns)
        for at, option in enumerate(options):
            box = QCheckBox(option.label)
            box.setToolTip(option.label)
            box.toggled.connect(lambda _on: self.changed.emit())
            grid.addWidget(box, at % rows, at // rows)
            self.boxes[option.code] = box
        self.words = QLineEdit()
        self.words.setPlaceholderText("其他理由，或补充说明")
        self.words.setAccessibleName("其他理由，或补充说明")
        self.words.textEdited.connect(lambda _text: self.changed.emit())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(grid)
        column.addWidget(self.words)

    def reasons(self) -> list[Reason]:
        """What is ticked; the words go with a single tick, else stand for themselves."""
        codes = [code for code, box in self.boxes.items() if box.isChecked()]
        words = self.words.text().strip()
        if len(codes) == 1 and words:
            return [Reason(codes[0], words)]
        return [*map(Reason, codes), *([Reason(OTHER, words)] if words else [])]

    def show_reasons(self, reasons: list[Reason]) -> None:
        """Tick what *reasons* say."""
        said = {reason.code: reason.text for reason in reasons}
        for code, box in self.boxes.items():
            box.setChecked(code in said)
        self.words.setText(next((text for text in said.values() if text), ""))
