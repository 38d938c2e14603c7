"""捐助和岗位: donors and their students, holiday jobs and who took them, holiday classes."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QMenu

from db.domain.field_kinds import format_amount
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind
from db.domain.records.student_support import DONOR, SPONSORSHIP, WORK_PLACEMENT
from db.domain.records.students import DAY_CARE as DAY_CARE_FORM
from db.domain.records.students import WORK_STUDY
from db.domain.wide_table import WideColumn, WideTable
from db.errors import NuandangError
from db.services import archiving, records, student_support, students
from db.services.aid import Grant
from db.services.records import Record
from db.services.student_support import DonorRow, PlacementRow, PostRow, SponsorshipRow
from desktop import messages
from desktop.aid.grant_dialog import GrantDialog
from desktop.aid.grant_words import Beginning
from desktop.context import AppContext
from desktop.records.reason_dialog import ask_reason
from desktop.records.record_dialog import RecordDialog
from desktop.students.match_dialog import MatchDialog, donor_words, post_words
from desktop.students.register_acts import print_table, save_table
from desktop.students.sections import SUPPORT, add_switch
from desktop.students.support_columns import (
    DAY_CARE,
    DONORS,
    PILES,
    PLACEMENTS,
    POSTS,
    SPONSORSHIPS,
    UNIT,
    columns,
    words_of,
)
from desktop.widgets.pile_page import PilePage

_BEGIN = {
    DONORS: "登记捐助方…",
    SPONSORSHIPS: "结对…",
    POSTS: "登记岗位…",
    PLACEMENTS: "安排上岗…",
    DAY_CARE: "登记托管班…",
}
_MONEY = {DONORS: "捐助资金…", SPONSORSHIPS: "批准捐助…", PLACEMENTS: "批准补贴…"}
_EMPTY = {
    DONORS: "还没有登记捐助方：企业、公益组织、爱心人士、劳模。钱从各自的捐助资金里走，一分一分对得上。",
    SPONSORSHIPS: "还没有一帮一结对。先登记捐助方，再点“结对…”选一名今年登记的学生。",
    POSTS: "还没有联系到勤工俭学、社会实践的岗位。",
    PLACEMENTS: "还没有学生上岗。先登记岗位，再安排今年登记的学生。",
    DAY_CARE: "这一年还没有登记暑假托管班。",
}
_TITLES = {
    DONORS: "助学捐助方名册",
    SPONSORSHIPS: "一帮一助学结对名册",
    POSTS: "勤工俭学和社会实践岗位名册",
    PLACEMENTS: "勤工俭学上岗学生名册",
    DAY_CARE: "暑假托管班名册",
}
_REFERENCES = frozenset({"donor_id", "post_id", "person", "fund_id"})
_NAMED = frozenset({"name", "id_number", "donor_name", "employer"})


class StudentSupportPage(PilePage):
    """Who else stands by students."""

    title = "助学就业"
    unit = "条"
    hint = "姓名、单位、内容"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, PILES, columns(archiving.office_names(context.session)))
        add_switch(self.header, context, SUPPORT)
        self.removing = self.header.add_action("删除…", self.remove_current, icon="trash-2")
        self.removing.setToolTip("删除选中的这一条")
        self.printing = self.header.add_action("名册…", self.choose_paper, icon="printer")
        self.money = self.header.add_action(_MONEY[DONORS], self.give_money, icon="hand-coins")
        self.begin_step = self.header.add_action(_BEGIN[DONORS], self.begin, "primary", "plus")

    def explain(self) -> str:
        """How a donor's money is led, and what counts as used."""
        return (
            "先登记捐助方；捐的钱点“捐助资金…”设立一项资金，到账、批准、发放都在“帮扶”里，一笔不重记。“一帮一”里的已批、已发"
            "就是从这项资金给这名学生的。\n"
            "岗位的“已用”是今天在岗的人数；同一天上岗的不能比岗位多。暑假托管班和岗位会算进《金秋助学活动情况统计表》（附件 3）。"
        )

    # -- the lists

    def rows_of(self, pile: str, year: int) -> Sequence[Any]:
        """Donors and sponsorships as they stand; posts, placements and classes of the year."""
        if pile == DONORS:
            return student_support.list_donors(self._session)
        if pile == SPONSORSHIPS:
            return [row for row in student_support.list_sponsorships(self._session) if row.content.text("since")[:4] <= str(year)]
        if pile == POSTS:
            return [row for row in student_support.list_posts(self._session) if row.record.on_day[:4] == str(year)]
        if pile == PLACEMENTS:
            return [row for row in student_support.list_placements(self._session) if row.content.text("since")[:4] == str(year)]
        return [row for row in records.list_entries(self._session, RecordKind.DAY_CARE, "") if row.on_day[:4] == str(year)]

    def words_of(self, row: Any) -> Sequence[str]:
        """Names and what it is about."""
        return words_of(row)

    def empty_words(self, pile: str) -> str:
        """What belongs here, and the first step."""
        return _EMPTY[pile]

    def first_step(self, pile: str) -> tuple[str, Callable[[], object]] | None:
        """Entering the first one."""
        return _BEGIN[pile], self.begin

    def note_words(self, pile: str, year: int, rows: Sequence[Any]) -> str:
        """Totals of the pile, where they say something."""
        if pile == POSTS and rows:
            offered, taken = sum(row.posts for row in rows), sum(row.taken for row in rows)
            employers = len({row.employer for row in rows})
            return f"联系单位 {employers} 家，提供岗位 {offered} 个，今天有人的 {taken} 个，空 {sum(row.free for row in rows)} 个。"
        if pile == SPONSORSHIPS and rows:
            standing = [row for row in rows if not row.is_over]
            given = format_amount(sum(row.paid for row in rows))
            helped = len({row.content.text("id_number") for row in standing})
            return f"结对中 {len(standing)} 对，学生 {helped} 人；从捐助资金已发 {given} 元。"
        if pile == DAY_CARE and rows:
            return f"举办 {len(rows)} 个班，照顾职工子女 {sum(int(row.content.text('children') or 0) for row in rows)} 人。"
        return ""

    def on_shown(self, pile: str, rows: Sequence[Any]) -> None:
        """Name the acts of the pile."""
        for at, column in enumerate(self.models[pile].columns):
            if column.caption == UNIT:  # told where it is not this office everywhere
                self.tables[pile].setColumnHidden(at, {column.text(row) for row in rows} <= {self._session.office.name})
                self.tables[pile].fit()
        self.begin_step.setText(_BEGIN[pile])
        self.money.setText(_MONEY.get(pile, ""))
        self.money.setVisible(pile in _MONEY)
        for step in (self.removing, self.money, self.printing):
            step.setEnabled(bool(rows))

    def register(self) -> WideTable:
        """The pile as it is shown, for paper and workbook."""
        pile = self.pile()
        model = self.models[pile]
        shown = tuple(
            WideColumn(column.caption, float(column.width), align="right" if column.right else "left") for column in model.columns
        )
        rows = [[column.text(row) for column in model.columns] for row in model.rows]
        heads = (("填报单位：", self._session.office.name), ("日期：", self._session.today))
        return WideTable(_TITLES[pile], shown, rows, heads=heads, foot=self.note_words(pile, self.chosen_year(), self.all_rows()))

    def choose_paper(self) -> None:
        """The register on paper, or as a workbook."""
        menu = QMenu(self)
        menu.addAction("打印…", lambda: print_table(self, self.register(), "名册"))
        menu.addAction("存为 Excel…", lambda: save_table(self, self._session, self.register()))
        menu.exec(self.printing.mapToGlobal(self.printing.rect().bottomLeft()))

    # -- entering

    def begin(self) -> None:
        """One more of the pile in front."""
        steps: dict[str, Callable[[], None]] = {
            DONORS: lambda: self._entry(DONOR, RecordContent({"since": self._session.today}), "登记捐助方"),
            SPONSORSHIPS: self._begin_sponsorship,
            POSTS: lambda: self._entry(WORK_STUDY, RecordContent({"agreed_on": self._session.today}), "登记岗位"),
            PLACEMENTS: self._begin_placement,
            DAY_CARE: lambda: self._entry(DAY_CARE_FORM, RecordContent(), "登记暑假托管班"),
        }
        steps[self.pile()]()

    def open_row(self, row: Any | None) -> None:
        """Change what is on record."""
        if isinstance(row, DonorRow | PostRow):
            self._entry(row.record.form, row.record.content, row.record.form.title, row.record)
        elif isinstance(row, Record):
            self._entry(row.form, row.content, row.form.title, row)
        elif isinstance(row, SponsorshipRow):
            self._paired(SPONSORSHIP, row.archive_id, row.content, row.record_id, row.version_id)
        elif isinstance(row, PlacementRow):
            self._paired(WORK_PLACEMENT, row.archive_id, row.content, row.record_id, row.version_id)

    def _entry(self, form: RecordForm, content: RecordContent, title: str, known: Record | None = None) -> None:
        session, record_id, version = self._session, known.record_id if known else "", known.id if known else ""

        def save(filled: RecordContent) -> None:
            if form is DONOR:
                student_support.save_donor(session, filled, record_id, expected_version=version)
            else:
                records.save_entry(session, form.kind, filled, record_id, expected_version=version)

        if RecordDialog(self, self.context, form, content, title, save, hidden=_REFERENCES).exec():
            self._stored()

    def _begin_sponsorship(self) -> None:
        donors = [(row, donor_words(row)) for row in student_support.list_donors(self._session)]
        dialog = MatchDialog(self, "一帮一结对", self._students(), "捐助方", donors)
        if dialog.exec():
            student, donor = dialog.student.value(), dialog.other.value()
            content = student_support.prepared_sponsorship(self._session, student, donor)
            self._paired(SPONSORSHIP, student.archive_id, content)

    def _begin_placement(self) -> None:
        posts = [(row, post_words(row)) for row in student_support.list_posts(self._session)]
        dialog = MatchDialog(self, "安排上岗", self._students(), "岗位", posts)
        if dialog.exec():
            student, post = dialog.student.value(), dialog.other.value()
            content = student_support.prepared_placement(self._session, student, post)
            self._paired(WORK_PLACEMENT, student.archive_id, content)

    def _students(self) -> list[students.StudentRow]:
        return students.list_students(self._session, self.chosen_year())

    def _paired(self, form: RecordForm, archive_id: str, content: RecordContent, record_id: str = "", version: str = "") -> None:
        store = student_support.save_sponsorship if form is SPONSORSHIP else student_support.save_placement

        def save(filled: RecordContent) -> None:
            store(self._session, archive_id, filled, record_id, expected_version=version)

        archive = archiving.load_archive(self._session, archive_id)
        title = f"{form.title}：{content.text('name')}"
        hidden = _REFERENCES if record_id else _REFERENCES | {"is_over"}
        dialog = RecordDialog(self, self.context, form, content, title, save, archive=archive, hidden=hidden, read_only=_NAMED)
        if dialog.exec():
            self._stored(archive_id)

    def _stored(self, archive_id: str = "") -> None:
        self.load()
        self.context.window.notify("已保存。")
        if archive_id:
            self.context.changes.archives_changed.emit({archive_id})

    # -- money

    def give_money(self) -> None:
        """A source for a donor's money; a grant to a student out of it, or of the allowance of a post."""
        row = self.current_row()
        try:
            if isinstance(row, DonorRow):
                self._fund(row)
            elif isinstance(row, SponsorshipRow):
                donor = records.load_entry(self._session, row.content.text("donor_id")).content
                promised = row.content.values.get("promised")
                self._grant(row, "tuition", promised if isinstance(promised, int) else 0, donor.text("fund_id"))
            elif isinstance(row, PlacementRow):
                allowance = row.content.values.get("allowance")
                self._grant(row, "work_study", allowance if isinstance(allowance, int) else 0)
        except NuandangError as fault:
            messages.show_error(self, fault)

    def _fund(self, row: DonorRow) -> None:
        fund_id = row.fund.fund.record_id if row.fund else ""
        if row.fund is None:
            words = f"给“{row.name}”的捐款设立一项资金？设立以后到“帮扶 → 资金”登记到账，再从里面批准给学生。"
            if not messages.confirm(self, words, "设立资金"):
                return
            fund_id = student_support.open_fund(self._session, row.record.record_id, self.chosen_year()).record_id
        self.context.window.show_page("funds", fund_id=fund_id)

    def _grant(self, row: SponsorshipRow | PlacementRow, item: str, amount: int, fund_id: str = "") -> None:
        made: list[Grant] = []
        beginning = Beginning(item=item, amount=amount, person=row.content.text("person"))
        dialog = GrantDialog(self, self.context, [row.archive_id], made.extend, beginning)
        if fund_id:
            dialog.fund.set_value(fund_id)
            dialog.look()
        if dialog.exec() and made:
            self.context.window.notify(f"已批准 {row.name} {format_amount(sum(item.amount for item in made))} 元。")
            self.context.changes.archives_changed.emit({row.archive_id})

    # -- removing

    def remove_current(self) -> None:
        """Take a row out; its versions are kept."""
        row = self.current_row()
        try:
            if isinstance(row, SponsorshipRow | PlacementRow):
                reason = ask_reason(self, f"删除：{row.name}", "只删错登的；结束了的，写上结束日期就可以。", "删除")
                if not reason:
                    return
                records.remove_record(self._session, row.record_id, reason)
                self.context.changes.archives_changed.emit({row.archive_id})
            elif row is None or not messages.confirm(self, f"从名册里删除“{words_of(row)[0]}”？以前的情况留在记录里。", "删除"):
                return
            elif isinstance(row, DonorRow):
                student_support.remove_donor(self._session, row.record.record_id)
            elif isinstance(row, PostRow):
                student_support.remove_post(self._session, row.record.record_id)
            else:
                records.remove_entry(self._session, row.record_id)
        except NuandangError as fault:
            messages.show_error(self, fault)
        self.load()
