"""Downloads from a server on 127.0.0.1 that misbehaves on purpose, and onto disks that do."""

import json
import re
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from locations import SUPPORT
from networks_server import CONTENT, TINY, Server, assert_nothing_counts, install, part

from app import places
from app.errors import Cancelled, NetworkError, SaveError
from app.networks import store
from app.networks.checksums import Fetching
from app.networks.download import fetch
from app.networks.installing import InstallProgress

pytest_plugins = ["networks_server"]
pytestmark = pytest.mark.usefixtures("home")


def test_a_sound_download_is_installed_and_told(server: Server) -> None:
    told: list[InstallProgress] = []
    folder = install(server, on_progress=told.append)
    assert (folder / "weights.bin").read_bytes() == CONTENT
    assert store.find("tiny") == folder == store.require("tiny")
    assert store.verify("tiny") == []
    assert [told[0].message, told[-1].message] == ["asking", "installed"]
    done = [progress.done_bytes for progress in told]
    assert done == sorted(done)
    assert (told[-1].done_bytes, told[-1].total_bytes) == (len(CONTENT), len(CONTENT))
    status = store.status("tiny")
    assert (status.is_installed, status.place, status.checksum) == (True, "player's data", "published")
    assert status.size_bytes == len(CONTENT)
    assert not (places.installed_networks() / ".fetching").exists()
    assert len(server.ranges) == 1
    install(server)
    assert len(server.ranges) == 1, "a sound copy is not fetched again"


def test_a_cut_download_says_so_and_is_resumed(server: Server) -> None:
    server.manner = server.cut_after(100_000)
    with pytest.raises(NetworkError, match=r"broke off after 0\.\d of 0\.3 MB of weights\.bin; install again to go on"):
        install(server, attempts=1)
    assert_nothing_counts()
    had = part().stat().st_size
    assert 0 < had <= 100_000
    server.manner = server.well
    install(server)
    assert server.ranges == [None, f"bytes={had}-"]
    assert store.verify("tiny") == []


def test_a_connection_that_keeps_breaking_is_taken_up_while_it_gains(server: Server) -> None:
    server.manner = server.cut_after(130_000)
    install(server)
    assert len(server.ranges) > 2
    assert store.verify("tiny") == []


def test_a_short_answer_does_not_count(server: Server) -> None:
    def short(handler: BaseHTTPRequestHandler) -> None:
        # HTTP/1.0 without a length: the end of the connection is the end of the answer.
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(CONTENT[:1000])

    server.manner = short
    with pytest.raises(NetworkError, match="broke off"):
        install(server, attempts=1)
    assert_nothing_counts()


def test_a_silent_server_times_out(server: Server) -> None:
    server.manner = server.stall_after(50_000)
    with pytest.raises(NetworkError, match=r"stopped answering after 0\.1 of 0\.3 MB"):
        install(server, timeout_s=0.4, attempts=1)
    assert_nothing_counts()


def test_a_server_that_never_begins_times_out(server: Server) -> None:
    server.manner = lambda handler: bool(server.is_over.wait(20)) and None
    with pytest.raises(NetworkError, match=r"^127\.0\.0\.1 does not answer\.$"):
        install(server, timeout_s=0.3)
    assert_nothing_counts()


def test_stopping_is_heeded_while_the_server_is_silent(server: Server) -> None:
    server.manner = server.stall_after(50_000)
    is_stopped = threading.Event()
    timer = threading.Timer(0.3, is_stopped.set)
    timer.start()
    with pytest.raises(Cancelled):
        install(server, timeout_s=15.0, cancelled=is_stopped.is_set)
    timer.join()
    assert_nothing_counts()
    server.is_over.set()
    server.manner = server.well
    install(server)
    assert store.verify("tiny") == []


@pytest.mark.parametrize(
    ("code", "said"),
    [(403, "refuses to give out"), (404, "no longer has"), (503, "has trouble of its own with"), (418, "did not give")],
)
def test_a_refusal_is_one_sentence(server: Server, code: int, said: str) -> None:
    server.manner = server.code(code)
    with pytest.raises(NetworkError, match=said) as caught:
        install(server)
    assert str(code) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert_nothing_counts()


def test_wrong_bytes_of_the_right_length_are_thrown_away(server: Server) -> None:
    server.content = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
    with pytest.raises(NetworkError, match="does not match its published SHA256 checksum"):
        install(server)
    assert_nothing_counts()
    assert not part().exists()


@pytest.mark.parametrize("change", [-10, 10])
def test_a_wrong_length_is_refused_before_it_is_fetched(server: Server, change: int) -> None:
    server.content = (CONTENT + bytes(100))[: len(CONTENT) + change]
    with pytest.raises(NetworkError, match=r"offers \d+,\d+ bytes as weights\.bin instead of 300,000"):
        install(server)
    assert_nothing_counts()


def test_more_bytes_than_there_can_be_are_not_kept(server: Server) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not server.is_over.is_set():
            handler.wfile.write(bytes(50_000))

    server.manner = endless
    with pytest.raises(NetworkError, match="sent more than the 300,000 bytes"):
        install(server)
    assert_nothing_counts()
    assert not part().exists()


def test_a_web_page_is_not_a_network(server: Server) -> None:
    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.end_headers()
        handler.wfile.write(b"<h1>Please log in</h1>")

    server.manner = page
    with pytest.raises(NetworkError, match=r"answered with a web page instead of weights\.bin"):
        install(server)
    assert_nothing_counts()


def test_a_server_that_ignores_ranges_is_read_from_the_start(server: Server) -> None:
    server.manner = server.cut_after(100_000)
    with pytest.raises(NetworkError):
        install(server, attempts=1)

    def whole(handler: BaseHTTPRequestHandler) -> None:
        server.head(handler)
        handler.wfile.write(CONTENT)

    server.manner = whole
    install(server)
    assert server.ranges[-1] is not None
    assert store.verify("tiny") == []


def test_a_server_that_sends_another_range_is_refused(server: Server) -> None:
    server.manner = server.cut_after(100_000)
    with pytest.raises(NetworkError):
        install(server, attempts=1)

    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        server.head(handler, start=5)
        handler.wfile.write(CONTENT[5:])

    server.manner = elsewhere
    with pytest.raises(NetworkError, match="another piece"):
        install(server)
    assert_nothing_counts()


def test_a_file_that_changed_in_between_is_read_from_the_start(server: Server) -> None:
    server.content, server.etag = bytes(len(CONTENT)), '"zero"'
    server.manner = server.cut_after(100_000)
    with pytest.raises(NetworkError):
        install(server, attempts=1)
    server.content, server.etag = CONTENT, '"one"'
    server.manner = server.well
    install(server)
    assert store.verify("tiny") == []


def test_pieces_of_different_files_are_found_out_and_fetched_anew(server: Server) -> None:
    """Without any validator only the checksum can tell."""
    server.content = bytes(len(CONTENT))

    def without_validator(handler: BaseHTTPRequestHandler) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(CONTENT) - start))
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        handler.end_headers()
        end = 1000 if server.content != CONTENT else len(CONTENT)
        handler.wfile.write(server.content[start:end])

    server.manner = without_validator
    with pytest.raises(NetworkError, match="broke off"):
        install(server, attempts=1)
    server.content = CONTENT
    install(server)
    assert server.ranges == [None, "bytes=1000-", None]
    assert store.verify("tiny") == []


def test_a_redirect_is_followed_and_a_loop_is_not(server: Server) -> None:
    def redirect(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/there":
            server.well(handler)
            return
        handler.send_response(302)
        handler.send_header("Location", "/there" if server.url.endswith(".bin") else "/loop")
        handler.end_headers()

    server.manner = redirect
    install(server)
    assert store.verify("tiny") == []
    store.remove("tiny")
    server.url = server.url.replace("weights.bin", "loop")
    with pytest.raises(NetworkError, match="round in circles"):
        install(server)
    assert_nothing_counts()


def test_a_redirect_out_of_the_web_is_not_followed(server: Server, tmp_path: Path) -> None:
    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "ftp://127.0.0.1/weights.bin")
        handler.end_headers()

    server.manner = redirect
    with pytest.raises(NetworkError, match="forbidden place"):
        install(server)
    assert_nothing_counts()


def test_no_server_at_all(server: Server) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/weights.bin"
    with pytest.raises(NetworkError, match=r"^127\.0\.0\.1 cannot be reached \(Connection refused\)\.$"):
        store.install("tiny", addresses={"weights.bin": address}, timeout_s=5.0)
    assert_nothing_counts()


def test_without_a_connection_one_question_is_enough(tmp_path: Path) -> None:
    file = replace(TINY.files[0], url="http://one.invalid/a", mirrors=("http://two.invalid/a", "http://one.invalid/b"))
    with pytest.raises(NetworkError) as caught:
        fetch(file, tmp_path, Fetching(attempts=1))
    assert str(caught.value) == (
        "one.invalid and two.invalid cannot be found; is this computer connected to the internet?"
    )


def test_mirrors_are_tried_and_every_refusal_is_told(server: Server, tmp_path: Path) -> None:
    def only_mirror(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/mirror":
            server.well(handler)
        else:
            handler.send_error(404)

    server.manner = only_mirror
    mirror = server.url.replace("weights.bin", "mirror")
    file = replace(TINY.files[0], url=server.url, mirrors=(mirror,))
    assert fetch(file, tmp_path, Fetching(timeout_s=5)).read_bytes() == CONTENT
    (tmp_path / "weights.bin").unlink()
    server.manner = lambda handler: handler.send_error(404 if handler.path == "/mirror" else 403)
    with pytest.raises(NetworkError, match=r"403.*404"):
        fetch(file, tmp_path, Fetching(timeout_s=5))


def test_a_full_disk_is_said(server: Server) -> None:
    """/dev/full refuses every byte, as a full disk does."""
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full is not on this system")
    part().parent.mkdir(parents=True)
    part().symlink_to("/dev/full")
    part().with_name("weights.bin.part.json").write_text(json.dumps({"url": server.url, "validator": '"one"'}))
    with pytest.raises(SaveError, match="could not be written"):
        install(server)
    assert_nothing_counts()


def test_a_disk_without_room_is_refused_before_the_first_byte(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000})())
    with pytest.raises(SaveError, match=r"The disk is full: tiny needs \d+ MB, 0 are free\."):
        install(server)
    assert server.ranges == []


def test_an_unwritable_place_is_said(server: Server, home: Path) -> None:
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file where the folder should be")
    with pytest.raises(SaveError, match="could not be written"):
        install(server)


def test_progress_is_told_at_most_ten_times_a_second(server: Server) -> None:
    told: list[float] = []
    started = time.monotonic()
    install(server, on_progress=lambda progress: told.append(time.monotonic()))
    # Besides these there are "asking", "verified" and "installed".
    assert len(told) <= 3 + 10 * (told[-1] - started) + 1


def test_what_a_killed_command_had_fetched_is_built_upon(server: Server, home: Path) -> None:
    server.manner = server.stall_after(100_000)
    program = (
        f"import sys; sys.path[:0] = [{str(places.root())!r}, {str(SUPPORT)!r}];"
        "from app.networks import catalog, store; from networks_server import TINY;"
        f"catalog.NETWORKS['tiny'] = TINY; store.install('tiny', addresses={{'weights.bin': {server.url!r}}})"
    )
    with subprocess.Popen([sys.executable, "-c", program]) as command:
        try:
            deadline = time.monotonic() + 60
            while not (part().exists() and part().stat().st_size > 50_000):
                assert command.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
        finally:
            command.kill()
    assert_nothing_counts()
    had = part().stat().st_size
    server.is_over.set()
    server.manner = server.well
    install(server)
    assert server.ranges == [None, f"bytes={had}-"]
    assert store.verify("tiny") == []
