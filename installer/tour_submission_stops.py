"""The tour's pictures of what goes to an office without this program, and of typing into the national system."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyzipper
from tour_camera import image_of_page

from db.services import archiving, exchange, national_entry, printing, submission_package
from desktop.exchange.export_dialog import WAYS, ExportDialog
from desktop.exchange.package_dialog import PackageDialog, PackageDone
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.exchange import ExchangePage

if TYPE_CHECKING:
    from tour_stops import Visit

_PASSWORD = "k7wq-3fda-xxp2-mmne"
_SHEET_SCALE = 1.6


def package(visit: Visit) -> None:
    """Choosing, an own password that will not do, what was written, and the sheets beside it."""
    stage = visit.stage
    page = visit.page("exchange")
    context = visit.workspace.context
    export = ExportDialog(page, 12)
    export.choose(len(WAYS))
    visit.take("dialog-export-package", export)
    visit.take("dialog-package", _dialog(visit))
    own = _dialog(visit)
    own.password.own.setChecked(True)
    own.password.first.setText("梅城镇")
    visit.take("dialog-package-own-password", own)
    summary = submission_package.write_package(stage.town, [stage.rich, *stage.ids[:5]], stage.stick, _PASSWORD)
    visit.take("dialog-package-done", PackageDone(context, page, summary, _PASSWORD))
    lost = submission_package.PackageNote(1, "周小兰", "身份证复印件-1.jpg（身份证正面.jpg）", "附件的文件不见了。")
    summary.left_out.append(lost)
    visit.take("dialog-package-left-out", PackageDone(context, page, summary, _PASSWORD))
    sheets = {
        "printed-package-summary": _inside(summary.path, submission_package.SUMMARY),
        "printed-package-cover": submission_package.package_cover_pdf(stage.town, summary),
        "printed-package-password": submission_package.package_password_pdf(stage.town, summary, _PASSWORD),
    }
    for name, pdf in sheets.items():
        drawn = printing.render_page(pdf, 0, _SHEET_SCALE)
        visit.camera.take_sheet(name, image_of_page(drawn.pixels, drawn.width, drawn.height, drawn.stride))
    summary.path.unlink()


def _inside(path: Path, name: str) -> bytes:
    """A file of the package, as the office above unpacks it."""
    with pyzipper.AESZipFile(path) as outer:
        outer.setpassword(_PASSWORD.encode())
        with zipfile.ZipFile(io.BytesIO(outer.read(outer.namelist()[-1]))) as inner:
            return inner.read(name)


def _dialog(visit: Visit) -> PackageDialog:
    stage = visit.stage
    made = PackageDialog(visit.workspace.context, visit.workspace, stage.ids[:12])
    made.password._made.setText(_PASSWORD)
    made.target.show_drives([exchange.Drive(stage.stick, "KINGSTON", 14 << 30, 15 << 30, "vfat")])
    return made


def national_system(visit: Visit) -> None:
    """The assistant at its beginning, on its way and at its end; the archive and the list afterwards."""
    stage = visit.stage
    page = visit.page("archive", archive_id=stage.rich)
    assert isinstance(page, ArchiveDetailPage)
    page.open_assistant()
    assistant = page.assistant
    assert assistant is not None
    assistant.hide()
    visit.take("national-assistant-begin", assistant)
    for _ in range(8):
        assistant.copy_and_go_on()
    visit.take("national-assistant-under-way", assistant)
    while assistant.line() is not None:
        assistant.copy_and_go_on()
    assistant.number.setText("3408820035")
    visit.take("national-assistant-end", assistant)
    page.keep()
    national_entry.mark_entered(stage.town, stage.rich, archiving.load_archive(stage.town, stage.rich).revision, "3408820035")
    content = archiving.load_archive(stage.town, stage.rich).content
    content.values.update({"mobile_phone": "13800009876", "home_address": "梅城镇天柱山路12号2栋401室"})
    archiving.save_archive(stage.town, content, stage.rich)
    national_entry.mark_entered(stage.town, stage.ids[1], archiving.load_archive(stage.town, stage.ids[1]).revision)
    visit.page("home")
    visit.page("archive", archive_id=stage.rich)
    visit.take("archive-entered")
    page.open_assistant()
    assert page.assistant is not None
    page.assistant.hide()
    visit.take("national-assistant-changes", page.assistant)
    page.keep()
    visit.page("archives", national=national_entry.NationalState.CHANGED)
    visit.take("archives-national")
    visit.page("archives")


def nobody_above(visit: Visit) -> None:
    """Sending while no office above is enrolled leads to the package."""
    page = visit.page("exchange")
    assert isinstance(page, ExchangePage)
    page.show_export()
    visit.take("exchange-send-nobody-above")
    page.show_overview()
