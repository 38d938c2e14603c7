"""Where the policy in force speaks of a kind of aid but not of this case: what a clerk is told, and asked a reason for."""

from collections.abc import Collection

from db.domain.aid.aid_check import AidFinding, Weight
from db.domain.option_lists import option_list
from db.domain.policy import aid_rules
from db.domain.policy.pack import Pack


def stacking_doubt(pack: Pack, item: str, class_code: str | None, had: Collection[str]) -> AidFinding | None:
    """A further kind of aid for a class of which the document does not say that it may have several (S000-29).

    *had*: the kinds it was granted this year. A class that may not have several is refused by the limits themselves.
    """
    rules = [rule for rule in pack.stacking if rule.allowed and rule.classes and (not rule.items or item in rule.items)]
    if not rules or class_code is None or any(class_code in rule.classes for rule in rules):
        return None
    others = [code for code in dict.fromkeys(had) if code != item and (not rules[0].items or code in rules[0].items)]
    if not others:
        return None
    known, items = option_list("hardship_category"), option_list("aid_item")
    may = "、".join(known.label(code) for code in rules[0].classes)
    text = (
        f"今年已批准{'、'.join(items.label(code) for code in others)}。文件只写明{may}可以叠加享受，没有写{known.label(class_code)}："
        f"请先问清上级工会，再写明理由。（{pack.citation(rules[0])}）"
    )
    return AidFinding("stacking_open", Weight.REASON, text)


def why_no_limit(pack: Pack, item: str, name: str, stage: str) -> str:
    """Why an item of the pack has no limit for somebody: it goes by students, and this is none, or one of another stage.

    *name*: for whom it is, empty for the whole household; *stage*: the school they are known to go to.
    """
    written = [entry for entry in pack.aid if entry.item == item]
    if not written:
        return ""
    label = written[0].label
    by_student = any(aid_rules.is_for_students(entry) for entry in written)
    if not name:
        whom = "学生" if by_student else "人"
        return f"“{label}”按{whom}定上限：请在“为谁”里选{whom}。不选的，请写明理由。"
    if not by_student:
        return ""
    stages = [code for entry in written for code in entry.stages]
    if stage and stages and stage not in stages and all(entry.stages for entry in written):
        school = option_list("school_stage")
        told = "、".join(school.label(code) for code in dict.fromkeys(stages))
        said = f"“{label}”写的是{told}，没有写到{school.label(stage)}（{name}）"
        return f"{said}。照别的文件给的，请写明依据。（{pack.citation(written[0])}）"
    return f"“{label}”按学生定上限，{name}今年还没有登记：请先到“助学就业 → 助学”登记。先给的，请写明理由。"
