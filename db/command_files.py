"""The files that a command is to write: their endings are looked at before anything is opened, and the answer names each.

Which arguments these are is told by how they stand in the help: ``OUT.pdf|OUT.xlsx`` is one file of two kinds, ``OUT``
one of any kind, ``OUT_DIR`` a folder and none of them.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

from db.errors import UserError

_MARK, _FOLDER = "OUT", "OUT_DIR"


class Outputs:
    """What one command line asks to be written."""

    def __init__(self, arguments: argparse.Namespace, actions: Iterable[argparse.Action]) -> None:
        asked = ((getattr(arguments, action.dest, None), str(action.metavar)) for action in actions)
        found = [(path, kinds) for path, kinds in asked if isinstance(path, Path) and kinds.startswith(_MARK)]
        self._kinds = {path: kinds for path, kinds in found if kinds != _FOLDER}
        self._before = {path: _stamp(path) for path in self._kinds}

    def check(self) -> None:
        """Refuse an ending that says another kind of file than the command writes."""
        for path, kinds in self._kinds.items():
            endings = [kind.removeprefix(_MARK) for kind in kinds.split("|")]
            if all(endings) and path.suffix.lower() not in endings:
                raise UserError("wrong_ending", name=path.name, endings=" 或 ".join(endings))

    def told(self, text: str) -> str:
        """The answer, with a line for each file it does not name itself."""
        silent = [path for path in self._kinds if str(path) not in text]
        lines = [f"已写入 {path}" if _stamp(path) != self._before[path] else f"没有写 {path}：没有可写的内容。" for path in silent]
        return "\n".join([*([text] if text else []), *lines])


def _stamp(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0
