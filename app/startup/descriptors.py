"""The standard descriptors 0 to 2, which some launchers close before they start a program."""

import os
import sys


def open_missing() -> None:
    """Open those standard descriptors that are closed on the null device, for this process and those that it starts.

    Otherwise the next files to be opened, such as the pipe to the rivals' process, take their numbers, and are written
    into by whoever prints. To be called before anything else is opened.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    # Python has none where the descriptor was closed.
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - a descriptor, for good
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
