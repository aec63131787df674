"""What the window is measured in: a display, and a player's data folder of its own."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app import places


@contextlib.contextmanager
def shown() -> Iterator[str]:
    """Have a display for the time being, and say which: the one that is there, else Xvfb, else Qt's offscreen platform.

    Sets DISPLAY or QT_QPA_PLATFORM for this process and its children, and takes it back.
    """
    chosen = os.environ.get("QT_QPA_PLATFORM")
    if chosen or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        yield chosen or "the display"
    elif shutil.which("Xvfb"):
        with xvfb() as number, variable("DISPLAY", f":{number}"):
            yield "Xvfb"
    else:
        with variable("QT_QPA_PLATFORM", "offscreen"):
            yield "offscreen"


@contextlib.contextmanager
def nobodys_data() -> Iterator[None]:
    """Have an empty folder for a player's data, so that the player's own drawings stay alone; networks are the same."""
    with tempfile.TemporaryDirectory(prefix="pastiche-bench-") as folder:
        installed = places.installed_networks()
        # Where links are not allowed (Windows), the networks built in are measured.
        with contextlib.suppress(OSError):
            (Path(folder) / installed.name).symlink_to(installed, target_is_directory=True)
        with variable("PASTICHE_HOME", folder):
            yield


@contextlib.contextmanager
def xvfb() -> Iterator[str]:
    """Run an X server of our own, and say the number that it chose itself. Raises OSError where it does not start."""
    with tempfile.TemporaryFile("w+") as told:
        read, write = os.pipe()
        # Without -noreset it begins anew whenever its last client has left, and just then takes no other.
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]
        server = subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=told)
        os.close(write)
        try:
            with os.fdopen(read) as answer:
                # The line ends once the server takes connections; an empty one means that it could not start.
                number = answer.readline().strip()
            if not number:
                told.seek(0)
                raise OSError(f"Xvfb does not start: {' '.join(told.read().split())}")
            yield number
        finally:
            server.terminate()
            server.wait()


@contextlib.contextmanager
def variable(name: str, value: str) -> Iterator[None]:
    """Set an environment variable for the time being, for this process and those that it starts."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
