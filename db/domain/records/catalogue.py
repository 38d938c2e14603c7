"""Every kind of record, by its code."""

from db.domain.records.aid import APPLICATION, FUND, FUND_MOVEMENT
from db.domain.records.aid_entry import AID_ENTRY
from db.domain.records.aid_service import AID_SERVICE, OFFICE_SERVICE
from db.domain.records.calendar_day import CALENDAR_DAY
from db.domain.records.evaluation import EVALUATION, EVALUATION_CHECK
from db.domain.records.graduates import GRADUATE
from db.domain.records.help_plan import HELP_PLAN, MEASURE
from db.domain.records.home_visit import HOME_VISIT
from db.domain.records.keeping import DESTRUCTION, KEEPER
from db.domain.records.monitoring import CAMPAIGN, ENTERPRISE, MONITORING
from db.domain.records.pairing import CADRE, PAIRING
from db.domain.records.programme import CONDOLENCE, PROGRAMME
from db.domain.records.record_form import RecordForm, RecordKind
from db.domain.records.report_copy import REPORT_COPY
from db.domain.records.report_table import REPORT_TABLE
from db.domain.records.report_text import REPORT_TEXT
from db.domain.records.student_support import DONOR, SPONSORSHIP, STUDENT_NOTICE, WORK_PLACEMENT
from db.domain.records.students import DAY_CARE, STUDENT, WORK_STUDY

FORMS: dict[RecordKind, RecordForm] = {
    form.kind: form
    for form in (
        HOME_VISIT,
        PAIRING,
        HELP_PLAN,
        MEASURE,
        MONITORING,
        CADRE,
        CAMPAIGN,
        ENTERPRISE,
        KEEPER,
        DESTRUCTION,
        CALENDAR_DAY,
        APPLICATION,
        AID_ENTRY,
        AID_SERVICE,
        OFFICE_SERVICE,
        FUND,
        FUND_MOVEMENT,
        PROGRAMME,
        CONDOLENCE,
        STUDENT,
        GRADUATE,
        DAY_CARE,
        WORK_STUDY,
        DONOR,
        SPONSORSHIP,
        WORK_PLACEMENT,
        STUDENT_NOTICE,
        EVALUATION,
        EVALUATION_CHECK,
        REPORT_TABLE,
        REPORT_COPY,
        REPORT_TEXT,
    )
}
