"""The cover of a data bundle: what is on the stick, how to check that it is the very one, who handed it to whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.printing.paper_sheet import PaperSheet, sheets_pdf

_KINDS = {"archives": "档案上报", "receipt": "回执", "answer": "审核结果下发"}
_COMPARE = "先看预览，并核对屏幕上的指纹与上面是否每一组都相同。"
_REFUSE = "指纹不同，或提示损坏、不是给本单位的，请不要接收，打电话请对方重新导出。"
_STEPS = {
    "archives": (
        "插好 U 盘，打开暖档，在“数据交换”里点“收取数据包或回执”，选择上面写的文件。",
        _COMPARE + "预览里写明新增、有修改、相同、重复各有几户。",
        "确认后接收。接收完会在 U 盘上写一份回执，请把 U 盘交还报送单位读入。",
        _REFUSE,
    ),
    "receipt": (
        "插好 U 盘，打开暖档，在“数据交换”里点“收取数据包或回执”，选择上面写的文件。",
        _COMPARE,
        "确认后读入，各户档案会显示“上级已收”。",
        _REFUSE,
    ),
    "answer": (
        "插好 U 盘，打开暖档，在“数据交换”里点“收取回执、审核结果”，选择上面写的文件。",
        _COMPARE + "预览里写明审核通过、退回补正、不通过各有几户，为什么，什么时候到期。",
        "确认后读入。退回的档案请在期限内改好，再导出数据包上报；逾期不予受理。",
        _REFUSE,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverSummary:
    """What the cover of a bundle tells. No personal data: the sheet travels openly beside the stick."""

    sender: str
    receiver: str
    sequence: int
    kind: str
    """``archives`` or ``receipt``."""
    created_on: str
    archive_count: int
    incomplete_count: int
    attachment_count: int
    payload_bytes: int
    fingerprint: str
    """Digits or letters; blanks and dashes between groups are kept as groups."""
    file_name: str
    clerk: str


def size_text(count: int) -> str:
    """A number of bytes in KB, MB or GB."""
    if count < 1024 * 1024:
        return f"{max(count / 1024, 0.1):.1f} KB"
    if count < 1024**3:
        return f"{count / 1024**2:.1f} MB"
    return f"{count / 1024**3:.2f} GB"


def fingerprint_groups(fingerprint: str) -> list[str]:
    """The groups of a fingerprint; one written without blanks is cut into groups of five."""
    groups = fingerprint.replace("-", " ").replace(":", " ").split()
    if len(groups) == 1 and len(groups[0]) > 6:
        return [groups[0][start : start + 5] for start in range(0, len(groups[0]), 5)]
    return groups


def cover_sheet_pdf(summary: CoverSummary) -> bytes:
    """The cover of one bundle, with places for the signatures of the hand-over."""
    return _sheet(summary).pdf()


def cover_sheets_pdf(summaries: Sequence[CoverSummary]) -> bytes:
    """The covers of several bundles, a page each."""
    return sheets_pdf([_sheet(summary) for summary in summaries])


def _sheet(summary: CoverSummary) -> PaperSheet:
    sheet = PaperSheet("数据包交接单", f"暖档　第 {summary.sequence} 包")
    sheet.gap(4)
    archives = f"{summary.archive_count:,} 户"
    if summary.incomplete_count:
        archives += f"（其中 {summary.incomplete_count:,} 户还缺必填项，待补正）"
    sheet.table(
        [
            ("下发单位" if summary.kind == "answer" else "报送单位", summary.sender),
            ("接收单位", summary.receiver),
            ("内容", _KINDS.get(summary.kind, summary.kind)),
            ("档案", archives),
            ("附件", f"{summary.attachment_count:,} 个"),
            ("文件", f"{summary.file_name}　（{size_text(summary.payload_bytes)}）"),
            ("制作", f"{summary.created_on}　经办人 {summary.clerk}"),
        ]
    )
    sheet.gap(3)
    sheet.heading("指纹（接收前与屏幕上的逐组核对）")
    sheet.gap(1)
    groups = fingerprint_groups(summary.fingerprint)
    sheet.groups(groups, min(len(groups), 6) or 1, 15.0)
    sheet.heading("接收办法")
    sheet.numbered(_STEPS.get(summary.kind, _STEPS["archives"]))
    sheet.heading("交接签字")
    sheet.signatures(("移交人：", "接收人：", "移交日期：", "接收日期："))
    sheet.foot("数据包已加密，只有接收单位能打开。本单不含个人信息。")
    return sheet
