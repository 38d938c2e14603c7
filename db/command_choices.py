"""What options of the command line may be, each code with its words.

Written down here, so that help and wrong usage need not load the services that know them; a test compares the two.
"""

FORMS = {"archive_form": "档案表", "means": "家庭经济", "facts": "认定用的家庭情况文件"}
"""What ``describe`` knows (:data:`db.command_output.FORMS`)."""
STANDINGS = {
    "lead": "摸底线索", "applicant": "申请办理中", "on_file": "在档", "phasing_out": "渐退期", "exited": "脱困库",
    "cancelled": "注销库", "temporary": "临时救助", "not_eligible": "不符合", "given_up": "放弃申请",
}  # fmt: skip
CASE_STAGES = {
    "application": "收集申请材料", "verification": "入户核实", "comparison": "信息比对", "deliberation": "集体研究",
    "notice": "公示", "objection": "异议复核", "submission": "待上报", "review": "上级审核",
}  # fmt: skip
CASE_DUES = {
    "notice": "公示期满可办结", "verify": "核查待补逾期", "phase_out": "渐退期已到", "old": "一年没有更新",
    "to_verify": "待核查", "overdue": "已逾期", "never_helped": "从未帮扶", "helped_long_ago": "一年没有帮扶",
    "papers_missing": "材料缺失", "papers_expired": "证明过期", "kept_long_enough": "保管期满",
}  # fmt: skip
"""What ``cases`` may be asked for (:mod:`db.domain.case_words`, :class:`db.services.case_list.Due`)."""
MONITORING_STATES = {"to_do": "待入户", "done": "已入户", "relapse": "建议返困", "all": "全部"}
CASE_PAPERS = {
    "aid_application": "救助申请表", "home_visit": "走访记录", "minutes": "集体研究记录", "notice": "公示",
    "notice_poster": "公示（A3 张贴）", "notice_result": "公示结果", "exit_approval": "退档审批表",
    "cancel_approval": "注销审批表", "help_plan": "帮扶计划", "help_measures": "措施落实表", "help_ledger": "帮扶台帐",
    "pairing_roster": "结对花名册", "monitoring": "动态监测记录表",
}  # fmt: skip
"""What ``paper`` may be asked for (:class:`db.services.papers.Paper`)."""
PAIRING_PILES = {
    "missing": "没有结对", "overdue": "逾期", "due": "本月到期", "owed": "逾期和本月到期", "paired": "已结对",
    "gone": "退档以后还没有结束结对", "all": "全部",
}  # fmt: skip
"""What ``pairing`` may be asked for (:data:`db.store.pairing_store.PILES`)."""
AID_PILES = {
    "open": "待发放", "on_list": "名册中", "failed": "发放失败", "paid": "已发放", "withdrawn": "已撤销", "all": "全部",
}  # fmt: skip
"""What ``grants`` may be asked for (:class:`db.services.aid_list.AidPile`)."""
EVENT_KINDS = {
    "form": "档案表", "means": "家庭经济和认定", "case": "办理", "notice": "公示", "review": "上级审核", "visit": "走访联系",
    "pairing": "结对帮扶", "aid": "救助", "monitoring": "动态监测", "other": "其他登记", "paper": "材料",
    "output": "打印和导出", "exchange": "上报和收发", "move": "移交和合并",
}  # fmt: skip
"""What ``timeline`` may be asked for (:class:`db.domain.timeline.EventKind`)."""
CROSS_SUBJECTS = {
    "households": "困难职工家庭", "people": "职工和家人", "filed": "新建档的家庭", "exited": "退出的家庭",
    "aid": "发放的救助", "students": "助学学生", "graduates": "高校毕业生", "visits": "走访联系", "monitoring": "动态监测",
}  # fmt: skip
"""What ``cross`` counts (:class:`db.domain.reports.cross_lists.Subject`)."""
LEAST_SCORE, HIGHEST_SCORE = 60, 100
"""What ``duplicates`` may be asked for (``POSSIBLE`` and ``HIGHEST`` of :mod:`db.domain.look_alike`)."""


def listed(text: str, words: dict[str, str]) -> str:
    """The help of an option: *text*, then each code with what it means."""
    return f"{text}：" + "，".join(f"{code} {meaning}" for code, meaning in words.items())
