"""The recovery code on paper: to be copied by hand without mistakes, and kept where only the right people get it."""

from db.printing.paper_sheet import PaperSheet

_KEEPING = (
    "只打印这一份。装进信封封好，在封口处签字，交工会主席或档案室锁进柜子；不要和电脑放在一起。",
    "不要拍照，不要存进电脑、手机、U 盘或网盘，不要在电话、微信里念给别人。",
    "用它登录过，或怀疑被别人看过，请在“设置 · 经办人”里换新的恢复码。旧码马上失效，请当面销毁这张纸。",
    "经办人调动或退休时，把这张纸列入交接清单。",
)
_USE = (
    "在登录窗口点“忘记口令”，按组输入恢复码，就能给经办人设新的口令。字母不分大小写；码里的 0 和 1 都是数字，没有字母 O、I、L。"
    "口令和恢复码都丢失时，任何人都打不开这个单位的数据。"
)


def recovery_sheet_pdf(office_name: str, code: str, made_on: str) -> bytes:
    """The sheet for the recovery *code* (groups joined by dashes) of an office, made on an ISO date."""
    sheet = PaperSheet("恢复码", "暖档 困难职工帮扶档案工作站")
    sheet.gap(4)
    sheet.table([("单位", office_name), ("制作日期", made_on)])
    sheet.gap(8)
    groups = [group for group in code.replace(" ", "-").split("-") if group]
    sheet.groups(groups, 3 if len(groups) <= 9 else 4, 24.0, numbered=True)
    sheet.heading("什么时候用")
    sheet.paragraph(_USE)
    sheet.heading("怎样保管")
    sheet.numbered(_KEEPING)
    sheet.heading("封存签字")
    sheet.signatures(("经办人：", "保管人：", "封存地点：", "封存日期："))
    return sheet.pdf()
