"""The print grid covers the form: every field once, every caption as declared, nothing outside the paper."""

import pytest

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.option_lists import option_list
from db.printing.form_grids import caption_of
from db.printing.form_layout import GROUPS, MEMBERS, form_layout
from db.printing.form_template import form_template, rows_that_fit
from db.printing.pdf_kit import MM, PAGE_HEIGHT, PAGE_WIDTH, Area

LAYOUT = form_layout(ARCHIVE_FORM)
TEMPLATE = form_template(ARCHIVE_FORM, 4, 2)
WRITTEN = "".join(text.text for text in TEMPLATE.drawing.texts)


def areas() -> list[Area]:
    """Every place for a value on the first page."""
    template = form_template(ARCHIVE_FORM, *rows_that_fit(LAYOUT, 6, 5))
    slots = [*template.values, *template.causes]
    slots += [slot for rows in (template.members, template.attachments) for row in rows for slot in row]
    return [slot.cell for slot in slots] + [slot.area for slot in slots] + [ticks.cell for ticks in template.ticks]


@pytest.mark.parametrize("spec", ARCHIVE_FORM.worker_fields, ids=lambda spec: spec.key)
def test_every_household_field_stands_once_in_the_grid(spec):
    assert LAYOUT.worker_keys().count(spec.key) == 1


@pytest.mark.parametrize("spec", ARCHIVE_FORM.member_fields, ids=lambda spec: spec.key)
def test_every_member_field_stands_once_in_the_grid(spec):
    assert LAYOUT.member_keys().count(spec.key) == 1


def test_the_grid_names_no_unknown_field():
    assert set(LAYOUT.worker_keys()) == {spec.key for spec in ARCHIVE_FORM.worker_fields}
    assert set(LAYOUT.member_keys()) == {spec.key for spec in ARCHIVE_FORM.member_fields}


INSIDE_ANOTHER_CELL = {"disability_grade", "is_migrant_worker"}  # printed behind a value, without a caption
IN_THE_SENTENCE = {"is_exit_target"}  # its caption is part of the printed sentence
NOTES = {cell.note for cell in LAYOUT.row(GROUPS).cells}


@pytest.mark.parametrize(
    "spec",
    [spec for spec in ARCHIVE_FORM.worker_fields if spec.key not in INSIDE_ANOTHER_CELL | IN_THE_SENTENCE | NOTES],
    ids=lambda spec: spec.key,
)
def test_captions_are_those_of_the_form(spec):
    grouped = any(spec.key == cell.field for cell in LAYOUT.row(GROUPS).cells)
    # the paper stars neither the three lists nor the date: both hang on the starred sentence
    assert (spec.label if grouped or spec.key == "decided_on" else caption_of(spec)) in WRITTEN


def test_member_captions_stand_in_the_order_of_the_columns():
    heads = "".join(caption_of(spec) for spec in ARCHIVE_FORM.member_fields)
    assert heads in WRITTEN


def test_the_sentence_and_the_footnote_stand_as_printed_in_the_source():
    assert "*建档人或审核人确定困难职工是否为解困脱困对象（" in WRITTEN
    assert "对解困脱困对象确定以下类别中的选项" in WRITTEN
    assert "注：填表要求与工会帮扶工作管理系统填表要求一致。" in WRITTEN
    assert "（*为必填项）" in WRITTEN
    assert "样表" not in WRITTEN


@pytest.mark.parametrize("name", ["hardship_cause", "key_group", "batch_measure", "action_plan"])
def test_every_option_of_the_printed_lists_stands_with_its_number(name):
    for number, option in enumerate(option_list(name).current(), 1):
        assert f"{number}.{option.label}" in WRITTEN


def test_every_printed_option_has_a_place_for_its_tick():
    lists = ["hardship_cause", "key_group", "batch_measure", "action_plan"]
    for ticks, name in zip(TEMPLATE.ticks, lists, strict=True):
        assert list(ticks.places) == [option.code for option in option_list(name).current()]


def test_places_lie_within_the_page():
    for area in areas():
        assert area.x >= LAYOUT.page["left"] * MM - 0.01
        assert area.x + area.w <= PAGE_WIDTH - LAYOUT.page["right"] * MM + 0.01
        assert 0 < area.y < area.y + area.h <= LAYOUT.page["grid_bottom"] * MM + 0.01
        assert area.w > 0 and area.h > 6


def test_the_grid_always_ends_at_the_same_height():
    bottom = PAGE_HEIGHT - LAYOUT.page["grid_bottom"] * MM
    for members, attachments in ((0, 0), (4, 2), (5, 9), (12, 1)):
        template = form_template(ARCHIVE_FORM, *rows_that_fit(LAYOUT, members, attachments))
        assert min(line.y1 for line in template.drawing.lines) == pytest.approx(bottom, abs=0.1)


@pytest.mark.parametrize(("members", "attachments"), [(0, 0), (1, 5), (4, 2), (6, 5), (12, 30)])
def test_the_remarks_keep_a_readable_height(members, attachments):
    template = form_template(ARCHIVE_FORM, *rows_that_fit(LAYOUT, members, attachments))
    remarks = next(slot for slot in template.values if slot.field == "remarks")
    assert remarks.cell.h >= 12 * MM
    assert len(template.members) >= LAYOUT.row(MEMBERS).least
