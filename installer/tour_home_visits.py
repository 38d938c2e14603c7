"""Stops of the tour about 走访: the way of the day, the kitchen table step by step, the contacts in the archive."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from tour_camera import HEIGHT, WIDTH, image_of_page

from db.domain.form_flow import Place
from db.domain.form_schema import Value
from db.domain.records.home_visit import HOME_VISIT
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import archiving, home_visit_papers, home_visits, printing, records
from db.services.office import OfficeSession
from desktop.homevisit.income_dialog import IncomeDialog
from desktop.homevisit.incomes_step import IncomesStep
from desktop.homevisit.items_step import ItemsStep
from desktop.homevisit.photo_step import PhotoDialog, PhotoStep
from desktop.homevisit.signature_step import SignatureStep
from desktop.pages.home_visits import HomeVisitsPage
from desktop.pages.visit import VisitPage
from desktop.records.record_dialog import RecordDialog

if TYPE_CHECKING:
    from tour_stops import Visit

_BEFORE: dict[str, Value] = {
    "method": "home",
    "purpose": "care",
    "visited_on": "2026-05-12",
    "visitors": "陈志强、吴秀英",
    "work_state": "在镇上超市理货，试用期",
    "wage_income": "本人每月 1800 元",
    "housing": "公租房，两间，约 50 平方米",
    "health": "高血压，长期吃药",
    "wish": "孩子上学的费用",
}
_CALL: dict[str, Value] = {
    "method": "call", "purpose": "contact", "visited_on": "2026-10-20", "visitors": "陈志强", "findings": "孩子已经开学，助学贷款办好了。"
}  # fmt: skip
_SHEET_SCALE = 1.6


def visits_of_the_day(visit: Visit) -> None:
    """From the way of the day to the kitchen table and back."""
    session = visit.stage.town
    visit.enter(session)
    visit.page("home_visits")
    visit.take("home_visits-empty")
    archive_id = visit.stage.rich
    for values, rows in ((_BEFORE, {"incomes": [_wage("a", 180_000)]}), (_CALL, {})):
        content = RecordContent(dict(values), {key: list(ledger) for key, ledger in rows.items()})
        records.save_record(session, archive_id, RecordKind.HOME_VISIT, content)
    _way(visit, session, archive_id)
    page = visit.page("visit", archive_id=archive_id)
    assert isinstance(page, VisitPage)
    visit.window.showNormal()
    visit.window.resize(WIDTH, HEIGHT)
    _write(visit, page)
    _store(visit, page)
    visit.page("archive", archive_id=archive_id, tab="visits")
    visit.take("archive-visits")


def _wage(row_id: str, month: int) -> dict[str, Value]:
    return {"id": row_id, "person": "worker", "kind": "wage", "monthly": month, "amount": month * 12}


def _way(visit: Visit, session: OfficeSession, archive_id: str) -> None:
    ids = visit.stage.ids
    page = visit.page("home_visits", put_on=[archive_id, *ids[5:9]])
    assert isinstance(page, HomeVisitsPage)
    home_visits.save_draft(session, home_visits.begin_visit(session, ids[6]))
    done = home_visits.begin_visit(session, ids[7])
    done.content.values["visitors"] = "陈志强、吴秀英"
    home_visits.finish_visit(session, done)
    page.open()
    visit.take("home_visits")
    archive = archiving.load_archive(session, archive_id)
    content = RecordContent(dict(_CALL))
    hidden = {"signed_print"}
    title, context = "入户走访记录", page.context
    made = RecordDialog(page, context, HOME_VISIT, content, title, lambda _content: None, archive=archive, hidden=hidden)
    made.rows[0].add_row()
    visit.take("dialog-visit-record", made)


def _write(visit: Visit, page: VisitPage) -> None:
    assert page.keeper is not None
    flow = page.keeper.flow
    flow.enter_text(Place("visitors"), "陈志强、吴秀英")
    flow.enter_text(Place("received_by"), page.keeper.name)
    page.show_step(0)
    visit.take("visit-1-visit")
    page.show_step(1)
    items, incomes = page.steps[1], page.steps[2]
    assert isinstance(items, ItemsStep) and isinstance(incomes, IncomesStep)
    for key, words in (("work_state", "在镇上超市理货，已转正"), ("wage_income", "本人每月 2400 元")):
        items.cards[key].answer.setPlainText(words)
    for key in ("housing", "health"):
        items.cards[key].answer.setPlainText(str(_BEFORE[key]))
    visit.take("visit-2-items")
    incomes.add_everyone()
    row = Place("monthly", str(flow.rows["incomes"][0]["id"]))
    flow.enter_text(row, "2400")
    page.show_step(2)
    visit.take("visit-3-incomes")
    flow.enter_value(Place("four_clear"), ["basics", "causes", "needs"])
    flow.enter_text(Place("needs"), "孩子上学的生活费；本人想学一门手艺。")
    page.show_step(3)
    visit.take("visit-4-result")
    _photos(visit, page)
    _sign(visit, page)


def _photos(visit: Visit, page: VisitPage) -> None:
    step = page.steps[4]
    assert isinstance(step, PhotoStep) and page.keeper is not None
    folder = visit.stage.folder / "DCIM"
    folder.mkdir(exist_ok=True)
    for number in range(4):
        (folder / f"IMG_{number + 1}.jpg").write_bytes(_room(number))
    page.show_step(4)
    step.show_photos(folder)
    visit.take("visit-5-photos")
    made = home_visits.add_photo(visit.stage.town, page.keeper.draft.archive_id, "IMG_1.jpg", _room(0))
    page.keeper.flow.papers[made.id] = made.name
    page.keeper.flow.enter_value(Place("photos"), [made.id])
    visit.take("dialog-visit-photo", PhotoDialog(step, made.name, QImage.fromData(_room(0))))


def _sign(visit: Visit, page: VisitPage) -> None:
    step = page.steps[5]
    assert isinstance(step, SignatureStep) and page.keeper is not None
    page.show_step(5)
    step.who.setText(page.keeper.name)
    step.who.textEdited.emit(page.keeper.name)
    step.pad.strokes = [
        [QPointF(260 + 3 * at, 170 + 46 * math.sin(at / 5)) for at in range(60)],
        [QPointF(520 + 2 * at, 120 + 3 * at - at * at / 40) for at in range(60)],
        [QPointF(700 + 2.4 * at, 210 - 60 * math.sin(at / 9)) for at in range(60)],
    ]
    step.pad.changed.emit()
    visit.take("visit-6-signature")
    step.take()


def _store(visit: Visit, page: VisitPage) -> None:
    page.show_step(6)
    visit.take("visit-7-finish")
    page.store()
    visit.take("visit-stored")
    assert page.made is not None
    made = page.made
    visit.take("dialog-visit-incomes", IncomeDialog(page, page.context, made.archive_id, made.record_id))
    pdf = home_visit_papers.visit_pdf(visit.stage.town, [made.record_id])
    sheet = printing.render_page(pdf, 0, _SHEET_SCALE)
    visit.camera.take_sheet("printed-home-visit", image_of_page(sheet.pixels, sheet.width, sheet.height, sheet.stride))


def _room(number: int) -> bytes:
    """A made-up photo of a room."""
    image = Image.new("RGB", (1200, 900), (214 - 12 * number, 204, 186 + 10 * number))
    draw = ImageDraw.Draw(image)
    draw.polygon(((0, 900), (260, 620), (940, 620), (1200, 900)), fill=(160, 132, 104))
    draw.rectangle((430 + 60 * number, 170, 760 + 60 * number, 420), fill=(236, 244, 250), outline=(120, 110, 96), width=9)
    draw.rectangle((150, 500, 420, 700), fill=(124, 88, 62))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
