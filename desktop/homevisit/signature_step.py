"""The signature: who signs, the pad, and the picture once it is kept with the archive."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from db.domain.form_flow import Place, StepState
from db.domain.records.home_visit import HOME_VISIT, changed_since_signed, signed_print
from db.errors import NuandangError
from db.services import attachments, home_visits
from db.services.office import OfficeSession
from desktop import messages, theme
from desktop.homevisit.signature_pad import SignaturePad
from desktop.homevisit.visit_keeper import VisitKeeper
from desktop.homevisit.visit_step import VisitStep
from desktop.widgets.basics import button, label, set_role

PROMISE = "请接待的家人看过上面记的情况，没有出入就在下面签名。签名连同时间存进这一户的附件。"
_OF_AGE = 18
"""Who is younger is not offered: a child does not vouch for the household."""


class SignatureStep(VisitStep):
    """Draw, keep, draw again."""

    def __init__(self, keeper: VisitKeeper, session: OfficeSession) -> None:
        fields = [HOME_VISIT.by_key[key] for key in ("signature", "signed_by", "signed_at", "signed_print")]
        super().__init__(keeper, "signature", "签名", fields)
        self._session = session
        self._who_buttons: list[QPushButton] = []
        self.who = QLineEdit()
        self.who.setAccessibleName("签名人")
        self.who.setPlaceholderText("签名人的姓名")
        self.who.textEdited.connect(self._on_who)
        self.pad = SignaturePad()
        self.pad.changed.connect(self._on_drawn)
        self.keep = button("签好了", "", "check", self.take)
        self.again = button("擦掉重签", "", "undo-2", self.pad.clear)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._when = label("", "secondary")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._drawing())
        self._stack.addWidget(self._signed())
        self.body.addWidget(label(PROMISE, wrap=True))
        self.body.addLayout(self._names())
        self.body.addWidget(self._stack, 1)
        self.refresh()

    def _names(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.sp(8))
        row.addWidget(label("签名人"))
        row.addWidget(self.who, 1)
        grown_up = (person.name for person in self.flow.people if person.age is None or person.age >= _OF_AGE)
        names = [self.keeper.flow.values.get("received_by"), *grown_up]
        for name in list(dict.fromkeys(str(each) for each in names if each))[:4]:
            made = button(name, act=lambda said=name: self._set_who(said))  # type: ignore[misc]
            self._who_buttons.append(made)
            row.addWidget(made)
        return row

    def _drawing(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pad, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.again)
        foot.addStretch(1)
        foot.addWidget(self.keep)
        column.addLayout(foot)
        return made

    def _signed(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._picture, 1)
        column.addWidget(self._when)
        column.addWidget(button("重新签名", "", "pencil", self.sign_again), 0, Qt.AlignmentFlag.AlignLeft)
        return made

    # -- who

    def _set_who(self, name: str) -> None:
        self.who.setText(name)
        self._on_who(name)

    def _on_who(self, name: str) -> None:
        self.flow.enter_text(Place("signed_by"), name)
        self.changed.emit()

    # -- drawing

    def _on_drawn(self) -> None:
        self.keep.setEnabled(self.pad.is_signed)
        self.again.setEnabled(bool(self.pad.strokes))

    def take(self) -> None:
        """Keep the drawing with the archive, with who signed and when."""
        if not self.who.text().strip():
            messages.inform(self, "请先写上签名人的姓名，再点“签好了”。", "还差签名人")
            self.who.setFocus()
            return
        archive_id = self.keeper.draft.archive_id
        try:
            made = home_visits.add_signature(self._session, archive_id, self.pad.png(), self.who.text())
        except (NuandangError, OSError) as fault:
            messages.show_error(self, fault)
            return
        self.flow.papers[made.id] = made.name
        self.flow.enter_value(Place("signature"), [made.id])
        self.flow.enter_text(Place("signed_at"), self._session.now[:16].replace("T", " "))
        self.flow.enter_text(Place("signed_print"), signed_print(self.flow.content()))
        self.pad.clear()
        self.refresh()
        self.changed.emit()

    def sign_again(self) -> None:
        """Sign anew; the former signature leaves the record, and the archive's papers."""
        question = "重新签名？现在的签名会从附件里移除，变更记录里留下这一笔。"
        if not messages.confirm(self, question, "重新签名"):
            return
        value = self.flow.value(Place("signature"))
        for paper in value if isinstance(value, list) else []:
            try:
                attachments.remove_attachment(self._session, paper)
            except NuandangError as fault:
                messages.show_error(self, fault)
        for key in ("signature", "signed_at", "signed_print"):
            self.flow.enter_value(Place(key), None)
        self.refresh()
        self.changed.emit()

    # -- showing

    def refresh(self) -> None:
        value = self.flow.value(Place("signature"))
        signed = value[0] if isinstance(value, list) and value else ""
        self.who.setText(str(self.flow.value(Place("signed_by")) or self.flow.raw.get("signed_by", "")))
        self.who.setReadOnly(bool(signed))
        for each in self._who_buttons:  # who signed is not changed under a signature
            each.setEnabled(not signed)
        self._stack.setCurrentIndex(1 if signed else 0)
        if signed:
            self._show_picture(signed)
        self._on_drawn()

    def _show_picture(self, paper: str) -> None:
        late = "。签名以后内容改过，请再签一次" if changed_since_signed(self.flow.content()) else ""
        self._when.setText(f"{self.flow.value(Place('signed_at')) or ''} 签，已存进附件{late}")
        set_role(self._when, "role", "warning" if late else "secondary")
        try:
            image = QImage.fromData(attachments.read_attachment(self._session, paper))
        except NuandangError as fault:
            self._picture.setText(fault.text())
            return
        smooth = Qt.TransformationMode.SmoothTransformation
        shown = image.scaled(theme.sp(640), theme.sp(220), Qt.AspectRatioMode.KeepAspectRatio, smooth)
        self._picture.setPixmap(QPixmap.fromImage(shown))

    def state(self) -> StepState:
        """Done once there is a signature; nobody must sign."""
        if self.flow.value(Place("signature")):
            return StepState.DONE
        return StepState.STARTED if self.pad.strokes else StepState.EMPTY

    def go_to(self, place: Place) -> bool:
        return any(spec.key == place.field for spec in self.fields)
