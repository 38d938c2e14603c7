"""The views of 数据交换 that are made when they are first needed, and which of them an office has a use for."""

from collections.abc import Callable

from desktop.context import AppContext
from desktop.exchange.late_view import LateView


def open_returned(context: AppContext) -> LateView:
    """退回补正."""
    from desktop.exchange.returned_view import ReturnedView

    return ReturnedView(context)


LATE_VIEWS: dict[str, Callable[[AppContext], LateView]] = {
    "returned": open_returned,
}
