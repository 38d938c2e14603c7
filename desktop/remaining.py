"""How long a long work still takes, from how it went in the last moments – and an honest word when it stands still."""

from collections import deque

WINDOW_SECONDS = 12.0
"""How far back the pace is looked at: a stick slows down when its memory is full, and that must show."""
EARLIEST_SECONDS = 3.0
STANDSTILL_SECONDS = 8.0
LARGE = 1 << 20
"""From this total on, what is counted are bytes, and a share is shown instead of figures."""


class Remaining:
    """Takes reports of progress with their times; tells in words."""

    def __init__(self) -> None:
        self._reports: deque[tuple[float, int]] = deque()
        self._started: float | None = None
        self._total = 0

    def report(self, done: int, total: int, now: float) -> None:
        """*done* of *total* at the moment *now* (seconds)."""
        if total != self._total or (self._reports and done < self._reports[-1][1]):
            self._reports.clear()  # another step of the work began
            self._started = None
        self._total = total
        self._started = now if self._started is None else self._started
        self._reports.append((now, done))
        while len(self._reports) > 2 and now - self._reports[1][0] >= WINDOW_SECONDS:
            self._reports.popleft()

    def text(self, now: float) -> str:
        """Share and time left, as far as they can be told."""
        if not self._reports or self._total <= 0:
            return ""
        done = self._reports[-1][1]
        share = f"{done * 100 // self._total}%" if self._total >= LARGE else f"{done:,} / {self._total:,}"
        return "　".join(filter(None, (share, self._left(done, now))))

    def _left(self, done: int, now: float) -> str:
        first_at, first = self._reports[0]
        last_at = self._reports[-1][0]
        if done < self._total and now - last_at >= STANDSTILL_SECONDS:
            return "盘写得很慢，正在等它…" if self._total >= LARGE else "还在处理…"
        if self._started is None or last_at - self._started < EARLIEST_SECONDS or done <= first:
            return ""
        seconds = (self._total - done) * (last_at - first_at) / (done - first) - (now - last_at)
        return time_left(seconds)


def time_left(seconds: float) -> str:
    """``约剩 3 分钟``: no more exact than it can be known."""
    if seconds < 5:
        return "马上就好"
    if seconds < 55:
        return f"约剩 {round(seconds / 5) * 5} 秒"
    minutes = max(1, round(seconds / 60))
    return f"约剩 {minutes} 分钟" if minutes < 60 else f"约剩 {minutes // 60} 小时 {minutes % 60} 分钟"
