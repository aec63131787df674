"""What goes through the worker's pipe comes out as it was."""

import multiprocessing
import threading

import numpy as np
import pytest

from app.worker import transport
from app.worker.jobs import PaintJob
from app.worker.messages import Submit


def carried(message: object) -> object:
    """Send from one thread and receive in this one, since a pipe holds little."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    thread = threading.Thread(target=transport.send, args=(there, message))
    thread.start()
    try:
        return transport.receive(here)
    finally:
        thread.join()
        here.close()
        there.close()


@pytest.mark.parametrize("shape", [(1, 1, 3), (700, 499, 3), (600, 600, 3)])
def test_pictures_of_any_size_arrive_unchanged(shape: tuple[int, int, int]) -> None:
    content = np.random.default_rng(1).random(shape, dtype=np.float32)
    mirrored = content[:, ::-1]
    sent = Submit(7, PaintJob("classic", content, mirrored))
    got = carried(sent)
    assert isinstance(got, Submit) and got.number == 7
    np.testing.assert_array_equal(got.job.content, content)
    np.testing.assert_array_equal(got.job.style, mirrored)
    got.job.content[0, 0, 0] = 0.5
    assert got.job.content[0, 0, 0] == 0.5


@pytest.mark.parametrize("message", [None, "words", [1.5, 2.5], b"", np.zeros((0, 3), np.float32)])
def test_what_is_no_picture_arrives_too(message: object) -> None:
    got = carried(message)
    assert type(got) is type(message)
    assert np.array_equal(got, message) if isinstance(message, np.ndarray) else got == message


def test_an_end_is_told() -> None:
    here, there = multiprocessing.get_context("spawn").Pipe()
    there.close()
    with pytest.raises(EOFError):
        transport.receive(here)
    with pytest.raises(OSError, match="Broken pipe"):
        transport.send(here, "too late")
    here.close()
