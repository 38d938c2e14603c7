"""Stops of the tour about 结对: the room, the register of cadres, pairing, handing over, and the tab of a household."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.domain.case_words import Act
from db.domain.records.record_form import RecordContent, RecordKind, Row
from db.services import cadres, casework, demo, duties, pairing, pairing_papers, records
from db.services.office import OfficeSession
from desktop.exchange.print_dialog import PrintDialog
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.cadres import CadresPage
from desktop.pages.pairing import PairingPage
from desktop.pairing.duty_dialog import DutyDialog
from desktop.pairing.hand_over_dialog import HandOverDialog
from desktop.pairing.pair_dialog import PairDialog

if TYPE_CHECKING:
    from tour_stops import Visit

_CADRES = (
    ("汪建国", "镇党委", "党委书记", True),
    ("程桂芳", "镇总工会", "主席", True),
    ("吴秀英", "镇总工会", "副主席", True),
    ("储德明", "镇总工会", "干事", False),
    ("朱晓梅", "梅城社区工会", "工会主席", False),
    ("徐长林", "东关纺织厂工会", "工会委员", False),
)


def pairing_room(visit: Visit) -> None:
    """The room 结对 with its register, dialogs and papers."""
    stage = visit.stage
    session = stage.new_office("余井镇总工会", "township", "340882104", "潜山市总工会", "储德明")
    visit.enter(session)
    page = visit.page("cadres")
    visit.take("cadres-nobody")
    ids = _households(visit, session)
    page = visit.page("pairing")
    assert isinstance(page, PairingPage)
    for name in ("missing", "overdue", "all"):
        page.show_state(name)
        visit.take(f"pairing-{name}")
    page.show_state("missing")
    page.model.tick_all()
    visit.take("pairing-ticked")
    visit.take("dialog-pair", PairDialog(page, page.context, page.model.ticked_ids(), lambda _made: None))
    visit.take("dialog-pairing-duties", DutyDialog(page, session))
    _register(visit)
    _household(visit, ids[0])
    _papers(visit, session, ids[:1])
    visit.enter(stage.empty)
    visit.camera.settle(visit.window)  # what is being read beside the pages needs the office open
    session.close()


def _register(visit: Visit) -> None:
    page = visit.page("cadres")
    assert isinstance(page, CadresPage)
    for name in ("left", "in_office"):
        page.open(name)
        visit.take(f"cadres-{name.replace('_', '-')}")
    page.table.selectRow(3)
    busy = max(cadres.list_cadres(page.context.session), key=lambda row: row.households)
    dialog = HandOverDialog(page, page.context.session, busy)
    dialog.all_to.setCurrentIndex(dialog.all_to.count() - 1)
    visit.take("dialog-hand-over", dialog)


def _household(visit: Visit, archive_id: str) -> None:
    page = visit.page("archive", archive_id=archive_id, tab="pairing")
    assert isinstance(page, ArchiveDetailPage)
    visit.take("archive-pairing")
    unpaired = duties.pairing_ids(page.context.session, duties.PairingQuery(pile="missing"))[0]
    visit.page("archive", archive_id=unpaired, tab="pairing")
    visit.take("archive-pairing-nobody")


def _papers(visit: Visit, session: OfficeSession, ids: list[str]) -> None:
    page = visit.page("pairing")
    assert isinstance(page, PairingPage)
    pdf = pairing_papers.household_papers_pdf(session, ids)
    visit.take("dialog-pairing-papers", PrintDialog(page, pdf, "帮扶计划、措施、台帐", "papers.pdf"))


def _households(visit: Visit, session: OfficeSession) -> list[str]:
    ids = demo.fill_office(session, 16, seed=61)
    for archive_id in ids[:14]:
        casework.take_step(session, archive_id, Act.NOTE_ON_FILE, {"reason": "原有档案"})
    people = [cadres.save_cadre(session, _cadre(*each)).record_id for each in _CADRES]
    pairing.pair(session, ids[:1], {people[3]: "main", people[1]: "helper"}, "2026-02-10")
    for at, archive_id in enumerate(ids[1:11]):
        pairing.pair(session, [archive_id], {people[at % 5]: "main"}, f"2026-0{1 + at % 5}-12")
    _note(session, ids)
    leaver = cadres.save_cadre(session, _cadre("范德胜", "镇总工会", "干事", False)).record_id
    pairing.pair(session, ids[11:12], {leaver: "main"}, "2025-09-01")
    pairing.hand_over(session, leaver, {ids[11]: people[3]}, "2026-06-30", reason="退休")
    return ids


def _cadre(name: str, unit: str, post: str, is_leader: bool) -> RecordContent:
    return RecordContent({"name": name, "unit": unit, "post": post, "phone": "0556-8900000", "is_leader": is_leader})


def _note(session: OfficeSession, ids: list[str]) -> None:
    for at, archive_id in enumerate(ids[:8]):
        contact = {"purpose": "contact", "visitors": "储德明、程桂芳" if at % 2 else "储德明"}
        told: list[Row] = [
            {"method": "home", "visited_on": "2026-07-08", "findings": "本人在家养病，药费支出大，孩子今年上高中。"},
            {"method": "call", "visited_on": f"2026-{10 + at % 2}-{11 + at:02d}", "findings": "近况平稳，提醒办理门诊慢性病卡。"},
        ]
        for values in told:
            records.save_record(session, archive_id, RecordKind.HOME_VISIT, RecordContent({**contact, **values}))
    plan: Row = {
        "year": 2026,
        "made_on": "2026-02-15",
        "until": "2026-12-31",
        "responsible": "储德明",
        "needs": "大病药费负担重；孩子上高中的学费；配偶想找一份离家近的工作。",
        "goal": "年内办好门诊慢性病卡和医疗互助，配偶实现就业，孩子不因困难辍学。",
    }
    records.save_record(session, ids[0], RecordKind.HELP_PLAN, RecordContent(plan))
    measures: tuple[Row, ...] = (
        {"measure_kind": "mutual_aid", "content": "办理职工医疗互助保障，申请二次补助。", "responsible": "储德明",
         "planned_on": "2026-02-15", "due_on": "2026-06-30", "done_on": "2026-05-20", "result": "已补助门诊费用。"},
        {"measure_kind": "tuition", "content": "金秋助学：申请高中阶段助学金。", "responsible": "程桂芳",
         "planned_on": "2026-02-15", "due_on": "2026-09-30"},
        {"measure_kind": "sunshine_employment", "content": "推荐配偶参加家政培训并介绍就近就业。", "responsible": "储德明",
         "planned_on": "2026-03-01", "due_on": "2026-12-20"},
    )  # fmt: skip
    for each in measures:
        records.save_record(session, ids[0], RecordKind.MEASURE, RecordContent(each))
