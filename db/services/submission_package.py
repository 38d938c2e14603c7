"""报送资料包: everything about the chosen archives in one password-protected zip, for an office above without this program.

Workbook, filled forms, papers in a folder per household, a summary, a list of checksums. Packing tells the office
nothing about what has arrived above: the state of an archive does not change by it.
"""

import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_amount, format_value
from db.domain.household_tally import HouseholdTally
from db.domain.option_lists import option_list
from db.errors import MachineError, Progress, UserError
from db.exchange import package_zip, workbook_export
from db.exchange.package_zip import PackageFolder, PackagePlan, PackedFile, safe_name
from db.printing import form_pdf, package_sheet
from db.printing.form_values import ArchivePrint, AttachmentLine
from db.printing.print_faces import uncovered_characters
from db.services import archiving
from db.services.attachments import decrypt_into
from db.services.leftovers import remember_output
from db.services.office import MINIMUM_PASSPHRASE, OfficeSession, write_journal
from db.services.paper_trail import WayOut, put_paper
from db.services.printing import printed_texts
from db.store import archive_store, bundle_store, package_store, workbook_queries
from db.store.archive_store import StoredArchive

__all__ = [
    "PackageNote",
    "PackageSummary",
    "PackedFile",
    "check_password",
    "new_password",
    "package_cover_pdf",
    "package_name",
    "package_password_pdf",
    "write_package",
]

WORKBOOK, SUMMARY, ALL_FORMS = "困难职工档案-平面表.xlsx", "汇总表.pdf", "困难职工档案表-全部.pdf"
HOUSEHOLDS, FORM, CONTENTS = "各户材料", "困难职工档案表.pdf", "内容说明.txt"
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
_PER_HOUSEHOLD = 110 << 10
"""About what the printed forms, its row and its headers take; papers are counted by their real size.

The limits are held again while writing, so an estimate that falls short costs time and nothing else.
"""
_LOST = "文件不见了或已损坏，请从备份恢复或重新添加"
_FIXED = 2 << 20
_LONGEST_NAME = 20
_SIGNS = "abcdefghjkmnpqrstvwxyz23456789"
"""No letter that passes for a digit or another letter in print or over the phone."""


@dataclass(frozen=True, slots=True)
class PackageNote:
    """What the clerk must know of a household: a paper that could not go along, or signs that could not be printed."""

    number: int
    """Number of the household's folder."""
    name: str
    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class PackageSummary:
    """A package that was written, read back and found whole."""

    path: Path
    file_name: str
    made_at: str
    archive_count: int
    people_count: int
    incomplete_count: int
    attachment_count: int
    file_bytes: int
    files: list[PackedFile]
    left_out: list[PackageNote]
    odd_signs: list[PackageNote]


# -- the password ------------------------------------------------------------------------------------------------


def new_password() -> str:
    """Four groups of four signs, easy to read out and to copy; 78 bits.

    The key derivation of zip is weak (a thousand rounds of PBKDF2), so a guessable password would be guessed.
    """
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))


def check_password(password: str) -> None:
    """Whether other programs can be given this password; UserError when not."""
    if any(not "!" <= sign <= "~" for sign in password):
        raise UserError("package_password_characters")
    if len(password) < MINIMUM_PASSPHRASE:
        raise UserError("package_password_short", minimum=MINIMUM_PASSPHRASE)


# -- writing -----------------------------------------------------------------------------------------------------


def package_name(session: OfficeSession) -> str:
    """``梅城镇总工会-报送资料包-20261121.zip``."""
    return f"{safe_name(session.office.name)}-报送资料包-{session.today.replace('-', '')}.zip"


def write_package(
    session: OfficeSession,
    ids: Sequence[str],
    target_folder: Path,
    password: str,
    progress: Progress | None = None,
    *,
    file_name: str = "",
) -> PackageSummary:
    """Write the archives *ids*, in that order, as a package into *target_folder*.

    A paper whose file is gone or damaged is told in the summary; everything else goes on.
    """
    if session.office.is_laptop:
        raise UserError("laptop_no_export")
    check_password(password)
    chosen = list(dict.fromkeys(ids))
    if not chosen:
        raise UserError("package_empty")
    remember_output(session, target_folder)
    with session.database.reading() as connection:
        _check_present(connection, chosen)
        packing = _Packing(session, connection, chosen)
        need = _FIXED + _PER_HOUSEHOLD * len(chosen) + package_store.paper_bytes(connection, chosen)
        made_at = datetime.fromisoformat(session.now)
        plan = PackagePlan(packing.fill, need, _how_to_open(session), made_at)
        written = package_zip.write_package(plan, password, target_folder, progress)
    try:
        # noted first: a package that lies there unknown to the journal is worse than one noted that never came
        with session.database.writing() as connection:
            write_journal(connection, session, "export_package", packing.journal_detail())
            put_paper(connection, session, chosen, "报送资料包", WayOut.PACKAGE)
        path = written.publish(file_name or package_name(session))
    finally:
        written.discard()
    return packing.summary(path, list(written.files), written.file_bytes)


def _check_present(connection: Connection, chosen: list[str]) -> None:
    present, _ = bundle_store.archive_totals(connection, chosen)
    if present != len(chosen):
        raise UserError("archives_to_export_gone", count=len(chosen) - present)


@dataclass(slots=True)
class _Packing:
    """Fills one package and remembers what became of each paper."""

    session: OfficeSession
    connection: Connection
    ids: list[str]
    tally: HouseholdTally = field(default_factory=HouseholdTally)
    attachments: int = 0
    left_out: list[PackageNote] = field(default_factory=list)
    odd_signs: list[PackageNote] = field(default_factory=list)
    households: list[Sequence[str]] = field(default_factory=list)

    def fill(self, folder: PackageFolder) -> None:
        """Add everything; what sums up comes after what it sums up."""
        folder.add(CONTENTS, _contents_text())
        with folder.opened(WORKBOOK) as out:
            groups = workbook_queries.most_members(self.connection, self.ids)
            archives = archive_store.load_many(self.connection, self.ids)
            workbook_export.stream_flat(archives, len(self.ids), groups, out)
        for number, item in enumerate(self._items(), 1):
            self._add_household(folder, number, *item)
        with folder.opened(ALL_FORMS) as out:
            form_pdf.archives_pdf((printed for _, printed, _ in self._items()), out)
        folder.add(SUMMARY, self._summary_pdf())

    def _items(self) -> Iterator[tuple[StoredArchive, ArchivePrint, list[dict[str, Any]]]]:
        """Each archive with what is printed of it and the rows of its papers."""
        names = archiving.office_names(self.session)
        for archive in archive_store.load_many(self.connection, self.ids):
            papers = package_store.papers(self.connection, archive.id)
            lines = [AttachmentLine(row["document_type"], row["name"], row["note"]) for row in papers]
            office = names.get(archive.office_id, "")
            yield archive, ArchivePrint(archive.content, archive.archive_number, office, lines), papers

    def _add_household(
        self, folder: PackageFolder, number: int, archive: StoredArchive, printed: ArchivePrint, papers: list[dict[str, Any]]
    ) -> None:
        name = archive.content.text("name")
        place = f"{HOUSEHOLDS}/{folder_name(number, len(self.ids), name, archive.content.text('id_number'))}"
        form = BytesIO()
        form_pdf.archives_pdf([printed], form)
        folder.add(f"{place}/{FORM}", form.getvalue())
        added = self._add_papers(folder, place, number, name, papers)
        odd = uncovered_characters(printed_texts(printed))
        if odd:
            reason = f"字库里没有“{'、'.join(odd)}”，PDF 里印成带框的字码"
            self.odd_signs.append(PackageNote(number, name, FORM, reason))
        self.tally.add(archive.content, complete=archive.is_complete)
        if len(self.ids) <= package_sheet.MOST_LISTED:
            self.households.append(_listed(number, archive, added))

    def _add_papers(
        self, folder: PackageFolder, place: str, number: int, name: str, papers: list[dict[str, Any]]
    ) -> int:
        added = 0
        for file_name, row in zip(paper_names(papers), papers, strict=True):
            if self._add_paper(folder, f"{place}/{file_name}", row):
                added += 1
            else:
                self.left_out.append(PackageNote(number, name, f"{file_name}（{row['name']}）", _LOST))
        self.attachments += added
        return added

    def _add_paper(self, folder: PackageFolder, place: str, row: dict[str, Any]) -> bool:
        """Add one paper piece by piece. It is read twice: a name once in the zip cannot be taken out again."""
        try:
            decrypt_into(self.session, row, None)
        except MachineError:
            return False
        with folder.opened(place) as out:
            decrypt_into(self.session, row, out)
        return True

    def _summary_pdf(self) -> bytes:
        left_out = [[f"{note.number:04d}", note.name, note.file, note.reason] for note in self.left_out]
        return package_sheet.package_summary_pdf(
            package_sheet.SummaryPrint(
                office_name=self.session.office.name,
                made_on=self.session.today,
                clerk=self.session.clerk.name,
                tally=self.tally,
                attachments=self.attachments,
                households=self.households,
                left_out=list[Sequence[str]](left_out),
            )
        )

    def journal_detail(self) -> dict[str, object]:
        """Counts for the journal."""
        return {"archives": len(self.ids), "attachments": self.attachments, "left_out": len(self.left_out)}

    def summary(self, path: Path, files: list[PackedFile], file_bytes: int) -> PackageSummary:
        """What was written."""
        return PackageSummary(
            path=path,
            file_name=path.name,
            made_at=self.session.now,
            archive_count=len(self.ids),
            people_count=self.tally.total.people,
            incomplete_count=self.tally.incomplete,
            attachment_count=self.attachments,
            file_bytes=file_bytes,
            files=files,
            left_out=self.left_out,
            odd_signs=self.odd_signs,
        )


def folder_name(number: int, count: int, name: str, id_number: str) -> str:
    """``0001 张小明 340882199001011234``: the number keeps two people of one name apart, and sorts."""
    digits = max(4, len(str(count)))
    parts = [f"{number:0{digits}d}", safe_name(name, _LONGEST_NAME), safe_name(id_number, _LONGEST_NAME)]
    return " ".join(part for part in parts if part)


def paper_names(papers: Sequence[dict[str, Any]]) -> list[str]:
    """A name for each paper of a household by its type: ``身份证复印件-1.jpg``, ``身份证复印件-2.pdf``."""
    seen: Counter[str] = Counter()
    names = []
    for row in papers:
        kind = safe_name(option_list("document_type").label(row["document_type"])) or "附件"
        seen[kind] += 1
        names.append(f"{kind}-{seen[kind]}.{_ENDINGS.get(row['media_type'], 'bin')}")
    return names


def _listed(number: int, archive: StoredArchive, papers: int) -> list[str]:
    content = archive.content
    income = content.values.get("annual_household_income")
    return [
        f"{number:04d}",
        content.text("name"),
        content.text("id_number"),
        archive.archive_number,
        format_value(ARCHIVE_FORM.field("hardship_category"), content.values.get("hardship_category")),
        f"{1 + len(content.members)}",
        format_amount(income) if isinstance(income, int) else "--",
        f"{papers}",
    ]


# -- texts -------------------------------------------------------------------------------------------------------


def _how_to_open(session: OfficeSession) -> bytes:
    """The page that can be read without the password; it names nobody."""
    return _windows_text(
        "报送资料包　打开方法",
        "",
        f"报送单位：{session.office.name}　　制作日期：{session.today}",
        "",
        "1. 电脑上要有 7-Zip、WinRAR 或 Bandizip（任选一个，都能打开 AES-256 加密的压缩包）。",
        "   Windows 自带的资源管理器和较旧的 WinZip、好压打不开，会提示出错或密码不对。",
        f"2. 用上述软件打开本压缩包，解压里面的“{package_zip.INNER}”，输入密码。",
        "   密码由报送单位另行告知；区分大小写，短横线也要输入。",
        f"3. 再解压“{package_zip.INNER}”（这一层没有密码，资源管理器也能打开）。",
        f"   里面的“{CONTENTS}”写明各文件是什么。",
        "4. 内有身份证号、银行卡号等个人信息：请解压到只有经办人能用的地方，用完删除解压出来的文件，压缩包留存。",
        "5. 提示压缩包损坏的，请报送单位重新制作，不要使用解压出来的一部分文件。",
    )


def _contents_text() -> bytes:
    return _windows_text(
        "报送资料　内容说明",
        "",
        f"{SUMMARY} —— 户数、人数、收入合计，按困难类别和主要致困原因分列；各户目录；没有装入的附件",
        f"{WORKBOOK} —— 一户一行，次序与“{HOUSEHOLDS}”里的文件夹号相同，可导入其他系统",
        f"{ALL_FORMS} —— 各户档案表合成一个文件，便于一次打印",
        f"{HOUSEHOLDS} —— 一户一个文件夹（序号 姓名 身份证号），内有档案表和各份附件",
        f"{package_zip.CHECKSUMS} —— 每个文件的 SHA-256 校验值",
        "",
        "核对文件是否完好：",
        f"- Linux、统信、麒麟：在解压出来的文件夹里打开终端，运行 sha256sum -c {package_zip.CHECKSUMS}",
        "- Windows：在文件上点右键，选 7-Zip 的“CRC SHA → SHA-256”，与清单里的一行对照；",
        "  或在命令提示符里运行 certutil -hashfile 文件名 SHA256",
    )


def _windows_text(*lines: str) -> bytes:
    """Text that old editors of Windows show well: marked as UTF-8, with their line ends."""
    return "\r\n".join((*lines, "")).encode("utf-8-sig")


# -- sheets that go beside it ------------------------------------------------------------------------------------


def package_cover_pdf(session: OfficeSession, summary: PackageSummary) -> bytes:
    """The sheet to sign when the stick changes hands; without the password."""
    return package_sheet.package_cover_pdf(
        package_sheet.PackageCover(
            sender=session.office.name,
            receiver=session.office.parent_name or "（请填写）",
            made_on=summary.made_at[:16].replace("T", " "),
            clerk=session.clerk.name,
            archive_count=summary.archive_count,
            incomplete_count=summary.incomplete_count,
            attachment_count=summary.attachment_count,
            left_out_count=len(summary.left_out),
            file_name=summary.file_name,
            file_bytes=summary.file_bytes,
        )
    )


def package_password_pdf(session: OfficeSession, summary: PackageSummary, password: str) -> bytes:
    """The password on a sheet of its own."""
    made_on = summary.made_at[:16].replace("T", " ")
    return package_sheet.package_password_pdf(session.office.name, summary.file_name, password, made_on)
