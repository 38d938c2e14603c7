"""一键取证: everything about a household bound into one PDF, for an audit years later.

Form as it is and as it was when it was decided upon, worksheets, decisions with their reasons, notices, reviews, visits,
papers and photos page by page, and the whole history. Written piece by piece, so that its size does not matter to memory;
that it was made is noted, and stands in the timeline. The variant for outsiders leaves out what they may not see.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from db.domain.change_diff import Change
from db.domain.field_kinds import printable
from db.domain.form_schema import Privacy
from db.domain.masking import Mask, masked_content
from db.domain.means_form import WORKER
from db.domain.papers.evidence_papers import heads
from db.errors import Progress, UserError
from db.printing import evidence_front
from db.printing.evidence_book import EvidenceBook
from db.services import archiving, casework, timeline
from db.services.archiving import Archive, office_names
from db.services.evidence_file import File
from db.services.evidence_parts import PARTS
from db.services.former_archives import former_archives
from db.services.leftovers import remember_output
from db.services.office import OfficeSession, write_journal
from db.services.revisions import archive_history
from db.store import timeline_store
from db.store.partial_files import written_whole

MOST = 200
"""Households of one go: a file each, with everything in it."""
LONGEST_PURPOSE = 100
LEAST_TYPED = 16
"""Characters of a fingerprint that are enough to compare."""
NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四")


@dataclass(frozen=True, slots=True)
class EvidenceChoice:
    """How the file is to be: *masked* for people outside the office; what it is wanted for."""

    masked: bool = False
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceOutcome:
    """A file that was made. *left_out* are sentences on what could not be bound in."""

    archive_id: str
    archive_number: str
    name: str
    pages: int
    fingerprint: str
    left_out: tuple[str, ...] = ()
    path: Path | None = None


# -- making --------------------------------------------------------------------------------------------------------


def write_evidence(
    session: OfficeSession,
    archive_id: str,
    path: Path,
    choice: EvidenceChoice = EvidenceChoice(),
    progress: Progress | None = None,
) -> EvidenceOutcome:
    """The evidence file of a household at *path*; whole, or not there at all."""
    remember_output(session, path.parent)
    with written_whole(path) as out:
        made = compose(session, archive_id, out, choice, progress)
    _note(session, made, choice)
    return replace(made, path=path)


def write_evidence_each(
    session: OfficeSession,
    ids: Sequence[str],
    folder: Path,
    choice: EvidenceChoice = EvidenceChoice(),
    progress: Progress | None = None,
    made: list[EvidenceOutcome] | None = None,
) -> list[EvidenceOutcome]:
    """A file for each household in *folder*, named by number and name.

    Each is put into *made* as soon as it is whole: whoever cancels keeps those.
    """
    if len(ids) > MOST:
        raise UserError("evidence_too_many", count=len(ids), most=MOST)
    made = [] if made is None else made
    for done, archive_id in enumerate(ids):

        def told(part: int, of: int, done: int = done) -> None:
            if progress is not None:
                progress(done * 100 + part * 100 // max(of, 1), len(ids) * 100)

        made.append(write_evidence(session, archive_id, folder / file_name(session, archive_id, choice), choice, told))
    return made


def file_name(session: OfficeSession, archive_id: str, choice: EvidenceChoice = EvidenceChoice()) -> str:
    """What the file of a household is called: number, name, kind, day."""
    archive = archiving.load_archive(session, archive_id)
    kind = "取证材料（对外）" if choice.masked else "取证材料"
    stem = f"{archive.archive_number}-{archive.content.text('name')}-{kind}-{session.today}"
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", stem).strip(" .")[:120] + ".pdf"


def evidence_pdf(session: OfficeSession, archive_id: str, choice: EvidenceChoice = EvidenceChoice()) -> bytes:
    """The file in memory, for looking at; nothing is noted."""
    out = BytesIO()
    compose(session, archive_id, out, choice)
    return out.getvalue()


def compose(
    session: OfficeSession,
    archive_id: str,
    out: BinaryIO,
    choice: EvidenceChoice = EvidenceChoice(),
    progress: Progress | None = None,
) -> EvidenceOutcome:
    """Write the file onto *out*, part by part."""
    file = _open_file(session, archive_id, choice)
    total = len(PARTS) + file.picture_count + 1
    strip = f"{file.archive.archive_number}　{file.name}　{evidence_front.TITLE}"
    book = EvidenceBook(out, title=f"{evidence_front.TITLE} {file.name}", strip=strip + ("（对外）" if choice.masked else ""))
    missing: list[str] = []

    def pulse() -> None:
        if progress is not None:
            progress(file.done, total)

    def step() -> None:
        file.done += 1
        pulse()

    file.step, file.pulse = step, pulse
    for part in PARTS:
        before = book.next_page
        book.mark(f"{NUMERALS[sum(mark.level == 0 for mark in book.marks)]}、{part.title}")
        part.write(file, book)
        if book.next_page == before:
            book.drop_marks()
            missing += [part.title] if part.is_expected else []
        step()
    fingerprint = content_fingerprint(session, archive_id)
    absent = "没有编入的部分" if choice.masked else "没有内容的部分"
    cover = evidence_front.cover_page(_cover(session, file, choice, fingerprint, book.next_page - 1))
    pages = book.finish(cover, lambda marks: evidence_front.contents_pages(marks, absent, missing))
    step()
    archive = file.archive
    return EvidenceOutcome(archive.id, archive.archive_number, file.name, pages, fingerprint, tuple(file.left_out))


def _note(session: OfficeSession, made: EvidenceOutcome, choice: EvidenceChoice) -> None:
    with session.database.writing() as connection:
        revision = archiving.load_stored(connection, made.archive_id).revision
        detail: dict[str, object] = {
            "archive": made.archive_id,
            "revision": revision,
            "masked": choice.masked,
            "pages": made.pages,
            "fingerprint": made.fingerprint,
        }
        write_journal(connection, session, "evidence", detail)


# -- the fingerprint -----------------------------------------------------------------------------------------------


def fingerprints(session: OfficeSession, archive_id: str) -> dict[int, str]:
    """By version, SHA-256 over everything that was put on record up to it: a chain, which later versions only make longer."""
    found: dict[int, str] = {}
    seal = b""
    with session.database.reading() as connection:
        for version, rows in timeline_store.told_by_version(connection, archive_id):
            told = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
            seal = hashlib.sha256(seal + told).digest()
            found[version] = seal.hex()
    return found


def content_fingerprint(session: OfficeSession, archive_id: str) -> str:
    """The fingerprint of a household's record as it stands."""
    return list(fingerprints(session, archive_id).values())[-1]


def version_of_fingerprint(session: OfficeSession, archive_id: str, typed: str) -> int | None:
    """The version whose fingerprint, or its beginning, was typed: up to it the record is what it was. None: it is not.

    UserError where too little was typed to tell.
    """
    wanted = re.sub(r"[\s\u3000-]", "", typed).lower()
    if len(wanted) < LEAST_TYPED or not re.fullmatch(r"[0-9a-f]{1,64}", wanted):
        raise UserError("fingerprint_typed", least=LEAST_TYPED)
    found = fingerprints(session, archive_id)
    return next((version for version in reversed(found) if found[version].startswith(wanted)), None)


# -- what is known before ------------------------------------------------------------------------------------------


def _open_file(session: OfficeSession, archive_id: str, choice: EvidenceChoice) -> File:
    archive = archiving.load_archive(session, archive_id)
    office = office_names(session).get(archive.office_id, "其他单位")
    name = archive.content.text("name") or "未填姓名"
    told = timeline.timeline_of(session, archive_id, masked=choice.masked)
    former = former_archives(session, archive_id)
    every = [*(archiving.load_archive(session, other) for other in former), archive]
    people = [member for each in every for member in each.content.members]
    names = {WORKER: name, **{str(member["id"]): str(member.get("name") or "") for member in people}}
    mask = None
    if choice.masked:
        names_had, secrets = _to_hide(session, every)
        mask = Mask(names_had, keep=[name], secrets=secrets)
        hide = mask
        names = {ref: who if ref == WORKER else hide(who) for ref, who in names.items()}
        told.events[:] = [replace(event, lines=tuple(hide(line) for line in event.lines)) for event in told.events]
    return File(
        session=session,
        archive=archive,
        office_name=office,
        name=name,
        head=heads(office, archive.archive_number, name),
        events=told.events,
        names=names,
        former=former,
        mask=mask,
    )


_ADDRESS = "home_address"


def _to_hide(session: OfficeSession, archives: Sequence[Archive]) -> tuple[set[str], set[str]]:
    """Every name a member of the household ever had in these archives, and every address of it."""
    names = {str(member.get("name") or "") for archive in archives for member in archive.content.members}
    names |= {archive.content.text("name") for archive in archives}
    secrets = {archive.content.text(_ADDRESS) for archive in archives}
    for entry in (entry for archive in archives for entry in archive_history(session, archive.id)):
        for change in entry.changes:
            both = {str(value) for value in (change.old, change.new) if value}
            names |= {change.member_name} | (both if change.member_id and _is_name(change) else set())
            secrets |= both if change.field == _ADDRESS else set()
    return names - {""}, secrets


def _is_name(change: Change) -> bool:
    return change.spec is not None and change.spec.privacy is Privacy.NAME


def _cover(
    session: OfficeSession, file: File, choice: EvidenceChoice, fingerprint: str, pages: int
) -> evidence_front.CoverPrint:
    content = file.archive.content if file.mask is None else masked_content(file.archive.content, file.mask)
    purpose = printable(choice.purpose).strip()[:LONGEST_PURPOSE]
    rows = [
        ("户主姓名", file.name),
        ("身份证号", content.text("id_number")),
        ("档案编号", file.archive.archive_number),
        ("档案单位", file.office_name),
        ("现状", casework.case_of(session, file.archive.id).state.words),
        ("档案版本", f"第 {file.archive.revision} 版，{len(file.events)} 件经过"),
        ("制作", f"{session.office.name}　{session.clerk.name}　{session.now[:16].replace('T', ' ')}"),
        ("用途", purpose or "未写明"),
        ("页数", f"正文 {pages} 页"),
        ("版本", "对外版：遮去号码、住址、病情、家庭成员姓名和自由填写的文字" if choice.masked else "完整版：含个人信息，注意保管"),
    ]
    return evidence_front.CoverPrint(rows, fingerprint, _remarks(choice, file.archive.revision, file.left_out))


def _remarks(choice: EvidenceChoice, revision: int, left_out: Sequence[str]) -> list[str]:
    told = ["本材料由暖档按档案中的记录自动汇编，内容没有改动；每一项都注明日期和经办人。"]
    if choice.masked:
        told.append("家庭经济状况、认定计算过程和材料影像没有编入对外版。")
    told.append(
        f"内容指纹由第 1 版到第 {revision} 版的全部记录算出。以后在这一户的“时间轴”里核对：对得上，就是这些记录没有被改过；"
        "后来新增的不影响。各份材料的指纹在材料清单里。"
    )
    told += list(left_out[:3]) + ([f"另有 {len(left_out) - 3} 份材料没有编入，见材料清单。"] if len(left_out) > 3 else [])
    return told
