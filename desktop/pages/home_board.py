"""Lines of the work board that have no day: drafts, gaps, what waits to be sent, backups. Nothing is invented."""

from datetime import date
from functools import partial

from db.domain import validation
from db.services import archiving, drafts, machines, visit_drafts
from db.services import office as offices
from db.services.office import OfficeSession, OfficeStatus
from desktop.context import WindowActions
from desktop.moments import days_since, moment
from desktop.start.recovery_code import RECOVERY_CONFIRMED
from desktop.todo import ROWS_PER_KIND, Todo, Urgency

BACKUP_DAYS = 7
RECEIPT_DAYS = 14
NOTICE_MONTH = 12
HIGHEST_LEVEL = "province"


def build(session: OfficeSession, status: OfficeStatus, window: WindowActions) -> list[Todo]:
    """Every line of the office's own work, the most pressing kind first."""
    today = date.fromisoformat(session.today)
    return [
        *_recovery(session, window),
        *_two_versions(session, window),
        *_drafts(session, window, today),
        *_half_visits(session, window, today),
        *_incomplete(session, status, window, today),
        *_parent(session, status, window),
        *_next_year(session, window, today),
        *(_to_bring_back(status, window) if session.office.is_laptop else _unsubmitted(status, window, today)),
        *([] if session.office.is_laptop else _receipts(status, window, today)),
        *_late_back(session, window),
        *_backup(status, window, today),
    ]


def _recovery(session: OfficeSession, window: WindowActions) -> list[Todo]:
    if offices.get_setting(session, RECOVERY_CONFIRMED, ""):
        return []
    return [
        Todo(
            "恢复码",
            "还没有打印核对",
            "尽快",
            "重新打印",
            lambda: window.show_page("settings", section="clerks"),
            Urgency.LATE,
        )
    ]


def _drafts(session: OfficeSession, window: WindowActions, today: date) -> list[Todo]:
    found = drafts.list_drafts(session)
    rows = []
    for draft in found[:ROWS_PER_KIND]:
        missing = validation.missing_count(draft.content)
        state = f"还差 {missing} 项" if missing else "必填项已齐"
        rows.append(
            Todo(
                "修改未存" if draft.archive_id else "未完成草稿",
                f"{draft.title}　{state}",
                moment(draft.updated_at, today),
                "继续填",
                partial(window.edit_draft, draft.id),
                Urgency.SOON,
            )
        )
    return rows


def _half_visits(session: OfficeSession, window: WindowActions, today: date) -> list[Todo]:
    """Visits at the kitchen table that were not written to their end."""
    return [
        Todo(
            "走访没写完",
            f"{draft.name or '未填姓名'}",
            moment(draft.updated_at, today),
            "接着写",
            partial(window.show_page, "visit", archive_id=draft.archive_id, record_id=draft.record_id),
            Urgency.SOON,
        )
        for draft in visit_drafts.list_drafts(session)[:ROWS_PER_KIND]
    ]


def _incomplete(session: OfficeSession, status: OfficeStatus, window: WindowActions, today: date) -> list[Todo]:
    if not status.incomplete:
        return []
    query = archiving.ArchiveQuery(complete=False, office_id=session.office.id)
    rows = [
        Todo(
            "档案缺项",
            f"{row.values.get('name') or '未填姓名'}　还差 {row.missing_count} 项",
            moment(row.updated_at, today),
            "补填",
            partial(window.edit_archive, row.id),
        )
        for row in archiving.list_archives(session, query, 0, ROWS_PER_KIND)
    ]
    total = archiving.count_archives(session, query)
    if total > ROWS_PER_KIND:
        rest = total - ROWS_PER_KIND
        rows.append(
            Todo("档案缺项", f"另有 {rest:,} 户", "", "查看全部", lambda: window.show_page("archives", preset="incomplete"))
        )
    return rows


def _parent(session: OfficeSession, status: OfficeStatus, window: WindowActions) -> list[Todo]:
    if session.office.level == HIGHEST_LEVEL or session.office.is_laptop or not status.archives:
        return []
    from db.services import partners  # late: keys and cards are no matter of the window

    if any(partner.relation == "parent" for partner in partners.list_partners(session)):
        return []
    name = session.office.parent_name or "上级工会"
    step = partial(window.show_page, "exchange", section="enrol")
    return [Todo("登记上级", f"缺{name}的单位名片", "", "登记名片", step)]


def _next_year(session: OfficeSession, window: WindowActions, today: date) -> list[Todo]:
    """The notice of next year's days off comes in November; deadlines that reach into it count weekdays until then."""
    year = today.year + 1
    if today.month < NOTICE_MONTH or session.office.is_laptop:
        return []
    from db.services import calendars  # late: for a month of the year only

    if year in calendars.office_calendar(session).years:
        return []
    act = partial(window.show_page, "exchange", section="calendar")
    return [Todo("工作日历", f"{year} 年的放假安排还没有，先按周一至周五算", "国务院通知出来后", "去登记", act)]


def _two_versions(session: OfficeSession, window: WindowActions) -> list[Todo]:
    waiting = machines.waiting_for_choice(session)
    if not waiting:
        return []
    subject = f"{waiting:,} 份档案两边改得不同，等您逐栏选定"
    return [Todo("两份不同", subject, "", "去选定", partial(window.show_page, "exchange", section="conflicts"), Urgency.SOON)]


def _late_back(session: OfficeSession, window: WindowActions) -> list[Todo]:
    late = 0 if session.office.is_laptop else machines.out_too_long(session)
    if not late:
        return []
    act = partial(window.show_page, "exchange", section="visits")
    return [Todo("外出没带回", f"{late:,} 户在外出电脑上太久了", "尽快", "去看", act, Urgency.SOON)]


def _to_bring_back(status: OfficeStatus, window: WindowActions) -> list[Todo]:
    waiting = status.unsubmitted + status.in_transit
    if not waiting:
        return []
    act = partial(window.show_page, "exchange", section="visits")
    return [Todo("还没带回", f"{waiting:,} 户有改动或是新建的，办公室电脑还没有收到", "", "写带回包", act, Urgency.SOON)]


def _unsubmitted(status: OfficeStatus, window: WindowActions, today: date) -> list[Todo]:
    if not status.unsubmitted:
        return []
    last = f"上次导出 {moment(status.last_bundle_at, today)}" if status.last_bundle_at else "还没有导出过"
    return [
        Todo("还没上报", f"{status.unsubmitted:,} 户　{last}", "", "导出数据包", partial(window.show_page, "exchange", section="export"))
    ]


def _receipts(status: OfficeStatus, window: WindowActions, today: date) -> list[Todo]:
    if not status.in_transit:
        return []
    waited = max(0, days_since(status.last_bundle_at, today) or 0)
    return [
        Todo(
            "等回执",
            f"{status.in_transit:,} 户已导出，上级还没有回执",
            f"已等 {waited} 天" if waited else "今天导出",
            "读入回执",
            partial(window.show_page, "exchange", section="receive"),
            Urgency.SOON if waited >= RECEIPT_DAYS else Urgency.CALM,
        )
    ]


def _backup(status: OfficeStatus, window: WindowActions, today: date) -> list[Todo]:
    waited = days_since(status.last_backup_at, today)
    if not status.archives or (waited is not None and waited < BACKUP_DAYS):
        return []
    subject = "从来没有备份过" if waited is None else f"已经 {waited} 天没有备份"
    return [
        Todo("备份", subject, "尽快", "现在备份", lambda: window.show_page("settings", section="backup"), Urgency.LATE)
    ]
