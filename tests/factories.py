"""Invented households, offices and files for tests. Nobody in them exists."""

import io
import random
from pathlib import Path

from PIL import Image

from db.domain import id_number
from db.domain.archive_content import ArchiveContent, new_id
from db.domain.form_schema import Value
from db.services import archiving, demo, office
from db.services.archiving import Archive
from db.services.office import OfficeSession

PASSPHRASE = "梅花香自苦寒来2026"
TODAY = "2026-05-20"


def make_office(folder: Path, name: str = "梅城镇总工会", level: str = "township") -> tuple[OfficeSession, str]:
    """A new office with cheap key derivation, and its recovery code."""
    return office.create_office(
        folder, name=name, level=level, region_code="340882", clerk_name="陈志强", passphrase=PASSPHRASE, light=True
    )


def household(seed: int | str = 1, members: int = 2, **values: Value) -> ArchiveContent:
    """A complete household of its own per *seed*; *values* replace worker values, None takes one away."""
    content = demo.make_household(random.Random(f"household {seed}"), members)
    for key, value in values.items():
        if value is None:
            content.values.pop(key, None)
        else:
            content.values[key] = value
    return content


def file_household(session: OfficeSession, seed: int | str = 1, members: int = 2, **values: Value) -> Archive:
    """File a household of :func:`household` without the SUBMIT checks."""
    return archiving.save_archive(session, household(seed, members, **values))


def member(**values: Value) -> dict[str, Value]:
    """A member record with an id of its own."""
    return {"id": new_id(), "name": "周婷", "relation_to_head": "daughter", **values}


def citizen_number(first17: str) -> str:
    """The 18-digit number that begins with *first17*."""
    return first17 + id_number.check_digit(first17)


def photo(width: int = 800, height: int = 600, file_format: str = "JPEG", **save: object) -> bytes:
    """A picture with some structure, so that it neither compresses to nothing nor looks empty."""
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    out = io.BytesIO()
    picture.save(out, file_format, **save)
    return out.getvalue()


def small_pdf() -> bytes:
    """A one-page PDF."""
    from reportlab.pdfgen.canvas import Canvas  # slow to import, and few tests want it

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 720, "diagnosis")
    canvas.save()
    return out.getvalue()
