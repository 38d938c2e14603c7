"""Make the Chinese input method of the Linux desktop reach the program, before Qt starts.

The Qt wheels bring the ibus bridge only. 统信 and 麒麟 announce fcitx, for which there is no plugin: every field
would take Latin letters alone. fcitx speaks the ibus protocol too, through the portal on the session bus.
"""

from collections.abc import MutableMapping

_FCITX = ("fcitx", "fcitx5")


def announces_fcitx(environment: MutableMapping[str, str]) -> bool:
    """Whether the desktop session says that fcitx is its input method."""
    names = (environment.get("QT_IM_MODULE", ""), environment.get("XMODIFIERS", ""), environment.get("GTK_IM_MODULE", ""))
    return any(fcitx in name for name in names for fcitx in _FCITX)


def prepare_input_method(environment: MutableMapping[str, str], platform: str) -> None:
    """Point Qt at the ibus bridge where the session names an input method Qt has no plugin for."""
    if not platform.startswith("linux"):
        return
    if announces_fcitx(environment):
        environment["QT_IM_MODULE"] = "ibus"
        environment.setdefault("IBUS_USE_PORTAL", "1")
    elif "ibus" in environment.get("XMODIFIERS", ""):
        environment.setdefault("QT_IM_MODULE", "ibus")
