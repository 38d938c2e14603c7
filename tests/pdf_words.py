"""The words of a PDF, for tests of papers."""

import pypdfium2


def pdf_text(data: bytes) -> str:
    """Everything that stands on the pages, without blanks."""
    with pypdfium2.PdfDocument(data) as document:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)
