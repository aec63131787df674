"""What every test of the window starts from."""

from collections.abc import Iterator

import pytest

from app import logs


@pytest.fixture(autouse=True)
def logging_as_in_the_program() -> Iterator[None]:
    """Let faults reach standard error through the log, as they do in the program."""
    logs.set_up()
    yield
    logs.forget()
