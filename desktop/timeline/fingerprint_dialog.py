"""核对指纹: whether the record is still what an evidence file on paper was made of."""

from PySide6.QtWidgets import QLineEdit, QWidget

from db.errors import NuandangError
from db.services.archiving import Archive
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import Note, button, label


class FingerprintDialog(PlainDialog):
    """Takes what stands on the cover and says whether it is found."""

    def __init__(self, parent: QWidget | None, context: AppContext, archive: Archive) -> None:
        hint = "照取证材料的封面输入内容指纹，前 16 个字符就够。对得上，就是做那份材料时的记录到现在没有被改过。"
        super().__init__(parent, "核对指纹", hint)
        self._session, self._archive = context.session, archive
        self.typed = QLineEdit()
        self.typed.setAccessibleName("内容指纹")
        self.typed.setPlaceholderText("例如：84fa 8ab7 ebd0 de99")
        self.said = Note("", "plain")
        self.said.hide()
        self.body.addWidget(label("内容指纹"))
        self.body.addWidget(self.typed)
        self.body.addWidget(self.said)
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", act=self.reject))
        self.foot.addWidget(button("核对", "primary", act=self.check))

    def check(self) -> None:
        """Say what comes of it."""
        from db.services import evidence  # imported late: drawing PDFs loads a lot

        try:
            version = evidence.version_of_fingerprint(self._session, self._archive.id, self.typed.text())
        except NuandangError as fault:
            self._say(fault.text(), "warning")
            return
        if version is None:
            number = self._archive.archive_number
            self._say(f"对不上：{number} 没有一版是这个指纹。请再看一遍输入的字符和档案编号；都对，就是记录被改过。", "error")
        else:
            since = self._archive.revision - version
            later = f"后来又有 {since} 版，不影响。" if since else ""
            self._say(f"对得上：第 1 版到第 {version} 版的记录没有被改过。{later}", "done")

    def _say(self, words: str, tone: str) -> None:
        self.said.show_text(words, tone)
        self.said.show()
