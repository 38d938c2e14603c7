"""Take an answer apart: its lines, strictly read, go one after the other to whoever applies them, states in batches."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from db.exchange.bundle_answer import (
    AnswerHead,
    AnswerReader,
    ArchiveLine,
    CalendarLine,
    CircularLine,
    EntryLine,
    PolicyLine,
    QuotaLine,
    StateLine,
)
from db.exchange.bundle_format import MalformedError, Manifest
from db.exchange.bundle_papers import PaperIntake, TakesPapers
from db.exchange.staging import Incoming

_BATCH = 200

SentDown = PolicyLine | CalendarLine | QuotaLine | CircularLine | EntryLine


class AnswerTaker(Protocol):
    """What is done with the lines of an answer, in their order."""

    def begin(self, manifest: Manifest, head: AnswerHead) -> None:
        """The signed manifest and the first line."""

    def sent_down(self, line: SentDown) -> None:
        """A policy, calendar, quota, circular or entry of a register."""

    def archive(self, line: ArchiveLine, papers: PaperIntake) -> None:
        """An archive; the files of new papers are to be expected with *papers*."""

    def states(self, lines: Sequence[StateLine]) -> None:
        """The states of some archives."""

    def done(self) -> None:
        """Everything has been said; what was not said is not there any more."""


@dataclass(slots=True)
class AnswerIntake(TakesPapers):
    """Receives the inside of an answer for *taker*."""

    taker: AnswerTaker
    staging: Incoming | None = None
    sent: Manifest | None = None
    _reader: AnswerReader = field(default_factory=AnswerReader)
    _papers: PaperIntake = field(default_factory=PaperIntake)
    _states: list[StateLine] = field(default_factory=list)
    _begun: bool = False

    def manifest(self, manifest: Manifest) -> None:
        """The signed manifest."""
        self.sent = manifest
        self._papers.staging = self.staging

    def record(self, line: bytes) -> None:
        """The next line."""
        read = self._reader.read(line)
        if isinstance(read, AnswerHead):
            assert self.sent
            self._begun = True
            self.taker.begin(self.sent, read)
        elif isinstance(read, ArchiveLine):
            self.taker.archive(read, self._papers)
        elif isinstance(read, StateLine):
            self._states.append(read)
            if len(self._states) >= _BATCH:
                self._settle()
        else:
            self.taker.sent_down(read)

    def _settle(self) -> None:
        self.taker.states(self._states)
        self._states = []

    def records_done(self) -> None:
        """All lines have come."""
        if not self._begun:
            raise MalformedError("下发记录没有开头")
        self._settle()
        self.taker.done()
