"""Stops of the tour about policy: 设置 → 政策 with its dialogs, the previews, and the papers of a household's means."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING

from tour_camera import image_of_page

from db.domain.policy.eligibility import assess
from db.domain.policy.facts import facts_of
from db.printing.assessment_sheet import AssessmentPrint, DecisionPrint, assessment_pdf, result_words
from db.printing.means_sheet import means_pdf
from db.printing.means_values import MeansPrint
from db.services import archiving, policies, policy_printing, printing
from db.services.demo_means import make_means
from db.services.policies import EditableFigure, FigureKind
from db.services.policy_printing import Paper
from desktop.exchange.export_dialog import papers_of
from desktop.exchange.print_dialog import PrintDialog
from desktop.pages.settings import SettingsPage
from desktop.policy.delivery import OfferDialog, SendPolicyDialog
from desktop.policy.edit_dialog import EditPolicyDialog
from desktop.policy.figure_editor import NEW_SOURCE
from desktop.policy.help_reader import PolicyHelp
from desktop.policy.pack_list import PackList
from desktop.policy.standard_dialog import AddStandardDialog
from desktop.settings.policy_section import PACKS, STANDARDS, PolicySection

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from tour_stops import Visit

_SHEET_SCALE = 1.6
_OPEN_PACK, _COUNTY_PACK = "qinghai-2022", "qianshan-2020"
_ON = date(2020, 6, 1)


def policy_settings(visit: Visit) -> None:
    """Both views of the section, the editor with an open and a changed figure, the file on its way down."""
    page = visit.page("settings", section="policy")
    assert isinstance(page, SettingsPage)
    section = page.section("policy")
    assert isinstance(section, PolicySection)
    mark(section.packs, _OPEN_PACK)
    visit.take("settings-policy-open-figures")
    bar = section.verticalScrollBar()
    bar.setValue(bar.maximum())
    visit.take("settings-policy-particulars")
    section.show_view(STANDARDS)
    visit.take("settings-policy-standards")
    visit.take("dialog-standard", AddStandardDialog(page, visit.stage.town))
    section.show_view(PACKS)
    row = section.packs.current()
    assert row is not None and row.loaded is not None
    editor(visit, page, row.loaded)
    visit.take("dialog-policy-help", PolicyHelp(page))
    visit.take("dialog-send-policy", SendPolicyDialog(page, row.loaded))
    sheet = policy_printing.plain_policy_pdf(row.loaded)
    visit.take("dialog-plain-sheet", PrintDialog(page, sheet, "政策明白纸", "明白纸.pdf", "一页，发给职工", private=False))
    offer(visit, page)


def mark(packs: PackList, pack_id: str) -> None:
    """Mark the newest version of a pack."""
    packs.mark(next(row.sha256 for row in packs.model.rows if row.pack_id == pack_id))


def editor(visit: Visit, page: QWidget, loaded: policies.LoadedPack) -> None:
    """The table of figures: one being changed, then checked."""
    dialog = EditPolicyDialog(page, visit.stage.town, loaded)
    dialog.show()
    deep = [figure for figure in dialog.model.rows if figure.is_unset and "深度困难" in figure.group]
    for figure in deep[:2]:
        change(dialog, figure)
    visit.camera.take("dialog-edit-policy", visit.window, dialog)
    dialog.new_source.title_line.setText("困难职工帮扶工作实施细则")
    dialog.new_source.issuer.setText("青海省总工会办公室")
    dialog.begins.setText("2026-12-01")
    dialog.check()
    visit.camera.take("dialog-edit-policy-checked", visit.window, dialog)
    dialog.changes.clear()  # or it would ask before it closes
    dialog.close()


def change(dialog: EditPolicyDialog, figure: EditableFigure) -> None:
    """Type a new value with its clause, as a clerk would."""
    dialog.mark(figure.path)
    if figure.kind is FigureKind.OPERATOR:
        dialog.editor.operator.set_value("<=")
    else:
        dialog.editor.value.setText("1")
    dialog.editor.source.set_value(NEW_SOURCE)
    dialog.editor.clause.setText("第五条")
    dialog.editor.clause.textEdited.emit("第五条")


def offer(visit: Visit, page: QWidget) -> None:
    """The county's version of its pack, as the township sees it before taking it."""
    stage = visit.stage
    path = stage.stick / "潜山市总工会-政策.nuandang-policy"
    if not path.exists():
        pack = policies.find_pack(policies.policy_book(stage.county), _COUNTY_PACK)
        days = next(figure for figure in policies.figures(pack) if figure.path == "notice.days")
        changed = policies.FigureChange(days.path, "7", days.source, "第三条第一款")
        policies.edit_pack(stage.county, _COUNTY_PACK, [changed], begins="2026-12-01", note="公示延长到 7 个工作日")
        policies.export_policy(stage.county, _COUNTY_PACK, path)
    visit.take("dialog-receive-policy", OfferDialog(page, policies.read_policy_file(stage.town, path)))


def paper_preview(visit: Visit) -> None:
    """The preview with the consent beside the form."""
    page = visit.page("archives")
    stage = visit.stage
    papers = papers_of(visit.workspace.context, stage.ids[:3])
    first = papers[0].make(lambda _done, _total: None)
    dialog = PrintDialog(page, first.pdf, papers[0].title, papers[0].file_name, "3 户", first.warning, papers=papers)
    dialog.show()
    dialog.show_paper(2)
    visit.camera.settle(visit.window)
    visit.take("dialog-print-consent", dialog)


def printed_papers(visit: Visit) -> None:
    """The papers themselves."""
    stage = visit.stage
    archive = archiving.load_archive(stage.town, stage.rich)
    means = make_means(random.Random(11), archive.content, _ON.year - 1)
    item = MeansPrint(archive.content, means, archive.archive_number, stage.town.office.name, "陈志强", "2020-05-20")
    book = policies.policy_book(stage.town)
    loaded = policies.find_pack(book, _COUNTY_PACK, _ON.isoformat())
    found = assess(facts_of(archive.content, means), loaded, book, _ON)
    words = result_words(found, found.suggested_class, found.suggested_level)
    decision = DecisionPrint(words, "入户核实，与所填一致。", "2020-06-02", "吴立新")
    explained = AssessmentPrint(
        assessment=found,
        name=archive.content.text("name"),
        id_number=archive.content.text("id_number"),
        archive_number=archive.archive_number,
        office_name=stage.town.office.name,
        made_at="2020-06-01T09:30",
        made_by="陈志强",
        decision=decision if words else DecisionPrint(),
    )
    sheets = {
        "printed-means": means_pdf(item),
        "printed-means-blank": policy_printing.blank_paper_pdf(Paper.MEANS),
        "printed-consent": policy_printing.paper_pdf(stage.town, [stage.rich], Paper.CONSENT),
        "printed-assessment": assessment_pdf(explained),
        **{f"printed-plain-{pack.pack.id}": policy_printing.plain_policy_pdf(pack) for pack in book.packs},
    }
    for name, pdf in sheets.items():
        count = printing.page_count(pdf)
        for number in range(count):
            page = printing.render_page(pdf, number, _SHEET_SCALE)
            picture = image_of_page(page.pixels, page.width, page.height, page.stride)
            visit.camera.take_sheet(name if count == 1 else f"{name}-{number + 1}", picture)
