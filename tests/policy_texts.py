"""A small invented policy pack and table of standards, and offices that deliver them to each other."""

import json
from pathlib import Path
from typing import Any

from db.domain.policy.book import LoadedPack, PolicyBook, load_pack
from db.exchange import policy_file
from db.exchange.identity import exchange_keys
from db.exchange.policy_file import PolicyDelivery
from db.services.office import OfficeSession

PACK = """\
# 虚构的云溪市：只为测试。
format = 1
id = "yunxi-2024"
title = "云溪市困难职工帮扶"
version = "1"
regions = ["340882"]
begins = 2024-01-01
note = "2024 年起执行。"
where = "云溪市总工会"

[[source]]
id = "yunxi"
title = "云溪市困难职工帮扶办法"
number = "云工发〔2024〕1号"
issuer = "云溪市总工会"
issued_on = 2023-12-20
checked_on = 2026-10-01

[means]
incomes = ["wage", "business"]   # 只算这两种
year = "previous_calendar_year"
source = "yunxi"
clause = "第三条"

# -- 认定 --
[[class]]
code = "relative"
label = "相对困难"
category = "relative_hardship"
source = "yunxi"
clause = "第四条"

[[class.route]]

[[class.route.test]]
measure = "per_capita_income"
op = "<="
threshold = { standard = "subsistence", times = "1.5" } # 一倍半
source = "yunxi"
clause = "第四条第一款"

[[class]]
code = "accidental"
label = "意外致困"
category = "accidental_hardship"
source = "yunxi"
clause = "第五条"

[[class.route]]
label = "支出过大"

[[class.route.test]]
measure = "expense_share"
deduct = ["purpose:accidental"]
op = "unset"
threshold = { ratio = "unset" }
question = "支出占收入的多大比例算意外致困？请问市总工会。"
source = "yunxi"
clause = "第五条第一款"

[[aid]]
item = "living"
label = "生活救助"
source = "yunxi"
clause = "第六条"

[[aid.cap]]
formula = "fixed"
per = "household"
amounts = [
    { classes = ["relative"], amount = "3000" },   # 相对困难
    { classes = ["accidental"], amount = "5000" },
]
source = "yunxi"
clause = "第六条第一款"

[[window]]
code = "spring"
label = "春季核查"
opens = "04-01"
closes = "06-30"
actions = ["check"]
source = "yunxi"
clause = "第七条"
"""

STANDARDS = """\
format = 1
topic = "subsistence"
label = "低保标准"
unit = "yuan_per_person_month"
version = "1"

[[source]]
id = "notice"
title = "关于提高低保标准的通知"
issuer = "云溪市民政局"
checked_on = 2026-10-01

[[value]]
regions = ["340882"]
area = "urban"
begins = 2024-07-01
amount = "700"
source = "notice"
clause = "第一条"
"""

INCOME = "class.relative.route.1.test.1.threshold.times"
SHARE = "class.accidental.route.1.test.1.threshold.ratio"


def pack(**changes: str) -> LoadedPack:
    """The invented pack; *changes* replace the values of keys at its top (``version="2"``)."""
    return load_pack(pack_text(**changes), "yunxi.toml")


def pack_text(**changes: str) -> str:
    """The text of :func:`pack`."""
    text = PACK
    for key, value in changes.items():
        old = next(line for line in PACK.splitlines() if line.startswith(f"{key} = "))
        shown = value if key in {"begins", "ends", "regions"} else json.dumps(value, ensure_ascii=False)
        text = text.replace(old, f"{key} = {shown}", 1)
    return text


def book(**changes: str) -> PolicyBook:
    """A book of only the invented pack."""
    return PolicyBook((pack(**changes),))


def delivery(sender: OfficeSession, pack_text: str = PACK, *standards: str) -> PolicyDelivery:
    """What *sender* delivers."""
    return PolicyDelivery(sender.office.id, sender.office.name, sender.now, pack_text, standards)


def deliver(sender: OfficeSession, path: Path, pack_text: str = PACK, *standards: str) -> Path:
    """A delivery file signed by *sender*."""
    content = policy_file.delivery_bytes(delivery(sender, pack_text, *standards), exchange_keys(sender.database))
    path.write_bytes(content)
    return path


def altered(path: Path, **changes: Any) -> Path:
    """The same file with other values under the old signature."""
    body = json.loads(path.read_bytes())
    path.write_text(json.dumps({**body, **changes}, ensure_ascii=False), encoding="utf-8")
    return path
