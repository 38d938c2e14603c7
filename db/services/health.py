"""体检: is everything whole, backed up and in order – a list of findings, each with what to do."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from db.services import backups, clock_check, money_check
from db.services.office import ATTACHMENTS, OfficeSession
from db.store import backup_files, backup_store, bundle_store, case_store, casework_store, record_store, visit_store
from db.store.faults import store_faults

GOOD, NOTE, WARNING, ERROR = "good", "note", "warning", "error"
LEVEL_LABELS = {GOOD: "正常", NOTE: "提示", WARNING: "注意", ERROR: "有问题"}
_LOW_SPACE = 1 << 30
_VERY_LOW_SPACE = 200 << 20
_BACKUP_DAYS = 7


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check-up. *level* is a key of :data:`LEVEL_LABELS`; *action* is empty when nothing is to be done."""

    level: str
    title: str
    text: str
    action: str = ""

    @property
    def level_label(self) -> str:
        """The level in Chinese."""
        return LEVEL_LABELS[self.level]


def check_office(session: OfficeSession) -> list[Finding]:
    """Every finding, in a fixed order; the good ones, too."""
    with session.database.reading() as connection:
        checks: list[Callable[[], Finding]] = [
            lambda: _database(session),
            lambda: _attachments(connection, session),
            lambda: _assessments(connection),
            lambda: _cases(connection),
            lambda: _money(connection, session),
            lambda: _backup(session),
            *([lambda: _old_backups(held)] if (held := len(backup_store.holding(connection))) else []),
            lambda: _space(session),
            lambda: _clock(connection, session),
            lambda: _submission(connection, session),
        ]
        return [check() for check in checks]


def _database(session: OfficeSession) -> Finding:
    with store_faults(session.database.path):
        raw = session.database.raw_connection()
        try:
            faults = backup_files.faults_of(raw)
        finally:
            raw.close()
    if faults:
        action = "请马上停止录入，从最近的备份恢复，并把这个单位的文件夹另存一份备查。"
        return Finding(ERROR, "数据库", "；".join(faults), action)
    return Finding(GOOD, "数据库", "结构、加密校验和引用关系都完好")


_PAPERS = text(
    "SELECT stored_name, stored_size, stored_sha256, removed_at IS NULL AS present FROM attachment UNION"
    " SELECT stored_name, stored_size, stored_sha256, removed_at IS NULL FROM office_paper"
)


def _attachments(connection: Connection, session: OfficeSession) -> Finding:
    folder = session.folder / ATTACHMENTS
    rows = connection.execute(_PAPERS).all()
    missing = sum(1 for row in rows if row[3] and not (folder / row[0]).is_file())
    altered = sum(
        1 for row in rows if (folder / row[0]).is_file() and backup_files.hash_of(folder / row[0]) != row[2]
    )
    if missing or altered:
        found = f"{len(rows):,} 个附件文件中，{missing:,} 个找不到，{altered:,} 个与登记的不一致"
        return Finding(ERROR, "附件", found, "请从备份恢复这些文件，或重新拍照添加。")
    known = {row[0] for row in rows}
    present = list(folder.iterdir()) if folder.is_dir() else []
    orphans = sum(1 for entry in present if entry.is_file() and entry.name not in known)
    if orphans:
        return Finding(NOTE, "附件", f"{len(rows):,} 个附件文件都完好，另有 {orphans:,} 个不属于任何档案的文件")
    return Finding(GOOD, "附件", f"{len(rows):,} 个附件文件都在，内容与登记一致")


def _assessments(connection: Connection) -> Finding:
    """For an audit in ten years every assessment needs the very text of its policy."""
    count, without = casework_store.assessments_without_text(connection)
    altered = casework_store.altered_texts(connection)
    if without or altered:
        found = f"{count:,} 次认定中，{without:,} 次找不到所依据的政策原文；另有 {altered:,} 份政策原文与指纹不符"
        return Finding(ERROR, "认定依据", found, "请从备份恢复；需要时请上级重新下发政策文件。")
    if not count:
        return Finding(GOOD, "认定依据", "还没有认定过")
    return Finding(GOOD, "认定依据", f"{count:,} 次认定所依据的政策原文都在，内容与指纹一致")


def _cases(connection: Connection) -> Finding:
    """The lists show where a case stands; it must be what its record tells."""
    count, wrong = case_store.differing(connection)
    if wrong:
        found = f"{count:,} 户有办理或审核记录，其中 {len(wrong):,} 户列表里的状态与记录不符"
        return Finding(ERROR, "办理", found, "记录没有丢；请在这几户再办一步，状态会照记录重写，并把这一情况告诉维护人员。")
    unmarked = record_store.wrongly_marked(connection)
    if unmarked:
        found = f"{len(unmarked):,} 条走访、结对等登记的现行版本标错了"
        return Finding(ERROR, "办理", found, "登记没有丢；请把这几条各改存一次，并把这一情况告诉维护人员。")
    return Finding(GOOD, "办理", f"{count:,} 户的办理状态都与记录一致" if count else "还没有办理记录")


def _money(connection: Connection, session: OfficeSession) -> Finding:
    """Money that went out can be followed only while grants, payments and lists say the same."""
    found = money_check.money_check(connection, session)
    if found.faults:
        action = "请先停止发放，从最近的备份核对这几份名册和台账，并把这一情况告诉维护人员。"
        return Finding(ERROR, "帮扶资金", "；".join(found.faults), action)
    if found.overdrawn:
        names = "、".join(found.overdrawn)
        return Finding(WARNING, "帮扶资金", f"“{names}”批准和发放的比到账的多", "请核对到账是否登记齐全。")
    if not found.grants:
        return Finding(GOOD, "帮扶资金", "还没有批准过救助")
    return Finding(GOOD, "帮扶资金", f"{found.grants:,} 笔救助、{found.lists:,} 份名册与发放记录一致，锁定的内容没有变动")


def _backup(session: OfficeSession) -> Finding:
    made = backups.list_backups(session)
    if not made:
        return Finding(WARNING, "备份", "还没有备份过", "请在“设置”里备份到另一个磁盘或 U 盘。")
    tomorrow = session.clock() + timedelta(days=1)
    made = [record for record in made if _moment(record.made_at, session) <= tomorrow]
    if not made:  # made while the clock ran ahead: they would look fresh for years
        return Finding(WARNING, "备份", "所有备份的日期都在今天之后", "请核对电脑的日期，然后现在备份一次。")
    days = (session.clock() - _moment(made[0].made_at, session)).days
    elsewhere = [record for record in made if session.folder not in record.path.parents]
    latest = f"最近一次在 {made[0].made_at[:10]}"
    if days > _BACKUP_DAYS:
        return Finding(WARNING, "备份", f"{latest}，已过 {days} 天", "请现在备份一次。")
    if not elsewhere:
        return Finding(NOTE, "备份", f"{latest}，都在这台电脑上", "电脑坏了备份也会一起丢失，请再备份到 U 盘或另一个磁盘。")
    return Finding(GOOD, "备份", f"{latest}，另一个磁盘上最近一次在 {elsewhere[0].made_at[:10]}")


def _old_backups(count: int) -> Finding:
    found = f"{count:,} 份旧备份里还有已经销毁的档案"
    return Finding(WARNING, "旧备份", found, "请在“设置 → 档案保管”里一份一份处理：删除、换掉，或者登记盘已销毁。")


def _space(session: OfficeSession) -> Finding:
    free = shutil.disk_usage(session.folder).free
    shown = f"还剩 {free / (1 << 30):.1f} GB"
    if free < _VERY_LOW_SPACE:
        return Finding(ERROR, "磁盘空间", shown, "空间快用完了，可能存不进新档案。请马上清理磁盘。")
    if free < _LOW_SPACE:
        return Finding(WARNING, "磁盘空间", shown, "请清理磁盘，给附件和备份留出空间。")
    return Finding(GOOD, "磁盘空间", shown)


def _moment(iso: str, session: OfficeSession) -> datetime:
    """*iso* as a moment that can be compared with the clock; one without offset is taken as local."""
    moment = datetime.fromisoformat(iso)
    return moment if moment.tzinfo else moment.replace(tzinfo=session.clock().tzinfo)


def _clock(connection: Connection, session: OfficeSession) -> Finding:
    fault = clock_check.fault_of(connection, session)
    if fault is not None:
        return Finding(WARNING, "电脑时间", fault.found, fault.advice)
    return Finding(GOOD, "电脑时间", f"{session.clock():%Y-%m-%d %H:%M}")


def _submission(connection: Connection, session: OfficeSession) -> Finding:
    if session.office.is_laptop:
        waiting = len(visit_store.changed_here(connection, session.office.laptop_id, session.office.id))
        if waiting:
            return Finding(NOTE, "带回", f"有 {waiting:,} 户办公室电脑还没有收到", "请在“数据交换”里写带回包，带回办公室。")
        return Finding(GOOD, "带回", "这台外出电脑上没有等待带回的档案")
    parents = [row for row in bundle_store.partners(connection) if row["relation"] == "parent"]
    waiting = len(bundle_store.unsubmitted_ids(connection, session.office.level))
    if not parents:
        return Finding(NOTE, "上报", "还没有登记上级单位", "需要上报时，请先在“数据交换”里登记上级的单位名片。")
    if waiting:
        return Finding(NOTE, "上报", f"有 {waiting:,} 户还没有上报", "请在“数据交换”里导出数据包。")
    return Finding(GOOD, "上报", "没有等待上报的档案")
