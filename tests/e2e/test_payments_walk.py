"""A clerk, a second one and a bank at random for two hundred steps, with a disaster now and then: nobody is paid twice or lost.

The bank pays every file that is handed to it, once for each list, and keeps its own account; the office knows only what
it reads back. Whatever the order, both books agree in the end, to the 分.
"""

import random
from collections import Counter
from contextlib import suppress
from pathlib import Path

from aid_money import card_number, fund, grant, in_2022, on_file
from factories import PASSPHRASE, make_office
from neighbours import expect_refusal
from payments import another_clerk, typed_again

from db.domain.aid.list_flow import LineState, ListState
from db.errors import UserError
from db.services import aid, backups, bank_exchange, disbursement, funds, health
from db.services import office as offices
from db.services.aid import GrantInput

STEPS, AMOUNT, GRANTS = 150, 10_000, 24


class Walk:
    """The office with its two clerks, and the bank."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance, self.folder = random.Random(seed), folder
        self.office = in_2022(make_office(folder / "office")[0])
        self.other = another_clerk(self.office)
        self.source = fund(self.office, 10_000_000)
        self.households = [
            on_file(self.office, seed, bank_account=card_number(seed), bank_name="某银行").id for seed in range(1, 5)
        ]
        first = grant(self.office, self.households[0], self.source, AMOUNT)
        given = GrantInput(item="living", amount=AMOUNT, fund_id=self.source, reason="再次救助")
        rest = aid.grant_many(self.office, [(self.chance.choice(self.households), given) for _ in range(GRANTS)])
        self.ids = [first.id, *(made.id for made in rest)]
        self.bank_paid: Counter[str] = Counter()
        """How often the bank has paid a grant."""
        self.handed: dict[str, list[tuple[str, str, str, bool]]] = {}
        """By list: what the bank did with each line of its file – grant, account, name, whether it worked."""
        self.done: Counter[str] = Counter()
        self.backup: Path | None = None

    # -- what happens

    def step(self) -> None:
        """One act of somebody, refused or not."""
        act = self.chance.choices(
            [self.draw_up, self.take_off, self.lock, self.unlock, self.approve, self.send, self.answer,
             self.drop, self.pay_again, self.withdraw, self.come_back],
            [7, 1, 7, 2, 9, 8, 6, 2, 2, 1, 1],
        )[0]  # fmt: skip
        with suppress(UserError):
            act()
            self.done[act.__name__] += 1

    def grants(self) -> list[aid.Grant]:
        """Every grant."""
        return [made for household in self.households for made in aid.grants_of(self.office, household)]

    def some(self, *states: ListState) -> str:
        """One of the lists that stand so; of any where none does: the office has to refuse."""
        rows = disbursement.list_lists(self.office)
        fitting = [row.id for row in rows if row.state in states or self.chance.random() < 0.05]
        if not fitting:
            raise UserError("list_gone")
        return self.chance.choice(fitting)

    def draw_up(self) -> None:
        """A list of some grants, whether they can be paid or not."""
        wanted = [item.id for item in self.grants() if item.outcome in {"open", "failed"} or self.chance.random() < 0.05]
        for made in self.chance.sample(wanted, len(wanted)):
            with suppress(UserError):
                row = disbursement.create_list(self.office, "名册", [made])
                with suppress(UserError):
                    disbursement.add_to_list(self.office, row.id, self.chance.sample(wanted, min(2, len(wanted))))
                return
        raise UserError("list_grant_taken")

    def take_off(self) -> None:
        """A line is taken off."""
        list_id = self.some(ListState.DRAFT)
        lines = disbursement.load_list(self.office, list_id).lines
        disbursement.take_off_list(self.office, list_id, [self.chance.choice(lines).id] if lines else [])

    def lock(self) -> None:
        """A draft is frozen; whoever was warned that it may have been paid asks the bank and takes such lines off."""
        view = disbursement.load_list(self.office, self.some(ListState.DRAFT))
        warned = {view.lines[item.index].id for item in view.findings if "备份恢复过" in item.text}
        paid = [line.id for line in view.lines if line.id in warned and self.bank_paid[line.grant_id]]
        if paid:
            disbursement.take_off_list(self.office, view.row.id, paid)
        disbursement.lock_list(self.office, view.row.id, typed_again(view))

    def unlock(self) -> None:
        """A list is opened again, or somebody tries to open one that the bank has."""
        disbursement.unlock_list(self.office, self.some(ListState.LOCKED, ListState.APPROVED, ListState.SENT))

    def approve(self) -> None:
        """Somebody approves, not always one who may."""
        disbursement.approve_list(self.chance.choice([self.office, self.other, self.other]), self.some(ListState.LOCKED))

    def send(self) -> None:
        """The file is written, and handed to the bank unless the bank has this list's already."""
        list_id = self.some(ListState.APPROVED)
        bank_exchange.write_roster(self.chance.choice([self.office, self.other]), list_id, "csv", self.folder / "file.csv")
        view = disbursement.load_list(self.office, list_id)
        if list_id not in self.handed:
            file = (self.folder / "file.csv").read_text("utf-8-sig")
            told = []
            for line in view.lines:
                assert line.account in file and line.payee_name in file
                works = self.chance.random() < 0.8
                self.bank_paid[line.grant_id] += works
                told.append((line.grant_id, line.account, line.payee_name, works))
            self.handed[list_id] = told

    def answer(self) -> None:
        """The bank's answer is read: whole, in part, or onto the wrong list."""
        list_id = self.some(ListState.SENT)
        asked = self.chance.choice(list(self.handed)) if self.handed and self.chance.random() < 0.2 else list_id
        rows = self.handed.get(asked, [])
        kept = [row for row in rows if self.chance.random() < 0.9]
        text = [f"{account},{name},{AMOUNT / 100:.2f},{'成功' if works else '失败'}" for _, account, name, works in kept]
        path = self.folder / "answer.csv"
        path.write_text("\r\n".join(["账号,户名,金额,结果", *text]), encoding="utf-8-sig")
        if asked != list_id:  # only that it harms nothing while it is looked at; a person would see whose it is
            bank_exchange.read_return(self.office, list_id, path, "csv")
            return
        preview = bank_exchange.read_return(self.office, list_id, path, "csv")
        bank_exchange.apply_return(self.office, list_id, preview, self.office.today)

    def drop(self) -> None:
        """A list is given up, or somebody tries to give one up that the bank has."""
        disbursement.drop_list(self.office, self.some(*ListState), "不办了")

    def pay_again(self) -> None:
        """What failed is put onto a further list."""
        disbursement.pay_again(self.office, self.some(ListState.SENT, ListState.CLOSED))

    def withdraw(self) -> None:
        """A grant is given up."""
        aid.withdraw_grants(self.office, [self.chance.choice(self.grants()).id], "不给了")

    def come_back(self) -> None:
        """Some of what was paid comes back."""
        made = self.chance.choice(self.grants())
        disbursement.note_returned(self.office, made.id, AMOUNT // 2, self.office.today, "多发了")

    def disaster(self) -> None:
        """The machine is lost, and the office goes on from its last backup on another one."""
        assert self.backup is not None
        self.office.close()
        self.other.close()
        target = self.folder / "again"
        backups.restore_backup(self.backup, target, PASSPHRASE)
        self.office = in_2022(offices.open_office(target, PASSPHRASE), "2022-07-02")
        slot = next(slot for slot in offices.clerk_slots(target) if slot.name == "周国平")
        self.other = in_2022(offices.open_office(target, "另一个口令2026", slot.clerk_id), "2022-07-02")

    # -- what must hold

    def check(self) -> None:
        """Nobody was paid twice, and what the office says is what it was told."""
        assert max(self.bank_paid.values(), default=0) <= 1
        state = funds.fund_states(self.office)[0]
        by_outcome = Counter(item.outcome for item in self.grants())
        assert state.paid == AMOUNT * (by_outcome["paid"] + by_outcome["returned"])
        assert state.committed == AMOUNT * (by_outcome["open"] + by_outcome["failed"])
        for item in self.grants():
            assert item.outcome not in {"paid", "returned"} or self.bank_paid[item.id] == 1

    def settle(self) -> None:
        """The bank's last answers come in: then both books say the same."""
        for row in disbursement.list_lists(self.office):
            if row.state is ListState.SENT and row.id in self.handed:
                expect_refusal(lambda row=row: disbursement.unlock_list(self.office, row.id), "list_not_here")
                expect_refusal(lambda row=row: disbursement.drop_list(self.office, row.id, "不办了"), "list_not_here")
                view = disbursement.load_list(self.office, row.id)
                works = {grant_id: paid for grant_id, _, _, paid in self.handed[row.id]}
                results = [
                    disbursement.LineResult(line.id, works[line.grant_id], self.office.today, "" if works[line.grant_id] else "退票")
                    for line in view.lines
                    if line.state is LineState.WAITING
                ]
                disbursement.settle_lines(self.office, row.id, results)
        self.check()


def test_walk__both_books_agree_and_a_lost_machine_pays_nobody_twice(tmp_path: Path) -> None:
    """First without a disaster: what the bank paid is what the office says was paid. Then the office goes on from an old
    backup and no longer knows what the bank paid since: it is stopped or warned before each of those payments."""
    made = Walk(tmp_path, 9)
    for at in range(STEPS):
        made.step()
        if at % 20 == 0:
            made.check()
        if at == STEPS // 3:
            made.backup = backups.back_up(made.office).path
    made.settle()
    assert min(made.done[name] for name in ("draw_up", "lock", "approve", "send", "answer", "unlock", "drop")) >= 2, made.done
    known = {item.id for item in made.grants() if item.outcome in {"paid", "returned"}}
    assert known == {key for key, times in made.bank_paid.items() if times} and len(known) >= 5
    made.disaster()
    forgotten = known - {item.id for item in made.grants() if item.outcome in {"paid", "returned"}}
    before = made.done["send"]
    for _ in range(STEPS // 2):
        made.step()
    made.settle()
    assert forgotten and made.done["send"] > before
    assert not [item.title for item in health.check_office(made.office) if item.level == health.ERROR]
    made.office.close()
    made.other.close()
