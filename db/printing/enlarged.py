"""A paper enlarged from A4 to A3: letters and lines grow with it, so that it can be read from where people stand."""

from io import BytesIO

import pypdfium2

A3_WIDTH, A3_HEIGHT = 841.89, 1190.55


def to_a3(pdf: bytes) -> bytes:
    """The same pages on A3, lying where they lay."""
    with pypdfium2.PdfDocument(pdf) as source, pypdfium2.PdfDocument.new() as target:
        for number in range(len(source)):
            width, height = source[number].get_size()
            wide, high = (A3_HEIGHT, A3_WIDTH) if width > height else (A3_WIDTH, A3_HEIGHT)
            page = target.new_page(wide, high)
            picture = source.page_as_xobject(number, target).as_pageobject()
            picture.set_matrix(pypdfium2.PdfMatrix().scale(wide / width, high / height))
            page.insert_obj(picture)
            page.gen_content()
        out = BytesIO()
        target.save(out)
        return out.getvalue()
