"""The history of an archive: who changed what and when, the content as it was, and bringing it back."""

from dataclasses import dataclass, field

from db.domain.archive_content import ArchiveContent
from db.domain.change_diff import Change
from db.errors import UserError
from db.services import archiving
from db.services.office import OfficeSession
from db.services.ownership import own_archive
from db.store import archive_store

ACTION_LABELS = {
    "create": "建档",
    "amend": "修改",
    "import": "表格导入",
    "confirm": "确认提醒",
    "restore": "恢复旧版",
    "attach": "添加附件",
    "detach": "移除附件",
    "annotate": "修改附件说明",
    "receive": "收到数据包",
    "means": "家庭经济状况",
    "assess": "认定建议",
    "decide": "认定决定",
    "step": "办理",
    "record": "登记",
    "grant": "救助",
    "merge_archives": "合并",
    "merged": "并入",
    "unmerge": "撤销合并",
    "hand_over": "申请移交",
    "hand_over_withdrawn": "撤回移交",
    "take_over": "接手",
    "branch": "另一份的版本",
    "merge": "合并两份",
    "settle": "选定不同处",
}


_BESIDE_THE_FORM = frozenset({"attach", "detach", "annotate", "means", "assess", "decide", "step", "record", "grant"})


@dataclass(frozen=True, slots=True)
class RevisionEntry:
    """One line of the history."""

    revision: int
    made_at: str
    clerk_name: str
    office_id: str
    action: str
    reason: str
    changes: list[Change] = field(default_factory=list)

    @property
    def action_label(self) -> str:
        """The action in Chinese."""
        return ACTION_LABELS.get(self.action, self.action)

    @property
    def leaves_form(self) -> bool:
        """Whether something was only added beside the form: papers, means, an assessment, a decision."""
        return self.action in _BESIDE_THE_FORM and all(change.field.startswith("@") for change in self.changes)


def archive_history(session: OfficeSession, archive_id: str) -> list[RevisionEntry]:
    """Every revision of an archive, the newest first."""
    table = archive_store.REVISION
    statement = (
        table.select().where(table.c.archive_id == archive_id).order_by(table.c.revision.desc())
    )
    with session.database.reading() as connection:
        rows = connection.execute(statement).mappings().all()
    return [
        RevisionEntry(
            row["revision"],
            row["made_at"],
            row["clerk_name"],
            row["office_id"],
            row["action"],
            row["reason"],
            [Change.from_json(change) for change in row["changes"]],
        )
        for row in rows
    ]


def load_revision(session: OfficeSession, archive_id: str, revision: int) -> ArchiveContent:
    """The content as it was in *revision*."""
    table = archive_store.REVISION
    statement = table.select().where(table.c.archive_id == archive_id, table.c.revision == revision)
    with session.database.reading() as connection:
        row = connection.execute(statement).mappings().first()
    if row is None:
        raise UserError("revision_not_found", revision=revision)
    return ArchiveContent.from_json(row["snapshot"])


def restore_revision(session: OfficeSession, archive_id: str, revision: int, reason: str = "") -> archiving.Archive:
    """Bring back an older content as a new revision; nothing is lost."""
    content = archiving.prepared(load_revision(session, archive_id, revision))
    with session.database.writing() as connection:
        stored = own_archive(connection, session, archive_id)
        archiving.amend_stored(connection, session, stored, content, "restore", reason or f"恢复第 {revision} 版")
    return stored
