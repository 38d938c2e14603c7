"""The session's input method must reach Qt, or the clerk cannot type Chinese."""

from desktop.input_method import prepare_input_method


def test_input_method__fcitx_session__goes_through_the_ibus_portal() -> None:
    """统信 and 麒麟 name fcitx: the wheels have no plugin for it, the ibus bridge works."""
    environment = {"QT_IM_MODULE": "fcitx", "XMODIFIERS": "@im=fcitx"}
    prepare_input_method(environment, "linux")
    assert environment["QT_IM_MODULE"] == "ibus"
    assert environment["IBUS_USE_PORTAL"] == "1"


def test_input_method__ibus_session__is_left_alone() -> None:
    """An ibus session works as it is."""
    environment = {"QT_IM_MODULE": "ibus", "XMODIFIERS": "@im=ibus"}
    prepare_input_method(environment, "linux")
    assert environment == {"QT_IM_MODULE": "ibus", "XMODIFIERS": "@im=ibus"}


def test_input_method__windows__is_not_touched() -> None:
    """Windows has its own way."""
    environment = {"QT_IM_MODULE": "fcitx"}
    prepare_input_method(environment, "win32")
    assert environment == {"QT_IM_MODULE": "fcitx"}
