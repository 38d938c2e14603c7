"""Draw the program's mark into a Windows icon: `app_icon.py OUT.ico`, run by `dev.py build`, so that no copy is kept."""

import io
import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer
from PySide6.QtWidgets import QApplication

from desktop import theme

SIDES = (256, 128, 64, 48, 32, 24, 16)


def main(out: Path) -> int:
    """Write every size drawn on its own: a shrunken picture of a character blurs."""
    app = QApplication([])
    theme.apply_theme(app)
    icon = theme.mark_icon()
    pictures = []
    for side in SIDES:
        buffer = QBuffer()
        icon.pixmap(side, side).save(buffer, "PNG")
        pictures.append(Image.open(io.BytesIO(buffer.data().data())))
    out.parent.mkdir(parents=True, exist_ok=True)
    pictures[0].save(out, format="ICO", sizes=[picture.size for picture in pictures], append_images=pictures[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
