"""Prints what this household's file needs: the stored assessment, the means worksheet and the consent to verification."""

from functools import partial

from PySide6.QtWidgets import QWidget

from db.errors import Progress
from db.services.archiving import Archive
from db.services.assessing import StoredAssessment
from desktop import background
from desktop.context import AppContext
from desktop.exchange.print_dialog import About, PaperChoice, Preview, PrintDialog


def print_assessment(context: AppContext, parent: QWidget, stored: StoredAssessment) -> None:
    """Show the stored assessment as it prints."""
    session = context.session

    def work() -> bytes:
        # imported late: drawing PDFs loads a lot
        from db.services import policy_printing

        return policy_printing.assessment_pdf(session, stored.id)

    def done(pdf: bytes) -> None:
        name = f"认定意见-{stored.assessment.on}.pdf"
        about = About(session, [stored.archive_id])
        PrintDialog(parent, pdf, "认定说明", name, f"{stored.assessment.on} 存档", private=True, about=about).exec()

    background.run(parent, lambda _progress: work(), done, title="正在排版…")


def print_worksheet(context: AppContext, parent: QWidget, archive: Archive, year: int) -> None:
    """Show the worksheet of *year* as the printed form, with the consent to verification one click away."""
    from db.services import policy_printing
    from db.services.policy_printing import PAPER_LABELS, Paper

    def make(paper: Paper, _progress: Progress) -> Preview:
        return Preview(policy_printing.paper_pdf(context.session, [archive.id], paper, year))

    name = archive.content.text("name")
    choices = [
        PaperChoice(caption, PAPER_LABELS[paper], f"{PAPER_LABELS[paper]}-{name}-{year}.pdf", partial(make, paper))
        for paper, caption in ((Paper.MEANS, "采集表"), (Paper.CONSENT, "承诺授权书"))
    ]

    def done(first: Preview) -> None:
        paper, about = choices[0], About(context.session, [archive.id])
        PrintDialog(parent, first.pdf, paper.title, paper.file_name, f"{year} 年", papers=choices, about=about).exec()

    background.run(parent, choices[0].make, done, title="正在排版…")
