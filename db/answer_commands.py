"""The commands about what goes down to the offices below: answers, circulars, quotas, calendars."""

import argparse
from contextlib import closing

from db import command_output as output
from db.command_office import Answer, open_office
from db.services import answering, exchange
from db.services.sending import BundleSummary


def answer(arguments: argparse.Namespace) -> Answer:
    """Write the answers for the offices below, or for one of them."""
    with closing(open_office(arguments)) as session:
        if arguments.to:
            child = exchange.find_partner(session, arguments.to)
            written = [answering.write_answer(session, child.id, arguments.out, full=arguments.full)]
        else:
            written = answering.write_answers(session, None, arguments.out, full=arguments.full)
    return {"written": output.record(written)}, "\n".join(_line(summary) for summary in written)


def _line(summary: BundleSummary) -> str:
    return f"{summary.receiver_name}：第 {summary.sequence} 包，{summary.archive_count} 户的状态，{summary.path}"
