"""The text of a file that an office has written, to tell the line in which something stands."""


class SourceLines:
    """The lines of a file."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()

    def line_of(self, *words: str, block: str = "", number: int = 0) -> int:
        """The first line with all *words*, after the head of the *number*-th *block*; 0 where there is none."""
        start, seen = 0, -1
        if block:
            for at, line in enumerate(self.lines):
                seen += line.strip() == f"[[{block}]]"
                if seen == number:
                    start = at
                    break
        for at, line in enumerate(self.lines[start:], start):
            if all(word in line for word in words):
                return at + 1
        return start + 1 if block and seen == number else 0
