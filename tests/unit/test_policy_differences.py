"""What a clerk is told before a new version of a pack is accepted: every figure, and every rule that comes or goes."""

import re

from db.domain.policy.book import LoadedPack, load_pack, packaged_book
from db.services.policy_differences import pack_differences


def packaged(pack_id: str = "qianshan-2020") -> LoadedPack:
    loaded = packaged_book().pack(pack_id)
    assert loaded is not None
    return loaded


def without(loaded: LoadedPack, kind: str, code: str) -> LoadedPack:
    """The pack with one of its rules taken out of the text."""
    block = rf'^\[\[{kind}\]\]\ncode = "{code}"\n.*?(?=^\[\[(?!{kind}\.)|^\[(?!\[)|^# --|\Z)'
    text, number = re.subn(block, "", loaded.text, flags=re.MULTILINE | re.DOTALL)
    assert number == 1
    return load_pack(text, loaded.file)


def test_same_text__no_difference() -> None:
    """A pack compared with itself says nothing."""
    assert pack_differences(packaged(), packaged()) == []


def test_rule_taken_out__is_named_though_it_holds_no_figure() -> None:
    """Dropping an exclusion changes who qualifies: it may not slip by because it has no number."""
    shorter = without(packaged(), "exclusion", "social_retiree")
    assert pack_differences(packaged(), shorter) == ["取消排除情形：已实行社会化管理的退休人员"]
    assert pack_differences(shorter, packaged()) == ["新增排除情形：已实行社会化管理的退休人员"]


def test_rule_rewritten__is_named_once() -> None:
    """Another scope of the same exclusion is told; a changed figure is told with both values and not twice."""
    loaded = packaged()
    scoped = re.sub(
        r'(code = "committee_exclusion"\n.*?levels = )\["national", "provincial"\]', r'\1["national"]', loaded.text, flags=re.S
    )
    (line,) = pack_differences(loaded, load_pack(scoped, loaded.file))
    assert line.startswith("改写排除情形：当地工会集体研究确定") and "对照文件" in line
    line_of_1_5 = 'threshold = { standard = "subsistence", times = "1.5" }'
    figured = loaded.text.replace(line_of_1_5, line_of_1_5.replace("1.5", "1.6"), 1)
    (line,) = pack_differences(loaded, load_pack(figured, loaded.file))
    assert "1.5" in line and "1.6" in line
