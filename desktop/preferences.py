"""What this computer remembers for its user: font size and folders opened lately. Never anything about a person."""

import contextlib
import json
from pathlib import Path

from platformdirs import user_config_path

from desktop.theme import FontSize

RECENT_LIMIT = 6


class Preferences:
    """Small JSON file in the user's configuration folder; a damaged or read-only file is as good as none."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or user_config_path("nuandang", appauthor=False) / "preferences.json"
        self._values: dict[str, object] = {}
        with contextlib.suppress(OSError, ValueError):
            loaded = json.loads(self._path.read_text(encoding="utf-8"))
            self._values = loaded if isinstance(loaded, dict) else {}

    @property
    def font_size(self) -> FontSize:
        """Chosen font size."""
        value = str(self._values.get("font_size", ""))
        return FontSize(value) if value in set(FontSize) else FontSize.STANDARD

    def set_font_size(self, size: FontSize) -> None:
        """Remember the font size for the next start."""
        self._store("font_size", size.value)

    @property
    def recent_folders(self) -> list[Path]:
        """Office folders opened lately that still exist, newest first."""
        listed = self._values.get("recent_folders", [])
        paths = [Path(str(entry)) for entry in listed] if isinstance(listed, list) else []
        return [path for path in paths if path.is_dir()]

    def remember_folder(self, folder: Path) -> None:
        """Put *folder* at the top of the recent list."""
        folder = folder.resolve()
        rest = [path for path in self.recent_folders if path != folder]
        self._store("recent_folders", [str(path) for path in [folder, *rest]][:RECENT_LIMIT])

    def _store(self, key: str, value: object) -> None:
        self._values[key] = value
        # a read-only profile must not keep the clerk from working
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self._values, ensure_ascii=False, indent=1), encoding="utf-8")
