"""Take archives out on paper or into a workbook: the entry points for the archive list, the detail page and the board."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QWidget

from db.errors import Progress
from db.services.office import OfficeSession
from desktop import background, files
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog, offer_folder
from desktop.exchange.print_dialog import About, PaperChoice, Preview, PrintDialog
from desktop.widgets.basics import Note, button, label

if TYPE_CHECKING:
    from db.services.printing import UncoveredText

EXCEL = "Excel 工作簿 (*.xlsx)"
PDF = "PDF 文件 (*.pdf)"
CARE = "文件没有加密，里面有身份证号和银行卡号，用完请妥善保管。"


@dataclass(frozen=True)
class Way:
    """One way out: caption, what it is for, the ending of the file's name, and the service that writes it."""

    caption: str
    purpose: str
    name: str
    kind: str
    write: Callable[[OfficeSession, Sequence[str], Path, Progress], str]
    """Writes the file; a sentence on what the clerk must see to afterwards, empty as a rule."""


# imported late in the functions below: reportlab and the workbook writers cost more than opening the archive list


def _write_flat(session: OfficeSession, ids: Sequence[str], path: Path, progress: Progress) -> str:
    from db.services import workbooks

    workbooks.export_flat(session, ids, path, progress)
    return ""


def _write_forms(session: OfficeSession, ids: Sequence[str], path: Path, progress: Progress) -> str:
    from db.services import workbooks

    workbooks.export_forms(session, ids, path, progress)
    return ""


def _write_pdf(session: OfficeSession, ids: Sequence[str], path: Path, progress: Progress) -> str:
    from db.services import printing

    printing.write_archive_pdf(session, ids, path, progress)
    return uncovered_sentence(session, ids)


def uncovered_sentence(session: OfficeSession, ids: Sequence[str]) -> str:
    """Which of the archives *ids* hold characters no print font has; empty when all can be printed."""
    from db.services import printing

    return _odd_sentence(printing.uncovered_texts(session, ids))


def _odd_sentence(odd: "Sequence[UncoveredText]") -> str:
    if not odd:
        return ""
    names = "、".join(f"{item.name}（{'、'.join(item.characters)}）" for item in odd[:5])
    more = f"等 {len(odd)} 户" if len(odd) > 5 else ""
    return f"{names}{more}里有字库里没有的字，印成了带框的字码，请打印后手写补上。"


def preview_of(session: OfficeSession, ids: Sequence[str], progress: Progress) -> Preview:
    """The printed forms of the archives *ids*, with the names of those whose characters no font holds."""
    from db.services import printing

    return Preview(printing.archive_pdf(session, ids, progress), uncovered_sentence(session, ids))


FURTHER_PAPERS = (
    ("means", "信息采集表", "困难职工家庭情况信息采集表"),
    ("consent", "核对承诺授权书", "家庭经济状况核对承诺授权书"),
)
"""Code of the paper, its name on the button, its name in a file."""


def paper_preview_of(session: OfficeSession, ids: Sequence[str], code: str, progress: Progress) -> Preview:
    """A further paper of the archives *ids*, from their latest worksheets."""
    from db.services import policy_printing
    from db.services.policy_printing import Paper

    pdf = policy_printing.paper_pdf(session, ids, Paper(code), None, progress)
    return Preview(pdf, _odd_sentence(policy_printing.uncovered_paper_texts(session, ids)))


def _blank_paper(code: str, _progress: Progress) -> Preview:
    from db.services import policy_printing
    from db.services.policy_printing import Paper

    return Preview(policy_printing.blank_paper_pdf(Paper(code)))


def _blank_pdf() -> Preview:
    from db.services import printing

    return Preview(printing.blank_form_pdf())


def _write_template(path: Path) -> None:
    from db.services import workbooks

    workbooks.write_template(path)


WAYS = (
    Way(
        "Excel 平面表",
        "一户一行，家庭成员往右排。适合汇总、筛选，改好后可再导入。",
        "困难职工档案-平面表.xlsx",
        EXCEL,
        _write_flat,
    ),
    Way(
        "Excel 官方表样",
        "每户一张工作表，与《困难职工档案表》的格子一致。适合发给还在用表格的单位。",
        "困难职工档案表.xlsx",
        EXCEL,
        _write_forms,
    ),
    Way(
        "PDF 档案表",
        "A4 纸表，一户一份，合成一个文件。适合打印、签字、装订。",
        "困难职工档案表.pdf",
        PDF,
        _write_pdf,
    ),
)
PACKAGE = ("报送资料包", "加密压缩包：平面表、档案表、附件、汇总表。交给没有暖档的上级。")
EVIDENCE = ("取证材料", "每户一份带目录的 PDF：表、决定、公示、走访、材料和全部经过。给审计和巡察。")
"""The ways that ask for more than a place; they stand behind the others."""


class ExportDialog(PlainDialog):
    """Asks which way; the first one is chosen."""

    def __init__(self, parent: QWidget, count: int) -> None:
        super().__init__(parent, f"导出 {count:,} 户档案", "选一种格式，下一步选存放的文件夹。")
        self.way: Way | None = None
        self.is_package = self.is_evidence = False
        self._group = QButtonGroup(self)
        grid = QGridLayout()
        grid.setVerticalSpacing(4)
        ways = [*((way.caption, way.purpose) for way in WAYS), PACKAGE, EVIDENCE]
        for number, (caption, words) in enumerate(ways):
            radio = QRadioButton(caption)
            radio.setChecked(number == 0)
            self._group.addButton(radio, number)
            purpose = label(words, "small", wrap=True)
            purpose.setContentsMargins(24, 0, 0, 8)
            grid.addWidget(radio, 2 * number, 0)
            grid.addWidget(purpose, 2 * number + 1, 0)
        self.body.addLayout(grid)
        self._care = Note(CARE, "warning")
        self.body.addWidget(self._care)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self._next = button("选择存放位置…", "primary", act=self._take)
        self.foot.addWidget(self._next)
        self._group.idToggled.connect(lambda number, on: self._show_next(number - len(WAYS)) if on else None)

    def _show_next(self, beyond: int) -> None:
        """*beyond*: 0 for the package, 1 for the evidence file, less for the plain ways."""
        sentence = "里面的内容用密码加密，密码在下一步设。" if beyond == 0 else CARE
        self._care.show_text(sentence, "action" if beyond == 0 else "warning")
        self._next.setText({0: "设密码和存放位置…", 1: "选版本和存放位置…"}.get(beyond, "选择存放位置…"))

    def choose(self, number: int) -> None:
        """Choose the way *number*, as a click would."""
        self._group.button(number).setChecked(True)

    def _take(self) -> None:
        number = self._group.checkedId()
        self.is_package, self.is_evidence = number == len(WAYS), number == len(WAYS) + 1
        self.way = WAYS[number] if number < len(WAYS) else None
        self.accept()


def export_archives(context: AppContext, parent: QWidget, ids: Sequence[str]) -> None:
    """Ask for a format and a place, then write the archives *ids* there."""
    dialog = ExportDialog(parent, len(ids))
    if not dialog.exec():
        return
    if dialog.is_package:
        from desktop.exchange.package_dialog import make_package

        make_package(context, parent, ids)
    elif dialog.is_evidence:
        from desktop.timeline.evidence_dialog import ask_evidence

        ask_evidence(context, parent, ids)
    elif dialog.way is not None:
        way = dialog.way
        path = files.ask_save(parent, way.caption, dated_name(context, way.name), way.kind)
        if path is not None:
            write_archives(context, parent, ids, way, path)


def dated_name(context: AppContext, name: str) -> str:
    """*name* with the office and the day in it, so that yesterday's file is not taken for today's."""
    stem, dot, suffix = name.rpartition(".")
    return f"{context.session.office.name}-{stem}-{context.session.today}{dot}{suffix}"


def write_archives(context: AppContext, parent: QWidget, ids: Sequence[str], way: Way, path: Path) -> None:
    """Write the archives *ids* to *path* in the background and offer to show the folder."""

    def done(remark: str) -> None:
        offer_folder(parent, f"{len(ids):,} 户已导出。{remark}{CARE}", path)

    background.run(
        parent,
        lambda progress: way.write(context.session, ids, path, progress),
        done,
        title=f"正在导出 {len(ids):,} 户…",
    )


def print_archives(context: AppContext, parent: QWidget, ids: Sequence[str], *, others: bool = True) -> None:
    """Show the printed forms of the archives *ids*; the preview is the PDF itself. With *others* it leads to the papers of the case."""
    act = partial(_open_others, context, ids) if others else None
    _preview(parent, papers_of(context, ids), f"{len(ids):,} 户", act, About(context.session, ids))


def _open_others(context: AppContext, ids: Sequence[str], parent: QWidget) -> None:
    # imported late: that dialog leads back here
    from desktop.papers.papers_dialog import open_papers

    open_papers(context, parent, ids)


def print_blank(parent: QWidget) -> None:
    """Show the blank form for filling in by hand."""
    papers = [PaperChoice("档案表", "空白表", "困难职工档案表-空白.pdf", lambda _progress: _blank_pdf())]
    papers += [
        PaperChoice(caption, "空白表", f"{title}-空白.pdf", partial(_blank_paper, code))
        for code, caption, title in FURTHER_PAPERS
    ]
    _preview(parent, papers, "供手工填写")


def papers_of(context: AppContext, ids: Sequence[str]) -> list[PaperChoice]:
    """What can be printed about the archives *ids*: the form first, then the papers of their means."""
    session = context.session
    form = PaperChoice("档案表", "困难职工档案表", dated_name(context, "困难职工档案表.pdf"), partial(preview_of, session, ids))
    further = [
        PaperChoice(caption, title, dated_name(context, f"{title}.pdf"), partial(paper_preview_of, session, ids, code))
        for code, caption, title in FURTHER_PAPERS
    ]
    return [form, *further]


def _preview(
    parent: QWidget,
    papers: Sequence[PaperChoice],
    hint: str,
    others: Callable[[QWidget], None] | None = None,
    about: About | None = None,
) -> None:
    first = papers[0]

    def done(preview: Preview) -> None:
        dialog = PrintDialog(
            parent, preview.pdf, first.title, first.file_name, hint, preview.warning, papers=papers, about=about
        )
        if others is not None:
            dialog.add_act("办理用的表格…", lambda: others(dialog))
        dialog.exec()

    background.run(parent, first.make, done, title="正在排版…")


def save_template(parent: QWidget) -> None:
    """Write the import template where the clerk chooses."""
    path = files.ask_save(parent, "导入模板", "困难职工档案-导入模板.xlsx", EXCEL)
    if path is not None:
        background.run(
            parent,
            lambda progress: _write_template(path),
            lambda _: offer_folder(parent, "模板里有下拉选项和填表说明，填好后从“导入 Excel”读入。", path),
            title="正在生成模板…",
        )
