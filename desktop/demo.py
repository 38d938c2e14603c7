"""A demo office of invented households, opened without a passphrase; it is deleted when the program ends."""

import secrets
from pathlib import Path

from db.errors import Progress
from db.services import archiving, demo, demo_casework, drafts
from db.services import office as offices
from db.services.office import OfficeSession
from desktop import background
from desktop.main_window import MainWindow
from desktop.start.frame import StartFrame
from desktop.start.recovery_code import RECOVERY_CONFIRMED
from desktop.widgets.basics import label

HOUSEHOLDS = 60


def create_demo_office(folder: Path, progress: Progress | None = None) -> OfficeSession:
    """A township office with 60 invented households; its passphrase is random and told to nobody."""
    session, _code = offices.create_office(
        folder,
        name="梅城镇总工会（演示）",
        level="township",
        region_code="340882100",
        parent_name="潜山市总工会",
        clerk_name="陈志强",
        passphrase=secrets.token_urlsafe(24),
        light=True,
    )
    offices.set_setting(session, RECOVERY_CONFIRMED, "yes")
    ids = demo.fill_office(session, HOUSEHOLDS, progress=progress, with_means=True)
    demo_casework.set_up_policy(session)
    demo_casework.assess_some(session, ids)
    _leave_work(session, ids)
    return session


def _leave_work(session: OfficeSession, ids: list[str]) -> None:
    """Something to do on the board: two archives that lack answers, one draft half typed."""
    for archive_id, gaps in zip(ids, (("bank_account", "bank_branch"), ("health_status",)), strict=False):
        archive = archiving.load_archive(session, archive_id)
        for key in gaps:
            archive.content.values.pop(key, None)
        archiving.save_archive(session, archive.content, archive_id)
    draft = drafts.start_draft(session)
    draft.content.values.update({"name": "李桂兰", "home_address": "梅城镇舒州大道118号"})
    drafts.save_draft(session, draft)


def open_demo(window: MainWindow, folder: Path) -> None:
    """Fill a demo office off the UI thread, then show it."""
    page = StartFrame()
    page.card.body.addWidget(label("正在准备演示单位：60 户虚构家庭…", "section"))
    page.card.body.addWidget(label("关闭窗口后，演示数据会自动删除。", "secondary"))
    window.show_only(page)
    background.run(
        window,
        lambda progress: create_demo_office(folder, progress),
        window.enter_unlocked,
        title="正在准备演示单位…",
        cancellable=False,
    )
