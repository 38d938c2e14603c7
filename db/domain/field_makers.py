"""Short ways to write the fields of a form that is declared beside the Archive Form."""

from typing import Any

from db.domain.form_schema import Always, FieldKind, FieldSpec, Privacy

STAR = Always()


def text(key: str, label: str, **more: Any) -> FieldSpec:
    """One line."""
    return FieldSpec(key=key, label=label, kind=FieldKind.TEXT, **more)


def long_text(key: str, label: str, **more: Any) -> FieldSpec:
    """Several lines, 2 000 characters unless told."""
    return FieldSpec(**{"key": key, "label": label, "kind": FieldKind.LONG_TEXT, "limit": 2000, **more})


def choice(key: str, label: str, options: str, **more: Any) -> FieldSpec:
    """One of an option list."""
    return FieldSpec(key=key, label=label, kind=FieldKind.CHOICE, options=options, **more)


def choices(key: str, label: str, options: str, **more: Any) -> FieldSpec:
    """Several of an option list."""
    return FieldSpec(key=key, label=label, kind=FieldKind.MULTI_CHOICE, options=options, **more)


def money(key: str, label: str, **more: Any) -> FieldSpec:
    """An amount in 分."""
    return FieldSpec(key=key, label=label, kind=FieldKind.MONEY, unit="元", **more)


def count(key: str, label: str, **more: Any) -> FieldSpec:
    """A whole number, not negative."""
    return FieldSpec(**{"key": key, "label": label, "kind": FieldKind.COUNT, "numbers": range(1_000_000), **more})


def yes_no(key: str, label: str, **more: Any) -> FieldSpec:
    """Yes or no."""
    return FieldSpec(key=key, label=label, kind=FieldKind.YES_NO, **more)


def day(key: str, label: str, **more: Any) -> FieldSpec:
    """A day, ISO."""
    return FieldSpec(key=key, label=label, kind=FieldKind.DATE, **more)


def phone(key: str, label: str, **more: Any) -> FieldSpec:
    """A phone number of whatever sort."""
    return FieldSpec(key=key, label=label, kind=FieldKind.CONTACT, **more)


def person(key: str, label: str, **more: Any) -> FieldSpec:
    """One of the household."""
    return FieldSpec(key=key, label=label, kind=FieldKind.PERSON, **more)


def papers(key: str, label: str, **more: Any) -> FieldSpec:
    """Attachments of the archive, by id."""
    return FieldSpec(key=key, label=label, kind=FieldKind.PAPERS, **more)


def person_name(**more: Any) -> FieldSpec:
    """Name of the person the record is of."""
    return FieldSpec(key="name", label="姓名", kind=FieldKind.NAME, required=STAR, privacy=Privacy.NAME, **more)


def citizen_number(**more: Any) -> FieldSpec:
    """Their ID number."""
    return FieldSpec(
        **{"key": "id_number", "label": "身份证号", "kind": FieldKind.ID_NUMBER, "required": STAR, "privacy": Privacy.IDENTIFYING, **more}
    )
