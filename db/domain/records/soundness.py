"""What records of several kinds are checked for alike: years that can be none, an end before its beginning."""

from collections.abc import Iterator, Mapping

from db.domain.form_schema import Value
from db.domain.validation import Problem, problem

EARLIEST_YEAR, LATEST_YEAR = 1950, 2100
"""A day's number of a workbook (45000) or a year of two digits is neither."""


def odd_years(values: Mapping[str, Value], **fields: str) -> Iterator[Problem]:
    """*fields*: keys of years with their labels."""
    for key, label in fields.items():
        year = values.get(key)
        if isinstance(year, int) and not EARLIEST_YEAR <= year <= LATEST_YEAR:
            yield problem("year_odd", key, label=label, year=year)


def reversed_days(values: Mapping[str, Value], begins: str, ends: str) -> Iterator[Problem]:
    """The day *ends* before the day *begins*."""
    first, last = str(values.get(begins) or ""), str(values.get(ends) or "")
    if first and last and last < first:
        yield problem("ends_before_begin", ends, day=first)
