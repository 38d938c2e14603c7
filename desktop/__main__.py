"""``python -m desktop [OFFICE] [--demo] [--self-check]``: the program with its window."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from db.services.command_parser import CommandParser
from desktop.input_method import prepare_input_method

NO_DISPLAY = (
    "这台机器现在没有图形桌面，暖档的窗口打不开。\n"
    "请在桌面环境里启动；远程登录时请加 ssh -X，或先启动一个虚拟屏幕：xvfb-run -a python3 -m desktop\n"
    "不用窗口也可以办事：nuandang-cli --help，源码里是 python3 -m db --help\n"
)


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = CommandParser(prog="nuandang", description="暖档 – 困难职工帮扶档案工作站")
    parser.add_argument("office", nargs="?", type=Path, metavar="OFFICE", help="单位文件夹；不写则打开上次的单位")
    parser.add_argument("--demo", action="store_true", help="用 60 户虚构家庭的演示单位打开，关闭后删除")
    parser.add_argument("--self-check", action="store_true", help="自检：建库、填表、打印、开窗，全部正常时不输出任何内容")
    return parser.parse_args(arguments)


def display_problem() -> str:
    """Why no window can open here; empty when one can. Qt itself would end the process without a word to the clerk."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("WAYLAND_DISPLAY"):
        return ""
    display = os.environ.get("DISPLAY", "")
    if not display:
        return NO_DISPLAY
    number = display.rpartition(":")[2].partition(".")[0]
    local = display.startswith((":", "unix:"))
    if local and not Path(f"/tmp/.X11-unix/X{number}").exists():  # noqa: S108 - where X servers listen
        return NO_DISPLAY
    return ""


def main(arguments: list[str] | None = None) -> int:
    """Start the program; the exit status for the shell."""
    options = parse_arguments(arguments)
    if options.self_check:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from desktop.self_check import run_self_check

        return run_self_check()
    prepare_input_method(os.environ, sys.platform)
    problem = display_problem()
    if problem:
        sys.stderr.write(problem)
        return 1
    if options.demo:
        return _run_demo()
    return _run(options.office)


def _run(folder: Path | None) -> int:
    from desktop.app import close_on_signals, create_application, install_exception_hook
    from desktop.main_window import MainWindow
    from desktop.preferences import Preferences

    preferences = Preferences()
    app = create_application(preferences)
    install_exception_hook(app)
    close_on_signals(app)
    window = MainWindow(preferences)
    window.resize(1280, 720)
    if not window.start(folder):
        return 0
    window.showMaximized()
    return int(app.exec())


def _run_demo() -> int:
    from desktop.app import close_on_signals, create_application, install_exception_hook
    from desktop.demo import open_demo
    from desktop.main_window import MainWindow
    from desktop.preferences import Preferences

    with tempfile.TemporaryDirectory(prefix="nuandang-demo-", ignore_cleanup_errors=True) as folder:
        # the demo leaves no trace in the recent list
        preferences = Preferences(Path(folder) / "preferences.json")
        app = create_application(preferences)
        install_exception_hook(app)
        close_on_signals(app)
        window = MainWindow(preferences)
        window.resize(1280, 720)
        window.showMaximized()
        open_demo(window, Path(folder) / "office")
        return int(app.exec())


if __name__ == "__main__":
    sys.exit(main())
