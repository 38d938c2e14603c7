"""What every test may rely on: no screen needed, no inherited passphrase, no settings in the real home."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from db.services.office import OfficeSession

PRIVATE_FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
_home_key = pytest.StashKey[Path]()

# a busy machine must not fail a property test, and two runs of the same tree must agree
settings.register_profile("suite", deadline=None, database=None, derandomize=True)
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Point Qt and platformdirs at a throw-away home, before anything imports them."""
    home = Path(tempfile.mkdtemp(prefix="nuandang-tests-"))
    home.chmod(0o700)  # Qt warns about a runtime folder that others may read
    config.stash[_home_key] = home
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.pop("NUANDANG_PASSPHRASE", None)
    for name in PRIVATE_FOLDERS:
        folder = home / name.lower()
        folder.mkdir(mode=0o700)
        os.environ[name] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the throw-away home."""
    shutil.rmtree(config.stash[_home_key], ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def connect_as_shipped() -> Iterator[Callable[[Path, bytes], Any]]:
    """No test has to outlive a power cut: none waits for the disk. What the program itself connects with is given out."""
    from db.store import database

    plain = database.connect

    def connect(path: Path, data_key: bytes) -> Any:
        connection = plain(path, data_key)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "connect", connect)
        patch.setattr(os, "fsync", lambda _handle: None)
        yield plain


@pytest.fixture(scope="session", autouse=True)
def create_as_shipped(
    connect_as_shipped: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Path, bytes], Any]]:
    """No test has to lay the tables thousands lay: a new office file is a copy of the first. How the program does it is given out."""
    from db.store import database, migrations
    from db.store.faults import store_faults

    plain, key = database.create, secrets.token_bytes(32)

    @cache
    def first(_steps: tuple[str, ...]) -> Any:
        path = tmp_path_factory.mktemp("first") / database.FILE_NAME
        plain(path, key).close()
        return database.connect(path, key)

    def create(path: Path, data_key: bytes) -> database.Database:
        with store_faults(path), closing(database.connect(path, data_key)) as connection:
            first(migrations.STEPS).backup(connection)  # some tests take fewer steps, to have an old file
            connection.execute("PRAGMA journal_mode = WAL")
        return database.Database(path, data_key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create", create)
        yield plain


@pytest.fixture(scope="session", autouse=True)
def wrap_as_shipped() -> Iterator[Callable[..., Any]]:
    """No test has to work through 64 MiB of memory for a passphrase everybody knows. What the program does itself is given out."""
    from db.store import keys

    plain = keys.wrap
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "wrap", lambda *given, **more: plain(*given, **{**more, "light": True}))
        yield plain


@pytest.fixture
def office(tmp_path: Path) -> "Iterator[OfficeSession]":
    """An empty township office in a folder of its own, signed in, closed afterwards."""
    from factories import make_office  # only here: the home above must stand before the program is imported

    session, _ = make_office(tmp_path / "office")
    yield session
    session.close()
