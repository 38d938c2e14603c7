"""Photos and PDFs: freed of what they tell about place and device, shrunk, encrypted one by one, never lost."""

import hashlib
import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from factories import file_household, household, photo, small_pdf
from PIL import Image, ImageCms, PngImagePlugin
from sqlalchemy import text

from db.domain.option_lists import option_list
from db.errors import MachineError, UserError
from db.services import archiving, attachments, revisions
from db.services.archiving import Archive
from db.services.attachments import Attachment
from db.services.office import OfficeSession

SECRET = b"31.9712 119.0023 CAMERA-SERIAL-4711"
"""Stands for whatever a camera writes into a file beside the picture."""


@pytest.fixture
def archive(office: OfficeSession) -> Archive:
    """A filed household to attach to."""
    return file_household(office)


def expect_refusal(code: str, action: Callable[[], object]) -> UserError | MachineError:
    """The expected failure of *action*, with a whole sentence."""
    with pytest.raises((UserError, MachineError)) as caught:
        action()
    assert caught.value.code == code
    assert caught.value.text().endswith("。")
    return caught.value


def add(office: OfficeSession, archive: Archive, data: bytes, name: str = "IMG_1.jpg", kind: str = "diagnosis") -> Attachment:
    """Attach *data*."""
    return attachments.add_attachment(office, archive.id, name, data, kind)


def stored_files(office: OfficeSession) -> list[Path]:
    """Files in the attachment folder."""
    return sorted((office.folder / "attachments").iterdir())


def tell_tale(file_format: str, size: tuple[int, int] = (640, 480)) -> bytes:
    """A picture that carries :data:`SECRET` in every place the format has for it."""
    picture = Image.radial_gradient("L").resize(size).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 58.0, 16.3), 3: "E", 4: (119.0, 0.0, 8.3), 29: SECRET.decode()})
    out = io.BytesIO()
    if file_format == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Comment", SECRET.decode())
        texts.add_itxt("XML:com.adobe.xmp", SECRET.decode())
        picture.save(out, "PNG", exif=exif, pnginfo=texts)
    elif file_format == "JPEG":
        picture.save(out, "JPEG", exif=exif, comment=SECRET, xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>")
    elif file_format == "WEBP":
        picture.save(out, "WEBP", exif=exif, xmp=SECRET)
    else:
        picture.save(out, "TIFF", exif=exif, tiffinfo={305: SECRET.decode()})
    assert SECRET in out.getvalue()
    return out.getvalue()


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_picture__tells_nothing_but_itself(office: OfficeSession, archive: Archive, file_format: str) -> None:
    """Position, comments and other notes of the camera are gone, whatever the format."""
    added = add(office, archive, tell_tale(file_format))
    data = attachments.read_attachment(office, added.id)
    assert SECRET not in data and b"CAMERA" not in data
    with Image.open(io.BytesIO(data)) as picture:
        assert not picture.getexif() and not {"comment", "xmp", "exif", "Comment"} & set(picture.info)


def test_picture__turned_upright(office: OfficeSession, archive: Archive) -> None:
    """The turn that the camera only noted is made in the pixels."""
    exif = Image.Exif()
    exif[0x0112] = 6
    data = attachments.read_attachment(office, add(office, archive, photo(800, 600, exif=exif)).id)
    assert Image.open(io.BytesIO(data)).size == (600, 800)


@pytest.mark.parametrize(
    ("size", "kept", "shown"),
    [((4000, 3000), (2000, 1500), "4000×3000"), ((300, 6000), (100, 2000), "300×6000"), ((2000, 2000), (2000, 2000), "")],
)
def test_picture__shrunk_to_the_limit(
    office: OfficeSession, archive: Archive, size: tuple[int, int], kept: tuple[int, int], shown: str
) -> None:
    """At most 2000 pixels, proportions kept, the former size shown."""
    for file_format in ("JPEG", "PNG"):
        added = add(office, archive, photo(*size, file_format))
        with Image.open(io.BytesIO(attachments.read_attachment(office, added.id))) as picture:
            assert picture.size == kept
        assert added.original_size == shown


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "YCbCr"])
def test_picture__any_colours(office: OfficeSession, archive: Archive, mode: str) -> None:
    """Fax, grey, palette, transparent, print and deep pictures all become something every program opens."""
    file_format = {"CMYK": "JPEG", "YCbCr": "JPEG"}.get(mode, "PNG")
    picture = Image.new("I;16", (40, 30), 30_000) if mode == "I;16" else Image.linear_gradient("L").convert("RGB").convert(mode)
    out = io.BytesIO()
    picture.save(out, file_format)
    data = attachments.read_attachment(office, add(office, archive, out.getvalue()).id)
    with Image.open(io.BytesIO(data)) as opened:
        assert opened.mode in {"RGB", "L", "RGBA"}


def test_picture__transparent_lies_on_white(office: OfficeSession, archive: Archive) -> None:
    """A large transparent scan becomes dark on white, not black on black."""
    out = io.BytesIO()
    Image.new("RGBA", (2400, 100), (0, 0, 0, 0)).save(out, "PNG")
    data = attachments.read_attachment(office, add(office, archive, out.getvalue()).id)
    with Image.open(io.BytesIO(data)) as opened:
        assert opened.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_picture__keeps_its_colours(office: OfficeSession, archive: Archive, mode: str) -> None:
    """The colour profile, which tells nothing about place or person, stays."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    out = io.BytesIO()
    Image.new(mode, (60, 40), "red").save(out, "PNG", icc_profile=profile)
    data = attachments.read_attachment(office, add(office, archive, out.getvalue()).id)
    with Image.open(io.BytesIO(data)) as opened:
        assert opened.info["icc_profile"] == profile and opened.mode == mode


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_picture__too_many_pixels_before_unpacking(office: OfficeSession, archive: Archive) -> None:
    """A picture just over the limit is refused by its header, not after it has filled the memory."""
    expect_refusal("attachment_pixels", lambda: add(office, archive, _bomb(14_500)))


def test_pdf__kept_byte_by_byte(office: OfficeSession, archive: Archive) -> None:
    """A PDF is stored as it came."""
    data = small_pdf()
    added = add(office, archive, data, "出院小结.pdf")
    assert attachments.read_attachment(office, added.id) == data
    assert (added.media_type, added.size, added.sha256) == ("application/pdf", len(data), hashlib.sha256(data).hexdigest())


def _pages() -> bytes:
    out = io.BytesIO()
    Image.new("L", (50, 50)).save(out, "TIFF", save_all=True, append_images=[Image.new("L", (50, 50))])
    return out.getvalue()


def _bomb(side: int = 60_000) -> bytes:
    """A PNG whose header claims *side* × *side* pixels."""
    data = bytearray(photo(10, 10, "PNG"))
    data[16:24] = side.to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "attachment_type"),
        (b"MZ\x90\x00" + bytes(500), "attachment_type"),
        (b"PK\x03\x04" + bytes(500), "attachment_type"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "attachment_type"),
        (b"<svg xmlns='x'/>", "attachment_type"),
        (photo(400, 300)[:3000], "attachment_damaged"),
        (photo(400, 300, "PNG")[:400], "attachment_damaged"),
        (small_pdf()[:500], "attachment_damaged"),
        (_bomb(), "attachment_pixels"),
        (_pages(), "attachment_pages"),
        (b"\xff" * (30 * 1024 * 1024 + 1), "attachment_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refused__leaves_nothing(office: OfficeSession, archive: Archive, data: bytes, code: str) -> None:
    """Programs, office files, drawings, cut-off or monstrous files are refused by name and leave no file and no row."""
    assert "怪.jpg" in expect_refusal(code, lambda: add(office, archive, data, "怪.jpg")).text()
    assert stored_files(office) == [] and attachments.list_attachments(office, archive.id) == []
    assert archiving.load_archive(office, archive.id).revision == 1


def test_refused__no_such_archive_type_or_note(office: OfficeSession, archive: Archive) -> None:
    """An archive that is gone or of another office, an unknown type, an endless note: refused, nothing left."""
    expect_refusal("archive_not_found", lambda: attachments.add_attachment(office, "gone", "a.jpg", photo(), "diagnosis"))
    expect_refusal("bad_content", lambda: add(office, archive, photo(), kind="secret"))
    expect_refusal("text_too_long", lambda: attachments.add_attachment(office, archive.id, "a", photo(), "other", "长" * 501))
    with office.database.writing() as connection:
        connection.execute(text("UPDATE archive SET office_id = 'other'"))
    expect_refusal("not_own_archive", lambda: add(office, archive, photo()))
    assert stored_files(office) == []


def test_file__only_ciphertext_under_a_random_name(office: OfficeSession, archive: Archive) -> None:
    """On disk there is neither picture nor name, and two equal pictures do not look alike."""
    first, second = (add(office, archive, photo(), "张小明身份证.jpg") for _ in range(2))
    files = stored_files(office)
    assert len(files) == 2 and first.sha256 == second.sha256
    bodies = [path.read_bytes() for path in files]
    assert all(body.startswith(b"age-encryption.org/v1") and b"JFIF" not in body for body in bodies)
    assert bodies[0][-1000:] != bodies[1][-1000:]
    assert all(path.suffix == "" and len(path.name) == 32 for path in files)


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        *(("C:\\图片\\诊断.jpg", "诊断.jpg"), ("/media/usb/诊断.jpg", "诊断.jpg"), ("诊\udce4断.jpg", "诊断.jpg")),
        *(("", "附件"), ("\x00", "附件"), ("长" * 300 + ".jpg", "长" * 196 + ".jpg")),
    ],
)
def test_name__as_it_can_be_shown(office: OfficeSession, archive: Archive, name: str, stored: str) -> None:
    """The folder is dropped, unreadable bytes of a foreign stick too."""
    assert add(office, archive, photo(), name).name == stored


def test_history__each_step_is_a_revision(office: OfficeSession, archive: Archive) -> None:
    """Adding, correcting and removing a paper is told in the history with type, name and note."""
    added = add(office, archive, photo(), "a.jpg")
    attachments.update_attachment(office, added.id, document_type="medical_invoice", note="三月")
    attachments.update_attachment(office, added.id, document_type="medical_invoice", note="三月")
    attachments.remove_attachment(office, added.id)
    history = revisions.archive_history(office, archive.id)
    assert [entry.action_label for entry in history] == ["移除附件", "修改附件说明", "添加附件", "建档"]
    assert [entry.changes[0].new_text for entry in history[:3]] == ["", "医药费发票 a.jpg 三月", "诊断书 a.jpg"]
    assert archiving.load_archive(office, archive.id).content == archive.content


def test_removed__file_stays_for_the_audit(office: OfficeSession, archive: Archive) -> None:
    """A removed paper is neither listed nor shown, but its file stays."""
    added = add(office, archive, photo())
    attachments.remove_attachment(office, added.id)
    assert attachments.list_attachments(office, archive.id) == []
    assert len(stored_files(office)) == 1
    expect_refusal("attachment_gone", lambda: attachments.read_attachment(office, added.id))
    expect_refusal("attachment_gone", lambda: attachments.remove_attachment(office, added.id))


@pytest.mark.parametrize("damage", ["gone", "emptied", "changed"])
def test_read__missing_or_damaged_file(office: OfficeSession, archive: Archive, damage: str) -> None:
    """A file that is gone or was tampered with is told by its name; nothing wrong is shown."""
    added = add(office, archive, photo(), "诊断.jpg")
    (path,) = stored_files(office)
    body = bytearray(path.read_bytes())
    body[-40] ^= 1
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(body if damage == "changed" else b"")
    assert "诊断.jpg" in expect_refusal("attachment_missing", lambda: attachments.read_attachment(office, added.id)).text()


def test_list__in_the_order_they_came(office: OfficeSession, archive: Archive) -> None:
    """Papers keep their order; each of the types of the checklist can be used and is named in Chinese."""
    kinds = [option.code for option in option_list("document_type").current()][:5]
    added = [add(office, archive, photo(20, 20), f"{kind}.jpg", kind) for kind in kinds]
    listed = attachments.list_attachments(office, archive.id)
    assert listed == added and [item.type_label for item in listed] == [
        option_list("document_type").label(kind) for kind in kinds
    ]
    other = archiving.save_archive(office, household(2))
    assert attachments.list_attachments(office, other.id) == []
