"""Measures of money, students and what is organised for them, as the statistical tables count them. Amounts are 分."""

# ruff: noqa: S608 - sources and conditions are constants of this module, values are parameters
from db.store import hidden, household_record
from db.store.report_measure import ENTRY, IN_SCOPE, OFFICES, ON_FILE, STOOD, Measure, value_of

_ITEMS = "g.item IN (SELECT value FROM json_each(:item))"
# what came back is a payment of its own with a minus
_SIGNED = "CASE p.outcome WHEN 'returned' THEN -p.amount ELSE p.amount END"
# a payment is the paying office's: the table of a township says nothing else before and after it hears what its county
# paid there, nor after a household has moved
_BY_OFFICE = f"p.office_id IN {OFFICES}"
_PAID = (
    "payout p JOIN aid_grant g ON g.id = p.grant_id"
    f" WHERE p.outcome IN ('paid', 'returned') AND p.on_day BETWEEN :begins AND :ends AND {_BY_OFFICE}"
)
# money may come back in several parts; goods are of no amount
_KEPT = (
    "p.amount > coalesce((SELECT sum(r.amount) FROM payout r WHERE r.grant_id = g.id AND r.outcome = 'returned'"
    " AND +r.on_day <= :ends), -1)"  # the plus keeps SQLite to the index by grant
)
_PERSON = "coalesce(nullif(g.recipient_number, ''), g.archive_id || g.recipient_name)"
# a person once, with stage and group of the last payment
_LAST_PAID = (
    "(SELECT g.recipient_number, g.recipient_name, g.school_stage, g.household_group, g.item, g.archive_id, p.on_day, p.office_id,"
    f" row_number() OVER (PARTITION BY {_PERSON} ORDER BY p.on_day DESC, p.rowid DESC) AS place"
    " FROM payout p JOIN aid_grant g ON g.id = p.grant_id"
    f" WHERE p.outcome = 'paid' AND p.on_day BETWEEN :begins AND :ends AND {_BY_OFFICE} AND {_ITEMS}"
    f" AND {_KEPT}) s WHERE s.place = 1"
)
_ONLY_FOR_ITEMS = (
    f"json_array_length(coalesce({value_of('f', 'allowed_items')}, '[]')) > 0 AND NOT EXISTS"
    f" (SELECT 1 FROM json_each(coalesce({value_of('f', 'allowed_items')}, '[]')) i"
    " WHERE i.value NOT IN (SELECT value FROM json_each(:item)))"
)
# what was sent back or passed down stands in the books of another office from then on
_MOVED = f"iif({value_of('m', 'movement')} IN ('returned', 'passed_down'), -1, 1) * {value_of('m', 'amount')}"
_FUNDS = "f.kind = 'fund' AND f.is_current AND NOT f.is_removed"
# a source only for these items: what came in; any other source: what was paid from it for them
_RAISED = (
    f"(SELECT {value_of('f', 'source_kind')} AS fund_source, {value_of('f', 'name')} AS name, m.on_day,"
    f" {_MOVED} AS amount,"
    f" {value_of('m', 'movement')} AS what, m.office_id"
    f" FROM office_record m JOIN office_record f ON f.record_id = m.subject_id AND {_FUNDS}"
    " WHERE m.kind = 'fund_movement' AND m.is_current AND NOT m.is_removed"
    f" AND m.office_id IN {OFFICES} AND m.on_day BETWEEN :begins AND :ends"
    f" AND {_ONLY_FOR_ITEMS}"
    " UNION ALL"
    f" SELECT g.fund_source, g.fund_name, p.on_day, {_SIGNED}, 'paid', p.office_id FROM payout p JOIN aid_grant g ON g.id = p.grant_id"
    " WHERE p.outcome IN ('paid', 'returned') AND p.on_day BETWEEN :begins AND :ends"
    f" AND {_BY_OFFICE} AND {_ITEMS} AND NOT EXISTS"
    f" (SELECT 1 FROM office_record f WHERE f.record_id = g.fund_id AND {_FUNDS} AND {_ONLY_FOR_ITEMS}))"
    " s WHERE 1 = 1"
)
_ONCE = household_record.counts_once("student")
_STUDENTS = (
    f"(SELECT {value_of('r', 'name')} AS name, {value_of('r', 'id_number')} AS number, {value_of('r', 'stage')} AS stage,"
    f" {value_of('r', 'school')} AS school, r.on_day, a.id AS archive_id, a.office_id, row_number() OVER"
    f" (PARTITION BY {value_of('r', 'id_number')} ORDER BY r.on_day DESC, r.made_at DESC) AS place"
    f" FROM case_record r {household_record.JOIN_HOME} {STOOD}"
    f" WHERE r.kind = 'student' AND r.is_current AND NOT r.is_removed AND {_ONCE}"
    f" AND {value_of('r', 'year')} = :year AND r.on_day <= :ends AND {value_of('r', 'student_kind')} = 'new' AND {IN_SCOPE}"
    f" AND {ON_FILE}) s WHERE s.place = 1"
)

# the classes of older forms are not turned into the new ones: they stand in a line of their own
_FILED_KINDS = (
    "CASE a.hardship_category WHEN 'deep_hardship' THEN 'deep' WHEN 'relative_hardship' THEN 'relative'"
    " WHEN 'accidental_hardship' THEN 'accidental' ELSE 'other' END"
)
# a 五年制高职 counts as 高职 from its fourth year on (requirements §d.6 no. 18)
_STAGE = (
    f"CASE WHEN {value_of('r', 'stage')} = 'five_year_vocational' AND :year - {value_of('r', 'enrolled_year')} >= 3"
    f" THEN 'higher_vocational' ELSE {value_of('r', 'stage')} END"
)
_WANTED = (
    f"(SELECT {value_of('r', 'name')} AS name, {value_of('r', 'id_number')} AS number, {_STAGE} AS stage,"
    f" {value_of('r', 'school')} AS school, coalesce({value_of('r', 'amount_wanted')}, 0) AS amount, r.on_day, a.id AS archive_id,"
    " a.office_id,"
    f" CASE WHEN {value_of('r', 'is_new_form_family')} THEN 'new_form' WHEN {value_of('r', 'regime')} <> 'on_file' THEN 'not_filed'"
    f" ELSE {_FILED_KINDS} END AS family, row_number() OVER"
    f" (PARTITION BY {value_of('r', 'id_number')} ORDER BY r.on_day DESC, r.made_at DESC) AS place"
    f" FROM case_record r {household_record.JOIN_HOME}"
    f" WHERE r.kind = 'student' AND r.is_current AND NOT r.is_removed AND {_ONCE}"
    f" AND {value_of('r', 'year')} = :year AND r.on_day <= :ends AND {IN_SCOPE}) s WHERE s.place = 1"
)

# payments that came back whole are no payments
_KEPT_WHOLE = f" AND p.outcome = 'paid' AND {_KEPT}"
_OF_GRANT = {
    "item": "g.item", "stage": "g.school_stage", "group": "g.household_group", "fund_source": "g.fund_source",
    "office": "g.office_id", "category": "g.hardship_class", "programme": "g.programme_id",
    "month": "substr(g.granted_on, 1, 7)", "fund": "g.fund_id", "goods": "iif(g.goods <> '', 'yes', 'no')",
}  # fmt: skip
_OF_PAYMENT = {**_OF_GRANT, "office": "p.office_id", "month": "substr(p.on_day, 1, 7)", "method": "p.method"}
# an archive merged into another one is the same household
_HOME = hidden.home_of("g.archive_id")
_HOUSEHOLD = "coalesce((SELECT a.name FROM archive a WHERE a.id = g.archive_id), '')"
_OF_WISH = {"stage": "s.stage", "family": "s.family", "office": "s.office_id", "asked": "iif(s.amount > 0, 'yes', 'no')"}
_OF_ENTRY = {"office": "r.office_id"}
_GRANTED = (
    "aid_grant g WHERE NOT EXISTS"
    " (SELECT 1 FROM payout w WHERE w.grant_id = g.id AND w.outcome = 'withdrawn' AND w.on_day <= :ends)"
    f" AND g.granted_on BETWEEN :begins AND :ends AND g.office_id IN {OFFICES}"
)

# -- sources of money: what moved, by the office whose source it is --

_MOVEMENTS = (
    f"office_record m JOIN office_record f ON f.record_id = m.subject_id AND {_FUNDS} AND f.office_id IN {OFFICES}"
    " WHERE m.kind = 'fund_movement' AND m.is_current AND NOT m.is_removed"
)
_FUND_MOVED = f"{_MOVEMENTS} AND m.on_day BETWEEN :begins AND :ends"
_OUT = f"payout p JOIN aid_grant g ON g.id = p.grant_id JOIN office_record f ON f.record_id = g.fund_id AND {_FUNDS}"
_FUND_PAID = (
    f"{_OUT} AND f.office_id IN {OFFICES} WHERE p.outcome IN ('paid', 'returned') AND p.on_day BETWEEN :begins AND :ends"
)
_FUND_COMMITTED = (
    f"aid_grant g JOIN office_record f ON f.record_id = g.fund_id AND {_FUNDS} AND f.office_id IN {OFFICES}"
    " WHERE g.granted_on <= :ends AND NOT EXISTS (SELECT 1 FROM payout p WHERE p.grant_id = g.id"
    " AND p.outcome IN ('paid', 'withdrawn') AND p.on_day <= :ends)"
)
_FUND_BUDGET = f"office_record f WHERE {_FUNDS} AND f.office_id IN {OFFICES} AND {value_of('f', 'year')} = :year"
_FUND_BEFORE = (
    f"(SELECT f.record_id AS fund, f.office_id, {value_of('f', 'source_kind')} AS fund_source, {value_of('f', 'name')} AS name,"
    f" {value_of('m', 'movement')} AS what, m.on_day, NULL AS archive_id,"
    f" {_MOVED} AS amount"
    f" FROM {_MOVEMENTS} AND m.on_day < :begins UNION ALL"
    f" SELECT f.record_id, f.office_id, {value_of('f', 'source_kind')}, g.recipient_name, g.item, p.on_day, g.archive_id, -({_SIGNED})"
    f" FROM {_OUT} AND f.office_id IN {OFFICES} WHERE p.outcome IN ('paid', 'returned') AND p.on_day < :begins) s WHERE 1 = 1"
)
_OF_FUND = {"fund": "s.fund", "office": "s.office_id", "fund_source": "s.fund_source"}
_OF_FUND_PAID = {"fund": "f.record_id", "office": "f.office_id", "fund_source": value_of("f", "source_kind")}
_OF_FUND_MOVED = {**_OF_FUND_PAID, "movement": value_of("m", "movement")}

MEASURES: dict[str, Measure] = {
    "money_raised": Measure(
        "筹集资金", _RAISED, "s.amount", {"fund_source": "s.fund_source", "office": "s.office_id"}, "s.name", "s.what", "s.on_day"
    ),
    "money_paid": Measure(
        "发放的金额", _PAID, _SIGNED,
        _OF_PAYMENT, "g.recipient_name", "g.item", "p.on_day", "g.archive_id",
    ),
    "payments": Measure(
        "发放的次数", _PAID + _KEPT_WHOLE, "1", _OF_PAYMENT, "g.recipient_name", "g.item", "p.on_day", "g.archive_id"
    ),
    "households_paid": Measure(
        "得到发放的家庭", _PAID + _KEPT_WHOLE, "1", _OF_PAYMENT, _HOUSEHOLD, "g.item", "p.on_day", "g.archive_id",
        _HOME,
    ),
    "households_helped": Measure(
        "批准救助的家庭", _GRANTED, "1", _OF_GRANT, _HOUSEHOLD, "g.item", "g.granted_on", "g.archive_id",
        _HOME,
    ),
    "grants": Measure("批准救助的次数", _GRANTED, "1", _OF_GRANT, "g.recipient_name", "g.item", "g.granted_on", "g.archive_id"),
    "money_granted": Measure(
        "批准的金额", _GRANTED, "g.amount", _OF_GRANT, "g.recipient_name", "g.item", "g.granted_on", "g.archive_id"
    ),
    "fund_opening": Measure(
        "期初结余", _FUND_BEFORE, "s.amount", _OF_FUND, "s.name", "s.what", "s.on_day", "s.archive_id"
    ),
    "fund_received": Measure(
        "到账", _FUND_MOVED, value_of("m", "amount"), _OF_FUND_MOVED, value_of("f", "name"), value_of("m", "movement"), "m.on_day"
    ),
    "fund_paid": Measure(
        "支出", _FUND_PAID, _SIGNED, _OF_FUND_PAID, "g.recipient_name", "g.item", "p.on_day", "g.archive_id"
    ),
    "fund_committed": Measure(
        "已批准未发放", _FUND_COMMITTED, "g.amount", _OF_FUND_PAID, "g.recipient_name", "g.item", "g.granted_on", "g.archive_id"
    ),
    "fund_budget": Measure(
        "预算", _FUND_BUDGET, f"coalesce({value_of('f', 'budget')}, 0)",
        {"fund": "f.record_id", "office": "f.office_id", "fund_source": value_of("f", "source_kind")},
        value_of("f", "name"), value_of("f", "document"), "f.on_day",
    ),
    "people_paid": Measure(
        "得到发放的人", _LAST_PAID, "1",
        {"stage": "s.school_stage", "group": "s.household_group", "office": "s.office_id"},
        "s.recipient_name", "s.item", "s.on_day", "s.archive_id",
    ),
    "new_students": Measure(
        "升学子女", _STUDENTS, "1", {"stage": "s.stage", "office": "s.office_id"}, "s.name", "s.school", "s.on_day", "s.archive_id",
        beside="student",
    ),
    "students_wanting": Measure(
        "登记的学生", _WANTED, "1", _OF_WISH, "s.name", "s.school", "s.on_day", "s.archive_id"
    ),
    "money_wanted": Measure(
        "申请的金额", _WANTED, "s.amount", _OF_WISH, "s.name", "s.school", "s.on_day", "s.archive_id"
    ),
    "day_care_classes": Measure(
        "暑假托管班", ENTRY.format(kind="day_care"), "1", _OF_ENTRY, value_of("r", "title"), value_of("r", "place"), "r.on_day"
    ),
    "day_care_children": Measure(
        "托管的子女", ENTRY.format(kind="day_care"), value_of("r", "children"), _OF_ENTRY, value_of("r", "title"), value_of("r", "place"),
        "r.on_day",
    ),
    "work_study_employers": Measure(
        "联系单位",
        f"(SELECT {value_of('r', 'employer')} AS employer, min(r.on_day) AS on_day FROM {ENTRY.format(kind='work_study')}"
        f" GROUP BY {value_of('r', 'employer')}) s WHERE 1 = 1",
        "1", {}, "s.employer", "''", "s.on_day",
    ),
    "work_study_posts": Measure(
        "提供的岗位", ENTRY.format(kind="work_study"), value_of("r", "posts"), _OF_ENTRY, value_of("r", "employer"), value_of("r", "work"),
        "r.on_day",
    ),
}  # fmt: skip
"""By the name that tables use."""
