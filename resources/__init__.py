"""The only way to read a packaged file; works from source and frozen alike."""

from functools import cache
from pathlib import Path

VERSION = "0.1.0"
"""Of the program; ``pyproject.toml`` and the setup recipe say the same."""
_ROOT = Path(__file__).parent


def path_of(name: str) -> Path:
    """Path of the packaged file *name* (e.g. ``fonts/NotoSansSC-Regular.ttf``); KeyError when it is not packaged."""
    path = _ROOT / name
    if not path.is_file():
        raise KeyError(name)
    return path


def read_bytes(name: str) -> bytes:
    """Content of a packaged file."""
    return path_of(name).read_bytes()


@cache
def read_text(name: str) -> str:
    """Content of a packaged UTF-8 text file, read once."""
    return path_of(name).read_text(encoding="utf-8")


def names(folder: str, suffix: str = "") -> list[str]:
    """Names (relative to the resources) of the files in *folder* ending in *suffix*, sorted."""
    return sorted(f"{folder}/{entry.name}" for entry in (_ROOT / folder).iterdir() if entry.name.endswith(suffix))


def folders(folder: str) -> list[str]:
    """Names (relative to the resources) of the folders inside *folder*, sorted."""
    return sorted(f"{folder}/{entry.name}" for entry in (_ROOT / folder).iterdir() if entry.is_dir())
