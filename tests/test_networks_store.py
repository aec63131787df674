"""The store against a server on 127.0.0.1 that misbehaves on purpose, and against damaged and missing files."""

import contextlib
import hashlib
import io
import json
import re
import socket
import struct
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from app import places
from app.errors import Cancelled, NetworkError, SaveError
from app.networks import archive, catalog, store
from app.networks.catalog import Network, WeightFile
from app.networks.download import Fetching, fetch

CONTENT = np.random.default_rng(7).integers(0, 256, 300_000, np.uint8).tobytes()
TINY = Network(
    name="tiny",
    title="A tiny network",
    purpose="is installed by tests",
    licence="none",
    source="this test",
    files=(WeightFile("weights.bin", "", len(CONTENT), hashlib.sha256(CONTENT).hexdigest()),),
    input_range="none",
)


class Server:
    """Serves `content` under any path, in the manner that `manner(handler)` chooses; keeps what it was asked."""

    def __init__(self) -> None:
        self.content = CONTENT
        self.etag = '"one"'
        self.manner: Callable[[BaseHTTPRequestHandler], None] = self.well
        self.ranges: list[str | None] = []
        self.is_over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.ranges.append(self.headers.get("Range"))
                with contextlib.suppress(ConnectionError):
                    outer.manner(self)

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,))
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.http.server_port}/weights.bin"

    def close(self) -> None:
        self.is_over.set()
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()

    def head(self, handler: BaseHTTPRequestHandler, start: int = 0, **headers: str) -> None:
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(self.content) - start))
        handler.send_header("ETag", self.etag)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()

    def start_of(self, handler: BaseHTTPRequestHandler) -> int:
        """As a proper server: a range is granted if the validator still holds."""
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        return int(asked[1]) if asked and handler.headers.get("If-Range") == self.etag else 0

    def well(self, handler: BaseHTTPRequestHandler) -> None:
        start = self.start_of(handler)
        self.head(handler, start)
        handler.wfile.write(self.content[start:])

    def cut_after(self, count: int) -> Callable[[BaseHTTPRequestHandler], None]:
        def manner(handler: BaseHTTPRequestHandler) -> None:
            start = self.start_of(handler)
            self.head(handler, start)
            handler.wfile.write(self.content[start : start + count])
            handler.wfile.flush()
            # A reset instead of an orderly end.
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.close_connection = True

        return manner

    def stall_after(self, count: int) -> Callable[[BaseHTTPRequestHandler], None]:
        def manner(handler: BaseHTTPRequestHandler) -> None:
            self.head(handler)
            handler.wfile.write(self.content[:count])
            handler.wfile.flush()
            self.is_over.wait(20)

        return manner

    def code(self, number: int) -> Callable[[BaseHTTPRequestHandler], None]:
        return lambda handler: handler.send_error(number)


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PASTICHE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PASTICHE_NETWORKS", "")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setitem(catalog.NETWORKS, "tiny", TINY)
    return tmp_path / "home"


def install(server: Server, **more: object) -> Path:
    return store.install("tiny", addresses={"weights.bin": server.url}, **{"timeout_s": 5.0, **more})  # type: ignore[arg-type]


def assert_nothing_counts() -> None:
    assert store.find("tiny") is None
    assert store.verify("tiny") == ["A tiny network is not installed."]
    assert not (places.installed_networks() / "tiny").exists()


def part() -> Path:
    return places.installed_networks() / ".fetching/tiny/weights.bin.part"


def test_a_sound_download_is_installed_and_told(server: Server) -> None:
    told: list[store.InstallProgress] = []
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


def test_damage_is_found_and_repaired(server: Server) -> None:
    folder = install(server)
    damaged = folder / "weights.bin"
    damaged.write_bytes(bytes(len(CONTENT)))
    assert store.verify("tiny") == ["weights.bin does not match its published SHA256 checksum."]
    with pytest.raises(NetworkError, match=r"does not match.*networks install tiny"):
        store.require("tiny")
    damaged.write_bytes(CONTENT[:10])
    assert store.find("tiny") is None
    assert store.verify("tiny") == [f"weights.bin in {folder} has 10 bytes instead of 300,000."]
    assert store.status("tiny").faults == tuple(store.verify("tiny"))
    install(server)
    assert store.verify("tiny") == []


def test_removing(server: Server) -> None:
    install(server)
    store.remove("tiny")
    assert_nothing_counts()
    with pytest.raises(NetworkError, match="not installed"):
        store.remove("tiny")
    with pytest.raises(NetworkError, match="stays"):
        store.remove("builtin-vgg")


def test_the_extra_folder_is_looked_in_after_the_players(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = tmp_path / "models/tiny"
    extra.mkdir(parents=True)
    (extra / "weights.bin").write_bytes(CONTENT)
    assert store.find("tiny") is None, "the empty string means none"
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path / "models"))
    assert store.find("tiny") == extra
    assert store.status("tiny").place == "PASTICHE_NETWORKS"
    with pytest.raises(NetworkError, match="not Pastiche's to delete"):
        store.remove("tiny")
    assert extra.exists()
    folder = install(server)
    assert store.find("tiny") == folder
    (folder / "weights.bin").write_bytes(b"")
    assert store.find("tiny") == extra


def test_names_that_are_not_networks(server: Server) -> None:
    for ask in (store.find, store.require, store.verify, store.status, store.remove, store.install):
        with pytest.raises(NetworkError, match="There is no network called wrong"):
            ask("wrong")
    with pytest.raises(NetworkError, match="nothing to install"):
        store.install("builtin-vgg")
    with pytest.raises(NetworkError, match=r"not installed.*networks install vgg19"):
        store.require("vgg19")


def test_built_in_networks_are_held_against_their_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "checkpoints", lambda: tmp_path)
    with pytest.raises(NetworkError, match="is missing from"):
        store.require("builtin-vgg")
    weights = tmp_path / "builtin-vgg.safetensors"
    weights.write_bytes(CONTENT)
    assert any("card" in fault for fault in store.verify("builtin-vgg"))
    weights.with_suffix(".json").write_text(json.dumps({"sha256": hashlib.sha256(CONTENT).hexdigest()}))
    assert store.require("builtin-vgg") == weights
    assert store.status("builtin-vgg").checksum == "its card"
    weights.write_bytes(CONTENT[1:])
    assert store.verify("builtin-vgg") == ["builtin-vgg.safetensors does not match its published SHA256 checksum."]


# Archives


SOUND = {
    "./saved_model.pb": b"\x08\x01\x12 placeholder placeholder_1 output_0",
    "./variables/variables.index": b"table" + b"\x57\xfb\x80\x8b\x24\x75\x47\xdb",
    "./variables/variables.data-00000-of-00001": b"numbers" * 1000,
}


def archive_of(files: dict[str, bytes], *extra: tarfile.TarInfo) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for member in extra:
            tar.addfile(member)
    return buffer.getvalue()


def install_hub(server: Server) -> Path:
    return store.install("magenta-hub", addresses={"magenta-hub.tar.gz": server.url}, timeout_s=5.0)


def test_an_archive_is_unpacked_and_its_hashes_remembered(server: Server) -> None:
    server.content = archive_of(SOUND)
    folder = install_hub(server)
    for name, content in SOUND.items():
        assert (folder / name).read_bytes() == content
    assert store.verify("magenta-hub") == []
    status = store.status("magenta-hub")
    assert status.is_installed
    assert status.checksum.startswith("remembered from 20")
    assert "remembered from" in status.sentence
    assert not (folder / "magenta-hub.tar.gz").exists()
    (folder / "variables/variables.data-00000-of-00001").write_bytes(b"other")
    assert store.verify("magenta-hub") == [
        "variables/variables.data-00000-of-00001 has changed since it was installed."
    ]


def linked(name: str, to: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, to
    return member


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(archive_of(SOUND)[:-40], id="cut"),
        pytest.param(b"\x1f\x8b" + bytes(500), id="not gzip"),
        pytest.param(b"plain words", id="not an archive"),
        pytest.param(archive_of({**SOUND, "../outside": b"x"}), id="outside"),
        pytest.param(archive_of({**SOUND, "/tmp/absolute": b"x"}), id="absolute"),
        pytest.param(archive_of(SOUND, linked("link", "/etc/passwd")), id="link"),
        pytest.param(archive_of({"./saved_model.pb": b"x"}), id="incomplete"),
        pytest.param(archive_of({**SOUND, "./saved_model.pb": b"something else"}), id="not a graph"),
        pytest.param(archive_of({**SOUND, "./saved_model.pb": b"\x08\x01\x12 other inputs"}), id="another graph"),
        pytest.param(archive_of({**SOUND, "./variables/variables.index": b"cut"}), id="not an index"),
    ],
)
def test_an_archive_that_is_not_the_network_is_refused(server: Server, content: bytes, home: Path) -> None:
    server.content = content
    with pytest.raises(NetworkError, match="What was sent as magenta-hub is not") as caught:
        install_hub(server)
    assert "\n" not in str(caught.value)
    assert store.find("magenta-hub") is None
    assert not (home / "networks/outside").exists()
    server.content, server.etag = archive_of(SOUND), '"two"'
    install_hub(server)
    assert store.verify("magenta-hub") == []


def test_an_archive_of_enormous_content_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 100_000)
    server.content = archive_of({**SOUND, "./bomb": bytes(200_000)})
    with pytest.raises(NetworkError, match="far larger"):
        install_hub(server)
    assert store.find("magenta-hub") is None


def test_progress_is_told_at_most_ten_times_a_second(server: Server) -> None:
    told: list[float] = []
    started = time.monotonic()
    install(server, on_progress=lambda progress: told.append(time.monotonic()))
    # Besides these there are "asking", "verified" and "installed".
    assert len(told) <= 3 + 10 * (told[-1] - started) + 1
