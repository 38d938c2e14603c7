"""The architecture as a test: imports, sizes, names and texts of the whole source tree, from its syntax trees.

import-linter checks the same layers through chains of modules; this file needs no tool and sees single lines. Each rule
is a function from one source file to its complaints, and each is first shown an offender it must catch: a rule that
can no longer fail would be noticed.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE_FOLDERS = ("db", "desktop", "resources", "installer", "tests")
TEXT_SUFFIXES = {".py", ".toml", ".md", ".qss", ".svg", ".txt", ".lock", ".spec", ".iss", ".json", ".html", ".yml", ""}
LONGEST_FILE, LONGEST_FUNCTION = 600, 60
OWN_PACKAGES = ("db", "desktop", "resources")
DATABASE_AND_FILES = ("sqlmodel", "sqlalchemy", "sqlcipher3", "openpyxl", "xlsxwriter", "reportlab", "python_calamine")

# package → what it may import of our own; the longest matching prefix decides.
MAY_IMPORT = {
    "resources": ("resources",),
    "db.sentences": ("db.sentences",),
    "db.errors": ("db.errors", "db.sentences"),
    "db.domain": ("db.domain", "db.errors", "resources"),
    "db.models": ("db.models", "db.domain", "db.errors", "resources"),
    "db.store": ("db.store", "db.models", "db.domain", "db.errors", "resources"),
    "db.exchange": ("db.exchange", "db.store", "db.models", "db.domain", "db.errors", "resources"),
    "db.printing": ("db.printing", "db.store", "db.models", "db.domain", "db.errors", "resources"),
    "db.services": ("db", "resources"),
    "db": ("db", "resources"),
    "desktop": ("desktop", "db.services", "db.domain", "db.errors", "resources"),
}
# Split in two, so that this file does not contain what it forbids.
WRONG_SYNONYMS = ("poor" "_worker", "kun" "nan", "publi" "city", "family" "_head", "sub" "sidy", "margi" "nal")
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "handler", "data", "info"}
UNFINISHED = ("TO" "DO", "FIX" "ME", "raise NotImpl" "ementedError", "pytest." "skip", "mark." "skip", "mark." "xfail")
PERSONAL_PATHS = re.compile("/ro" r"ot/|/ho" r"me/[a-z]|/Us" r"ers/|/wo" r"rk/|[A-Z]:\\+Us" r"ers|\.\./sha" "red")
REGISTRIES = re.compile("py" r"pi\.org|python" r"hosted\.org|npm" r"js\.(org|com)|find-" "links|index-" "url (?!--)")
CHECKING_CALLS = ("assert_", "raises", "wait", "fail", "expect")
# Zero-width, bidirectional and soft-hyphen characters, compatibility ideographs and radicals (they come out of
# copied PDFs and look like ordinary characters), Greek and Cyrillic letters that pass for Latin ones.
LOOK_ALIKES = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u2e80-\u2fdf\uf900-\ufaff\u0370-\u03ff\u0400-\u04ff]"
)


@dataclass
class Source:
    """One file of the tree; `module` is dotted for Python files and empty for other texts."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") if self.is_python else ""

    @property
    def is_python(self) -> bool:
        return self.path.endswith(".py")

    def imports(self) -> Iterator[tuple[int, str]]:
        """Every imported dotted name with its line, also inside functions and under TYPE_CHECKING."""
        package = self.module if self.path.endswith("__init__.py") else self.module.rpartition(".")[0]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
                base = ".".join([*above, *([node.module] if node.module else [])])
                yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


Rule = Callable[[Source], list[str]]


def within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def qt_outside_desktop(source: Source) -> list[str]:
    """db and resources are the program without a screen."""
    if not within(source.module, ("db", "resources")):
        return []
    return [f"{line}: {name}" for line, name in source.imports() if within(name, ("PySide6", "shiboken6", "desktop"))]


def layer_breach(source: Source) -> list[str]:
    """Each package imports only the layers below it."""
    layers = [layer for layer in MAY_IMPORT if within(source.module, (layer,))]
    if not layers:
        return []
    allowed = MAY_IMPORT[max(layers, key=len)]
    ours = [(line, name) for line, name in source.imports() if within(name, OWN_PACKAGES)]
    return [f"{line}: {name}" for line, name in ours if not within(name, allowed) and name != "db.errors"]


def impure_domain(source: Source) -> list[str]:
    """The domain needs the standard library, the table of readings, and the models that check policy packs."""
    if not within(source.module, ("db.domain", "db.errors", "db.sentences")):
        return []
    allowed = ("db", "resources", "pypinyin", *(("pydantic",) if within(source.module, ("db.domain.policy",)) else ()))
    return [
        f"{line}: {name}"
        for line, name in source.imports()
        if name.split(".")[0] not in sys.stdlib_module_names and not within(name, allowed)
    ]


def screen_reads_files(source: Source) -> list[str]:
    """Pages show, collect and call: database, Excel and PDF libraries belong to db."""
    if not within(source.module, ("desktop",)):
        return []
    return [f"{line}: {name}" for line, name in source.imports() if within(name, DATABASE_AND_FILES)]


def page_imports_page(source: Source) -> list[str]:
    """A page that needs another page asks the window around it; its own parts are named after it (home, home_board)."""
    if not within(source.module, ("desktop.pages",)) or source.path.endswith("__init__.py"):
        return []
    return [
        f"{line}: {name}"
        for line, name in source.imports()
        if within(name, ("desktop.pages",)) and not name.startswith((f"{source.module}_", f"{source.module}."))
    ]


def undeclared_dependency(source: Source) -> list[str]:
    """Whatever is imported stands in pyproject.toml, so that a fresh machine has it."""
    if not within(source.module, OWN_PACKAGES):
        return []
    return [
        f"{line}: {name}"
        for line, name in source.imports()
        if name.split(".")[0] not in sys.stdlib_module_names | set(OWN_PACKAGES) | declared_modules()
    ]


@cache
def declared_modules() -> frozenset[str]:
    """Top-level modules of the direct dependencies in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {_plain(re.split(r"[<>=!~;\[ ]", line)[0]) for line in project["dependencies"]}
    # shiboken6 is half of PySide6, and SQLAlchemy is the half of SQLModel that its own manual sends the reader to.
    declared |= {"shiboken6", "sqlalchemy"}
    owned = packages_distributions().items()
    return frozenset(module for module, owners in owned if declared & {_plain(owner) for owner in owners})


def _plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def missing_docstring(source: Source) -> list[str]:
    """Every module says what it is for."""
    return [] if not source.is_python or ast.get_docstring(source.tree) else ["1: no module docstring"]


def too_long(source: Source) -> list[str]:
    """No file over 600 lines, no function over 60."""
    if not source.is_python:
        return []
    lines = len(source.text.splitlines())
    complaints = [f"1: {lines} lines"] if lines > LONGEST_FILE else []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                complaints.append(f"{node.lineno}: {node.name} has {length} lines")
    return complaints


def empty_name(source: Source) -> list[str]:
    """Modules and classes are named for what they do."""
    if not source.is_python:
        return []
    stem = source.path.removesuffix(".py").split("/")[-1]
    complaints = [f"1: module {stem}"] if EMPTY_NAMES & set(stem.split("_")) else []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            words = {word.lower() for word in re.findall(r"[A-Z]+[a-z]*", node.name)}
            if words & EMPTY_NAMES:
                complaints.append(f"{node.lineno}: class {node.name}")
    return complaints


def wrong_synonym(source: Source) -> list[str]:
    """One English word per Chinese term, the one of the glossary."""
    return _found(source, re.compile("|".join(WRONG_SYNONYMS), re.IGNORECASE)) if source.is_python else []


def unfinished(source: Source) -> list[str]:
    """No stub is committed and no test is switched off."""
    return _found(source, re.compile("|".join(re.escape(word) for word in UNFINISHED))) if source.is_python else []


def look_alike(source: Source) -> list[str]:
    """No character that cannot be seen or passes for another; identifiers are ASCII."""
    complaints = _found(source, LOOK_ALIKES)
    if source.is_python:
        names = {
            (node.lineno, str(getattr(node, field)))
            for node in ast.walk(source.tree)
            for field in ("id", "name", "arg", "attr")
            if isinstance(getattr(node, field, None), str) and hasattr(node, "lineno")
        }
        complaints += [f"{line}: identifier {name}" for line, name in sorted(names) if not name.isascii()]
    return complaints


def machine_path(source: Source) -> list[str]:
    """Nothing names a folder of one developer's machine."""
    return _found(source, PERSONAL_PATHS)


def registry_address(source: Source) -> list[str]:
    """Where packages come from is the machine's own setting."""
    return _found(source, REGISTRIES)


def broken_link(source: Source) -> list[str]:
    """Every picture and file that a page of text points to is there."""
    if not source.path.endswith(".md"):
        return []
    folder = (ROOT / source.path).parent
    targets = re.findall(r"\]\(([^)#:]+)\)", source.text)
    return [f"1: {target}" for target in targets if not (folder / target).exists()]


def swallowed_error(source: Source) -> list[str]:
    """A broad handler that does nothing hides bugs."""
    if not source.is_python:
        return []
    return [
        f"{node.lineno}: except … pass"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
        and all(isinstance(statement, ast.Pass) for statement in node.body)
    ]


def toothless_test(source: Source) -> list[str]:
    """A test can fail: it asserts, expects an error, waits for a signal, or calls a function that does."""
    if not source.path.startswith("tests/") or not source.is_python:
        return []
    functions = [node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef)]
    checking: set[str] = set()
    while found := {each.name for each in functions if _checks(each, checking)} - checking:
        checking |= found
    return [
        f"{each.lineno}: {each.name}"
        for each in functions
        if each.name.startswith("test_") and each.name not in checking
    ]


def _checks(function: ast.FunctionDef, checking: set[str]) -> bool:
    for node in ast.walk(function):
        called = node.func if isinstance(node, ast.Call) else None
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        if isinstance(node, ast.Assert) or name.startswith(CHECKING_CALLS) or name in checking:
            return True
    return False


def _found(source: Source, pattern: re.Pattern[str]) -> list[str]:
    lines = enumerate(source.text.splitlines(), start=1)
    return [f"{number}: {match.group()!r}" for number, line in lines for match in pattern.finditer(line)]


OFFENDERS: list[tuple[Rule, Source]] = [
    (qt_outside_desktop, Source("db/domain/x.py", "def f():\n    from PySide6.QtCore import QDate")),
    (layer_breach, Source("db/store/x.py", "from ..services import office")),
    (layer_breach, Source("desktop/pages/x.py", "from db import store")),
    (layer_breach, Source("db/printing/x.py", "import db.exchange.bundle_format")),
    (impure_domain, Source("db/domain/x.py", "import sqlmodel")),
    (screen_reads_files, Source("desktop/pages/x.py", "import openpyxl")),
    (page_imports_page, Source("desktop/pages/x.py", "from desktop.pages import settings")),
    (undeclared_dependency, Source("db/x.py", "import requests")),
    (missing_docstring, Source("db/x.py", "x = 1")),
    (too_long, Source("db/x.py", "x = 1\n" * 601)),
    (too_long, Source("db/x.py", "def f():\n" + "    x = 1\n" * 60)),
    (empty_name, Source("db/date_utils.py", "")),
    (empty_name, Source("db/x.py", "class ArchiveManager: ...")),
    (wrong_synonym, Source("db/x.py", "Poor" "_Worker = 1")),
    (unfinished, Source("db/x.py", "raise NotImplemented" "Error")),
    (look_alike, Source("db/x.py", "x = '\u200b'")),
    (look_alike, Source("db/x.py", "档案 = 1")),
    (machine_path, Source("README.md", "cd /ro" "ot/x")),
    (registry_address, Source("installer/requirements.lock", "--index-" "url https:")),
    (broken_link, Source("README.md", "![x](resources/nowhere.png)")),
    (swallowed_error, Source("db/x.py", "try:\n    f()\nexcept Exception:\n    pass")),
    (toothless_test, Source("tests/x.py", "def test_x():\n    f()")),
    (toothless_test, Source("tests/x.py", "def f():\n    pass\ndef g():\n    assert x\ndef test_x():\n    f()")),
]
RULES = list(dict.fromkeys(rule for rule, _ in OFFENDERS))


def project_files() -> list[Source]:
    """Every text file of the project; what the program was given (fixtures, fonts' licences) is not our text."""
    paths = [path for folder in (*CODE_FOLDERS, ".ci") for path in (ROOT / folder).rglob("*")]
    paths += [path for path in ROOT.iterdir() if path.name != "LICENSE"]
    kept = [
        path
        for path in paths
        if path.is_file()
        and path.suffix in TEXT_SUFFIXES
        and not {"__pycache__", "fixtures", "fonts"} & set(path.relative_to(ROOT).parts)
    ]
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in sorted(kept)]


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    """The tree as it stands."""
    return project_files()


def test_project_files__are_all_seen(sources: list[Source]) -> None:
    """The walk really reaches every part of the tree, hidden folders included."""
    paths = {source.path for source in sources}
    assert {"pyproject.toml", ".ci/run", "installer/dev.py", "installer/requirements.lock", "db/__init__.py"} <= paths
    assert {source.path.split("/")[0] for source in sources} >= set(CODE_FOLDERS)


@pytest.mark.parametrize(("rule", "offender"), OFFENDERS, ids=lambda value: getattr(value, "__name__", ""))
def test_rule__catches_its_offender(rule: Rule, offender: Source) -> None:
    """Each rule complains about a file made to break it."""
    assert rule(offender)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule__holds_everywhere(rule: Rule, sources: list[Source]) -> None:
    """No file of the project breaks the rule."""
    assert [f"{source.path}:{complaint}" for source in sources for complaint in rule(source)] == []


IMPORT_EVERYTHING = """
import importlib, pkgutil, sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "shiboken6", "desktop"):
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, NoQt())
try:
    import PySide6
except ImportError:
    print("blocked")
import db
for module in pkgutil.walk_packages(db.__path__, "db."):
    importlib.import_module(module.name)
    print(module.name)
"""


def test_db__works_without_qt() -> None:
    """Every module of db imports while Qt cannot be imported at all."""
    command = [sys.executable, "-c", IMPORT_EVERYTHING]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    blocked, *modules = answer.stdout.split()
    assert blocked == "blocked"
    on_disk = {source.module for source in project_files() if within(source.module, ("db",))} - {"db"}
    assert set(modules) == on_disk


def test_lock__pins_and_hashes_everything_and_names_no_address() -> None:
    """Every direct dependency is locked to one version with hashes, and the lock has no address and no path."""
    lock = (ROOT / "installer" / "requirements.lock").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = {_plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==\S+", lock, flags=re.MULTILINE)}
    assert {_plain(re.split(r"[<>=!~;\[ ]", line)[0]) for line in wanted} <= locked
    entries = re.split(r"\n(?=[a-z])", lock)[1:]
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in lock
    assert str(ROOT) not in lock
