"""The 困难职工档案表 (source 004), declared once: sections and fields in the order of the paper.

Captions stand exactly as printed; ``required=Always()`` is the printed star (S004-05). Value lists are those of
``requirements`` §b with older wordings as aliases. Fields that the paper carries inside another cell
(disability grade) or that only the flat workbook knows (filing date, migrant worker) stand with their section.
"""

from db.domain.archive_content import EDITION
from db.domain.form_schema import (
    Always,
    FieldKind,
    FieldSpec,
    FormSchema,
    LegacyCaption,
    Privacy,
    Search,
    Section,
    WhenOneOf,
)

STAR = Always()
_K = FieldKind


def _choice(key: str, label: str, options: str | None = None, **more: object) -> FieldSpec:
    return FieldSpec(key=key, label=label, kind=_K.CHOICE, options=options or key, **more)  # type: ignore[arg-type]


def _several(key: str, label: str, options: str, **more: object) -> FieldSpec:
    return FieldSpec(key=key, label=label, kind=_K.MULTI_CHOICE, options=options, **more)  # type: ignore[arg-type]


def _yes_no(key: str, label: str, **more: object) -> FieldSpec:
    return FieldSpec(key=key, label=label, kind=_K.YES_NO, **more)  # type: ignore[arg-type]


_ID_HELP = "照身份证原件填写 18 位号码，最后一位可以是 X。出生日期和性别由号码得出。"
_INSURED = (
    LegacyCaption("是否进入医保", (("是", "insured"), ("否", "uninsured"))),
    LegacyCaption("是否参加医保", (("是", "insured"), ("否", "uninsured"))),
)

_WORKER = Section(
    key="worker",
    title="职工本人",
    hint="照身份证和户口簿填写职工本人情况",
    fields=(
        FieldSpec(
            key="worker_number",
            label="职工编号",
            kind=_K.TEXT,
            required=STAR,
            aliases=("编号", "困难职工编号"),
            limit=30,
            search=Search.NUMBER,
            help="由全国工会帮扶工作管理系统给出。还没有正式编号时先填临时编号，如 T0001，上级审核后再换。",
        ),
        _choice(
            "hardship_category",
            "困难类别",
            required=STAR,
            aliases=("档案类型",),
            help="按当地现行标准选择。2018 年以后为深度困难、相对困难、意外致困；当地仍沿用低保户等旧类别的照旧选。",
        ),
        FieldSpec(
            key="name",
            label="姓名",
            kind=_K.NAME,
            required=STAR,
            aliases=("职工姓名", "户主姓名", "困难职工姓名"),
            limit=30,
            privacy=Privacy.NAME,
            search=Search.NAME,
            help="照身份证填写，少数民族姓名中的间隔点照写；生僻字照写，不要用拼音或同音字代替。",
        ),
        _choice("ethnicity", "民族", required=STAR, help="按户口簿登记的民族选择，输入“藏”或拼音可查找。"),
        _choice(
            "sex", "性别", required=STAR, derived_by="sex_from_id", help="由身份证号第 17 位得出：单数为男，双数为女。"
        ),
        _choice("political_status", "政治面貌", required=STAR, help="按本人现在的政治面貌选择。"),
        FieldSpec(
            key="id_number",
            label="身份证号",
            kind=_K.ID_NUMBER,
            required=STAR,
            aliases=("身份证号码", "居民身份证号", "公民身份号码", "身份证"),
            privacy=Privacy.IDENTIFYING,
            search=Search.NUMBER,
            help=_ID_HELP,
        ),
        FieldSpec(
            key="birth_on",
            label="出生日期",
            kind=_K.DATE,
            required=STAR,
            aliases=("出生年月", "出生年月日"),
            derived_by="birth_from_id",
            privacy=Privacy.IDENTIFYING,
            help="由身份证号得出，不用填写。",
        ),
        _choice(
            "health_status",
            "健康状况",
            required=STAR,
            privacy=Privacy.SENSITIVE,
            help="按诊断填写；癌症选“恶性肿瘤”，尿毒症选“终末期肾病”。有残疾证的选“残疾”并填残疾类别。",
        ),
        _choice(
            "disability_type",
            "残疾类别",
            required=WhenOneOf("health_status", frozenset({"disabled"}), "健康状况为残疾时必填"),
            privacy=Privacy.SENSITIVE,
            help="照残疾证填写。",
        ),
        _choice(
            "disability_grade",
            "残疾等级",
            aliases=("残疾级别",),
            shown=WhenOneOf(
                "disability_type",
                frozenset({"vision", "hearing", "speech", "intellectual", "physical", "psychiatric", "multiple"}),
                "填了残疾类别时填写",
            ),
            privacy=Privacy.SENSITIVE,
            help="照残疾证填写，一级最重。纸表上与残疾类别写在同一格。",
        ),
        _choice(
            "work_status", "工作状态", required=STAR, aliases=("身份", "就业状况"), help="按建档时的实际状态选择。"
        ),
        _yes_no(
            "is_migrant_worker",
            "是否困难农民工",
            aliases=("困难农民工", "是否农民工"),
            help="进城务工、户口在农村的职工选“是”。需要劳动合同、工资表或近 6 个月社保缴费证明之一。",
        ),
        _choice("model_worker_type", "劳模类型", required=STAR, default="none", help="没有劳模称号的选“非劳模”。"),
    ),
)

_HOME_AND_WORK = Section(
    key="home_and_work",
    title="住房与工作",
    hint="住址写到门牌号，单位写全称",
    fields=(
        _choice("housing_type", "住房类型", required=STAR, help="按现住房屋选择；自购房选“商品房”。"),
        FieldSpec(
            key="floor_area",
            label="建筑面积",
            kind=_K.AREA,
            aliases=("住房面积", "住房建筑面积"),
            unit="平方米",
            help="现住房屋的建筑面积，最多两位小数。",
        ),
        FieldSpec(
            key="mobile_phone",
            label="手机号码",
            kind=_K.PHONE,
            aliases=("联系电话", "手机", "电话", "手机号"),
            privacy=Privacy.IDENTIFYING,
            search=Search.NUMBER,
            help="本人或家人常用的手机号，11 位数字。",
        ),
        FieldSpec(
            key="other_contact",
            label="其他联系方式",
            kind=_K.CONTACT,
            aliases=("其它联系方式", "固定电话"),
            limit=60,
            privacy=Privacy.IDENTIFYING,
            search=Search.NUMBER,
            help="固定电话写区号加号码，也可写亲友电话和称呼。",
        ),
        FieldSpec(
            key="postal_code", label="邮政编码", kind=_K.POSTAL_CODE, aliases=("邮编",), help="家庭住址的 6 位邮政编码。"
        ),
        FieldSpec(
            key="work_started_on",
            label="工作时间",
            kind=_K.DATE,
            required=STAR,
            aliases=("参加工作时间", "工作日期", "参加工作日期"),
            help="参加工作的日期（不是每天上班时间），如 2009-07-01；只记得年月的，日填 01。",
        ),
        _choice("industry", "所属行业", required=STAR, help="按工作单位的行业门类选择；下岗、退休的按原单位。"),
        _choice(
            "marital_status", "婚姻状况", required=STAR, aliases=("婚姻状态", "婚姻"), help="按户口簿或实际情况选择。"
        ),
        _choice("hukou_type", "户口类型", required=STAR, aliases=("户口性质", "户籍类型"), help="照户口簿选择。"),
        FieldSpec(
            key="home_address",
            label="家庭住址",
            kind=_K.TEXT,
            required=STAR,
            aliases=("住址", "现住址", "家庭地址"),
            limit=120,
            privacy=Privacy.IDENTIFYING,
            help="现在居住的地址，写到门牌号。",
        ),
        FieldSpec(
            key="employer",
            label="工作单位",
            kind=_K.TEXT,
            required=WhenOneOf("work_status", frozenset({"on_post"}), "工作状态为在岗时必填"),
            aliases=("单位名称", "所在单位", "单位或学校"),
            limit=80,
            help="单位全称；下岗、退休的写原单位。",
        ),
        _choice("employer_type", "单位性质", help="按单位的登记性质选择。"),
        _choice("employer_condition", "企业状况", aliases=("企业状态",), help="单位是企业的，按现在的经营情况选择。"),
        _yes_no("is_single_parent", "是否单亲", suggested_by="single_parent", help="离异或丧偶并抚养子女的选“是”。"),
    ),
)

_INCOME = Section(
    key="income",
    title="家庭收入",
    hint="按上一年度 1 月至 12 月填写，金额单位为元",
    fields=(
        FieldSpec(
            key="monthly_income",
            label="本人月平均收入",
            kind=_K.MONEY,
            required=STAR,
            aliases=("月收入", "本人月收入"),
            unit="元",
            privacy=Privacy.SENSITIVE,
            help="本人上一年度工资性收入的月平均数，扣除五险一金和个人所得税之后。",
        ),
        FieldSpec(
            key="other_annual_income",
            label="家庭其他非薪资年收入",
            kind=_K.MONEY,
            required=STAR,
            aliases=("家庭其它非薪资年收入", "其他非薪资年收入"),
            unit="元",
            privacy=Privacy.SENSITIVE,
            suggested_by="other_annual_income",
            help="全家一年的经营、财产、转移等非工资收入；没有就填 0。",
        ),
        FieldSpec(
            key="annual_household_income",
            label="家庭年度总收入",
            kind=_K.MONEY,
            required=STAR,
            aliases=("家庭年总收入", "家庭年收入"),
            unit="元",
            privacy=Privacy.SENSITIVE,
            suggested_by="annual_household_income",
            help="＝（本人与成员月收入之和）× 12 ＋ 其他非薪资年收入。与合计不一致时请核对或说明原因。",
        ),
        FieldSpec(
            key="household_size",
            label="家庭人口",
            kind=_K.COUNT,
            required=STAR,
            aliases=("家庭人口数", "人口数"),
            unit="人",
            suggested_by="household_size",
            help="共同生活的人数，包括职工本人。",
        ),
        FieldSpec(
            key="per_capita_monthly_income",
            label="家庭月人均收入",
            kind=_K.MONEY,
            aliases=("月人均收入", "家庭人均月收入"),
            unit="元",
            privacy=Privacy.SENSITIVE,
            derived_by="per_capita_monthly_income",
            help="＝ 家庭年度总收入 ÷ 12 ÷ 家庭人口，自动计算。",
        ),
        FieldSpec(
            key="hukou_region",
            label="户口所在地行政区划",
            kind=_K.REGION,
            required=STAR,
            aliases=("户口所在地", "户籍所在地"),
            help="户口簿所在县（市、区）的 6 位行政区划代码，可输入地名或拼音查找。",
        ),
        _choice(
            "medical_insurance_status",
            "医保状况",
            required=STAR,
            aliases=("医疗保险", "参保情况"),
            legacy=_INSURED,
            help="按参加的医疗保险选择；没有参加的选“未参保”。",
        ),
        _yes_no("has_self_help_ability", "是否有一定自救能力", help="家里有人能劳动、能创业或有技能的选“是”。"),
        _yes_no(
            "is_zero_employment_household",
            "是否为零就业家庭",
            suggested_by="zero_employment",
            help="劳动年龄内有劳动能力的成员都没有就业的选“是”。",
        ),
    ),
)

_MEMBERS = Section(
    key="members",
    title="家庭成员",
    hint="共同生活的家庭成员，不含职工本人；有几人填几人",
    repeats=True,
    fields=(
        FieldSpec(
            key="name",
            label="姓名",
            kind=_K.NAME,
            limit=30,
            privacy=Privacy.NAME,
            search=Search.NAME,
            help="照身份证或户口簿填写。",
        ),
        _choice(
            "relation_to_head", "关系", aliases=("与户主关系", "与职工关系"), help="这个人是职工本人的什么人。"
        ),
        _choice("sex", "性别", derived_by="sex_from_id", help="有身份证号时由号码得出。"),
        _choice("political_status", "政治面貌", help="按现在的政治面貌选择，儿童选“群众”。"),
        FieldSpec(
            key="id_number",
            label="身份证号",
            kind=_K.ID_NUMBER,
            aliases=("身份证号码", "公民身份号码"),
            privacy=Privacy.IDENTIFYING,
            search=Search.NUMBER,
            help=_ID_HELP,
        ),
        FieldSpec(
            key="birth_on",
            label="出生日期",
            kind=_K.DATE,
            aliases=("出生年月",),
            derived_by="birth_from_id",
            privacy=Privacy.IDENTIFYING,
            help="有身份证号时由号码得出。",
        ),
        _choice("health_status", "健康状况", privacy=Privacy.SENSITIVE, help="与职工本人同一选项。"),
        FieldSpec(
            key="monthly_income",
            label="月收入",
            kind=_K.MONEY,
            aliases=("月平均收入",),
            unit="元",
            privacy=Privacy.SENSITIVE,
            help="上一年度月平均收入；没有收入填 0。",
        ),
        _choice("member_identity", "身份", aliases=("人员身份",), help="在读的选学段，有工作的选在岗。"),
        _choice(
            "medical_insurance_status", "医保状况", legacy=_INSURED, help="与职工本人同一选项。"
        ),
        FieldSpec(
            key="school_or_employer",
            label="单位或学校",
            kind=_K.TEXT,
            aliases=("工作单位", "就读学校", "学校"),
            limit=80,
            help="在读的写学校全称，有工作的写单位。",
        ),
    ),
)

_CAUSES = Section(
    key="causes",
    title="致困原因",
    hint="主要原因选一项，次要原因最多三项",
    fields=(
        _choice(
            "main_hardship_cause",
            "主要致困原因",
            "hardship_cause",
            aliases=("致困原因", "困难原因"),
            privacy=Privacy.SENSITIVE,
            help="造成困难的最主要一项。",
        ),
        _several(
            "secondary_hardship_causes",
            "次要致困原因",
            "hardship_cause",
            privacy=Privacy.SENSITIVE,
            help="还有别的原因时选，最多三项，不能与主要原因相同。",
        ),
        FieldSpec(
            key="hardship_cause_note",
            label="致困原因说明",
            kind=_K.LONG_TEXT,
            required=WhenOneOf("main_hardship_cause", frozenset({"other"}), "主要致困原因为其他时必填"),
            limit=300,
            privacy=Privacy.SENSITIVE,
            help="选“其他”时写明原因；也可补充病种、时间、花费等。",
        ),
    ),
)

_BANK = Section(
    key="bank",
    title="银行账户",
    hint="户名必须是职工本人",
    fields=(
        FieldSpec(
            key="bank_name", label="开户银行", kind=_K.TEXT, required=STAR, limit=40, help="银行名称，如中国农业银行。"
        ),
        FieldSpec(
            key="bank_branch",
            label="支行名称",
            kind=_K.TEXT,
            required=STAR,
            aliases=("开户支行",),
            limit=60,
            help="开户的支行或网点，如潜山市支行。",
        ),
        FieldSpec(
            key="bank_account",
            label="银行卡号",
            kind=_K.BANK_ACCOUNT,
            required=STAR,
            aliases=("银行账号", "卡号", "银行帐号"),
            privacy=Privacy.IDENTIFYING,
            help="照银行卡填写，可以带空格。卡必须是职工本人的。",
        ),
    ),
)

_ATTACHMENTS = Section(
    key="attachments", title="材料附件", hint="照片或 PDF，可以拖进来、粘贴或选文件", attachments=True
)

_DECISION = Section(
    key="decision",
    title="解困脱困认定",
    hint="由建档人或审核人填写",
    fields=(
        _yes_no(
            "is_exit_target",
            "是否为解困脱困对象",
            required=STAR,
            help="由建档人或审核人确定。选“是”的，接着填写确定时间和下面的类别。",
        ),
        FieldSpec(
            key="decided_on",
            label="确定时间",
            kind=_K.DATE,
            required=WhenOneOf("is_exit_target", frozenset({True}), "是解困脱困对象时必填"),
            shown=WhenOneOf("is_exit_target", frozenset({True}), "是解困脱困对象时填写"),
            help="确定为解困脱困对象的日期。",
        ),
        _several(
            "key_groups",
            "五类重点群体",
            "key_group",
            required=WhenOneOf("is_exit_target", frozenset({True}), "是解困脱困对象时必填"),
            shown=WhenOneOf("is_exit_target", frozenset({True}), "是解困脱困对象时填写"),
            help="可以多选。",
        ),
        FieldSpec(
            key="key_groups_note",
            label="五类重点群体（其他注明）",
            kind=_K.TEXT,
            required=WhenOneOf("key_groups", frozenset({"other"}), "选了其他时必填"),
            shown=WhenOneOf("key_groups", frozenset({"other"}), "选了其他时填写"),
            limit=40,
            help="选了“其他”时，写明是什么。",
        ),
        _several(
            "batch_measures",
            "“四个一批”措施",
            "batch_measure",
            aliases=("四个一批措施", "四个一批"),
            shown=WhenOneOf("is_exit_target", frozenset({True}), "是解困脱困对象时填写"),
            help="可以多选。",
        ),
        FieldSpec(
            key="batch_measures_note",
            label="“四个一批”措施（其他注明）",
            kind=_K.TEXT,
            required=WhenOneOf("batch_measures", frozenset({"other"}), "选了其他时必填"),
            shown=WhenOneOf("batch_measures", frozenset({"other"}), "选了其他时填写"),
            limit=40,
            help="选了“其他”时，写明是什么。",
        ),
        _several(
            "action_plans",
            "七个行动计划",
            "action_plan",
            shown=WhenOneOf("is_exit_target", frozenset({True}), "是解困脱困对象时填写"),
            help="可以多选。",
        ),
        FieldSpec(
            key="action_plans_note",
            label="七个行动计划（其他注明）",
            kind=_K.TEXT,
            required=WhenOneOf("action_plans", frozenset({"other"}), "选了其他时必填"),
            shown=WhenOneOf("action_plans", frozenset({"other"}), "选了其他时填写"),
            limit=40,
            help="选了“其他”时，写明是什么。",
        ),
    ),
)

_SIGNATURES = Section(
    key="signatures",
    title="签字与审核",
    hint="打印后由职工本人签字；建档人和审核人都要填写",
    fields=(
        FieldSpec(key="remarks", label="备注", kind=_K.LONG_TEXT, limit=1000, help="需要说明的其他情况。"),
        FieldSpec(
            key="filed_by",
            label="建档人",
            kind=_K.NAME,
            required=STAR,
            limit=30,
            suggested_by="clerk_name",
            help="填写本表并对内容负责的人。",
        ),
        FieldSpec(
            key="reviewed_by", label="审核人", kind=_K.NAME, required=STAR, limit=30, help="核对本表的人，不能是职工本人。"
        ),
        FieldSpec(
            key="filing_unit",
            label="单位",
            kind=_K.TEXT,
            aliases=("建档单位", "填报单位"),
            limit=60,
            suggested_by="office_name",
            help="建档的工会全称。",
        ),
        FieldSpec(
            key="pairing_partner", label="帮扶责任人", kind=_K.NAME, limit=30, help="与这户结对、负责联系帮扶的干部。"
        ),
        FieldSpec(
            key="entered_by",
            label="录入人",
            kind=_K.NAME,
            limit=30,
            suggested_by="clerk_name",
            help="把本表录入电脑的人。",
        ),
        FieldSpec(
            key="filed_on",
            label="建档日期",
            kind=_K.DATE,
            aliases=("建档时间",),
            suggested_by="today",
            help="填写本表的日期。",
        ),
    ),
)

ARCHIVE_FORM = FormSchema(
    name="archive_form",
    title="困难职工档案表",
    edition=EDITION,
    sections=(
        _WORKER,
        _HOME_AND_WORK,
        _INCOME,
        _MEMBERS,
        _CAUSES,
        _BANK,
        _ATTACHMENTS,
        _DECISION,
        _SIGNATURES,
    ),
)
"""The Archive Form in its current edition."""
