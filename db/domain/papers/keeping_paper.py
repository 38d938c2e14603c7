"""Papers of keeping: 档案保管移交记录 when the keeper changes, 档案销毁清册 when a term is over (requirements §e)."""

from db.domain.paper_layout import Entry, HeadEntry, Ledger, LedgerColumn, PaperLayout, Part, Signatures, TextRow
from db.domain.papers.paper_subject import row
from db.domain.records.catalogue import FORMS
from db.domain.records.record_form import RecordContent, RecordKind

_DESTROYED = (
    LedgerColumn("序号", 14),
    LedgerColumn("档案编号", 60),
    LedgerColumn("撤档日期", 40),
    LedgerColumn("历次版本", 33),
    LedgerColumn("附件（份）", 33),
)
_BACKUPS = (
    LedgerColumn("备份日期", 28),
    LedgerColumn("存放位置", 70, "left"),
    LedgerColumn("处理情况", 34),
    LedgerColumn("处理日期", 28),
    LedgerColumn("经手人", 20),
)
_BACKUP_KEYS = ("made_on", "place", "state", "gone_on", "gone_by")
_BLANK_ROWS, _BLANK_BACKUPS = 15, 3
_NO_NAMES = "销毁后只留编号和日期，不留姓名、身份证号和其他个人信息。"


def layout(kind: RecordKind, office_name: str, content: RecordContent | None) -> PaperLayout:
    """The paper of a hand-over or a destruction; the blank without *content*."""
    told = content or RecordContent()
    return (_destruction if kind is RecordKind.DESTRUCTION else _keeper)(office_name, told)


def _number(content: RecordContent, key: str) -> int | None:
    value = content.values.get(key)
    return value if isinstance(value, int) else None


def _keeper(office_name: str, content: RecordContent) -> PaperLayout:
    parts: tuple[Part, ...] = (
        row(("移交日期", content.text("handed_on")), ("移交原因", content.text("reason"))),
        row(("移交人", content.text("from_name")), ("接收人", content.text("to_name")), ("监交人", content.text("supervised_by"))),
        row(("电子档案（户）", _number(content, "archives")), ("纸质档案（卷）", _number(content, "paper_files")), caption=30.0),
        TextRow("未办结的事项", content.text("open_matters"), 60.0),
        TextRow("备注", content.text("note"), 24.0),
        TextRow(
            "说明",
            "电子档案的登录口令由接收人自己设定，移交人的账号停用；恢复码重新生成并封存。纸质档案逐卷清点后签字。",
            12.0,
        ),
        Signatures(("移交人签字：", "接收人签字：", "监交人签字："), columns=3),
        Signatures(("单位（盖章）：",), columns=1),
    )
    heads = (HeadEntry("单位：", office_name, 120),)
    return PaperLayout(FORMS[RecordKind.KEEPER].title, heads, parts, name=content.text("handed_on") or "保管移交")


def _destruction(office_name: str, content: RecordContent) -> PaperLayout:
    listed = content.rows.get("archives", [])
    rows: list[list[Entry]] = [
        [number, str(item.get("archive_number") or ""), str(item.get("exited_on") or ""), _count(item.get("revisions")),
         _count(item.get("papers"))]
        for number, item in enumerate(listed, 1)
    ]  # fmt: skip
    parts: tuple[Part, ...] = (
        row(("销毁日期", content.text("destroyed_on")), ("批准人", content.text("approved_by"))),
        TextRow("批准文件", content.text("approval"), caption_width=22.0),
        row(("销毁人", content.text("destroyers")), ("监销人", content.text("supervisors"))),
        TextRow("备注", content.text("note"), caption_width=22.0),
        Ledger(
            f"销毁的档案　{len(rows)} 户" if rows else "销毁的档案", _DESTROYED, rows, blank=0 if rows else _BLANK_ROWS
        ),
        _backups(content),
        Signatures(("销毁人签字：", "监销人签字：", "监销人签字：", "批准人签字（盖章）："), columns=2),
    )
    heads = (HeadEntry("单位：", office_name, 120),)
    title = FORMS[RecordKind.DESTRUCTION].title
    return PaperLayout(title, heads, parts, _NO_NAMES, name=content.text("destroyed_on") or "销毁清册")


def _backups(content: RecordContent) -> Ledger:
    """What became of the backups that still hold what was destroyed: an auditor asks for it."""
    rows = [[str(item.get(key) or "") for key in _BACKUP_KEYS] for item in content.rows.get("backups", [])]
    title = "还留有这些档案的备份" if rows or not content.values else "还留有这些档案的备份　没有"
    return Ledger(title, _BACKUPS, rows, blank=0 if content.values else _BLANK_BACKUPS)


def _count(value: object) -> Entry:
    return value if isinstance(value, int) else None
