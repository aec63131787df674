import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.startup import system
from app.startup.system import Library, SetupError

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere Qt brings what it needs")
GHOST = Library("libpastiche-ghost.so.7", "libpastiche-ghost7", "pastiche-ghost", "ghost")


@pytest.fixture
def ghost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "DRAWING", (*system.DRAWING, GHOST))


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put(folder: Path, name: str, script: str = "exit 0") -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_this_machine_has_what_it_needs() -> None:
    system.ensure("offscreen", lambda line: pytest.fail(f"installs something: {line}"))


@pytest.mark.parametrize(("platform", "plugin"), [("xcb", "libqxcb.so"), ("offscreen", "libqoffscreen.so")])
def test_the_list_is_what_qts_plugin_really_needs(platform: str, plugin: str) -> None:
    from PyQt5.QtCore import QLibraryInfo

    path = Path(QLibraryInfo.location(QLibraryInfo.PluginsPath)) / "platforms" / plugin
    read = (
        subprocess.run(["objdump", "-p", str(path)], capture_output=True, text=True, check=False)
        if _has("objdump")
        else None
    )
    if read is None or read.returncode != 0:
        pytest.skip("needs objdump to look into Qt's plugin")
    wanted = {line.split()[1] for line in read.stdout.splitlines() if "NEEDED" in line}
    of_qt_and_c = ("libQt5", "libicu", "libc.so", "libm.so", "libdl.so", "libpthread.so", "libgcc_s", "ld-linux")
    wanted = {soname for soname in wanted if not soname.startswith(of_qt_and_c)}
    assert wanted <= {library.soname for library in system.needed(platform)}


def _has(command: str) -> bool:
    return any((Path(folder) / command).exists() for folder in os.environ["PATH"].split(os.pathsep))


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("apt-get", "sudo apt-get install libpastiche-ghost7"),
        ("dnf", "sudo dnf install pastiche-ghost"),
        ("pacman", "sudo pacman -S ghost"),
        (None, "the system's package manager"),
    ],
)
def test_a_missing_library_is_named_with_its_command(ghost, commands: Path, monkeypatch, manager, command: str) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    if manager:
        put(commands, manager, "exit 99")
    with pytest.raises(SetupError) as refused:
        system.ensure("offscreen", lambda line: pytest.fail("nobody but root installs"))
    assert "libpastiche-ghost.so.7" in str(refused.value)
    assert str(refused.value).rstrip(".").endswith(command)


def test_root_on_debian_installs_it(ghost, commands: Path, tmp_path: Path, monkeypatch) -> None:
    log = tmp_path / "log"
    put(commands, "apt-get", f'echo "$DEBIAN_FRONTEND $*" >> {log}')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    loads = iter([False, True])
    monkeypatch.setattr(system, "_can_load", lambda soname: soname != GHOST.soname or next(loads))
    told = []
    system.ensure("offscreen", told.append)
    assert log.read_text().splitlines() == [
        "noninteractive update",
        "noninteractive -o DPkg::Lock::Timeout=300 install -y --no-install-recommends libpastiche-ghost7",
    ]
    assert told == ["Installing what the system lacks: libpastiche-ghost7"]


def test_an_installation_that_fails_says_why(ghost, commands: Path, monkeypatch) -> None:
    put(commands, "apt-get", 'echo "E: Unable to locate package libpastiche-ghost7" >&2; exit 100')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(SetupError, match=r"Unable to locate.*apt-get install libpastiche-ghost7"):
        system.ensure("offscreen", lambda line: None)


def test_a_system_without_letters_gets_a_typeface(commands: Path, monkeypatch) -> None:
    monkeypatch.setattr(system, "TYPEFACE_FOLDERS", (str(commands),))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    put(commands, "apt-get")
    with pytest.raises(SetupError, match=r"a typeface.*fonts-dejavu-core"):
        system.ensure("offscreen", lambda line: None)


@pytest.mark.parametrize(
    ("variables", "platform"),
    [
        ({}, None),
        ({"QT_QPA_PLATFORM": "offscreen"}, "offscreen"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        ({"DISPLAY": ":4987"}, None),
        ({"DISPLAY": ":4987", "WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        ({"DISPLAY": ":4987", "QT_QPA_PLATFORM": "xcb"}, "xcb"),
    ],
)
def test_a_display_counts_only_if_it_answers(monkeypatch, variables: dict[str, str], platform: str | None) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert system.display() == platform


def test_tests_get_a_display_and_other_painters(commands: Path, tmp_path: Path, monkeypatch) -> None:
    log = tmp_path / "log"
    put(commands, "apt-get", f'echo "$*" >> {log}')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(system, "WINDOW_X11", (*system.WINDOW_X11, GHOST))
    system.offer_to_tests(lambda line: None)
    installed = [line for line in log.read_text().splitlines() if "install -y" in line]
    assert installed[0].endswith("--no-install-recommends libpastiche-ghost7 xvfb")
    assert installed[1].endswith("--no-install-recommends krita mypaint")


def test_a_display_for_tests_is_not_asked_for_twice_nor_of_others(commands: Path, monkeypatch) -> None:
    put(commands, "apt-get", "exit 99")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    system.offer_to_tests(lambda line: pytest.fail("nobody but root installs"))
    for name in ("Xvfb", *system.OTHER_PAINTERS):
        put(commands, name)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(system, "_missing", lambda platform: [])
    system.offer_to_tests(lambda line: pytest.fail("it is there"))


def test_tests_do_without_a_display_that_cannot_be_had(commands: Path, monkeypatch) -> None:
    put(commands, "apt-get", 'echo "E: Unable to locate package xvfb" >&2; exit 100')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    told: list[str] = []
    system.offer_to_tests(told.append)
    assert sum("Unable to locate package xvfb" in line for line in told) == 2
