"""Option lists with stable codes: codes are stored and compared, labels are shown.

The lists are packaged data (``resources/options/*.toml``): long, edition-specific, read once.
An option may be retired: old records still show it truthfully, new ones cannot choose it.
"""

import tomllib
from dataclasses import dataclass
from functools import cache

import resources


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: *code* is stored for ever, *label* is shown, *aliases* are older wordings of the same thing."""

    code: str
    label: str
    aliases: tuple[str, ...] = ()
    retired: bool = False
    replaced_by: str | None = None


@dataclass(frozen=True)
class OptionList:
    """The options of one field, in the order in which they are offered."""

    name: str
    options: tuple[Option, ...]
    by_code: dict[str, Option]
    by_word: dict[str, Option]

    def label(self, code: str) -> str:
        """Label of *code*; the code itself when a newer program stored one unknown here."""
        option = self.by_code.get(code)
        return option.label if option else code

    def current(self) -> tuple[Option, ...]:
        """The options that may be chosen today."""
        return tuple(option for option in self.options if not option.retired)

    def find(self, word: str) -> tuple[Option, bool] | None:
        """The option meant by *word* and whether the word is its very label; None when nothing fits."""
        option = self.by_word.get(word)
        return (option, option.label == word) if option else None


def _option(code: str, entry: str | dict[str, object]) -> Option:
    if isinstance(entry, str):
        return Option(code, entry)
    aliases = entry.get("aliases", [])
    assert isinstance(aliases, list)
    replaced_by = entry.get("replaced_by")
    return Option(
        code,
        str(entry["label"]),
        tuple(str(alias) for alias in aliases),
        bool(entry.get("retired", False)),
        str(replaced_by) if replaced_by else None,
    )


def _build(name: str, entries: dict[str, str | dict[str, object]]) -> OptionList:
    options = tuple(_option(code, entry) for code, entry in entries.items())
    by_word: dict[str, Option] = {}
    for option in options:
        for word in (option.label, *option.aliases):
            if word in by_word:
                raise ValueError(f"{name}: “{word}” stands for two options")
            by_word[word] = option
    return OptionList(name, options, {option.code: option for option in options}, by_word)


@cache
def all_lists() -> dict[str, OptionList]:
    """Every packaged option list by name."""
    lists: dict[str, OptionList] = {}
    for file in resources.names("options", ".toml"):
        for name, entries in tomllib.loads(resources.read_text(file)).items():
            lists[name] = _build(name, entries)
    return lists


def option_list(name: str) -> OptionList:
    """The list *name*; KeyError when the form names one that is not packaged."""
    return all_lists()[name]
