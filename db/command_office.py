"""What every module of the command line shares: the kind of answer, the passphrase, opening the office."""

import argparse
import getpass
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

from db.errors import UserError
from db.services import archiving, exchange, office
from db.services.office import OfficeSession

Answer = tuple[dict[str, Any], str]
"""What a command answers: the JSON object, and the same for people."""


def ask_passphrase(*, twice: bool = False) -> str:
    """The passphrase, from the environment or typed unseen."""
    known = os.environ.get("NUANDANG_PASSPHRASE")
    if known is not None:
        return known
    try:
        typed = _typed("口令：")
        again = _typed("再输一次：") if twice else typed
    except EOFError as fault:
        raise UserError("no_passphrase") from fault
    if again != typed:
        raise UserError("passphrases_differ")
    return typed


def _typed(prompt: str) -> str:
    """A line typed unseen; without a terminal the next line that is handed in, and EOFError when there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass(prompt)
    except getpass.GetPassWarning:
        line = sys.stdin.readline()
        if not line:
            raise EOFError from None
        return line.rstrip("\n")


def ask_package_password(check: Callable[[str], None]) -> str:
    """The password of a zip, from the environment or typed twice unseen; *check* says what is wrong with it."""
    known = os.environ.get("NUANDANG_ZIP_PASSWORD")
    if known is not None:
        check(known)
        return known
    try:
        typed = _typed("压缩包的密码：")
        check(typed)
        again = _typed("再输一次：")
    except EOFError as fault:
        raise UserError("no_package_password") from fault
    if again != typed:
        raise UserError("passphrases_differ")
    return typed


def open_office(arguments: argparse.Namespace) -> OfficeSession:
    """Sign in to the office that the command names."""
    office.clerk_slots(arguments.office)  # says what is wrong with the folder before it asks for the passphrase
    session = office.open_office(arguments.office, ask_passphrase())
    exchange.clear_leftovers(session)
    return session


def all_ids(session: OfficeSession) -> list[str]:
    """Every archive, by number."""
    return archiving.archive_ids(session, archiving.ArchiveQuery(order="archive_number", descending=False))
