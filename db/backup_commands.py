"""The commands about backups: make one, list what a folder holds, restore one."""

import argparse
from contextlib import closing

from db import command_output as output
from db.command_office import Answer, ask_passphrase, open_office
from db.errors import UserError
from db.services import backups


def back_up(arguments: argparse.Namespace) -> Answer:
    """Back the office up, on this machine or into a folder of another disk."""
    if arguments.out and not arguments.out.is_dir():
        raise UserError("backup_no_folder", folder=str(arguments.out))
    with closing(open_office(arguments)) as session:
        record = backups.back_up(session, arguments.out)
    gaps = f"有 {record.missing} 个附件文件不在，没有备份进去，请做体检（check）。" if record.missing else ""
    return output.record(record), "\n".join(filter(None, [f"已备份到 {record.path}", gaps]))


def restore(arguments: argparse.Namespace) -> Answer:
    """Restore a backup; of a folder with several the one that is named, else say which there are."""
    found = backups.find_backups(arguments.backup)
    if len(found) != 1:
        known = "、".join(choice.path.name for choice in found) or "没有"
        raise UserError("backup_which", folder=str(arguments.backup), known=known)
    (choice,) = found
    missing = backups.restore_backup(choice.path, arguments.office, ask_passphrase())
    told = f"已把 {choice.office_name} {choice.made_at[:16].replace('T', ' ')} 的备份（{choice.archives} 户）恢复到 {arguments.office}"
    gaps = f"有 {missing} 个附件文件没有找到，请做体检（check）。" if missing else ""
    body = {"backup": str(choice.path), "office": choice.office_name, "archives": choice.archives, "missing": missing}
    return body, "\n".join(filter(None, [told, gaps]))
