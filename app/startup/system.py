"""What the operating system must have for Qt: libraries, a typeface, a display.

Only the standard library is imported here, because nothing else may be there yet.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.startup.reporter import SetupReporter

# Who opens our OpenRaster files in tests, by command and by package.
OTHER_PAINTERS = ("krita", "mypaint")


class SetupError(Exception):
    """The game cannot be set up; the text is a sentence for a person."""


@dataclass(frozen=True)
class Library:
    """A shared library, and the package that holds it on Debian, Fedora and Arch and what derives from them."""

    soname: str
    debian: str
    fedora: str
    arch: str


# What PyQt5's wheels leave to the system, as `ldd` lists it for their QtGui, QtWidgets, QtSvg and platform plugins.
DRAWING = (
    Library("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    Library("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    Library("libX11.so.6", "libx11-6", "libX11", "libx11"),
    Library("libXext.so.6", "libxext6", "libXext", "libxext"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    Library("libfreetype.so.6", "libfreetype6", "freetype", "freetype2"),
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Library("libgthread-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Library("libz.so.1", "zlib1g", "zlib", "zlib"),
    Library("libstdc++.so.6", "libstdc++6", "libstdc++", "gcc-libs"),
)
WINDOW_X11 = (
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    Library("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11"),
    Library("libxcb.so.1", "libxcb1", "libxcb", "libxcb"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    Library("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    Library("libxcb-render.so.0", "libxcb-render0", "libxcb", "libxcb"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    Library("libxcb-shm.so.0", "libxcb-shm0", "libxcb", "libxcb"),
    Library("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb"),
    Library("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb"),
    Library("libxcb-xinerama.so.0", "libxcb-xinerama0", "libxcb", "libxcb"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
)
WINDOW_WAYLAND = (
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    Library("libwayland-client.so.0", "libwayland-client0", "libwayland-client", "wayland"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor", "wayland"),
    Library("libwayland-egl.so.1", "libwayland-egl1", "libwayland-egl", "wayland"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
)
TYPEFACE = Library("a typeface", "fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu")
TYPEFACE_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
TYPEFACE_SUFFIXES = (".ttf", ".otf", ".ttc", ".pfb")
MANAGERS = (("apt-get", "apt-get install", "debian"), ("dnf", "dnf install", "fedora"), ("pacman", "pacman -S", "arch"))


def needed(platform: str) -> tuple[Library, ...]:
    """The libraries that a Qt platform ("xcb", "wayland", "offscreen", ...) needs; none where Qt brings everything."""
    if not sys.platform.startswith("linux"):
        return ()
    return DRAWING + {"xcb": WINDOW_X11, "wayland": WINDOW_WAYLAND}.get(
        platform.partition(":")[0].partition("-")[0], ()
    )


def ensure(platform: str, tell: SetupReporter) -> None:
    """See to it that Qt can start on this platform: on Debian as root by installing what is missing.

    Else raises SetupError with what is missing and the very command that installs it.
    """
    missing = _missing(platform)
    if not missing:
        return
    if is_root_on_debian():
        install_on_debian(sorted({library.debian for library in missing}), tell)
        missing = _missing(platform)
    if missing:
        raise SetupError(sentence(missing))


def offer_to_tests(tell: SetupReporter) -> None:
    """See to it, on Debian as root, that tests find a display that nobody sees and the programs of other painters.

    Elsewhere, or where that fails, the tests that need them are skipped and say so.
    """
    if not is_root_on_debian():
        return
    display = {library.debian for library in _missing("xcb")}
    if shutil.which("Xvfb") is None:
        display.add("xvfb")
    painters = {program for program in OTHER_PAINTERS if shutil.which(program) is None}
    for packages in (display, painters):
        if packages:
            try:
                install_on_debian(sorted(packages), tell)
            except SetupError as error:
                tell(f"Tests do without: {error}")


def sentence(missing: Iterable[Library]) -> str:
    """Name what is missing, and the command for this system that installs it."""
    names = ", ".join(library.soname for library in missing)
    for manager, command, family in MANAGERS:
        if shutil.which(manager):
            packages = " ".join(sorted({getattr(library, family) for library in missing}))
            sudo = "" if os.geteuid() == 0 else "sudo "
            return f"The window needs what this system lacks ({names}). Install it with: {sudo}{command} {packages}"
    return f"The window needs what this system lacks ({names}). Install it with the system's package manager."


def display() -> str | None:
    """The Qt platform that can show a window here, None where nobody would see it; `QT_QPA_PLATFORM` decides if set.

    Asks an X server whether it answers, which needs libxcb: call `ensure` first.
    """
    chosen = platform_wished()
    if chosen == "xcb" and not os.environ.get("QT_QPA_PLATFORM") and not _has_x_server():
        return "wayland" if os.environ.get("WAYLAND_DISPLAY") else None
    return chosen


def platform_wished() -> str | None:
    """The Qt platform that the environment speaks for, without asking whether it answers."""
    chosen = os.environ.get("QT_QPA_PLATFORM")
    if chosen:
        return chosen
    if not sys.platform.startswith("linux"):
        return "native"
    if os.environ.get("DISPLAY"):
        return "xcb"
    return "wayland" if os.environ.get("WAYLAND_DISPLAY") else None


def is_root_on_debian() -> bool:
    """Whether packages can be installed here without asking anybody."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_on_debian(packages: list[str], tell: SetupReporter) -> None:
    """Install packages with apt. Raises SetupError with the command for a person to try where that fails."""
    tell(f"Installing what the system lacks: {' '.join(packages)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # A fresh machine is often busy updating itself, and holds the lock meanwhile.
    patience = ["-o", "DPkg::Lock::Timeout=300"]
    install = ["apt-get", *patience, "install", "-y", "--no-install-recommends", *packages]
    for command in (["apt-get", "update"], install):
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        # A single dead source makes the update fail although the packages can be had.
        if done.returncode != 0 and command is install:
            said = [line for line in done.stderr.splitlines() if line.startswith("E: ")] or ["E: no reason given"]
            reason = said[0].removeprefix("E: ").rstrip(".")
            raise SetupError(f"{reason}. Install it yourself with: apt-get install {' '.join(packages)}")


def _missing(platform: str) -> list[Library]:
    missing = [library for library in needed(platform) if not _can_load(library.soname)]
    if sys.platform.startswith("linux") and not _has_typeface():
        missing.append(TYPEFACE)
    return missing


def _can_load(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def _has_typeface() -> bool:
    for folder in TYPEFACE_FOLDERS:
        for _, _, files in os.walk(Path(folder).expanduser()):
            if any(file.lower().endswith(TYPEFACE_SUFFIXES) for file in files):
                return True
    return False


def _has_x_server() -> bool:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    has_answered = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return has_answered
