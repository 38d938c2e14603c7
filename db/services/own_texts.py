"""Texts – 总结, 做法, 案例 – beside those that come with the program: own ones, and those from above."""

from db.domain.records.record_form import RecordKind
from db.domain.records.report_text import LONGEST
from db.domain.reports.text_file import TextFileError, read_text_kind, text_figures, text_kinds
from db.services.own_files import OwnFiles

TEXTS = OwnFiles(
    kind=RecordKind.REPORT_TEXT,
    id_field="text_id",
    longest=LONGEST,
    packaged=text_kinds,
    read=lambda text: read_text_kind(text, text_figures()),
    fault=TextFileError,
    name_of=lambda kind: kind.name,
    errors="report_text",
    unknown="text_unknown",
)
"""The texts of an office."""
