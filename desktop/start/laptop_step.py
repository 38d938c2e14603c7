"""First start of a home-visit laptop: the card of the office's desk, and what this computer is called."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from db.services.office import OfficeSession
from desktop.widgets.basics import Note, label

if TYPE_CHECKING:
    from db.services.exchange import OfficeCard

CARDS = "单位名片 (*.nuandang-card);;所有文件 (*)"


class LaptopStep(QWidget):
    """Shows whose laptop this becomes; the fingerprint is compared with the one the desk shows."""

    def __init__(self) -> None:
        super().__init__()
        self.card: OfficeCard | None = None
        self._path = Path()
        self._office = label("", "section", wrap=True)
        self._fingerprint = label("", "figure")
        self.name = QLineEdit("外出电脑")
        self.name.setPlaceholderText("如 外出电脑一，有几台就分别起名")
        self.compared = QCheckBox("已与办公室电脑“数据交换”页上的本单位指纹核对，完全一致")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("这台电脑是下面这个单位的外出电脑"))
        for part in (self._office, self._fingerprint, self.compared):
            column.addWidget(part)
        column.addSpacing(6)
        column.addWidget(label("这台电脑叫什么"))
        column.addWidget(self.name)
        sentence = "外出电脑有自己的口令和恢复码，只和办公室电脑交换，不直接上报。设好以后，再把它的名片拿回办公室电脑登记。"
        column.addWidget(Note(sentence, "action"))

    def show_card(self, path: Path | None) -> None:
        """Read the desk's card; None forgets it. NuandangError when it is none."""
        if path is None:
            self.card = None
            return
        from db.services import exchange  # late: nobody else needs the exchange before signing in

        card = exchange.read_card(path)
        self.card, self._path = card, path
        self._office.setText(card.name)
        self._fingerprint.setText(card.fingerprint)
        self.compared.setChecked(False)

    def full_name(self) -> str:
        """``梅城镇总工会（外出电脑一）``."""
        return f"{self.card.name}（{self.name.text().strip()}）" if self.card else ""

    def problem(self) -> tuple[str, QWidget] | None:
        """What is missing, and where."""
        if not self.name.text().strip():
            return "请给这台电脑起个名字，如“外出电脑一”。", self.name
        if not self.compared.isChecked():
            return "请先与办公室电脑核对指纹，再勾选。", self.compared
        return None

    def set_up(self, folder: Path, clerk_name: str, passphrase: str) -> tuple[OfficeSession, str]:
        """Set the laptop up in *folder*."""
        from db.services import visits  # late, as above

        return visits.set_up_laptop(folder, self._path, self.name.text(), clerk_name, passphrase)
