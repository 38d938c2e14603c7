"""The printed form: what was filled in stands on paper, whole, findable again, and where the screen expects it."""

import random
from collections import Counter
from io import BytesIO

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldKind
from db.domain.option_lists import option_list
from db.printing.form_pdf import archives_pdf, blank_form_pdf, draw_operations, form_pages
from db.printing.form_values import ArchivePrint, AttachmentLine
from db.printing.pdf_kit import PAGE_HEIGHT, PAGE_WIDTH
from db.printing.preview import page_count, render_page
from db.printing.text_flow import SMALLEST
from db.services.demo import make_household

RARE_NAMES = [
    "才让·卓玛",
    "买买提•吐尔逊",
    "阿依古丽‧买买提",
    "李䶮",
    "王𠮷祥",
    "张𪚥",
    "刘𫠝𫠝",
    "陈𬺓",
    "马㐂",
    "赵𮯠",
]


def pages_text(pdf: bytes) -> list[str]:
    """The text of each page, without blanks."""
    with pypdfium2.PdfDocument(pdf) as document:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def text_of(content: ArchiveContent, **more) -> str:
    """The text of all pages of one form."""
    return "".join(pages_text(form_pages(content, **more).pdf))


def household(members: int = 2, **values) -> ArchiveContent:
    """An invented household."""
    content = make_household(random.Random(7), members)
    content.values.update(values)
    return content


def bare(text: str) -> str:
    """*text* without blanks."""
    return "".join(text.split())


def test_every_filled_value_can_be_read_back():
    content = household(3, remarks="女儿在读大学。", key_groups_note="丈夫病故", other_contact="0556-8921234（邻居）")
    text = text_of(content)
    for spec in ARCHIVE_FORM.worker_fields:
        value = content.values.get(spec.key)
        if value and spec.kind not in (FieldKind.MULTI_CHOICE, FieldKind.YES_NO, FieldKind.DATE):
            assert bare(format_value(spec, value)) in text, spec.key
    for member in content.members:
        for spec in ARCHIVE_FORM.member_fields:
            if member.get(spec.key):
                assert bare(format_value(spec, member[spec.key])) in text, spec.key


@pytest.mark.parametrize("name", RARE_NAMES)
def test_minority_and_rare_names_are_printed_as_stored(name):
    content = household(1, name=name)
    content.members[0]["name"] = name
    assert text_of(content).count(name) == 2


def test_an_address_of_25_characters_stands_on_the_first_page():
    address = "安徽省安庆市潜山市梅城镇舒州大道一百一十八号六栋"
    pages = form_pages(household(home_address=address + "室"))
    assert pages.page_count == 1
    assert address + "室" in pages_text(pages.pdf)[0]


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (4, 1), (6, 1), (7, 2), (12, 2), (60, 3)])
def test_any_number_of_members_is_printed(count, pages):
    content = household(2)
    content.members = [{"id": str(index), "name": f"成员{index:03d}号"} for index in range(count)]
    printed = form_pages(content)
    text = "".join(pages_text(printed.pdf))
    assert printed.page_count == pages
    assert all(f"成员{index:03d}号" in text for index in range(count))
    assert ("下接附页" in text) == (pages > 1)
    assert text.count("单位或学校") == pages


def test_further_attachments_go_on_to_another_sheet():
    lines = [AttachmentLine("id_card", f"材料{index:02d}.jpg", "已核") for index in range(20)]
    text = text_of(household(2), attachments=lines)
    assert all(f"材料{index:02d}.jpg" in text for index in range(20))
    assert text.count(option_list("document_type").label("id_card")) == 20


def test_page_numbers_count_the_sheets_of_one_archive():
    pages = pages_text(form_pages(household(2, remarks="情况说明。" * 300)).pdf)
    assert [f"第{number}页/共{len(pages)}页" in page for number, page in enumerate(pages, 1)] == [True] * len(pages)
    assert "见附页①" in pages[0] and "附页①备注" in pages[1]


LONG = st.text(st.sampled_from("困难职工李桂兰梅城镇，。（）《》㐂𠮷𪚥abcXYZ0123456789"), min_size=40, max_size=400)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LONG, LONG, LONG, LONG)
def test_nothing_long_is_ever_cut(address, remarks, school, note):
    content = household(1, home_address=address, remarks=remarks, action_plans=["other"], action_plans_note=note)
    content.members[0]["school_or_employer"] = school
    printed = Counter(text_of(content))
    assert Counter(address + remarks + school + note) <= printed


def test_no_text_is_smaller_than_seven_points():
    content = household(9, remarks="很长的备注，" * 200, home_address="很长的住址" * 30)
    pages = draw_operations(ArchivePrint(content, "340882-2026-0031", "梅城镇总工会"))
    assert min(text.size for page in pages for text in page.texts) >= SMALLEST


def test_ticks_follow_the_answers():
    def ticks(**values) -> Counter:
        answers = {"is_exit_target": None, "main_hardship_cause": None, "secondary_hardship_causes": None}
        lists = {"key_groups": None, "batch_measures": None, "action_plans": None}
        text = text_of(household(**{**answers, **lists, **values}))
        return Counter(char for char in text if char in "√■")

    assert ticks() == Counter()
    assert ticks(is_exit_target=False) == Counter("■")
    assert ticks(main_hardship_cause="laid_off", secondary_hardship_causes=["accident"]) == Counter("■■")
    assert ticks(key_groups=["urban_migrant"], action_plans=["pairing", "tuition_aid"]) == Counter("√√√")


def test_an_older_wording_is_written_out_where_it_has_no_box():
    assert "残疾" in text_of(
        household(main_hardship_cause="old_disability", health_status="good", disability_type=None)
    )


def test_disability_type_and_grade_share_a_cell():
    text = text_of(household(disability_type="physical", disability_grade="two"))
    type_label = option_list("disability_type").label("physical")
    assert type_label + option_list("disability_grade").label("two") in text
    pages = form_pages(household())
    first, second = pages.cell_of("disability_type"), pages.cell_of("disability_grade")
    assert first is not None and second is not None
    assert first[3:] == second[3:]


def test_head_and_number_stand_above_the_grid():
    text = text_of(household(), archive_number="340882-2026-0031", office_name="梅城镇总工会")
    assert "梅城镇总工会" in text
    assert "340882-2026-0031" in text


def test_an_uncovered_character_is_shown_as_its_code_point():
    text = text_of(household(name="李\ue863"))
    assert "E863" in text


def test_every_field_has_a_cell_on_the_paper():
    content = household(8)
    pages = form_pages(content)
    for spec in ARCHIVE_FORM.worker_fields:
        assert pages.cell_of(spec.key) is not None, spec.key
    for index in range(8):
        for spec in ARCHIVE_FORM.member_fields:
            cell = pages.cell_of(spec.key, index)
            assert cell is not None and cell.page == (0 if index < 6 else 1)
    assert all(0 <= cell.x < cell.x + cell.w <= PAGE_WIDTH for cell in pages.cells)
    assert all(0 <= cell.y < cell.y + cell.h <= PAGE_HEIGHT for cell in pages.cells)


def test_a_click_in_the_middle_of_a_cell_finds_its_field():
    pages = form_pages(household(2))
    for key in ("name", "home_address", "decided_on", "remarks", "action_plans_note", "bank_account"):
        cell = pages.cell_of(key)
        assert cell is not None
        hit = pages.cell_at(0, cell.x + cell.w / 2, cell.y + cell.h / 2)
        assert hit is not None and hit.field == key
    assert pages.cell_at(0, 1, 1) is None


def test_the_highlight_tints_the_cell_of_the_field():
    pages = form_pages(household(), highlight=("home_address", None))
    cell = pages.cell_of("home_address")
    assert cell is not None
    picture = render_page(pages.pdf, 0, 1.0)
    offset = int(cell.y + 3) * picture.stride + int(cell.x + 3) * 4
    blue, green, red = picture.pixels[offset : offset + 3]
    assert red > 240 and green > 230 and blue < 210


def test_pictures_of_pages_have_the_size_of_the_paper():
    picture = render_page(form_pages(household()).pdf, 0, 2.0)
    assert (picture.width, picture.height) == (round(PAGE_WIDTH * 2), round(PAGE_HEIGHT * 2 + 0.5))
    assert len(picture.pixels) == picture.stride * picture.height


def test_a_batch_is_one_document_with_every_archive():
    items = [ArchivePrint(household(count), f"340882-2026-{count:04d}") for count in (1, 8, 0, 2)]
    out, seen = BytesIO(), []
    count = archives_pdf(iter(items), out, lambda done, total: seen.append((done, total)), len(items))
    pages = pages_text(out.getvalue())
    assert count == len(pages) == page_count(out.getvalue()) == 5
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert ["第1页/共2页" in page for page in pages] == [False, True, False, False, False]
    assert all(any(item.archive_number in page for page in pages) for item in items)


def test_a_batch_of_nothing_is_an_empty_document():
    out = BytesIO()
    assert archives_pdf([], out) == 0


def test_a_long_batch_leaves_memory_page_by_page():
    class Watched(BytesIO):
        written: list[int]

        def write(self, data):  # type: ignore[override]
            self.written.append(len(data))
            return super().write(data)

    out = Watched()
    out.written = []
    progress: list[int] = []
    items = (ArchivePrint(household(2)) for _ in range(30))
    archives_pdf(items, out, lambda done, total: progress.append(sum(out.written)))
    assert progress == sorted(set(progress)), "each archive is written before the next is composed"


def test_the_operations_are_what_is_drawn():
    item = ArchivePrint(household(9, remarks="很长的备注，" * 100), "340882-2026-0031", "梅城镇总工会")
    pages = draw_operations(item)
    out = BytesIO()
    archives_pdf([item], out)
    drawn = Counter("".join(pages_text(out.getvalue())))
    assert Counter(bare("".join(text.text for page in pages for text in page.texts))) == drawn
    assert len(pages) == 2 and all(page.lines for page in pages)


def test_the_blank_form_has_captions_and_no_values():
    [text] = pages_text(blank_form_pdf())
    assert "困难职工档案表" in text and "√" not in text and "■" not in text
    assert "填报单位：建档日期：档案编号：" in text
