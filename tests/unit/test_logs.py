"""The log: what it leaves out, how large it grows, and that the worker's lines arrive in it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app import logs, places
from app.worker import jobs
from app.worker.client import WorkerClient

PICTURE = np.zeros((8, 8, 3), np.float32)
LOGGER = logging.getLogger("app.test")


@pytest.fixture(autouse=True)
def logging_as_in_the_program() -> Iterator[None]:
    level = logging.getLogger("app").level
    logs.set_up()
    yield
    logs.forget()
    logging.getLogger("app").setLevel(level)


def written() -> str:
    return (places.logs() / "pastiche.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["/home/ann/a.png", "~/a.png", r"C:\Users\ann\a.png", "pictures/a.png"])
def test_paths_elsewhere_are_left_out(path: str) -> None:
    LOGGER.info("read %s at once", path)
    LOGGER.info("read %r, then more", "/home/ann/My Pictures/a.png")
    assert "read <path> at once" in written()
    assert "read <path>, then more" in written()
    assert "ann" not in written()
    assert "a.png" not in written()


def test_paths_in_the_players_data_are_kept() -> None:
    LOGGER.info("read %s at once", places.gallery() / "1.png")
    LOGGER.info("read %s/../../secret.png", places.gallery())
    assert f"read {places.gallery() / '1.png'} at once" in written()
    assert "secret" not in written()


def test_tracebacks_name_no_paths_elsewhere() -> None:
    try:
        Path("/home/ann/My Pictures/a.png").read_bytes()
    except OSError:
        LOGGER.info("failed", exc_info=True)
    assert "FileNotFoundError" in written()
    assert "ann" not in written()


def test_files_stay_few_and_small() -> None:
    for _ in range(40):
        LOGGER.info("x" * (logs.MAX_BYTES // 10))
    files = list(places.logs().iterdir())
    assert 1 < len(files) <= 1 + logs.KEPT_FILES
    assert all(file.stat().st_size <= logs.MAX_BYTES for file in files)


def test_nothing_is_made_before_the_first_line() -> None:
    LOGGER.debug("too small a thing")
    assert not places.home().exists()


def test_standard_error_is_told_of_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    LOGGER.info("as usual")
    LOGGER.warning("take care")
    assert capsys.readouterr().err == "take care\n"
    logs.set_up(is_verbose=True)
    LOGGER.debug("all there is")
    assert capsys.readouterr().err == "all there is\n"


def test_lines_of_the_worker_arrive() -> None:
    client = WorkerClient()
    try:
        client.submit(jobs.PaintJob("nobody", PICTURE, PICTURE))
        while not any(type(event).__name__ in ("Finished", "Failed") for event in client.poll(10)):
            pass
    finally:
        client.close()
    assert "app.worker.server: PaintJob 1 in lane nobody failed" in written()
