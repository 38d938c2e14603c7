"""The views of 数据交换 that are made when they are first needed."""

from collections.abc import Callable

from desktop.context import AppContext
from desktop.exchange.late_view import LateView


def open_answer(context: AppContext) -> LateView:
    """下发审核结果: to whom, what goes along."""
    from desktop.exchange.answer_view import AnswerView

    return AnswerView(context)


def open_answered(context: AppContext) -> LateView:
    """下发审核结果: the files written."""
    from desktop.exchange.answered_view import AnsweredView

    return AnsweredView(context)


def open_answer_preview(context: AppContext) -> LateView:
    """读入审核结果, before anything changes."""
    from desktop.exchange.answer_preview_view import AnswerPreviewView

    return AnswerPreviewView(context)


def open_answer_received(context: AppContext) -> LateView:
    """读入审核结果, what has changed."""
    from desktop.exchange.answer_received_view import AnswerReceivedView

    return AnswerReceivedView(context)


def open_lot(context: AppContext) -> LateView:
    """收取一批数据包, before anything changes."""
    from desktop.exchange.lot_view import LotView

    return LotView(context)


def open_report(context: AppContext) -> LateView:
    """接收结果."""
    from desktop.exchange.report_view import ReportView

    return ReportView(context)


def open_returned(context: AppContext) -> LateView:
    """退回补正."""
    from desktop.exchange.returned_view import ReturnedView

    return ReturnedView(context)


def open_conflicts(context: AppContext) -> LateView:
    """两份不同，等您选定."""
    from desktop.conflicts.conflict_view import ConflictView

    return ConflictView(context)


def open_visits(context: AppContext) -> LateView:
    """外出包: what is out on laptops, or on the laptop what is here."""
    from desktop.visits.visits_view import VisitsView

    return VisitsView(context)


def open_hand_overs(context: AppContext) -> LateView:
    """移交: what was asked for, and what is to be decided here."""
    from desktop.moves.requests_view import RequestsView

    return RequestsView(context)


def open_circulars(context: AppContext) -> LateView:
    """通知."""
    from desktop.exchange.circulars_view import CircularsView

    return CircularsView(context)


def open_quotas(context: AppContext) -> LateView:
    """名额."""
    from desktop.exchange.quotas_view import QuotasView

    return QuotasView(context)


def open_calendar(context: AppContext) -> LateView:
    """工作日历."""
    from desktop.exchange.calendar_view import CalendarView

    return CalendarView(context)


def open_warnings(context: AppContext) -> LateView:
    """提醒核对."""
    from desktop.exchange.warnings_view import WarningsView

    return WarningsView(context)


LATE_VIEWS: dict[str, Callable[[AppContext], LateView]] = {
    "answer": open_answer,
    "answered": open_answered,
    "answer_preview": open_answer_preview,
    "answer_received": open_answer_received,
    "lot": open_lot,
    "report": open_report,
    "calendar": open_calendar,
    "circulars": open_circulars,
    "quotas": open_quotas,
    "returned": open_returned,
    "warnings": open_warnings,
    "conflicts": open_conflicts,
    "hand_overs": open_hand_overs,
    "visits": open_visits,
}
