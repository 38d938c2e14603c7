"""Let reading, encrypting and writing go on at the same time, with a few chunks in between at most.

Hashing, encryption and disk work leave the interpreter to others, so a second core – or a slow stick – is used while
this thread goes on. Errors on the other side come out here, and leaving early stops the other side.
"""

import gc
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

_DEPTH = 8
_CHUNK = 1 << 20
_POLL_SECONDS = 0.1
_END: Final = None


def ahead(chunks: Iterable[bytes], depth: int = _DEPTH) -> Iterator[bytes]:
    """The same *chunks*, made by a thread that runs *depth* of them ahead."""
    pending: queue.Queue[bytes | BaseException | None] = queue.Queue(depth)
    stopped = threading.Event()

    def offer(item: bytes | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                pending.put(item, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return

    def run() -> None:
        try:
            for chunk in chunks:
                offer(chunk)
                if stopped.is_set():
                    return
            offer(_END)
        except BaseException as fault:  # noqa: BLE001 - raised again in the thread that consumes
            offer(fault)

    thread = threading.Thread(target=run, name="bundle-reader", daemon=True)
    thread.start()
    try:
        while (item := pending.get()) is not _END:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        thread.join()


class BehindWriter:
    """Hand bytes to *write* in another thread, many at a time; use as a context manager."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._pending: queue.Queue[list[bytes] | None] = queue.Queue(_DEPTH)
        self._parts: list[bytes] = []
        self._size = 0
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="bundle-writer", daemon=True)

    def __enter__(self) -> "BehindWriter":
        self._thread.start()
        return self

    def __exit__(self, kind: object, fault: object, trace: object) -> None:
        if fault is None:
            self._pass_on()
        self._pending.put(_END)
        self._thread.join()
        if fault is None:
            self._raise_fault()

    def write(self, data: bytes) -> int:
        """Take all of *data*; what went wrong in the other thread is raised here."""
        self._raise_fault()
        self._parts.append(data)
        self._size += len(data)
        if self._size >= _CHUNK:
            self._pass_on()
        return len(data)

    def flush(self) -> None:
        """Everything is written when the context is left."""

    def _pass_on(self) -> None:
        self._pending.put(self._parts)
        self._parts, self._size = [], 0

    def _raise_fault(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _run(self) -> None:
        while (parts := self._pending.get()) is not _END:
            if self._fault is None:
                try:
                    for part in parts:
                        self._write(part)
                except BaseException as fault:  # noqa: BLE001 - raised again in the thread that produces
                    self._fault = fault


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Keep the cyclic collector from looking again and again through what is being read: records make no cycles.

    Everything else is freed as ever, at the moment nobody holds it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
