"""Recovery sheet and bundle cover: everything needed stands on one page, nothing personal on the cover."""

import pypdfium2
import pytest

from db.printing.cover_sheet import CoverSummary, cover_sheet_pdf, fingerprint_groups, size_text
from db.printing.recovery_sheet import recovery_sheet_pdf

CODE = "7K2M-AB3D-9XQ4-TTY2-0Z1C-MM8W"
SUMMARY = CoverSummary(
    sender="潜山市梅城镇总工会",
    receiver="潜山市总工会",
    sequence=12,
    kind="archives",
    created_on="2026-11-21",
    archive_count=1234,
    incomplete_count=3,
    attachment_count=812,
    payload_bytes=512_345_678,
    fingerprint="1234 5678 9012",
    file_name="梅城镇总工会-0012.nuandang",
    clerk="陈志强",
)


def only_page(pdf: bytes) -> str:
    """The text of the one page, without blanks."""
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 1
        return "".join(document[0].get_textpage().get_text_range().split())


def test_the_recovery_sheet_shows_every_group_and_where_to_sign():
    text = only_page(recovery_sheet_pdf("梅城镇总工会", CODE, "2026-11-21"))
    for group in CODE.split("-"):
        assert group in text
    for words in ("梅城镇总工会", "2026-11-21", "第6组", "经办人：", "保管人：", "封存日期：", "忘记口令"):
        assert words in text


def test_the_cover_tells_what_is_on_the_stick():
    text = only_page(cover_sheet_pdf(SUMMARY))
    for words in (
        "第12包",
        "档案上报",
        "潜山市梅城镇总工会",
        "潜山市总工会",
        "1,234户（其中3户还缺必填项，待补正）",
        "812个",
        "488.6MB",
        "梅城镇总工会-0012.nuandang",
        "移交人：",
        "接收人：",
    ):
        assert words in text
    assert text.index("1234") and all(group in text for group in ("1234", "5678", "9012"))


def test_long_names_of_offices_and_files_wrap():
    long = CoverSummary(
        **{
            name: getattr(SUMMARY, name)
            for name in CoverSummary.__dataclass_fields__
            if name not in ("sender", "file_name")
        },
        sender="内蒙古自治区呼伦贝尔市鄂伦春自治旗乌鲁布铁镇总工会困难职工帮扶中心（驻讷尔克气村工作站）",
        file_name="很长的文件名" * 15 + ".nuandang",
    )
    text = only_page(cover_sheet_pdf(long))
    assert long.sender in text
    assert "很长的文件名" * 15 in text


@pytest.mark.parametrize(
    ("fingerprint", "groups"),
    [
        ("1234 5678 9012", ["1234", "5678", "9012"]),
        ("12345-67890", ["12345", "67890"]),
        ("123456789012", ["12345", "67890", "12"]),
        ("1234", ["1234"]),
    ],
)
def test_fingerprints_are_shown_in_groups(fingerprint, groups):
    assert fingerprint_groups(fingerprint) == groups


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0.1 KB"), (2048, "2.0 KB"), (5_000_000, "4.8 MB"), (3 * 1024**3, "3.00 GB")]
)
def test_sizes_are_told_in_readable_units(count, text):
    assert size_text(count) == text
