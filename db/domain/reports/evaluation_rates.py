"""The ten indicators of the third-party evaluation (S003-06), worked out from what was found in a sample.

The source names them only; the definitions are those of requirements §f.5 and stand beside every figure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt

from db.domain.form_schema import Values

FEW = 30
"""Below so many answers a rate is told with a warning."""
_Z = 1.959964
"""Of the 95 % interval."""

Verdict = Callable[[Values], tuple[int, int] | None]
"""What a household adds to numerator and denominator; None where it was not found out."""


def _is(key: str, wanted: bool = True) -> Verdict:
    """One household, counted above where the answer is the *wanted* one."""

    def verdict(values: Values) -> tuple[int, int] | None:
        answer = values.get(key)
        return (int(answer is wanted), 1) if isinstance(answer, bool) else None

    return verdict


def _satisfied(values: Values) -> tuple[int, int] | None:
    answer = values.get("satisfied")
    return (int(answer in {"satisfied", "fairly"}), 1) if answer else None


def _measures(values: Values) -> tuple[int, int] | None:
    planned, done = values.get("measures_planned"), values.get("measures_done")
    if not isinstance(planned, int) or not isinstance(done, int) or planned <= 0 or done < 0:
        return None
    return min(done, planned), planned


@dataclass(frozen=True, slots=True)
class Indicator:
    """One rate: its name, how it is defined, of which groups it is, and what a household adds to it."""

    code: str
    label: str
    definition: str
    groups: tuple[str, ...]
    verdict: Verdict
    fault: str
    """What is wrong with a household that is found at fault."""
    is_fault: bool = False
    """Whether what is counted above is a fault to be mended."""
    of_households: bool = True
    """Whether what is counted are households, so that the interval of a simple random sample holds."""


_HELPED = ("on_file", "exited")
INDICATORS = (
    Indicator("wrongly_filed", "错评率", "建档时不符合条件的户数÷查清的在档户数", ("on_file",),
              _is("qualified_at_filing", False), "错评", is_fault=True),
    Indicator("missed", "漏评率", "符合条件而没有建档的户数÷查清的未建档户数", ("not_on_file",),
              _is("should_be_filed"), "漏评", is_fault=True),
    Indicator("wrongly_exited", "错退率", "退档时仍符合条件的户数÷查清的已退档户数", ("exited",),
              _is("still_qualifies"), "错退", is_fault=True),
    Indicator("overdue_exit", "漏退率", "应退档而没有退的户数÷查清的在档户数", ("on_file",),
              _is("should_exit"), "漏退", is_fault=True),
    Indicator("paired", "结对帮扶覆盖率", "有干部结对帮扶的户数÷查清的在档户数", ("on_file",), _is("paired"), "没有结对"),
    Indicator("aid_fits", "帮扶方式精准率", "帮扶对着致困原因的户数÷得到过帮扶、查清的户数（在档、已退档）", _HELPED,
              _is("aid_fits"), "帮扶不对着致困原因"),
    Indicator("satisfied", "帮扶工作满意度", "满意和基本满意的户数÷回答了的户数（在档、已退档）", _HELPED, _satisfied,
              "不满意"),
    Indicator("measures", "帮扶措施落实率", "已落实的措施项数÷计划的措施项数（查清的在档户）", ("on_file",), _measures,
              "措施没有全部落实", of_households=False),
    Indicator("knows_policy", "帮扶政策知晓率", "知道帮扶政策的户数÷回答了的户数（各组）",
              ("on_file", "not_on_file", "exited"), _is("knows_policy"), "不知道政策"),
    Indicator("papers", "档案管理（材料齐全率）", "材料齐全的户数÷查清的户数（在档、已退档）", _HELPED,
              _is("papers_complete"), "材料不齐"),
)  # fmt: skip
"""In the order of the source."""


@dataclass(frozen=True, slots=True)
class Rate:
    """An indicator worked out: *numerator* of *denominator*; *sampled* households were drawn for it, *listed* there are."""

    indicator: Indicator
    numerator: int
    denominator: int
    answered: int
    """Households that it was found out of."""
    sampled: int
    listed: int

    @property
    def words(self) -> str:
        """The rate in percent, rounded to a digit."""
        return _percent(self.numerator / self.denominator) if self.denominator else "--"

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between what and what the rate of all households lies, with 95 % certainty (Wilson); None where that cannot be said."""
        if not self.denominator or not self.indicator.of_households or self.is_census:
            return None
        share, number, square = self.numerator / self.denominator, self.denominator, _Z * _Z
        middle = (share + square / (2 * number)) / (1 + square / number)
        reach = _Z / (1 + square / number) * sqrt(share * (1 - share) / number + square / (4 * number * number))
        return max(0.0, middle - reach), min(1.0, middle + reach)

    @property
    def interval_words(self) -> str:
        """The interval as people read it."""
        found = self.interval
        return f"{_percent(found[0])}～{_percent(found[1])}" if found else "--"

    @property
    def is_census(self) -> bool:
        """Whether every household there is was looked at: nothing is estimated."""
        return bool(self.listed) and self.answered >= self.listed

    @property
    def hint(self) -> str:
        """What to mind when the rate is read."""
        if not self.sampled:
            return "没有抽这一组"
        if not self.denominator:
            return "还没有查到"
        left = self.sampled - self.answered
        told = [f"还有 {left} 户没有查清"] if left else []
        if self.is_census:
            told.append("全部查过，不是估计")
        elif self.answered < FEW:
            told.append(f"只有 {self.answered} 户，只供参考")
        return "；".join(told)


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%"


def rates(sample: Mapping[str, str], answers: Mapping[str, Values], listed: Mapping[str, int]) -> list[Rate]:
    """Every indicator. *sample*: group by archive; *answers*: what was found, by archive; *listed*: households by group."""
    found = []
    for item in INDICATORS:
        drawn = [archive_id for archive_id, group in sample.items() if group in item.groups]
        told = [item.verdict(answers[archive_id]) for archive_id in drawn if archive_id in answers]
        counted = [pair for pair in told if pair is not None]
        above, below = sum(pair[0] for pair in counted), sum(pair[1] for pair in counted)
        found.append(Rate(item, above, below, len(counted), len(drawn), sum(listed.get(group, 0) for group in item.groups)))
    return found


def faults_of(group: str, values: Values) -> list[Indicator]:
    """The indicators by which a household of *group* is found at fault: wrongly filed, not paired, not satisfied …"""
    found = []
    for item in INDICATORS:
        told = item.verdict(values) if group in item.groups else None
        if told is not None and (told[0] > 0 if item.is_fault else told[0] < told[1]):
            found.append(item)
    return found
