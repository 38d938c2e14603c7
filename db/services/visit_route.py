"""The households to be visited today, in the order in which the clerk goes: kept for each clerk, on the desk and the laptop."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from db.domain.case_words import Stage, Standing
from db.services import office
from db.services.office import OfficeSession
from db.store import home_visit_store

MOST = 200
"""Households of one route."""


@dataclass(frozen=True, slots=True)
class RouteStop:
    """A household on the way: where it lives, when it was visited last, and how far today's visit is."""

    archive_id: str
    archive_number: str
    name: str
    address: str
    phone: str
    last_on: str | None
    standing: Standing
    stage: str
    is_done: bool
    has_draft: bool

    @property
    def state_words(self) -> str:
        """How far the visit is."""
        return "已走访" if self.is_done else "写了一半" if self.has_draft else "还没去"

    @property
    def wants_verification(self) -> bool:
        """Whether its case waits for 入户核实."""
        return self.stage == Stage.VERIFICATION


def _key(session: OfficeSession) -> str:
    return f"visit_route:{session.clerk.id}"


def _kept(session: OfficeSession) -> list[dict[str, str]]:
    """What is kept: archive ids with the day on which they were put on."""
    return list(office.get_setting(session, _key(session), []))


def route(session: OfficeSession) -> list[RouteStop]:
    """The route in its order; what was visited on an earlier day has dropped out."""
    kept = _kept(session)
    with session.database.reading() as connection:
        found = home_visit_store.stops(connection, [item["id"] for item in kept])
    stops = [_stop(found[item["id"]], item["on"]) for item in kept if item["id"] in found]
    return [stop for stop in stops if not stop.is_done or stop.last_on == session.today]


def _stop(row: dict[str, object], since: str) -> RouteStop:
    last = row["last_on"]
    return RouteStop(
        archive_id=str(row["id"]),
        archive_number=str(row["archive_number"]),
        name=str(row["name"]) or "未填姓名",
        address=str(row["address"]),
        phone=str(row["phone"]),
        last_on=str(last) if last else None,
        standing=Standing(str(row["standing"])),
        stage=str(row["stage"]),
        is_done=bool(last and str(last) >= since),
        has_draft=bool(row["has_draft"]),
    )


def put_on_route(session: OfficeSession, ids: Sequence[str]) -> int:
    """Add households at the end of the way; how many were not on it yet. One visited before today may be put on again."""
    kept = {item["id"]: item for item in _kept(session)}
    ahead = {stop.archive_id for stop in route(session)}
    new = [archive_id for archive_id in dict.fromkeys(ids) if archive_id not in ahead][: MOST - len(ahead)]
    items = [item for item in kept.values() if item["id"] in ahead]
    office.set_setting(session, _key(session), [*items, *({"id": each, "on": session.today} for each in new)])
    return len(new)


def set_order(session: OfficeSession, ids: Sequence[str]) -> None:
    """The order in which the clerk goes."""
    kept = {item["id"]: item for item in _kept(session)}
    office.set_setting(session, _key(session), [kept[archive_id] for archive_id in ids if archive_id in kept])


def take_off(session: OfficeSession, ids: Collection[str]) -> None:
    """Leave households out; what was written of them stays."""
    office.set_setting(session, _key(session), [item for item in _kept(session) if item["id"] not in ids])


def waiting_for_visit(session: OfficeSession) -> list[str]:
    """The own households whose case waits for 入户核实 and that are not on the way yet."""
    with session.database.reading() as connection:
        found = home_visit_store.waiting_for_visit(connection)
    return _not_on_route(session, found)


def taken_along(session: OfficeSession) -> list[str]:
    """On a laptop, the archives it has along that are not on the way yet; at the desk none."""
    if not session.office.is_laptop:
        return []
    with session.database.reading() as connection:
        found = home_visit_store.taken_along(connection)
    return _not_on_route(session, found)


def _not_on_route(session: OfficeSession, ids: Sequence[str]) -> list[str]:
    ahead = {stop.archive_id for stop in route(session)}
    return [archive_id for archive_id in ids if archive_id not in ahead]
