"""Streams under a bundle's payload: a tar written and read on the fly, through age, in constant memory.

pyrage pulls plain text from a reader and pushes plain text into a writer; between them stand the small objects of
this module. The tar holds regular files only, in a fixed order, so a reader of our own can refuse everything else –
nothing is ever extracted by name.
"""

import io
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

import pyrage
from pyrage import x25519

from db.exchange.bundle_format import MalformedError
from db.exchange.pipeline import BehindWriter

BLOCK = tarfile.BLOCKSIZE
CHUNK = 1 << 20
_END = b"\0" * (2 * BLOCK)


# -- writing -----------------------------------------------------------------------------------------------------


def member_chunks(name: str, size: int, content: Iterable[bytes]) -> Iterator[bytes]:
    """One file of the tar: header, content of exactly *size* bytes, padding."""
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    yield header.tobuf(tarfile.USTAR_FORMAT)
    yield from content
    yield b"\0" * (-size % BLOCK)


def member_size(size: int) -> int:
    """Bytes a file of *size* takes in the tar."""
    return BLOCK + size + -size % BLOCK


def end_chunk() -> bytes:
    """The end of the tar."""
    return _END


class ChunkReader(io.RawIOBase):
    """A readable file made from an iterator of chunks; an error inside the iterator is kept for the caller."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._pending = memoryview(b"")
        self.fault: BaseException | None = None

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill *buffer* with what is there; 0 at the end."""
        try:
            while not self._pending:
                self._pending = memoryview(next(self._chunks))
        except StopIteration:
            return 0
        except BaseException as fault:
            self.fault = fault
            raise
        size = min(len(buffer), len(self._pending))
        buffer[:size], self._pending = self._pending[:size], self._pending[size:]
        return size


class _FaultKeeper:
    """A writable file in front of *out* that keeps what it raised."""

    def __init__(self, out: BehindWriter) -> None:
        self._out = out
        self.fault: BaseException | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._out.write(data)
        except BaseException as fault:
            self.fault = fault
            raise

    def flush(self) -> None:
        """The file underneath is flushed by its owner."""


def encrypt_stream(chunks: Iterator[bytes], write: Callable[[bytes], None], recipients: Iterable[str]) -> None:
    """Encrypt *chunks* to all *recipients*; *write* takes the cipher text. Errors of either side come out as they are.

    *write* is called in a thread of its own, so that the disk works while this one encrypts.
    """
    reader = ChunkReader(chunks)
    keys = [x25519.Recipient.from_str(recipient) for recipient in recipients]
    with BehindWriter(write) as behind:
        writer = _FaultKeeper(behind)
        try:
            pyrage.encrypt_io(io.BufferedReader(reader, CHUNK), writer, keys)
        except (pyrage.EncryptError, OSError) as wrapped:
            # pyrage turns what a Python stream raised into an error of its own
            raise (reader.fault or writer.fault or wrapped) from wrapped


# -- reading -----------------------------------------------------------------------------------------------------


class PartVisitor(Protocol):
    """Takes the parts of a payload in the order in which they stand in it."""

    def begin(self, name: str, size: int) -> None:
        """A part starts."""

    def take(self, data: bytes) -> None:
        """A piece of the current part."""

    def end(self) -> None:
        """The current part is complete."""


class TarSink(io.RawIOBase):
    """A writable file that takes a tar apart as it comes in and hands the parts to a visitor."""

    def __init__(self, visitor: PartVisitor) -> None:
        super().__init__()
        self._visitor = visitor
        self._header = bytearray()
        self._left = 0
        self._padding = 0
        self._zero_blocks = 0
        self.fault: BaseException | None = None

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Take the next bytes of the tar; after a fault, nothing more."""
        if self.fault is None:
            try:
                self._take(memoryview(data))
            except BaseException as fault:
                self.fault = fault
                raise
        return len(data)

    def finish(self) -> None:
        """The stream has ended: the tar must have, too."""
        if self._zero_blocks != 2 or self._header or self._left or self._padding:
            raise MalformedError("内容不完整")

    def _take(self, data: memoryview) -> None:
        while data:
            if self._left:
                piece, data = data[: self._left], data[self._left :]
                self._left -= len(piece)
                self._visitor.take(bytes(piece))
                if not self._left:
                    self._visitor.end()
            elif self._padding:
                skipped = min(self._padding, len(data))
                self._padding -= skipped
                data = data[skipped:]
            else:
                missing = BLOCK - len(self._header)
                self._header += data[:missing]
                data = data[missing:]
                if len(self._header) == BLOCK:
                    self._open(bytes(self._header))
                    self._header.clear()

    def _open(self, block: bytes) -> None:
        if not any(block):
            self._zero_blocks += 1
            if self._zero_blocks > 2:
                raise MalformedError("内容之后还有多余的部分")
            return
        if self._zero_blocks:
            raise MalformedError("内容之后还有多余的部分")
        try:
            header = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except (tarfile.TarError, UnicodeError, ValueError) as fault:
            raise MalformedError("内容结构不对") from fault
        if header.type != tarfile.REGTYPE or header.size < 0:
            raise MalformedError("内容结构不对")
        self._left, self._padding = header.size, -header.size % BLOCK
        self._visitor.begin(header.name, header.size)
        if not header.size:
            self._visitor.end()


class WrongKeyError(MalformedError):
    """None of the identities opens it: it was encrypted for another key, or its header is damaged."""


_NO_KEY = "No matching keys"


def decrypt_stream(cipher: io.RawIOBase, visitor: PartVisitor, identities: Sequence[x25519.Identity]) -> None:
    """Decrypt *cipher* and hand its parts to *visitor*; errors of both come out as they are."""
    sink = TarSink(visitor)
    # pyrage reads and writes 8 KiB at a time: the buffers in between spare most of the calls
    plain = io.BufferedWriter(sink, CHUNK)
    try:
        pyrage.decrypt_io(io.BufferedReader(cipher, CHUNK), plain, identities)
        plain.flush()
    except (pyrage.DecryptError, OSError) as wrapped:
        wrong_key = isinstance(wrapped, pyrage.DecryptError) and _NO_KEY in str(wrapped)
        damage = WrongKeyError("不能用本单位的密钥解开") if wrong_key else MalformedError("密文已改动或不完整")
        raise (sink.fault or getattr(cipher, "fault", None) or damage) from wrapped
    sink.finish()
