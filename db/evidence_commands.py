"""The commands about the record of a household: its timeline, and everything about it bound into one PDF."""

import argparse
from contextlib import closing

from db import command_output as output
from db.command_office import Answer, open_office
from db.domain.timeline import KIND_LABELS, EventKind
from db.errors import UserError
from db.services import archiving, evidence, timeline
from db.services.evidence import EvidenceChoice, EvidenceOutcome


def make_evidence(arguments: argparse.Namespace) -> Answer:
    """One household into a file, or several into a folder."""
    choice = EvidenceChoice(arguments.masked, arguments.purpose)
    with closing(open_office(arguments)) as session:
        ids = [archiving.find_by_number(session, number).id for number in arguments.number]
        if arguments.out.suffix and not arguments.out.is_dir():
            if len(ids) > 1:
                raise UserError("evidence_folder", name=arguments.out.name)
            if arguments.out.suffix.lower() != ".pdf":
                raise UserError("wrong_ending", name=arguments.out.name, endings=".pdf")
            made = [evidence.write_evidence(session, ids[0], arguments.out, choice)]
        else:
            arguments.out.mkdir(parents=True, exist_ok=True)
            made = evidence.write_evidence_each(session, ids, arguments.out, choice)
    return {"files": [output.record(item) for item in made]}, "\n".join(line for item in made for line in _lines(item))


def _lines(item: EvidenceOutcome) -> list[str]:
    told = f"{item.archive_number}　{item.name}　{item.pages} 页　{item.path}"
    return [told, f"内容指纹 {item.fingerprint}", *item.left_out]


def check_fingerprint(arguments: argparse.Namespace) -> Answer:
    """Whether the record up to some version is still what an evidence file was made of."""
    with closing(open_office(arguments)) as session:
        archive = archiving.find_by_number(session, arguments.number)
        version = evidence.version_of_fingerprint(session, archive.id, arguments.fingerprint)
    told = f"对得上：第 1 版到第 {version} 版的记录没有被改过。" if version else "对不上：没有一版的记录是这个指纹。"
    return {"number": archive.archive_number, "version": version, "sound": version is not None}, told


def show_timeline(arguments: argparse.Namespace) -> Answer:
    """Everything that happened to a household, in its order."""
    kinds = [EventKind(kind) for kind in arguments.kind]
    with closing(open_office(arguments)) as session:
        archive = archiving.find_by_number(session, arguments.number)
        found = timeline.timeline_of(session, archive.id)
    events = found.of_kinds(kinds)
    lines = []
    for event in events:
        counted = "" if event.counts else "（没有计入）"
        lines.append(f"{event.on}　{KIND_LABELS[event.kind]}　{event.title}{counted}　{'；'.join(event.lines)}　{event.who}".rstrip())
    body = {"number": found.archive_number, "name": found.name, "events": [output.record(event) for event in events]}
    return body, "\n".join([*lines, f"共 {len(events)} 件。"])
