"""一键取证: whole or for outsiders, what it is wanted for, and where it goes; then it is made in the background."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QRadioButton, QWidget

from db.errors import Cancelled, Progress
from db.services.office import OfficeSession
from desktop import background, files, messages
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog, offer_folder
from desktop.widgets.basics import Note, button, label

if TYPE_CHECKING:
    from db.services.evidence import EvidenceOutcome

PDF = "PDF 文件 (*.pdf)"
WHOLE = "文件没有加密，里面有身份证号、病情和全部材料，只交给有权查阅的人，用完请妥善保管。"
MASKED = "号码、住址、病情、家庭成员姓名和自由填写的文字已遮去，不附材料影像；交出以前请再看一遍。"


class EvidenceDialog(PlainDialog):
    """Asks which variant and what for."""

    def __init__(self, parent: QWidget, count: int) -> None:
        many = f"{count} 户各一份 PDF，放进同一个文件夹。" if count > 1 else ""
        hint = f"把表、决定、公示、走访、材料和全部经过装订成一份带目录的 PDF。{many}"
        super().__init__(parent, "一键取证", hint)
        self.whole = QRadioButton("完整版：给审计、巡察、上级工会")
        self.masked = QRadioButton("对外版：给没有权限看个人信息的人")
        self.whole.setChecked(True)
        self.purpose = QLineEdit()
        self.purpose.setMaxLength(100)
        self.purpose.setPlaceholderText("例如：2026 年困难职工帮扶资金专项审计")
        self.purpose.setAccessibleName("用途")
        self._care = Note(WHOLE, "warning")
        self.body.addWidget(self.whole)
        self.body.addWidget(self.masked)
        self.body.addWidget(label("用途（印在封面上）"))
        self.body.addWidget(self.purpose)
        self.body.addWidget(self._care)
        self.whole.toggled.connect(self._show_care)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button("选择存放位置…", "primary", act=self.accept))

    def _show_care(self, whole: bool) -> None:
        self._care.show_text(WHOLE if whole else MASKED, "warning" if whole else "action")


def ask_evidence(context: AppContext, parent: QWidget, ids: Sequence[str]) -> None:
    """Ask for the variant and the place, then make the evidence files of the archives *ids*."""
    dialog = EvidenceDialog(parent, len(ids))
    if not dialog.exec():
        return
    path = _place(context.session, parent, ids, masked=dialog.masked.isChecked())
    if path is not None:
        make_evidence(context, parent, ids, path, masked=dialog.masked.isChecked(), purpose=dialog.purpose.text())


def _place(session: OfficeSession, parent: QWidget, ids: Sequence[str], *, masked: bool) -> Path | None:
    from db.services import evidence  # imported late here and below: drawing PDFs loads a lot

    if len(ids) > 1:
        return files.ask_folder(parent, "存放取证材料的文件夹")
    name = evidence.file_name(session, ids[0], evidence.EvidenceChoice(masked))
    return files.ask_save(parent, "一键取证", name, PDF)


def make_evidence(
    context: AppContext, parent: QWidget, ids: Sequence[str], path: Path, *, masked: bool, purpose: str
) -> None:
    """Make the files in the background; *path* is the file of one household, or the folder for several."""

    made: list[EvidenceOutcome] = []

    def work(progress: Progress) -> tuple[str, Path]:
        from db.services import evidence

        choice = evidence.EvidenceChoice(masked, purpose)
        if len(ids) > 1:
            evidence.write_evidence_each(context.session, ids, path, choice, progress, made)
        else:
            made.append(evidence.write_evidence(context.session, ids[0], path, choice, progress))
        pages = sum(item.pages for item in made)
        left = [sentence for item in made for sentence in item.left_out]
        more = f"另有 {len(left) - 2} 处没有编入，见各份封面。" if len(left) > 2 else ""
        told = f"{len(made)} 户，共 {pages} 页。" if len(made) > 1 else f"共 {pages} 页。"
        return told + "".join(left[:2]) + more, made[-1].path or path

    def done(found: tuple[str, Path]) -> None:
        context.changes.archives_changed.emit(set(ids))
        offer_folder(parent, f"取证材料做好了，{found[0]}{MASKED if masked else WHOLE}", found[1])

    def failed(fault: BaseException) -> None:
        if made:
            context.changes.archives_changed.emit(set(ids))
        if isinstance(fault, Cancelled):
            kept = f"已取消。做好的 {len(made)} 份留在文件夹里。" if made else background.CANCELLED
            messages.notify(parent, kept)
        else:
            messages.show_error(parent, fault)

    background.run(parent, work, done, failed, title="正在装订取证材料…")
