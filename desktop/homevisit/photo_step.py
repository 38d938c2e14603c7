"""Photos of the visit: out of a file, or out of the folder of a camera or phone, the newest first."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from db.domain.form_flow import Place, StepState
from db.domain.records.home_visit import HOME_VISIT
from db.errors import Cancelled, NuandangError, Progress
from db.services import attachments, home_visits, office
from db.services.office import OfficeSession
from desktop import background, files, messages, theme
from desktop.exchange.dialog import PlainDialog
from desktop.forms.attachment_viewer import decode
from desktop.homevisit.visit_keeper import VisitKeeper
from desktop.homevisit.visit_step import VisitStep
from desktop.widgets.basics import button, label
from desktop.widgets.flow_layout import FlowLayout

FOLDER = "visit_photo_folder"
SIDE, MOST_SHOWN = 168, 60
_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}
KINDS = "照片 (*.jpg *.jpeg *.png *.webp *.bmp)"
NONE_YET = "还没有照片。拍房屋、家电、病历都可以；拍人要先征得同意。照片会缩小，并去掉拍摄地点。"


class PhotoTile(QPushButton):
    """A picture as large as a finger needs."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setProperty("role", "quiet")
        side = theme.sp(SIDE)
        self.setFixedSize(side, side)
        self.setIconSize(QSize(side - 12, side - 12))
        self.setIcon(theme.icon("image"))
        self.setToolTip(words)
        self.setAccessibleName(words)

    def show_image(self, image: QImage) -> None:
        """Show the picture."""
        self.setIcon(QPixmap.fromImage(image))


class PhotoDialog(PlainDialog):
    """One photo, as large as the screen lets it be."""

    REMOVE = 2

    def __init__(self, parent: QWidget, name: str, image: QImage) -> None:
        super().__init__(parent, name)
        self.setProperty("touch", True)
        room = parent.window().size()
        side = QSize(max(200, room.width() - theme.sp(160)), max(200, room.height() - theme.sp(220)))
        picture = QLabel()
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setPixmap(QPixmap.fromImage(_small(image, side)))
        self.body.addWidget(picture)
        self.foot.addWidget(button("移除这张", "", "trash-2", lambda: self.done(self.REMOVE)))
        self.foot.addWidget(label("从走访记录和附件里移除，变更记录里会留下这一笔。", "small"))
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", "primary", act=self.reject))


class PhotoStep(VisitStep):
    """The photos taken, and the ways to add further ones."""

    def __init__(self, keeper: VisitKeeper, session: OfficeSession) -> None:
        super().__init__(keeper, "photos", "照片", [HOME_VISIT.by_key["photos"]])
        self._session = session
        self._picked: list[Path] = []
        self._hint = label(NONE_YET, "secondary", wrap=True)
        self._taken, self._offered = QWidget(), QWidget()
        self._flow, self._offers = (FlowLayout(part, theme.sp(12), theme.sp(12)) for part in (self._taken, self._offered))
        self.add_picked = button("", "primary", "plus", self._take_picked)
        self._where = label("", "secondary", wrap=True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list())
        self._stack.addWidget(self._folder())
        self.body.addWidget(self._stack, 1)
        self.refresh()

    def _list(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.sp(12))
        acts = QHBoxLayout()
        acts.setSpacing(theme.sp(12))
        acts.addWidget(button("从相机、手机文件夹选…", "", "camera", self.show_folder))
        acts.addWidget(button("选照片文件…", "", "upload", self.choose))
        acts.addStretch(1)
        for part in (self._hint, self._taken):
            column.addWidget(part)
        column.insertLayout(0, acts)
        column.addStretch(1)
        return made

    def _folder(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.sp(12))
        acts = QHBoxLayout()
        acts.setSpacing(theme.sp(12))
        acts.addWidget(button("返回", "", "chevron-left", lambda: self._stack.setCurrentIndex(0)))
        acts.addWidget(button("换一个文件夹…", "", "folder-open", lambda: self.show_folder(ask=True)))
        acts.addWidget(self._where, 1)
        acts.addWidget(self.add_picked)
        column.addLayout(acts)
        column.addWidget(self._offered)
        column.addStretch(1)
        return made

    # -- showing

    def refresh(self) -> None:
        _empty(self._flow)
        ids = self._ids()
        self._hint.setVisible(not ids)
        for paper in ids:
            tile = PhotoTile(f"{self.flow.papers.get(paper, '照片')}（点一下看大图）")
            tile.clicked.connect(lambda _=False, paper=paper: self.view(paper))
            self._flow.addWidget(tile)
            self._load(tile, paper)

    def _ids(self) -> list[str]:
        value = self.flow.value(Place("photos"))
        return value if isinstance(value, list) else []

    def _load(self, tile: PhotoTile, paper: str) -> None:
        session, side = self._session, tile.iconSize()

        def work() -> QImage:
            image, _ = decode("image/jpeg", attachments.read_attachment(session, paper))
            return _small(image, side)

        # one that cannot be read keeps its sign; the list stays usable
        background.run_quietly(tile, work, tile.show_image, lambda _fault: tile.setToolTip("这张照片打不开"))

    # -- adding

    def choose(self) -> None:
        """Ask for photos."""
        self.take(files.ask_open_many(self, "选走访照片", KINDS, self._kept_folder()))

    def _kept_folder(self) -> Path | None:
        kept = office.get_setting(self._session, FOLDER, "")
        return Path(kept) if kept and Path(kept).is_dir() else None

    def show_folder(self, ask: bool = False) -> None:
        """Show the newest photos of the folder used last; the first time it is asked for."""
        folder = None if ask else self._kept_folder()
        folder = folder or files.ask_folder(self, "相机或手机照片在哪个文件夹", self._kept_folder())
        if folder is None:
            return
        office.set_setting(self._session, FOLDER, str(folder))
        self.show_photos(folder)

    def show_photos(self, folder: Path) -> None:
        """The newest photos in *folder*, to be ticked."""
        found = newest_photos(folder)
        self._picked = []
        words = f"{folder}：最新的 {len(found)} 张，点一下选中" if found else f"{folder}里没有照片，请换一个文件夹。"
        self._where.setText(words)
        _empty(self._offers)
        for path in found:
            tile = PhotoTile(path.name)
            tile.setCheckable(True)
            tile.setStyleSheet(f"QPushButton:checked {{ border: 3px solid {theme.ACTION}; background: {theme.ACTION_TINT}; }}")
            tile.toggled.connect(lambda on, path=path: self._pick(path, on))
            self._offers.addWidget(tile)
            self._preview(tile, path)
        self._pick_count()
        self._stack.setCurrentIndex(1)

    @staticmethod
    def _preview(tile: PhotoTile, path: Path) -> None:
        side = tile.iconSize()

        def work() -> QImage:
            reader = QImageReader(str(path))
            reader.setAutoTransform(True)
            size = reader.size().scaled(side, Qt.AspectRatioMode.KeepAspectRatio)
            reader.setScaledSize(size)
            return reader.read()

        background.run_quietly(tile, work, tile.show_image, lambda _fault: tile.setToolTip("这张照片打不开"))

    def _pick(self, path: Path, on: bool) -> None:
        self._picked = [*self._picked, path] if on else [each for each in self._picked if each != path]
        self._pick_count()

    def _pick_count(self) -> None:
        self.add_picked.setText(f"加入 {len(self._picked)} 张" if self._picked else "请点选照片")
        self.add_picked.setEnabled(bool(self._picked))

    def _take_picked(self) -> None:
        self._stack.setCurrentIndex(0)
        self.take(self._picked)

    def take(self, paths: Sequence[Path]) -> None:
        """Add photos to the archive and to the visit."""
        if not paths:
            return
        session, archive_id = self._session, self.keeper.draft.archive_id
        added: dict[str, str] = {}

        def work(progress: Progress) -> None:
            for number, path in enumerate(paths):
                progress(number, len(paths))
                made = home_visits.add_photo(session, archive_id, path.name, path.read_bytes())
                added[made.id] = made.name

        def done(_nothing: None) -> None:
            self._added(added)

        def failed(fault: BaseException) -> None:
            self._added(added)
            if not isinstance(fault, Cancelled):
                messages.show_error(self, fault)

        background.run(self, work, done, failed, title="正在加入照片…")

    def _added(self, added: dict[str, str]) -> None:
        if added:
            self.flow.papers.update(added)
            self.flow.enter_value(Place("photos"), [*self._ids(), *added])
            self.refresh()
            self.changed.emit()

    def view(self, paper: str) -> None:
        """Show a photo large; from there it can be removed."""
        try:
            image, _ = decode("image/jpeg", attachments.read_attachment(self._session, paper))
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        dialog = PhotoDialog(self, self.flow.papers.get(paper, "照片"), image)
        if dialog.exec() == PhotoDialog.REMOVE:
            self._remove(paper)

    def _remove(self, paper: str) -> None:
        try:
            attachments.remove_attachment(self._session, paper)
        except NuandangError as fault:
            messages.show_error(self, fault)
        self.flow.enter_value(Place("photos"), [each for each in self._ids() if each != paper])
        self.refresh()
        self.changed.emit()

    def state(self) -> StepState:
        """Done once there is one; nobody must take photos."""
        return StepState.DONE if self._ids() else StepState.EMPTY

    def go_to(self, place: Place) -> bool:
        return place.field == "photos"


def newest_photos(folder: Path) -> list[Path]:
    """The newest photos in a folder and those right below it: cameras make a folder of their own in DCIM."""
    folders = [folder, *sorted(each for each in folder.iterdir() if each.is_dir())]
    found = [
        path for each in folders[:40] for path in _listed(each) if path.suffix.lower() in _SUFFIXES and path.is_file()
    ]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)[:MOST_SHOWN]


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []  # a folder of the phone's own that nobody may look into


def _small(image: QImage, side: QSize) -> QImage:
    smooth = Qt.TransformationMode.SmoothTransformation
    return image.scaled(side, Qt.AspectRatioMode.KeepAspectRatio, smooth)


def _empty(flow: FlowLayout) -> None:
    while item := flow.takeAt(0):
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
