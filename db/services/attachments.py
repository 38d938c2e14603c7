"""Photos and PDFs of an archive: taken in, shrunk, encrypted one by one, shown, removed – each a revision.

Every file is age-encrypted to an identity of its own, kept in the database: a bundle can carry the file as it is
together with that identity, and removing the row makes the file unreadable.
"""

import hashlib
import io
import secrets
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any, BinaryIO

import pyrage
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import Connection, text

from db.domain.archive_content import new_id
from db.domain.change_diff import ATTACHMENT, Change
from db.domain.field_kinds import printable
from db.domain.option_lists import option_list
from db.errors import MachineError, UserError
from db.services import archiving
from db.services.office import ATTACHMENTS, OfficeSession
from db.services.ownership import own_archive
from db.store import archive_store, keys

LONGEST_SIDE = 2000
"""Pictures are shrunk to at most this many pixels."""
SIZE_LIMIT_MB = 30
_JPEG_QUALITY = 88
MOST_PIXELS = 200_000_000
"""A 100-megapixel phone photo is taken, a picture made to fill the memory is not."""
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
_PICTURES = ("JPEG", "PNG", "BMP", "WEBP", "TIFF")
_LONGEST_NAME, _LONGEST_NOTE = 200, 500


@dataclass(frozen=True, slots=True)
class Attachment:
    """One paper of an archive: its type (option list ``document_type``), name, note and size."""

    id: str
    archive_id: str
    document_type: str
    name: str
    note: str
    media_type: str
    size: int
    original_size: str
    sha256: str
    added_at: str
    added_by: str

    @property
    def type_label(self) -> str:
        """The document type in Chinese."""
        return option_list("document_type").label(self.document_type)


@dataclass(frozen=True, slots=True)
class _Prepared:
    data: bytes
    media_type: str
    original_size: str


def _prepare_picture(name: str, data: bytes) -> _Prepared:
    """Shrink to the limit and keep nothing but the pixels: no position, device, comment; clean pictures too."""
    try:
        with Image.open(io.BytesIO(data), formats=_PICTURES) as opened:
            original = opened.size
            _check_pages(name, opened)
            keep_png = opened.format == "PNG" and max(original) <= LONGEST_SIDE
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG need not be unpacked at its full size
            picture = _plain_picture(ImageOps.exif_transpose(opened), keep_png)
    except UnidentifiedImageError as fault:
        raise UserError("attachment_type", name=name) from fault
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise UserError("attachment_pixels", name=name) from fault
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as fault:
        raise UserError("attachment_damaged", name=name) from fault
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    colours = picture.info.get("icc_profile")
    picture.info = {}  # Pillow would write some of it again, a JPEG comment for one
    if keep_png:
        picture.save(out, "PNG", optimize=True, icc_profile=colours)
    else:
        picture.save(out, "JPEG", quality=_JPEG_QUALITY, icc_profile=colours)
    shown = f"{original[0]}×{original[1]}" if max(original) > LONGEST_SIDE else ""
    return _Prepared(out.getvalue(), "image/png" if keep_png else "image/jpeg", shown)


def _check_pages(name: str, opened: Image.Image) -> None:
    if opened.size[0] * opened.size[1] > MOST_PIXELS:
        raise UserError("attachment_pixels", name=name)
    pages = getattr(opened, "n_frames", 1)
    if opened.format == "TIFF" and pages > 1:  # only the first would be kept
        raise UserError("attachment_pages", name=name, pages=pages)


def _plain_picture(picture: Image.Image, keep_png: bool) -> Image.Image:
    """The picture in colours or greys; what is transparent lies on white unless it stays a PNG."""
    transparent = picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in picture.info
    if not transparent:
        return picture if picture.mode in {"RGB", "L"} else picture.convert("RGB")
    colours = picture.info.get("icc_profile")
    picture = picture.convert("RGBA")
    if not keep_png:
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    if colours:
        picture.info["icc_profile"] = colours
    return picture


def _prepare(name: str, data: bytes) -> _Prepared:
    if len(data) > SIZE_LIMIT_MB * 1024 * 1024:
        size = -(-len(data) // (1024 * 1024))
        raise UserError("attachment_too_large", name=name, size=size, limit=SIZE_LIMIT_MB)
    if data[:1024].lstrip().startswith(b"%PDF-"):
        if b"%%EOF" not in data[-2048:]:  # cut off on the way: its last line is missing
            raise UserError("attachment_damaged", name=name)
        return _Prepared(data, "application/pdf", "")
    return _prepare_picture(name, data)


def add_attachment(
    session: OfficeSession, archive_id: str, name: str, data: bytes, document_type: str, note: str = ""
) -> Attachment:
    """Add a photo or PDF to an archive as its next revision; pictures are shrunk and freed of EXIF data."""
    name, note = _checked_words(name, document_type, note)
    ready = _prepare(name, data)
    identity = pyrage.x25519.Identity.generate()
    cipher = pyrage.encrypt(ready.data, [identity.to_public()])
    stored_name = secrets.token_hex(16)
    path = session.folder / ATTACHMENTS / stored_name
    row: dict[str, Any] = {
        "id": new_id(),
        "archive_id": archive_id,
        "document_type": document_type,
        "name": name,
        "note": note,
        "media_type": ready.media_type,
        "size": len(ready.data),
        "original_size": ready.original_size,
        "sha256": hashlib.sha256(ready.data).hexdigest(),
        "stored_name": stored_name,
        "stored_size": len(cipher),
        "stored_sha256": hashlib.sha256(cipher).hexdigest(),
        "secret": str(identity),
        "added_at": session.now,
        "added_by": session.clerk.name,
    }
    try:
        with session.database.writing() as connection:
            keys.write_atomically(path, cipher)  # in here nobody tidies the folder up
            _make_revision(connection, session, archive_id, "attach", None, f"{_type_label(document_type)} {name}")
            connection.execute(_INSERT, row)
    except BaseException:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise
    return _attachment(row)


_INSERT = text(
    "INSERT INTO attachment (id, archive_id, document_type, name, note, media_type, size, original_size, sha256,"
    " stored_name, stored_size, stored_sha256, secret, added_at, added_by) VALUES (:id, :archive_id, :document_type,"
    " :name, :note, :media_type, :size, :original_size, :sha256, :stored_name, :stored_size, :stored_sha256, :secret,"
    " :added_at, :added_by)"
)


def _checked_words(name: str, document_type: str, note: str) -> tuple[str, str]:
    """File name and note as they can be stored; an unknown type or an overlong note is refused."""
    if document_type not in option_list("document_type").by_code:
        raise UserError("bad_content", field="附件类型")
    note = printable(note).strip()
    if len(note) > _LONGEST_NOTE:
        raise UserError("text_too_long", label="备注", limit=_LONGEST_NOTE)
    name = printable(PureWindowsPath(name).name)  # both kinds of slash separate folders there
    return name[-_LONGEST_NAME:] or "附件", note


def _type_label(document_type: str) -> str:
    return option_list("document_type").label(document_type)


def _make_revision(
    connection: Connection, session: OfficeSession, archive_id: str, action: str, old: str | None, new: str | None
) -> None:
    stored = own_archive(connection, session, archive_id)
    note = archiving.revision_note(connection, session, action, "", [Change(ATTACHMENT, old, new)])
    stored.revision += 1
    stored.updated_at, stored.updated_by = note.made_at, note.clerk_name
    archive_store.replace(connection, stored, note)


def _attachment(row: Any) -> Attachment:
    return Attachment(**{key: row[key] for key in Attachment.__dataclass_fields__})


_LIST = text("SELECT * FROM attachment WHERE archive_id = :id AND removed_at IS NULL ORDER BY added_at, rowid")


def list_attachments(session: OfficeSession, archive_id: str) -> list[Attachment]:
    """The papers of an archive in the order in which they came."""
    with session.database.reading() as connection:
        return [_attachment(row) for row in connection.execute(_LIST, {"id": archive_id}).mappings()]


def _find(connection: Connection, attachment_id: str) -> Any:
    statement = text("SELECT * FROM attachment WHERE id = :id AND removed_at IS NULL")
    row = connection.execute(statement, {"id": attachment_id}).mappings().first()
    if row is None:
        raise UserError("attachment_gone")
    return row


def read_attachment(session: OfficeSession, attachment_id: str) -> bytes:
    """The content, decrypted in memory; MachineError when the file is gone or damaged."""
    with session.database.reading() as connection:
        row = _find(connection, attachment_id)
    try:
        cipher = (session.folder / ATTACHMENTS / row["stored_name"]).read_bytes()
        data: bytes = pyrage.decrypt(cipher, [pyrage.x25519.Identity.from_str(row["secret"])])
    except (OSError, pyrage.DecryptError) as fault:
        raise MachineError("attachment_missing", name=row["name"]) from fault
    return data


class _Taken:
    """Hands pieces on, or only takes them; keeps what went wrong there, which pyrage would turn into an error of its own."""

    def __init__(self, out: BinaryIO | None) -> None:
        self._out = out
        self.fault: BaseException | None = None

    def write(self, piece: bytes) -> int:
        """Take a piece."""
        if self._out is not None:
            try:
                self._out.write(piece)
            except BaseException as fault:
                self.fault = fault
                raise
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back here."""


def decrypt_into(session: OfficeSession, row: Any, out: BinaryIO | None) -> None:
    """Write the attachment in the table's *row* to *out* piece by piece, however large it is; None only proves that it is whole.

    MachineError when the file is gone or damaged. What *out* raises comes out as it is.
    """
    taken = _Taken(out)
    try:
        with (session.folder / ATTACHMENTS / row["stored_name"]).open("rb") as cipher:
            pyrage.decrypt_io(cipher, taken, [pyrage.x25519.Identity.from_str(row["secret"])])
    except (OSError, pyrage.DecryptError) as fault:
        raise (taken.fault or MachineError("attachment_missing", name=row["name"])) from fault


def update_attachment(session: OfficeSession, attachment_id: str, *, document_type: str, note: str) -> None:
    """Correct the type or note of a paper."""
    _, note = _checked_words("", document_type, note)
    with session.database.writing() as connection:
        row = _find(connection, attachment_id)
        connection.execute(
            text("UPDATE attachment SET document_type = :type, note = :note WHERE id = :id"),
            {"type": document_type, "note": note, "id": attachment_id},
        )
        old = f"{_type_label(row['document_type'])} {row['name']} {row['note']}".strip()
        new = f"{_type_label(document_type)} {row['name']} {note}".strip()
        if old != new:
            _make_revision(connection, session, row["archive_id"], "annotate", old, new)


def remove_attachment(session: OfficeSession, attachment_id: str) -> None:
    """Take a paper out of the archive. The file stays (history, later audit) until the archive is destroyed."""
    with session.database.writing() as connection:
        row = _find(connection, attachment_id)
        connection.execute(
            text("UPDATE attachment SET removed_at = :now WHERE id = :id"), {"now": session.now, "id": attachment_id}
        )
        old = f"{_type_label(row['document_type'])} {row['name']}"
        _make_revision(connection, session, row["archive_id"], "detach", old, None)
