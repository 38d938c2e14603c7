"""How a photo or PDF is taken in, whoever it belongs to: shrunk, freed of what a camera adds, encrypted, written, read.

Every file is age-encrypted to an identity of its own, kept in the database: a bundle can carry the file as it is
together with that identity, and removing the row makes the file unreadable.
"""

import hashlib
import io
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any

import pyrage
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import Connection

from db.domain.field_kinds import printable
from db.errors import MachineError, UserError
from db.services.office import ATTACHMENTS, OfficeSession
from db.store import keys

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
class Prepared:
    """A paper as it is kept: what of a picture matters, or the PDF as it came."""

    data: bytes
    media_type: str
    original_size: str


def _prepare_picture(name: str, data: bytes) -> Prepared:
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
    return Prepared(out.getvalue(), "image/png" if keep_png else "image/jpeg", shown)


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


def prepare(name: str, data: bytes) -> Prepared:
    """A photo or PDF as it is kept; UserError where it is neither, too large or damaged."""
    if len(data) > SIZE_LIMIT_MB * 1024 * 1024:
        size = -(-len(data) // (1024 * 1024))
        raise UserError("attachment_too_large", name=name, size=size, limit=SIZE_LIMIT_MB)
    if data[:1024].lstrip().startswith(b"%PDF-"):
        if b"%%EOF" not in data[-2048:]:  # cut off on the way: its last line is missing
            raise UserError("attachment_damaged", name=name)
        return Prepared(data, "application/pdf", "")
    return _prepare_picture(name, data)


def checked_name(name: str) -> str:
    """A file name as it can be stored."""
    return printable(PureWindowsPath(name).name)[-_LONGEST_NAME:] or "附件"  # both kinds of slash separate folders there


def checked_note(note: str) -> str:
    """A note as it can be stored; an overlong one is refused."""
    note = printable(note).strip()
    if len(note) > _LONGEST_NOTE:
        raise UserError("text_too_long", label="备注", limit=_LONGEST_NOTE)
    return note


@contextmanager
def keeping(session: OfficeSession, ready: Prepared) -> Iterator[tuple[Connection, dict[str, Any]]]:
    """Encrypt a paper into a file of the office, within a writing transaction that is yielded with the columns of its row.

    Where inserting the row fails, the file goes again.
    """
    identity = pyrage.x25519.Identity.generate()
    cipher = pyrage.encrypt(ready.data, [identity.to_public()])
    stored_name = secrets.token_hex(16)
    path = session.folder / ATTACHMENTS / stored_name
    columns: dict[str, Any] = {
        "media_type": ready.media_type,
        "size": len(ready.data),
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
            yield connection, columns
    except BaseException:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def read_stored(session: OfficeSession, row: Any) -> bytes:
    """The content of the paper in *row*, decrypted in memory; MachineError when the file is gone or damaged."""
    try:
        cipher = (session.folder / ATTACHMENTS / row["stored_name"]).read_bytes()
        data: bytes = pyrage.decrypt(cipher, [pyrage.x25519.Identity.from_str(row["secret"])])
    except (OSError, pyrage.DecryptError) as fault:
        raise MachineError("attachment_missing", name=row["name"]) from fault
    return data
