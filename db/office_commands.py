"""The commands about an office and its archives: set up, look over, list, show, import, export, print."""

import argparse
from contextlib import closing

from db import command_output as output
from db.command_office import Answer, all_ids, ask_passphrase, open_office
from db.domain.office_levels import LEVEL_BADGES
from db.domain.validation import Severity, Stage
from db.services import archiving, attachments, health, office, printing, revisions, workbooks
from db.services import demo as demo_office

# -- office ------------------------------------------------------------------------------------------------------


def init(arguments: argparse.Namespace) -> Answer:
    """Set an office up, or a laptop of one."""
    if arguments.laptop_of:
        from db.visit_commands import init_laptop  # late: most offices are set up without the exchange

        return init_laptop(arguments)
    session, code = office.create_office(
        arguments.office,
        name=arguments.name,
        level=arguments.level,
        region_code=arguments.region,
        parent_name=arguments.parent,
        clerk_name=arguments.clerk,
        passphrase=ask_passphrase(twice=True),
    )
    with closing(session):
        profile = output.profile(session)
    text = f"已建立 {profile['name']}（{LEVEL_BADGES[profile['level']]}）。\n恢复码（只显示这一次，请抄下或打印后收好）：{code}"
    return {**profile, "recovery_code": code}, text


def demo(arguments: argparse.Namespace) -> Answer:
    """Fill an office, made when there is none, with invented households."""
    passphrase = ask_passphrase()
    if not office.has_office(arguments.office):
        office.create_office(
            arguments.office,
            name="梅城镇总工会（演示）",
            level="township",
            region_code="340882",
            parent_name="潜山市总工会（演示）",
            clerk_name="陈志强",
            passphrase=passphrase,
        )[0].close()
    with closing(office.open_office(arguments.office, passphrase)) as session:
        ids = demo_office.fill_office(session, arguments.households, arguments.seed)
        return {**output.profile(session), "created": len(ids)}, f"已加入 {len(ids)} 户虚构家庭。"


def check(arguments: argparse.Namespace) -> Answer:
    """Look an office over."""
    with closing(open_office(arguments)) as session:
        findings = health.check_office(session)
    lines = [f"[{item.level}] {item.title}：{item.text}" for item in findings]
    sound = all(item.level != health.ERROR for item in findings)
    return {"sound": sound, "findings": [output.record(item) for item in findings]}, "\n".join(lines)


# -- archives ----------------------------------------------------------------------------------------------------


def describe(arguments: argparse.Namespace) -> Answer:
    """The fields of a form."""
    fields = output.described_fields(arguments.form)
    places = [item["key"] if arguments.form == "archive_form" else output.json_place(item) for item in fields]
    lines = [
        f"{'*' if item['required'] else ' '} {place:<46}{item['caption']}"
        for place, item in zip(places, fields, strict=True)
    ]
    return {"form": arguments.form, "fields": fields}, "\n".join(lines)


def list_archives(arguments: argparse.Namespace) -> Answer:
    """The archives, numbers masked."""
    query = archiving.ArchiveQuery(text=arguments.search, order="archive_number", descending=False)
    with closing(open_office(arguments)) as session:
        names = archiving.office_names(session)
        total = archiving.count_archives(session, query)
        rows = archiving.list_archives(session, query, 0, max(total, 1))
    items = [output.listed(row, names) for row in rows]
    lines = [
        f"{item['archive_number']}  {item['name']}  {item['id_number']}  {item['state']}  {item['office']}"
        for item in items
    ]
    return {"total": total, "archives": items}, "\n".join([*lines, f"共 {total} 户"])


def show(arguments: argparse.Namespace) -> Answer:
    """One archive with its problems, papers and history."""
    with closing(open_office(arguments)) as session:
        archive = archiving.find_by_number(session, arguments.number)
        problems = archiving.check_content(session, archive.content, Stage.SUBMIT, archive.id)
        papers = attachments.list_attachments(session, archive.id)
        history = revisions.archive_history(session, archive.id)
        state = archiving.archive_submission(session, archive)
    shown = output.shown_archive(archive, state, problems, papers, history)
    errors = sum(item.severity is Severity.ERROR for item in problems)
    return shown, output.archive_text(archive) + f"\n还有 {errors} 处要补正" * bool(errors)


def import_workbook(arguments: argparse.Namespace) -> Answer:
    """Import a workbook."""
    with closing(open_office(arguments)) as session:
        outcome = workbooks.run_import(
            session, arguments.file, dry_run=arguments.dry_run, leads=arguments.leads, report_path=arguments.report
        )
    body = outcome.to_json()
    counts = "读取 {rows_read} = 新建 {created} + 更新 {updated} + 没有变化 {unchanged} + 跳过 {skipped} + 出错 {failed}"
    lines = [counts.format(**body)]
    for item in outcome.problems:
        # what concerns the whole sheet has no row and says itself what it is about
        place = f"第 {item.row} 行 {item.column}：" if item.severity != "note" and item.row else ""
        lines.append(place + item.message)
    return body, "\n".join(lines)


def export_workbook(arguments: argparse.Namespace) -> Answer:
    """Write a workbook."""
    if arguments.layout == "template":
        workbooks.write_template(arguments.out)
        return {"file": str(arguments.out), "layout": "template"}, f"模板已保存：{arguments.out}"
    write = workbooks.export_flat if arguments.layout == "flat" else workbooks.export_forms
    with closing(open_office(arguments)) as session:
        ids = all_ids(session)
        write(session, ids, arguments.out)
    body = {"file": str(arguments.out), "layout": arguments.layout, "archives": len(ids)}
    return body, f"已导出 {len(ids)} 户：{arguments.out}"


def print_papers(arguments: argparse.Namespace) -> Answer:
    """Print papers of archives, or empty ones."""
    with closing(open_office(arguments)) as session:
        if arguments.blank:
            _print_blank(arguments)
            return {"file": str(arguments.out), "archives": 0}, f"空白表已保存：{arguments.out}"
        if arguments.archive:
            ids = [archiving.find_by_number(session, arguments.archive).id]
        else:
            ids = all_ids(session)
        if arguments.paper == "form":
            printing.write_archive_pdf(session, ids, arguments.out)
        else:
            from db.services import policy_printing  # late: the vocabulary of packs takes long to build

            policy_printing.write_paper(session, ids, policy_printing.Paper(arguments.paper), arguments.out)
    return {"file": str(arguments.out), "archives": len(ids)}, f"已打印 {len(ids)} 户：{arguments.out}"


def _print_blank(arguments: argparse.Namespace) -> None:
    if arguments.paper == "form":
        printing.write_blank_form_pdf(arguments.out)
        return
    from db.services import policy_printing

    printing.save_pdf(arguments.out, policy_printing.blank_paper_pdf(policy_printing.Paper(arguments.paper)))
