"""Draw a simple random sample that anybody can draw again: by a seed, with nothing but SHA-256 and a sort.

Every archive of a group gets a key, the SHA-256 of seed, group and number; the archives with the smallest keys are the
sample. The key depends on nothing else, so neither the order of the list nor the program that draws plays a part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

RECIPE = (
    "from hashlib import sha256",
    'key = lambda number: sha256(f"{seed}|{group}|{number}".encode("utf-8")).hexdigest()',
    "sample = sorted(numbers, key=key)[:size]",
)
"""The drawing in plain Python, as it is printed on the sheet."""
EXPLAINED = (
    "抽样办法：对每一组，把“种子|组|档案编号”连成一串，算 SHA-256，按结果从小到大排，取前面的若干户。种子不变、名单不变，"
    "谁来抽、用什么软件抽，结果都一样；不看先后、不看姓名，每一户抽中的机会相同。"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """An archive of the list that is drawn from."""

    archive_id: str
    number: str


def sample_key(seed: str, group: str, number: str) -> str:
    """What an archive is sorted by."""
    return sha256(f"{seed}|{group}|{number}".encode()).hexdigest()


def draw(seed: str, group: str, frame: Iterable[Listed], size: int) -> list[Listed]:
    """The *size* archives of the *frame* with the smallest keys, in the order in which they were drawn."""
    return sorted(frame, key=lambda item: (sample_key(seed, group, item.number), item.archive_id))[:size]


def frame_print(frames: Sequence[tuple[str, Iterable[Listed]]]) -> str:
    """Fingerprint of the lists by group: whether somebody draws from the same ones later."""
    lines = [f"{group}|{number}" for group, frame in frames for number in sorted(item.number for item in frame)]
    return sha256("\n".join(lines).encode()).hexdigest()
