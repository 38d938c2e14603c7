"""Stops of the tour about 活动: the register of programmes, one at work, its dialogs, and the list to sign."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tour_camera import image_of_page

from db.domain.case_words import Act
from db.domain.form_schema import Value
from db.domain.records.programme import PROGRAMME
from db.domain.records.record_form import RecordContent
from db.services import (
    aid,
    casework,
    demo,
    demo_casework,
    exchange,
    funds,
    printing,
    programme_papers,
    programmes,
    quotas,
    register_papers,
)
from db.services.aid import GrantInput
from db.services.office import OfficeSession
from desktop.aid.condolences_dialog import CondolencesDialog
from desktop.aid.grant_dialog import GrantDialog
from desktop.aid.grant_words import beginning_in
from desktop.aid.looks_dialog import LooksDialog
from desktop.aid.programme_quotas_dialog import ProgrammeQuotasDialog
from desktop.pages.programme import ProgrammePage
from desktop.pages.programmes import ProgrammesPage
from desktop.records.record_dialog import RecordDialog

if TYPE_CHECKING:
    from tour_stops import Visit

_SCALE = 1.5


def programmes_room(visit: Visit) -> None:
    """送温暖 of a township: before, half granted, with people who have no archive, on paper."""
    session = visit.stage.new_office("水吼镇总工会", "township", "340882108", "潜山市总工会", "余桂芳")
    visit.enter(session)
    visit.page("programmes")
    visit.take("programmes-nothing-yet")
    ids = _winter(session)
    page = visit.page("programmes")
    assert isinstance(page, ProgrammesPage)
    visit.take("programmes")
    warmth = programmes.list_programmes(session)[-1]
    dialog = RecordDialog(page, page.context, PROGRAMME, warmth.content, "布置活动", lambda _content: None)
    visit.take("dialog-programme", dialog)
    one = visit.page("programme", programme_id=warmth.id)
    assert isinstance(one, ProgrammePage)
    visit.take("programme-to-do")
    one.model.tick_all()
    visit.take("programme-ticked")
    one.show_state("all")
    visit.take("programme-all")
    grant = GrantDialog(one, one.context, ids[:4], lambda _made: None, beginning_in(warmth))
    visit.take("dialog-grant-in-programme", grant)
    plain = GrantDialog(one, one.context, ids[12:13], lambda _made: None)
    plain.programme.setCurrentIndex(1)
    plain.look()
    visit.take("dialog-grant-into-programme", plain)
    fund_id = funds.fund_states(session)[0].fund.record_id
    title = warmth.title
    given = GrantInput("warmth", 100_000, fund_id=fund_id, programme_id=warmth.id, programme_title=title, reason="按文件")
    looks = aid.look_at_many(session, [(archive_id, replace(given, reason="")) for archive_id in ids[2:12]])
    visit.take("dialog-looks", LooksDialog(one, "批准救助：10 户", replace(given, reason=""), looks))
    over = aid.look_at_many(session, [(archive_id, replace(given, amount=160_000)) for archive_id in ids[2:9]])
    visit.take("dialog-looks-out", LooksDialog(one, "批准救助：7 户", replace(given, amount=160_000), over))
    visit.take("dialog-condolences", CondolencesDialog(one, one.context, warmth))
    for name, pdf in {
        "printed-handout": programme_papers.handout_pdf(session, warmth.id),
        "printed-names": programme_papers.names_pdf(session, warmth.id, ids[:13]),
        "printed-programme-totals": register_papers.table_pdf(programme_papers.totals_table(session)),
        "printed-handout-blank": programme_papers.handout_pdf(session, warmth.id, blank=True),
    }.items():
        sheet = printing.render_page(pdf, 0, _SCALE)
        visit.camera.take_sheet(name, image_of_page(sheet.pixels, sheet.width, sheet.height, sheet.stride))
    _allotted(visit)
    visit.enter(visit.stage.empty)
    visit.camera.settle(visit.window)
    session.close()


def _allotted(visit: Visit) -> None:
    """A county that allots the places of a programme; taken back afterwards, for other stops show the county, too."""
    county = visit.stage.county
    year = int(county.today[:4])
    values: dict[str, Value] = {"title": f"{year} 年全市送温暖", "programme_kind": "warmth", "year": year, "items": ["warmth"],
                                "begins_on": f"{year}-01-05", "lists_due_on": f"{year}-12-10", "standard": 80_000}  # fmt: skip
    item = programmes.save_programme(county, RecordContent(values)).record_id
    below = [partner.id for partner in exchange.list_partners(county) if partner.relation == "child"]
    made = [quotas.set_quota(county, office, year, f"{quotas.PROGRAMME}{item}", 30) for office in below[:1]]
    visit.enter(county)
    page = visit.page("programme", programme_id=item)
    assert isinstance(page, ProgrammePage) and page.item is not None
    visit.take("programme-county")
    visit.take("dialog-programme-quotas", ProgrammeQuotasDialog(page, page.context, page.item))
    for quota in made:
        quotas.withdraw_quota(county, quota.id)
    programmes.remove_programme(county, item)


def _winter(session: OfficeSession) -> list[str]:
    """Households on file, money, two programmes; half of one of them granted, some outdoor workers visited."""
    demo_casework.set_up_policy(session)
    year = int(session.today[:4])
    ids = demo.fill_office(session, 16, seed=97)
    for archive_id in ids[:13]:
        casework.take_step(session, archive_id, Act.NOTE_ON_FILE, {"reason": "原有档案"})
    values: dict[str, Value] = {"name": f"{year} 年送温暖经费", "source_kind": "union", "year": year, "begins_on": f"{year}-01-01",
                                "needs_archive": False}  # fmt: skip
    fund_id = funds.save_fund(session, RecordContent(values)).record_id
    came: dict[str, Value] = {"fund_id": fund_id, "movement": "receipt", "on_day": f"{year}-03-01", "amount": 3_000_000}
    funds.save_movement(session, RecordContent(came))
    warmth: dict[str, Value] = {
        "title": f"{year} 年两节送温暖", "programme_kind": "warmth", "year": year, "basis": "市总工会〔演示〕12 号",
        "begins_on": f"{year}-01-05", "items": ["warmth"], "standings": ["on_file"], "standard": 100_000,
        "goods": "大米 10 公斤、食用油 5 升", "most_per_time": 150_000, "most_per_year": 2, "most_amount_per_year": 200_000,
        "fund_sources": ["union"], "visitors": "余桂芳",
    }  # fmt: skip
    cool: dict[str, Value] = {
        "title": f"{year} 年夏季送清凉", "programme_kind": "cool", "year": year, "begins_on": f"{year}-06-20",
        "ends_on": f"{year}-08-31", "items": ["warmth"], "members": ["elder", "ill"], "goods": "防暑用品一份",
    }  # fmt: skip
    first = programmes.save_programme(session, RecordContent(warmth)).record_id
    second = programmes.save_programme(session, RecordContent(cool)).record_id
    given = GrantInput("warmth", 100_000, fund_id=fund_id, programme_id=first, programme_title=str(warmth["title"]), reason="按文件")
    aid.grant_many(session, [(archive_id, given) for archive_id in ids[:5]])
    goods = GrantInput("warmth", goods=str(warmth["goods"]), programme_id=first, programme_title=str(warmth["title"]), reason="按文件")
    aid.grant_many(session, [(archive_id, goods) for archive_id in ids[3:8]])
    visited = (("outdoor", 46, "镇环卫站", "棉手套、保温杯各 46 份"), ("frontline", 30, "西气东输工地", "慰问品 30 份"))
    for group, people, place, what in visited:
        line: dict[str, Value] = {"programme_id": first, "group": group, "on_day": f"{year}-01-12", "people": people, "place": place,
                                  "goods": what, "visitors": "余桂芳、程桂芳"}  # fmt: skip
        programmes.save_condolence(session, RecordContent(line))
    assert second
    return ids
