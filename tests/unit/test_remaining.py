"""How long it still takes: told late, in round figures, and honestly when a stick stands still."""

import pytest

from desktop.remaining import Remaining, time_left

MB = 1 << 20


def at_pace(remaining: Remaining, seconds: int, per_second: int, total: int, start: int = 0, done: int = 0) -> int:
    """Report once a second; how much is done at the end."""
    for second in range(seconds + 1):
        remaining.report(done + second * per_second, total, start + second)
    return done + seconds * per_second


def test_text__nothing_before_it_can_be_known() -> None:
    """Two seconds are too short; then share and time."""
    remaining = Remaining()
    assert remaining.text(0) == ""
    at_pace(remaining, 2, 10 * MB, 1000 * MB)
    assert remaining.text(2) == "2%"
    at_pace(remaining, 3, 10 * MB, 1000 * MB, 3, 30 * MB)
    assert remaining.text(6) == "6%　约剩 2 分钟"


def test_text__a_stick_that_slows_down__is_believed() -> None:
    """At first it takes 50 MB a second into its own memory, then 1 MB: the estimate follows within seconds."""
    remaining = Remaining()
    done = at_pace(remaining, 10, 50 * MB, 2000 * MB)
    assert "约剩 30 秒" in remaining.text(10)
    at_pace(remaining, 15, MB, 2000 * MB, 11, done)
    assert "约剩 25 分钟" in remaining.text(26)


def test_text__standstill__is_said() -> None:
    """No report for a while: neither a frozen figure nor a guess."""
    remaining = Remaining()
    at_pace(remaining, 5, 10 * MB, 1000 * MB)
    assert remaining.text(14) == "5%　盘写得很慢，正在等它…"
    rows = Remaining()
    at_pace(rows, 5, 10, 1000)
    assert rows.text(6) == "50 / 1,000　约剩 1 分钟" or rows.text(6) == "50 / 1,000　约剩 2 分钟"
    assert rows.text(20) == "50 / 1,000　还在处理…"


def test_text__another_step__begins_anew() -> None:
    """A second progress bar after the first does not take over its pace."""
    remaining = Remaining()
    at_pace(remaining, 10, 10 * MB, 1000 * MB)
    remaining.report(MB, 500 * MB, 11)
    assert remaining.text(11) == "0%"
    remaining.report(500 * MB, 500 * MB, 12)
    assert remaining.text(30) == "100%"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "马上就好"), (4, "马上就好"), (12, "约剩 10 秒"), (54, "约剩 55 秒"), (70, "约剩 1 分钟"), (3599, "约剩 1 小时 0 分钟"),
     (7300, "约剩 2 小时 2 分钟")],
)  # fmt: skip
def test_time_left__in_round_figures(seconds: float, words: str) -> None:
    """No more exact than it can be."""
    assert time_left(seconds) == words
