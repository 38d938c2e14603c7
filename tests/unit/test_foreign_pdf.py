"""Pages of handed-in PDFs in a file of our own: as they look, still text, and nothing along but what they draw."""

import io
from collections.abc import Callable

import pypdfium2
import pytest
from factories import small_pdf
from PIL import Image, ImageChops, ImageStat
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from db.printing.evidence_book import EvidenceBook
from db.printing.foreign_pdf import UnreadablePdfError, as_picture, foreign_pages
from db.printing.pdf_kit import PAGE_HEIGHT, PAGE_WIDTH, Drawing, Placed

A4 = (PAGE_WIDTH, PAGE_HEIGHT)


def drawn(draw: Callable[[Canvas], object], encrypt: StandardEncryption | None = None) -> bytes:
    """A page of A4."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt=encrypt)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def filled_form(canvas: Canvas) -> None:
    """Text, a filled field, a ticked box, a link to the outside."""
    canvas.drawString(72, 600, "plain text")
    canvas.acroForm.textfield(name="a", value="FIELD VALUE", x=100, y=400, width=200, height=30)
    canvas.acroForm.checkbox(name="b", checked=True, x=100, y=350)
    canvas.linkURL("http://example.invalid", (72, 590, 200, 620))


def scan() -> bytes:
    """What a scanner makes: a picture that fills the page."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((826, 1169)).convert("RGB").save(out, "PDF", resolution=100)
    return out.getvalue()


def turned() -> bytes:
    """A page that is turned before it is looked at."""
    return drawn(lambda canvas: (canvas.setPageRotation(180), canvas.drawString(72, 500, "turned"), canvas.rect(90, 90, 200, 80, fill=1)))


def taken_over(pdf: bytes) -> bytes:
    """Its pages, bound at their own size."""
    out = io.BytesIO()
    book = EvidenceBook(out, title="", strip="")
    for page in foreign_pages(pdf):
        book.add_page(Drawing(placed=[Placed(book.keep_form(page.form), (1, 0, 0, 1, 0, 0))]))
    book.finish(Drawing(), lambda _marks: [])
    return out.getvalue()


def looked_at(pdf: bytes, page: int) -> Image.Image:
    """The page as grey pixels, less the strip at its head."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        picture = document[page].render(scale=0.5).to_pil().convert("L")
    finally:
        document.close()
    return picture.resize((297, 420)).crop((0, 24, 297, 420))


@pytest.mark.parametrize("pdf", [drawn(filled_form), scan(), turned()], ids=["form", "scan", "turned"])
def test_taken_over__looks_as_before(pdf: bytes) -> None:
    """Fields that were filled in, pictures and turned pages show as in the file itself."""
    before, after = looked_at(pdf, 0), looked_at(taken_over(pdf), 1)
    assert ImageStat.Stat(ImageChops.difference(before, after)).mean[0] < 1.5
    assert ImageStat.Stat(after).stddev[0] > 1


def test_taken_over__is_still_text_and_nothing_more() -> None:
    """What stands on the page can be searched; links and fields stay behind."""
    made = taken_over(drawn(filled_form))
    document = pypdfium2.PdfDocument(made)
    told = document[1].get_textpage().get_text_range()
    document.close()
    assert "plain text" in told and "FIELD VALUE" in told
    assert not any(word in made for word in (b"example.invalid", b"/AcroForm", b"/JavaScript", b"/Widget"))


def test_taken_over__shares_what_pages_share() -> None:
    """Two pages with the same picture hold it once."""
    once, twice = scan(), io.BytesIO()
    both = pypdfium2.PdfDocument(once)
    both.import_pages(both, [0])
    both.save(twice)
    assert len(taken_over(twice.getvalue())) < len(taken_over(once)) * 1.3


def test_foreign_pages__locked_or_broken() -> None:
    """A file that only a password opens, or that is none, says so; one that merely may not be printed is read."""
    with pytest.raises(UnreadablePdfError):
        list(foreign_pages(drawn(filled_form, StandardEncryption("secret"))))
    with pytest.raises(UnreadablePdfError):
        list(foreign_pages(b"%PDF-1.4 nothing"))
    assert len(list(foreign_pages(drawn(filled_form, StandardEncryption("", ownerPassword="o", canPrint=0))))) == 1


def test_as_picture() -> None:
    """A page whose drawing could not be taken over is shown all the same."""
    (page,) = foreign_pages(small_pdf())
    picture = as_picture(page.form)
    assert picture.width / picture.height == pytest.approx(page.width / page.height, rel=0.01)
