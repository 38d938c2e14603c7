"""What an answer brings besides states: policies, calendars, quotas, circulars. The sender's list is complete each time."""

from dataclasses import asdict, dataclass, field

from sqlalchemy import Connection

from db.domain.records.catalogue import FORMS
from db.domain.records.record_form import RecordKind, read_record
from db.errors import UserError
from db.exchange.bundle_answer import PACK, CalendarLine, CircularLine, EntryLine, PolicyLine, QuotaLine
from db.exchange.bundle_answer_apply import SentDown
from db.exchange.bundle_register import RegisterIntake
from db.exchange.policy_file import PolicyDelivery
from db.services import policy_files
from db.services.answer_news import AnswerNews, CalendarNews, CircularNews, EntryNews, QuotaNews
from db.services.office import OfficeSession
from db.store import bundle_store, notice_store

DELIVERED = "delivered"


@dataclass(slots=True)
class SentDownIntake:
    """Takes these lines of one answer."""

    connection: Connection
    session: OfficeSession
    sender: bundle_store.Row
    made_at: str
    news: AnswerNews
    _standards: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _years: set[int] = field(default_factory=set)
    _register: RegisterIntake = field(init=False)

    def __post_init__(self) -> None:
        self._register = RegisterIntake(frozenset({self.sender["id"], self.session.office.id}), from_above=True)

    def take(self, line: SentDown) -> None:
        """One line."""
        if isinstance(line, PolicyLine):
            self._take_policy(line)
        elif isinstance(line, CalendarLine):
            self._take_calendar(line)
        elif isinstance(line, QuotaLine):
            self._take_quota(line)
        elif isinstance(line, EntryLine):
            self._register.add(line.row, known=line.known)
        else:
            self._take_circular(line)

    def finish(self) -> None:
        """Tables of standards go together; what was not mentioned has been taken back."""
        if self._standards:
            self._offer("", tuple(self._standards), "下发的标准")
        came = self._register.store(self.connection)
        self.news.entries = [self._entry_news(row) for row in came if not row["is_removed"]]
        self._withdraw()

    def _entry_news(self, row: bundle_store.Row) -> EntryNews:
        form, content = FORMS[RecordKind(row["kind"])], read_record(row["content"])
        if form.kind is not RecordKind.OFFICE_SERVICE:
            return EntryNews(form.title, form.line(content), row["ends_on"] or "")
        household = bundle_store.archive_labels(self.connection, [row["subject_id"]]).get(row["subject_id"], ("", ""))
        return EntryNews("上级办的帮扶服务", f"{' '.join(household).strip()}　{form.line(content)}".strip(), "")

    # -- policies

    def _take_policy(self, line: PolicyLine) -> None:
        if line.form == PACK:
            self._offer(line.text, (), "下发的政策")
        else:
            self._standards.append(line.text)

    def _offer(self, pack: str, standards: tuple[str, ...], name: str) -> None:
        """Check and store like a policy file; one that this program cannot read is passed over and told."""
        delivery = PolicyDelivery(self.sender["id"], self.sender["name"], self.made_at, pack, standards)
        try:
            offer = policy_files.offer_of(
                self.connection, self.session, name, delivery, self.sender["id"], self.sender["name"]
            )
        except UserError as fault:
            self.news.notes.append(f"{name}没有收下：{fault.text()}")
            return
        if offer.is_new and policy_files.store_offer(self.connection, self.session, offer):
            self.news.policies.append(offer)

    # -- calendars

    def _take_calendar(self, line: CalendarLine) -> None:
        self._years.add(line.year)
        known = next((row for row in notice_store.calendars(self.connection) if row["year"] == line.year), None)
        origin = (DELIVERED, self.sender["id"])
        if known and (known["days"], known["document"], known["origin"], known["office_id"]) == (line.days, line.document, *origin):
            return
        row = {"origin": DELIVERED, "office_id": self.sender["id"], "set_at": self.made_at, "set_by": self.sender["name"]}
        notice_store.put_calendar(self.connection, {**asdict(line), **row})
        before = known["days"] if known else {}
        days = [f"{day} {'休' if what == 'off' else '班'}" for day, what in sorted(line.days.items()) if before.get(day) != what]
        self.news.calendars.append(CalendarNews(line.year, line.document, tuple(days)))

    # -- quotas

    def _take_quota(self, line: QuotaLine) -> None:
        known = notice_store.quota(self.connection, line.id)
        if known is not None and known["office_id"] != self.sender["id"]:
            return
        self._seen.add(line.id)
        row = {**asdict(line), "for_office_id": self.session.office.id, "withdrawn_at": None}
        row.update(office_id=self.sender["id"], office_name=self.sender["name"])
        if known == row:
            return
        old = self._standing_amount(line)
        if known is None:
            notice_store.add_quota(self.connection, row)
        else:
            notice_store.change_quota(self.connection, row)
        self.news.quotas.append(QuotaNews(line.year, line.label, line.unit, old, line.amount))

    def _standing_amount(self, line: QuotaLine) -> int | None:
        """What counted for the same thing so far."""
        known = [row for row in notice_store.quotas(self.connection) if row["office_id"] == self.sender["id"]]
        same = [row for row in known if (row["year"], row["subject"]) == (line.year, line.subject)]
        return int(same[-1]["amount"]) if same else None

    # -- circulars

    def _take_circular(self, line: CircularLine) -> None:
        known = notice_store.circular(self.connection, line.id)
        if known is not None and known["office_id"] != self.sender["id"]:
            return
        self._seen.add(line.id)
        body = asdict(line)
        if known is None:
            row: bundle_store.Row = {"audience": [], "withdrawn_at": None, "read_at": None, "read_by": ""}
            row.update(office_id=self.sender["id"], office_name=self.sender["name"])
            notice_store.add_circular(self.connection, {**body, **row})
        elif known["withdrawn_at"] is None and all(known[key] == body[key] for key in body):
            return
        else:
            notice_store.change_circular(self.connection, body)
        self.news.circulars.append(CircularNews(line.id, line.title, line.body, line.due_on))

    # -- what is not there any more

    def _withdraw(self) -> None:
        at, told = self.session.now, {(quota.year, quota.label) for quota in self.news.quotas}
        for row in notice_store.quotas(self.connection):
            if row["office_id"] == self.sender["id"] and row["id"] not in self._seen:
                notice_store.withdraw_quota(self.connection, row["id"], at)
                if (row["year"], row["label"]) not in told:
                    self.news.quotas.append(QuotaNews(row["year"], row["label"], row["unit"], row["amount"], None))
        for row in notice_store.circulars(self.connection):
            is_gone = row["office_id"] == self.sender["id"] and row["id"] not in self._seen
            if is_gone and notice_store.withdraw_circular(self.connection, row["id"], at):
                self.news.circulars.append(CircularNews(row["id"], row["title"], row["body"], row["due_on"], withdrawn=True))
        delivered = [row for row in notice_store.calendars(self.connection) if row["origin"] == DELIVERED]
        gone = [row for row in delivered if row["office_id"] == self.sender["id"] and row["year"] not in self._years]
        notice_store.drop_calendars(self.connection, [row["year"] for row in gone])
        self.news.calendars += [CalendarNews(row["year"], row["document"], ()) for row in gone]
