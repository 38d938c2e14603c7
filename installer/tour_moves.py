"""Stops of the tour about archives that move: two of one family merged, a household handed over, seen from both ends."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING

from PIL import Image

from db.domain.archive_content import new_id
from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import archiving, attachments, demo, exchange, handing_over, merging, records, students
from db.services.archiving import Archive
from db.services.office import OfficeSession
from desktop.context import AppContext
from desktop.moves.hand_over_dialog import HandOverDialog
from desktop.moves.merge_dialog import MergeDialog
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.archive_list import ArchiveListPage

if TYPE_CHECKING:
    from tour_stage import Stage
    from tour_stops import Visit


def archives_that_move(visit: Visit) -> None:
    """A township with a family filed twice and one that moves away; the county that decides."""
    stage = visit.stage
    county = stage.new_office("怀宁县总工会", "county", "340822", "安庆市总工会", "丁海洋")
    giver = stage.new_office("石牌镇总工会", "township", "340822100", "怀宁县总工会", "江文斌")
    taker = stage.new_office("高河镇总工会", "township", "340822101", "怀宁县总工会", "叶春梅")
    for town in (giver, taker):
        _acquaint(stage, town, county)
    ids = demo.fill_office(giver, 9, seed=51)
    other = _file_again(giver, ids[0])
    _merge(visit, giver, ids[0], other.id)
    _hand_over(visit, giver, ids[3], ids[5])
    sent = exchange.export_bundle(giver, None, stage.stick)
    exchange.receive_bundle(county, sent.path)
    _decide(visit, county)
    visit.enter(visit.stage.empty)
    visit.camera.settle(visit.window)  # what is read beside the pages needs the offices open
    for session in (county, giver, taker):
        session.close()


def _acquaint(stage: Stage, town: OfficeSession, county: OfficeSession) -> None:
    for writer, reader in ((town, county), (county, town)):
        card = stage.card_of(writer)
        exchange.write_card(writer, card)
        exchange.enrol(reader, card)


def _file_again(session: OfficeSession, archive_id: str) -> Archive:
    """The same family once more: another phone, a fuller address, a child the first archive does not know."""
    content = archiving.load_archive(session, archive_id).content
    again = content.copy()
    again.members = [{**member, "id": new_id()} for member in content.members]
    again.members.append(
        {"id": new_id(), "name": "江小雨", "relation_to_head": "daughter", "birth_on": "2016-09-02", "sex": "female"}
    )
    again.values.update(mobile_phone="13805560217", home_address="石牌镇皖河路 129 号天柱小区 3 栋 2 单元 501 室（原环卫处宿舍）")
    again.values["secondary_hardship_causes"] = ["schooling"]
    for key in ("ethnicity", "employer"):
        content.values.pop(key, None)
    content.values["secondary_hardship_causes"] = ["accident"]
    archiving.save_archive(session, content, archive_id)
    made = archiving.save_archive(session, again)
    paper = io.BytesIO()
    Image.effect_noise((600, 400), random.Random(5).randint(20, 60)).save(paper, "JPEG")
    attachments.add_attachment(session, made.id, "户口本.jpg", paper.getvalue(), "household_register")
    return made


def _context(visit: Visit) -> AppContext:
    page = visit.workspace.current_page()
    assert isinstance(page, ArchiveDetailPage | ArchiveListPage)
    return page.context


def _merge(visit: Visit, session: OfficeSession, kept: str, merged: str) -> None:
    visit.enter(session)
    page = visit.page("archives")
    assert isinstance(page, ArchiveListPage)
    page.model.ticked.update({kept, merged})
    page.model.ticks_changed.emit()
    visit.take("archives-two-to-merge")
    _told_before(session, merged)
    dialog = MergeDialog(page.context, visit.window, kept, merged, "同一户在两个村各建了一份")
    visit.take("archives-merge-dialog", dialog)
    made = merging.merge(session, kept, merged, dialog.choices(), dialog.reason.text())
    page.context.changes.archives_changed.emit({kept, merged})
    visit.page("archive", archive_id=merged)
    visit.take("archive-merged")
    visit.page("archive", archive_id=kept, tab="history")
    visit.take("archive-history-of-merge")
    for tab in ("visits", "pairing", "aid", "papers"):
        visit.page("archive", archive_id=kept, tab=tab)
        visit.take(f"archive-former-{tab}")
    visit.page("archives", preset="merged")
    visit.take("archives-merged")
    assert made.kept_id == kept


def _told_before(session: OfficeSession, archive_id: str) -> None:
    """What somebody had put down in the archive that is merged into another one."""
    day = session.today
    told: dict[RecordKind, dict[str, Value]] = {
        RecordKind.HOME_VISIT: {
            "method": "call", "purpose": "contact", "visited_on": day, "visitors": "方晓燕", "needs": "孩子下学期的学费",
            "next_on": "2026-12-10",
        },
        RecordKind.MEASURE: {
            "measure_kind": "tuition", "content": "列入金秋助学名单", "responsible": "方晓燕", "planned_on": day, "due_on": "2026-12-31",
        },
        RecordKind.AID_APPLICATION: {"applied_on": day, "item": "living", "reason": "做手术借了钱"},
    }  # fmt: skip
    for kind, values in told.items():
        records.save_record(session, archive_id, kind, RecordContent(values))
    child = next(member for member in archiving.load_archive(session, archive_id).content.members if member.get("id_number"))
    student = students.prepared_student(session, archive_id, str(child["id"]), 2026)
    student.values |= {
        "stage": "bachelor", "school": "安庆师范大学", "school_region": "340882", "registered_on": day, "student_kind": "new",
        "enrolled_year": 2026, "study_years": 4, "regime": "donation",
    }  # fmt: skip
    students.save_student(session, archive_id, student)


def _hand_over(visit: Visit, session: OfficeSession, moves: str, stays: str) -> None:
    visit.page("archive", archive_id=moves)
    archive = archiving.load_archive(session, moves)
    dialog = HandOverDialog(_context(visit), visit.window, archive)
    dialog.target.setEditText("高河镇总工会")
    dialog.reason.setText("2026 年 10 月全家迁往高河镇")
    visit.take("archive-hand-over-dialog", dialog)
    handing_over.request_hand_over(session, moves, "高河镇总工会", "2026 年 10 月全家迁往高河镇")
    handing_over.request_hand_over(session, stays, "梅城镇总工会", "嫁到梅城镇")
    _context(visit).changes.archives_changed.emit({moves, stays})
    visit.page("archive", archive_id=moves)
    visit.take("archive-locked")


def _decide(visit: Visit, county: OfficeSession) -> None:
    visit.enter(county)
    visit.page("exchange", section="hand_overs")
    visit.take("exchange-hand_overs")
    waiting = handing_over.waiting_here(county)
    near = next(row for row in waiting if row.wanted_office_name == "高河镇总工会")
    target = next(key for key, name in handing_over.possible_targets(county) if name == "高河镇总工会")
    handing_over.accept_hand_over(county, near.id, target)
    visit.page("exchange", section="hand_overs")
    visit.take("exchange-hand_overs-decided")
