"""A server on 127.0.0.1 that misbehaves as it is told, and a tiny network to fetch from it."""

import contextlib
import hashlib
import io
import re
import socket
import struct
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import graphs
import numpy as np
import pytest

from app import places
from app.networks import catalog, store
from app.networks.catalog import Network, WeightFile

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

#: The files of a network that has the structure of magenta-hub, whose publisher states no checksum.
HUB = {
    "./saved_model.pb": graphs.saved_model(),
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


def put_by_hand(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


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


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PASTICHE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PASTICHE_NETWORKS", "")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setitem(catalog.NETWORKS, "tiny", TINY)
    return tmp_path / "home"


@pytest.fixture
def listed(home: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server as the official address of the tiny network, for whoever goes by the catalog."""
    state_address(monkeypatch, server.url)
    return server


def state_address(monkeypatch: pytest.MonkeyPatch, url: str, *mirrors: str) -> None:
    file = replace(TINY.files[0], url=url, mirrors=mirrors)
    monkeypatch.setitem(catalog.NETWORKS, "tiny", replace(TINY, files=(file,)))


def install(server: Server, **more: object) -> Path:
    return store.install("tiny", addresses={"weights.bin": server.url}, **{"timeout_s": 5.0, **more})  # type: ignore[arg-type]


def assert_nothing_counts() -> None:
    assert store.find("tiny") is None
    assert store.verify("tiny") == ["A tiny network is not installed."]
    assert not (places.installed_networks() / "tiny").exists()


def part() -> Path:
    return places.installed_networks() / ".fetching/tiny/weights.bin.part"
