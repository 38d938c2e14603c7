"""单位名片: the office's own card, and the dialog that registers the card of another office."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QWidget

from db.domain import regions
from db.domain.office_levels import LEVEL_LABELS
from db.services.exchange import OfficeCard, Partner
from desktop import theme
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import Card, Note, button, label
from desktop.widgets.segmented import Segmented

LEVEL_ORDER = ("grassroots", "township", "county", "city", "province")


class CardFace(Card):
    """What a card says, with the fingerprint large enough to read over the phone."""

    def __init__(self, card: OfficeCard | Partner, with_fingerprint: bool = True) -> None:
        super().__init__()
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        region = regions.full_name(card.region_code) or card.region_code
        for row, (caption, value) in enumerate(
            (("单位", card.name), ("级别", LEVEL_LABELS[card.level]), ("行政区划", region))
        ):
            grid.addWidget(label(caption, "secondary"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(value, "strong" if row == 0 else "", wrap=True), row, 1)
        if with_fingerprint:
            grid.addWidget(label("指纹", "secondary"), 3, 0)
            grid.addWidget(fingerprint_label(card.fingerprint), 3, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)


def fingerprint_label(fingerprint: str) -> QLabel:
    """Twelve digits in large type that can be selected."""
    made = label(fingerprint, "figure")
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


_BY_PHONE = (
    "已经打电话与对方核对，12 位数字完全一致",
    "请按通讯录上的号码打电话，让对方念出“数据交换”页上的本单位指纹。不要只听名片文件里的说法。",
)
_BESIDE = (
    "已与那台电脑上显示的指纹核对，12 位数字完全一致",
    "请打开那台电脑的“数据交换”页，把上面的本单位指纹与这里的对一遍。",
)


class EnrolDialog(PlainDialog):
    """Registers another office, once its fingerprint has been compared over the phone."""

    def __init__(
        self, parent: QWidget, card: OfficeCard, own_level: str, machine: str = "", known: Partner | None = None
    ) -> None:
        """*machine*: what the card's sender is, where it is another machine of this office.

        *known*: the office as it is registered now, when the card brings other keys.
        """
        title = "重新登记：这个单位换了密钥" if known else "登记单位名片"
        super().__init__(parent, title, "登记后，本单位只认用这张名片签名的数据包。")
        self._relation: Segmented[str] = Segmented([("parent", "我们的上级"), ("child", "我们的下级")])
        self._relation.set_value(known.relation if known else likely_relation(card.level, own_level))
        asked, sentence = _BESIDE if machine else _BY_PHONE
        self._compared = QCheckBox(asked)
        self._go = button("重新登记" if known else "登记", "primary", act=self.accept)
        self._compared.toggled.connect(self._go.setEnabled)
        self._go.setEnabled(False)
        self.body.addWidget(CardFace(card, with_fingerprint=known is None))
        if known:
            self.body.addWidget(_changed_keys(known, card))
        relation = QHBoxLayout()
        relation.setSpacing(16)
        relation.addWidget(label("这个单位是", "strong"))
        relation.addWidget(label(f"本单位的{machine}") if machine else self._relation)
        relation.addStretch(1)
        self.body.addLayout(relation)
        self.body.addWidget(Note(sentence, "warning"))
        self.body.addWidget(self._compared)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(self._go)

    def relation(self) -> str:
        """parent or child."""
        return self._relation.value() or "child"

    def compare(self) -> None:
        """Tick that the fingerprint was compared."""
        self._compared.setChecked(True)


def _changed_keys(known: Partner, card: OfficeCard) -> Card:
    """Both fingerprints, one above the other: what was registered, and what the card brings."""
    face = Card("指纹不一样了")
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.addWidget(label("原来登记的", "secondary"), 0, 0)
    grid.addWidget(label(known.fingerprint, "strong"), 0, 1)
    grid.addWidget(label("这张名片的", "secondary"), 1, 0)
    grid.addWidget(fingerprint_label(card.fingerprint), 1, 1)
    grid.setColumnStretch(1, 1)
    face.body.addLayout(grid)
    sentence = "对方换了电脑或更换过密钥才会这样。电话里要核对的是新指纹；已收的档案和记录不变。"
    face.body.addWidget(label(sentence, "secondary", wrap=True))
    return face


def likely_relation(level: str, own_level: str) -> str:
    """Whether an office of *level* stands above or below *own_level*."""
    return "parent" if LEVEL_ORDER.index(level) > LEVEL_ORDER.index(own_level) else "child"


class OwnCardDialog(PlainDialog):
    """After the own card was written: what to do with it and what the other side will ask for."""

    def __init__(self, parent: QWidget, card: OfficeCard, place: str) -> None:
        super().__init__(parent, "本单位名片已保存", place)
        self.open_wanted = False
        self.body.addWidget(CardFace(card))
        sentence = "把这个文件交给对方（U 盘、微信都可以，里面没有职工资料）。对方登记时会打电话来核对指纹。"
        self.body.addWidget(Note(sentence, "action"))
        self.foot.addStretch(1)
        self.foot.addWidget(button("打开文件夹", act=self._open))
        self.foot.addWidget(button("知道了", "primary", act=self.accept))
        self.setMinimumWidth(theme.sp(560))

    def _open(self) -> None:
        self.open_wanted = True
        self.accept()
