"""Commands about policy: ``policy list|check|export|accept|choose``, ``assess``, ``cap``.

What they need is loaded when one of them runs: building the vocabulary of packs takes longer than printing the help.
"""

import argparse
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db import command_output as output
from db.command_office import Answer, open_office
from db.errors import UserError

if TYPE_CHECKING:
    from db.domain.policy.assessment import Assessment, CapResult
    from db.domain.policy.book import LoadedPack, PolicyBook
    from db.domain.policy.facts import HouseholdFacts
    from db.domain.policy.reading import PackFault
    from db.services.policies import PolicyRow

LARGEST_FACTS = 4 << 20


# -- packs --------------------------------------------------------------------------------------------------------


def list_policies(arguments: argparse.Namespace) -> Answer:
    """The policies with their versions, sources and open figures."""
    from db.services import policies

    if arguments.office is None:
        rows = policies.packaged_rows(date.today().isoformat())
    else:
        with closing(open_office(arguments)) as session:
            rows = policies.policy_rows(session)
    lines = [line for row in rows for line in _row_lines(row)]
    return {"policies": [_row(row) for row in rows]}, "\n".join(lines) or "没有政策。"


def _row(row: "PolicyRow") -> dict[str, Any]:
    shown: dict[str, Any] = {
        name: output.record(getattr(row, name)) for name in row.__dataclass_fields__ if name != "loaded"
    }
    return {**shown, "state_label": row.state_label, "origin_label": row.origin_label}


def _row_lines(row: "PolicyRow") -> Iterable[str]:
    mark = "*" if row.is_chosen else " "
    yield f"{mark} {row.pack_id}  第 {row.version} 版  {row.state_label}  {row.origin_label}  {row.title}"
    if row.fault:
        yield f"    {row.fault}"
        return
    yield f"    {_days(row)}  {'、'.join(row.region_names) or '各地选用'}"
    for source in row.sources:
        number = f"（{source.number}）" if source.number else ""
        old = "，一年多没有核对" if source.is_old else ""
        yield f"    《{source.title}》{number}，{source.checked_on} 核对{old}"
    if row.unset:
        yield f"    文件没有写明、用前要问清的 {len(row.unset)} 项："
        for question in dict.fromkeys(item.question for item in row.unset):
            yield f"      ? {question}"


def _days(row: "PolicyRow") -> str:
    if row.in_force_from is None:
        return "从未作准"
    return f"{row.in_force_from} 起" + (f"，到 {row.in_force_to}" if row.in_force_to else "")


def check(arguments: argparse.Namespace) -> Answer:
    """Every fault of a pack file or of the packs in a folder."""
    from db.services import policies

    checked = policies.check_files(arguments.path)
    faults = [fault for _, found in checked for fault in found]
    lines = [fault.text() for fault in faults]
    lines.append(f"检查了 {len(checked)} 个文件，" + (f"有 {len(faults)} 处错误。" if faults else "没有错误。"))
    body = {
        "sound": not faults,
        "files": [str(path) for path, _ in checked],
        "faults": [_fault(fault) for fault in faults],
    }
    return body, "\n".join(lines)


def _fault(fault: "PackFault") -> dict[str, Any]:
    return {"file": fault.file, "line": fault.line, "path": fault.path, "reason": fault.reason, "text": fault.text()}


def export(arguments: argparse.Namespace) -> Answer:
    """Write a signed policy file."""
    from db.services import policies

    with closing(open_office(arguments)) as session:
        target = policies.export_policy(session, arguments.pack, arguments.out, with_standards=arguments.standards)
    return {"file": str(target), "policy": arguments.pack}, f"政策文件已保存：{target}"


def accept(arguments: argparse.Namespace) -> Answer:
    """Take over a policy file, or look into it."""
    from db.services import policies

    with closing(open_office(arguments)) as session:
        offer = policies.read_policy_file(session, arguments.file, allow_unsigned=arguments.unsigned)
        changed = False if arguments.dry_run else policies.accept_policy(session, offer)
    body = {
        "dry_run": arguments.dry_run,
        "changed": changed,
        "signed": offer.is_signed,
        "sender": offer.sender_name,
        "policy": offer.pack.pack.id if offer.pack else None,
        "version": offer.pack.pack.version if offer.pack else None,
        "standards": [item.table.topic for item in offer.tables],
        "changes": list(offer.changes),
        "notes": list(offer.notes),
    }
    ending = "只预览，没有保存。" if arguments.dry_run else "已收下。" if changed else "没有改动。"
    return body, f"{offer.text()}\n{ending}"


def choose(arguments: argparse.Namespace) -> Answer:
    """Choose a policy, or leave the choice to the region."""
    from db.services import policies

    with closing(open_office(arguments)) as session:
        policies.choose_policy(session, "" if arguments.pack == "auto" else arguments.pack)
        chosen = policies.chosen_policy(session, session.today)
    if chosen is None:
        return {"policy": None}, "今天没有可用的政策：选用的政策没有现行的版本，或本地区没有唯一的一份。"
    body = {"policy": chosen.pack.id, "version": chosen.pack.version, "sha256": chosen.sha256}
    return body, f"本单位选用：{chosen.pack.title}（{chosen.pack.id}）第 {chosen.pack.version} 版"


# -- households ---------------------------------------------------------------------------------------------------


def assess_household(arguments: argparse.Namespace) -> Answer:
    """Assess one household and say why."""
    from db.domain.policy.assessment import OUTCOME_LABELS
    from db.domain.policy.explanation import explain

    assessment, _loaded = _assessed(arguments)
    paragraphs = explain(assessment)
    suggested = assessment.class_result(assessment.suggested_class)
    body = {
        **assessment.to_json(),
        "outcome_label": OUTCOME_LABELS[assessment.outcome],
        "class_label": suggested.label if suggested else None,
        "level_label": suggested.level_label if suggested else None,
        "caps": _cap_bodies(assessment, assessment.caps),
        "explanation": output.record(paragraphs),
    }
    lines: list[str] = []
    for paragraph in paragraphs:
        lines.append(f"【{paragraph.title}】")
        lines += [f"  {_marked(line.tone)}{line.text}{_cited(line.citation)}" for line in paragraph.sentences]
    return body, "\n".join(lines)


_MARKS = {"passed": "✓ ", "failed": "✗ ", "unknown": "? "}


def _marked(tone: str) -> str:
    return _MARKS.get(tone, "")


def _cited(citation: str) -> str:
    return f"［{citation}］" if citation else ""


def cap(arguments: argparse.Namespace) -> Answer:
    """The most one item of aid may come to."""
    from db.domain.option_lists import option_list
    from db.domain.policy.explanation import cap_sentence, headline

    assessment, loaded = _assessed(arguments)
    known = {item.item: item.label for item in loaded.pack.aid}
    if arguments.item not in option_list("aid_item").by_code:
        raise UserError("policy_unknown_item", text=arguments.item, known="、".join(known) or "（无）")
    if arguments.item not in known:
        raise UserError("policy_no_item", pack=assessment.policy_title, text=arguments.item, known="、".join(known) or "（无）")
    caps = [item for item in assessment.caps if item.item == arguments.item]
    lines = [headline(assessment)]
    for item in caps:
        sentence = cap_sentence(item)
        lines.append(f"{_marked(sentence.tone)}{sentence.text}{_cited(sentence.citation)}")
    if not caps:
        lines.append(f"{known[arguments.item]}：这户没有填这项救助的对象（如相应学段的在学子女），没有上限可算；没填全的请补上。")
    suggested = assessment.class_result(assessment.suggested_class)
    body = {
        "policy": assessment.policy_id,
        "version": assessment.policy_version,
        "on": assessment.on,
        "class": assessment.suggested_class,
        "item": arguments.item,
        "class_label": suggested.label if suggested else None,
        "caps": _cap_bodies(assessment, caps),
    }
    return body, "\n".join(lines)


def _cap_bodies(assessment: "Assessment", wanted: Sequence["CapResult"]) -> list[dict[str, Any]]:
    """Limits as in the assessment, with their amounts also as 元 with two decimals, and the sentence."""
    from db.domain.policy.explanation import amount_words, cap_sentence

    plain = zip(assessment.to_json()["caps"], assessment.caps, strict=True)
    bodies = []
    for entry, item in plain:
        texts = {
            f"{name}_yuan": None if value is None else amount_words(value).replace(",", "")
            for name, value in (("amount", item.amount), ("already", item.already), ("left", item.left))
        }
        if any(item is each for each in wanted):
            bodies.append({**entry, **texts, "text": cap_sentence(item).text})
    return bodies


def _assessed(arguments: argparse.Namespace) -> "tuple[Assessment, LoadedPack]":
    from db.domain.means_form import MEANS_EDITION
    from db.domain.policy.eligibility import assess

    on = _day(arguments.on)
    loaded, book = _policy(arguments, on.isoformat())
    return assess(_facts(arguments.facts), loaded, book, on, MEANS_EDITION), loaded


def _policy(arguments: argparse.Namespace, on: str) -> "tuple[LoadedPack, PolicyBook]":
    """The pack that is meant, by its id or by its file, and the book with the standards."""
    from db.domain.policy.book import packaged_book
    from db.services import policies

    if arguments.office is None:
        book = packaged_book()
    else:
        with closing(open_office(arguments)) as session:
            book = policies.policy_book(session)
    path = Path(arguments.policy)
    if path.suffix == ".toml" or os.path.isfile(path):  # noqa: PTH113 - a name too long for a file is no file either
        return policies.pack_of_file(path, on), book
    return policies.find_pack(book, arguments.policy, on), book


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise UserError("policy_bad_day", label="日期", text=text) from fault


def _facts(path: Path) -> "HouseholdFacts":
    from db.domain.policy.facts import facts_from_json
    from db.store.file_faults import read_at_most

    content = read_at_most(path, LARGEST_FACTS + 1)
    if len(content) > LARGEST_FACTS:
        raise UserError("facts_file_large", name=path.name, limit=LARGEST_FACTS >> 20)
    try:
        table = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as fault:
        line = getattr(fault, "lineno", 1)
        raise UserError("facts_not_json", name=path.name, line=line) from fault
    return facts_from_json(table)


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    """An object in which no key stands twice: the second would silently win."""
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise UserError("facts_key_twice", key=key)
        table[key] = value
    return table
