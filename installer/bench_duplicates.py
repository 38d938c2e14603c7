"""The figure `duplicates`: looking for people filed twice among 10 000 and among 200 000, in processes of their own.

What counts is growth: the time per person may at most double, and memory must stay below 1 GB. The rows are inserted
directly; two of a hundred households are filed again, half of those with a slip in the number, and one of two hundred
workers gives the switchboard of a works as phone.
"""

import json
import random
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from bench_workshop import PASSPHRASE, Figure, Workshop, bare_connection, peak_megabytes

from db.domain import id_number
from db.services import demo, duplicates
from db.services import office as offices

FEW, MANY = 10_000, 200_000
PEOPLE_A_HOUSEHOLD = 4
MEMORY_LIMIT_MB = 1_000
SWITCHBOARD = "05568921234"
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建国文辉玲玉萍红春梅海燕志福永庆斌婷雪浩然俊晓东新胜莲珍淑"
_REGIONS = ("340882", "340824", "340803", "341002", "340822", "340825")
_STREETS = ("舒州大道", "梅城路", "皖山路", "潜阳路", "太平塘路", "天柱山路", "南岳路", "河东村", "槐树组")


def find_duplicates(workshop: Workshop) -> Figure:
    """Time per thousand people in the small office (the floor) and in the large one."""
    few, many = (_measured(workshop, people) for people in (FEW, MANY))
    return Figure(
        what=f"search for people filed twice among {MANY} people, per 1 000 people",
        floor=f"the same among {FEW} people",
        at_most=2.0,
        floor_ms=few["seconds"] * 1e6 / few["people"],
        ours_ms=many["seconds"] * 1e6 / many["people"],
        rounds=1,
        notes={
            "few": few,
            "many": many,
            "peak_memory_mb": many["peak_mb"],
            "peak_memory_limit_mb": MEMORY_LIMIT_MB,
            "peak_memory_within": many["peak_mb"] <= MEMORY_LIMIT_MB,
        },
    )


def _measured(workshop: Workshop, people: int) -> dict[str, Any]:
    session = workshop.new_office(f"duplicates-{people}", "county")
    demo.fill_office(session, 1, 1)
    _insert_people(session.folder, people // PEOPLE_A_HOUSEHOLD)
    folder = session.folder
    session.close()
    done = subprocess.run([sys.executable, __file__, str(folder)], capture_output=True, text=True, check=True)
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


def _search(folder: Path) -> None:
    """Sign in, search, say how long it took and what was found."""
    session = offices.open_office(folder, PASSPHRASE)
    start = time.perf_counter()
    report = duplicates.find_duplicates(session)
    seconds = time.perf_counter() - start
    outcome = {"people": report.people, "seconds": round(seconds, 2), "compared": report.compared, "found": report.found}
    print(json.dumps({**outcome, "large_groups": len(report.large_groups), "peak_mb": peak_megabytes()}))
    session.close()


# -- the people ---------------------------------------------------------------------------------------------------


def _insert_people(folder: Path, households: int) -> None:
    connection = bare_connection(folder)
    archive, member = _template(connection, "archive"), _template(connection, "household_member")
    rng = random.Random(20261121)
    connection.execute("BEGIN")
    earlier: list[dict[str, Any]] = []
    for number in range(households):
        head = _again(rng, earlier) if earlier and rng.random() < 0.02 else _head(rng)
        earlier = [*earlier[-500:], head]
        row = {**archive, **head, "id": str(uuid.UUID(int=rng.getrandbits(128))), "archive_number": f"B{number:07d}"}
        _insert(connection, "archive", row)
        for position in range(PEOPLE_A_HOUSEHOLD - 1):
            identity = {"id": str(uuid.UUID(int=rng.getrandbits(128))), "archive_id": row["id"], "position": position}
            _insert(connection, "household_member", {**member, **_person(rng, head["name"][0]), **identity})
    connection.execute("COMMIT")
    connection.close()


def _template(connection: Any, table: str) -> dict[str, Any]:
    cursor = connection.execute(f"SELECT * FROM {table} LIMIT 1")
    return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))


def _insert(connection: Any, table: str, row: dict[str, Any]) -> None:
    places = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", tuple(row.values()))


def _person(rng: random.Random, surname: str = "") -> dict[str, Any]:
    year, month, day, serial = rng.randint(1945, 2018), rng.randint(1, 12), rng.randint(1, 28), rng.randint(1, 999)
    first = f"{rng.choice(_REGIONS)}{year}{month:02d}{day:02d}{serial:03d}"
    given = "".join(rng.choice(_GIVEN) for _ in range(rng.choice((1, 2, 2, 2))))
    return {
        "name": (surname or rng.choice(_SURNAMES)) + given,
        "id_number": first + id_number.check_digit(first) if rng.random() > 0.03 else None,
        "birth_on": f"{year}-{month:02d}-{day:02d}",
        "sex": "male" if serial % 2 else "female",
    }


def _head(rng: random.Random) -> dict[str, Any]:
    place = f"{rng.randint(1, 300)}号{rng.randint(1, 12)}栋{rng.randint(101, 805)}室"
    return {
        **_person(rng),
        "mobile_phone": SWITCHBOARD if rng.random() < 0.005 else f"139{rng.randint(0, 99_999_999):08d}",
        "bank_account": f"622848{rng.randint(0, 10**13 - 1):013d}",
        "home_address": f"梅城镇{rng.choice(_STREETS)}{place}",
        "employer": f"第{rng.randint(1, 400)}工厂",
    }


def _again(rng: random.Random, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    head = dict(rng.choice(earlier))
    if head["id_number"] and rng.random() < 0.5:
        at = rng.randrange(6, 17)
        head["id_number"] = f"{head['id_number'][:at]}{rng.randrange(10)}{head['id_number'][at + 1 :]}"
    return head


if __name__ == "__main__":
    _search(Path(sys.argv[1]))
