"""Measures of households: how many were on file on the last day, who is looked after, monitored, at school or looking for work.

Where a household stood on a past day is told by its steps (``standing_store``); class and cause are those of the archive today.
"""

# ruff: noqa: S608 - sources and conditions are constants of this module, values are parameters
from db.store import case_dues, graduate_way, household_record, pairing_store, service_store
from db.store.report_measure import IN_SCOPE, OFFICES, ON_FILE, SHOWN, STANDING, STOOD, Measure, flag_of, value_of

_KEPT = f"archive a {STOOD} WHERE {SHOWN} AND {IN_SCOPE} AND {ON_FILE}"
_OF_ARCHIVE = {
    "office": "a.office_id", "category": "a.hardship_category", "cause": "a.main_hardship_cause", "standing": STANDING,
    "migrant": flag_of("a.is_migrant_worker"), "zero_employment": flag_of("a.is_zero_employment_household"),
    "single_parent": flag_of("a.is_single_parent"),
}  # fmt: skip
_WHO, _NUMBER, _FILED = "coalesce(a.name, '')", "a.archive_number", "coalesce(a.filed_on, '')"
_HEADS = "(1 + (SELECT count(*) FROM household_member m WHERE m.archive_id = a.id))"
_PAIRED = pairing_store.IS_PAIRED.replace(":today", ":ends")
_LED = pairing_store.IS_LED.replace(":today", ":ends")

_PUPILS = "('postgraduate', 'college', 'vocational', 'senior_high', 'junior_high', 'primary', 'preschool')"
_MEMBERS = (
    f"household_member m JOIN archive a ON a.id = m.archive_id {STOOD}"
    f" WHERE m.member_identity IN {_PUPILS} AND {SHOWN} AND {IN_SCOPE} AND {ON_FILE}"
)
# a graduate once, by the latest record; where they stood on the last day, and whether help was needed, is told by their lines
_GRADUATES = (
    f"(SELECT a.office_id, a.id AS archive_id, r.on_day, {value_of('r', 'name')} AS name, {value_of('r', 'school')} AS school,"
    f" {graduate_way.STATUS_THEN} AS status, {flag_of(value_of('r', 'zero_employment'))} AS zero_employment,"
    f" iif({graduate_way.HELPED}, 'yes', 'no') AS helped,"
    f" {flag_of(value_of('r', 'wants_help'))} AS wants_help, {value_of('r', 'graduation_year')} AS graduated,"
    f" {graduate_way.FIRST_STATUS} AS first_status,"
    f" row_number() OVER (PARTITION BY {value_of('r', 'id_number')} ORDER BY r.on_day DESC, r.made_at DESC) AS place"
    f" FROM case_record r {household_record.JOIN_HOME} {graduate_way.JOIN} WHERE r.kind = 'graduate' AND r.is_current"
    f" AND NOT r.is_removed AND {household_record.counts_once('graduate')}"
    f" AND r.on_day <= :ends AND {value_of('r', 'graduation_year')} <= :year"
    f" AND {SHOWN} AND {IN_SCOPE}) s WHERE s.place = 1"
)
_OF_GRADUATE = {
    "office": "s.office_id", "status": "s.status", "first_status": "s.first_status", "zero_employment": "s.zero_employment",
    "wants_help": "s.wants_help", "helped": "s.helped", "fresh": "iif(s.graduated = :year, 'yes', 'no')",
}  # fmt: skip



def _done_for_graduates(table: str, kind: str, what: str) -> str:
    return (
        f"SELECT r.record_id, a.id AS archive_id, a.office_id, {value_of('r', 'name')} AS name, {kind} AS kind,"
        f" coalesce(json_extract(t.value, '$.{what}'), '') AS what, json_extract(t.value, '$.on_day') AS on_day"
        f" FROM case_record r {household_record.JOIN_HOME}, json_each(r.content, '$.rows.{table}') t"
        f" WHERE r.kind = 'graduate' AND r.is_current AND NOT r.is_removed AND {household_record.counts_once('graduate')}"
        f" AND {SHOWN} AND {IN_SCOPE}"
    )


_SERVICE_KIND, _FOLLOW_UP = "json_extract(t.value, '$.kind')", "'follow_up'"
# asking how somebody fares at work is a service, too (S000-09)
_GRADUATE_SERVICES = (
    f"({_done_for_graduates('services', _SERVICE_KIND, 'what')} UNION ALL {_done_for_graduates('follow_ups', _FOLLOW_UP, 'note')}) s"
    " WHERE s.on_day BETWEEN :begins AND :ends"
)
_OF_GRADUATE_SERVICE = {"office": "s.office_id", "kind": "s.kind"}

_ANSWERS = ("covered_by_civil_affairs", "work_secured", "medical_secured", "school_secured", "social_secured",
            "housing_secured", "relapse_advised", "result_stable")  # fmt: skip
# two sheets of one household count as the later
_SHEETS = (
    "(SELECT a.office_id, r.archive_id, r.on_day, r.content, a.name, a.archive_number,"
    " row_number() OVER (PARTITION BY r.archive_id ORDER BY r.on_day DESC, r.made_at DESC, r.id) AS place"
    " FROM case_record r JOIN archive a ON a.id = r.archive_id WHERE r.kind = 'monitoring' AND r.is_current"
    f" AND NOT r.is_removed AND r.on_day BETWEEN :begins AND :ends AND {SHOWN} AND {IN_SCOPE}) s WHERE s.place = 1"
)
_OF_SHEET = {
    "office": "s.office_id", "exit_reason": value_of("s", "exit_reason"), "relapse_class": value_of("s", "relapse_class"),
    **{key: flag_of(value_of("s", key)) for key in _ANSWERS},
}  # fmt: skip
_NET = value_of("s", "net_income_per_head")
# who is on the list of a campaign that was under way in the period, and who was looked at without being on one
_TO_MONITOR = (
    "(SELECT a.office_id, a.id AS archive_id, a.name, a.archive_number FROM archive a WHERE a.id IN"
    " (SELECT t.archive_id FROM campaign_target t JOIN office_record k ON k.record_id = t.campaign_id AND k.is_current"
    " AND NOT k.is_removed AND k.on_day <= :ends AND coalesce(k.ends_on, k.on_day) >= :begins"
    " UNION SELECT r.archive_id FROM case_record r WHERE r.kind = 'monitoring' AND r.is_current AND NOT r.is_removed"
    f" AND r.on_day BETWEEN :begins AND :ends) AND {SHOWN} AND {IN_SCOPE}) s WHERE 1 = 1"
)

_MEASURED = (
    "case_record r JOIN archive a ON a.id = r.archive_id WHERE r.kind = 'measure' AND r.is_current AND NOT r.is_removed"
    f" AND r.on_day BETWEEN :begins AND :ends AND {SHOWN} AND {IN_SCOPE}"
)
_OF_MEASURE = {
    "office": "a.office_id", "kind": value_of("r", "measure_kind"),
    "done": f"iif(coalesce({value_of('r', 'done_on')}, '9999') <= :ends, 'yes', 'no')",
}  # fmt: skip

# what an office above did for a household counts with the household's office, so every table tells of it once
_SERVED = (
    f"{service_store.SERVED} r JOIN archive a ON a.id = r.archive_id"
    f" WHERE r.on_day BETWEEN :begins AND :ends AND {SHOWN} AND {IN_SCOPE}"
)
_ANSWER = f"iif(coalesce({value_of('r', 'answered_on')}, r.on_day) <= :ends, coalesce({value_of('r', 'answer')}, ''), '')"
_OF_SERVICE = {
    "office": "a.office_id", "kind": value_of("r", "service_kind"),
    "granted": f"iif({_ANSWER} IN ('granted', 'partly'), 'yes', 'no')",
    "waiting": f"iif(r.ends_on IS NOT NULL AND {_ANSWER} IN ('', 'accepted'), 'yes', 'no')",
}  # fmt: skip
_SERVICE_WORDS = ("coalesce(a.name, '')", value_of("r", "what"), "r.on_day", "a.id")

# who was helped in the period in whatever way, and whether anything of it answers a cause that was recorded
_HELPED = (
    f"archive a {STOOD} WHERE {SHOWN} AND {IN_SCOPE} AND {ON_FILE} AND (EXISTS (SELECT 1 FROM payout p"
    " WHERE p.archive_id = a.id AND p.outcome = 'paid' AND p.on_day BETWEEN :begins AND :ends)"
    " OR EXISTS (SELECT 1 FROM case_record r WHERE r.archive_id = a.id AND r.kind = 'measure' AND r.is_current"
    f" AND NOT r.is_removed AND {value_of('r', 'done_on')} BETWEEN :begins AND :ends))"
)
_COMPLETE = f"NOT ({case_dues.PAPERS_MISSING.removeprefix(case_dues.ON_FILE + ' AND ')})"

_QUOTAS = (
    "quota q WHERE q.withdrawn_at IS NULL AND q.year = :year AND q.for_office_id IN "
    f"{OFFICES}"
)

MEASURES: dict[str, Measure] = {
    "households": Measure("在档家庭", _KEPT, "1", _OF_ARCHIVE, _WHO, _NUMBER, _FILED, "a.id"),
    "household_heads": Measure("在档家庭人口", _KEPT, _HEADS, _OF_ARCHIVE, _WHO, _NUMBER, _FILED, "a.id"),
    "households_paired": Measure("有人结对的家庭", f"{_KEPT} AND {_PAIRED}", "1", _OF_ARCHIVE, _WHO, _NUMBER, _FILED, "a.id"),
    "households_led": Measure("领导干部结对的家庭", f"{_KEPT} AND {_LED}", "1", _OF_ARCHIVE, _WHO, _NUMBER, _FILED, "a.id"),
    "households_complete": Measure("材料齐全的家庭", f"{_KEPT} AND {_COMPLETE}", "1", _OF_ARCHIVE, _WHO, _NUMBER, _FILED, "a.id"),
    "households_reached": Measure("得到帮扶的家庭", _HELPED, "1", _OF_ARCHIVE, _WHO, _NUMBER, _FILED, "a.id"),
    "pupils": Measure(
        "在学子女", _MEMBERS, "1", {**_OF_ARCHIVE, "identity": "m.member_identity"}, "coalesce(m.name, '')",
        "coalesce(m.school_or_employer, '')", "''", "a.id",
    ),
    "graduates": Measure("高校毕业生", _GRADUATES, "1", _OF_GRADUATE, "s.name", "s.school", "s.on_day", "s.archive_id"),
    "graduate_services": Measure(
        "就业服务", _GRADUATE_SERVICES, "1", _OF_GRADUATE_SERVICE, "s.name", "s.what", "s.on_day", "s.archive_id"
    ),
    "graduates_served": Measure(
        "得到就业服务的毕业生", _GRADUATE_SERVICES, "1", _OF_GRADUATE_SERVICE, "s.name", "s.what", "s.on_day", "s.archive_id",
        "s.record_id",
    ),
    "monitored": Measure("动态监测的家庭", _SHEETS, "1", _OF_SHEET, "coalesce(s.name, '')", "s.archive_number", "s.on_day",
                         "s.archive_id"),
    "monitored_net_income": Measure(
        "家庭年人均纯收入", f"{_SHEETS} AND {_NET} IS NOT NULL", _NET, _OF_SHEET, "coalesce(s.name, '')", "s.archive_number",
        "s.on_day", "s.archive_id",
    ),
    "monitored_with_income": Measure(
        "算出纯收入的家庭", f"{_SHEETS} AND {_NET} IS NOT NULL", "1", _OF_SHEET, "coalesce(s.name, '')", "s.archive_number",
        "s.on_day", "s.archive_id",
    ),
    "to_monitor": Measure("应监测的家庭", _TO_MONITOR, "1", {"office": "s.office_id"}, "coalesce(s.name, '')", "s.archive_number",
                          "''", "s.archive_id"),
    "measures": Measure("帮扶措施", _MEASURED, "1", _OF_MEASURE, "coalesce(a.name, '')", value_of("r", "content"), "r.on_day",
                        "a.id"),
    "services": Measure("帮扶服务", _SERVED, "1", _OF_SERVICE, *_SERVICE_WORDS),
    "households_served": Measure("得到服务的家庭", _SERVED, "1", _OF_SERVICE, *_SERVICE_WORDS, "a.id"),
    "services_worth": Measure(
        "对方给付", _SERVED, f"coalesce({value_of('r', 'worth')}, 0)", _OF_SERVICE, *_SERVICE_WORDS
    ),
    "quota_allotted": Measure("名额", _QUOTAS, "q.amount", {"office": "q.for_office_id", "subject": "q.subject", "quota": "q.id"},
                              "q.label", "q.note", "substr(q.set_at, 1, 10)"),
}  # fmt: skip
"""By the name that tables use."""
