"""Reads the text of a file that declares something; that it cannot be read is said in plain words, with the line."""

import re
import tomllib
from typing import Any


class TomlTextError(ValueError):
    """A text that is no declaration; *line* counts from 1, 0 where it is not known."""

    def __init__(self, words: str, line: int = 0) -> None:
        super().__init__(f"第 {line} 行：{words}" if line else words)
        self.words, self.line = words, line


def read_toml(text: str) -> dict[str, Any]:
    """What the text declares; TomlTextError says in which line it breaks off."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = re.search(r"at line (\d+)", str(fault))
        raise TomlTextError("写法不对，请核对引号、括号和等号是不是成对", int(found[1]) if found else 0) from fault
    except (ValueError, RecursionError) as fault:  # a number longer than Python reads, brackets in brackets in brackets
        raise TomlTextError("有的数太长，或者括号一层套一层太多，请对照原来的文件核对") from fault
