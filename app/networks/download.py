"""Fetching one file over HTTP: resuming, bounded, checked and never taken for whole before it is.

A download lives in `FILE.part`, with `FILE.part.json` beside it saying which version of which address it is a part
of, so that the next attempt can go on. Only a file that passed its length and checksum loses the `.part`.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import socket
import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any

from app import images
from app.errors import NetworkError, SaveError
from app.networks.catalog import WeightFile
from app.networks.checksums import MAX_BYTES, Fetching, IsCancelled, faults_of, heed, unnamed_faults

BLOCK_BYTES = 64 * 1024
MAX_REDIRECTS = 5


class BrokenOffError(NetworkError):
    """The connection ended early or stood still: another attempt may go on from there."""


class UnfoundError(NetworkError):
    """Nobody knows where `hosts` are."""

    def __init__(self, *hosts: str) -> None:
        super().__init__(f"{' and '.join(hosts)} cannot be found; is this computer connected to the internet?")
        self.hosts = hosts


def fetch(file: WeightFile, folder: Path, how: Fetching) -> Path:
    """Download `file` into `folder`, going on from an earlier part, and return its path once it is whole.

    Tries `file.url`, then its mirrors. Raises NetworkError with one sentence per address tried, SaveError (full
    disk, unwritable folder) or Cancelled; what was received so far stays as `.part` unless it was wrong.
    """
    target = folder / file.file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.exists() and not faults_of(file, target, how.watch):
            return target
    except OSError as error:
        raise SaveError(f"{folder} could not be written: {images.why(error)}.") from None
    complaints: list[NetworkError] = []
    for url in (file.url, *file.mirrors):
        try:
            part = _fetch_from(url, file, folder, how)
        except NetworkError as error:
            complaints.append(error)
            continue
        try:
            part.replace(target)
            _memo(part).unlink(missing_ok=True)
        except OSError as error:
            raise SaveError(f"{target} could not be written: {images.why(error)}.") from None
        return target
    # Where there is no connection no address is found, and one question about it is enough.
    unfound = [host for each in complaints if isinstance(each, UnfoundError) for host in each.hosts]
    told = [str(each) for each in complaints if not isinstance(each, UnfoundError)]
    if unfound:
        told.append(str(UnfoundError(*dict.fromkeys(unfound))))
    raise NetworkError(" ".join(dict.fromkeys(told)))


def _fetch_from(url: str, file: WeightFile, folder: Path, how: Fetching) -> Path:
    """Return the whole and sound `.part`, after as many attempts as gain something."""
    part = folder / f"{file.file}.part"
    for attempt in range(how.attempts):
        had = part.stat().st_size if part.exists() else 0
        try:
            has_resumed = _attempt(url, file, part, how)
        except BrokenOffError:
            gained = (part.stat().st_size if part.exists() else 0) - had
            if attempt == how.attempts - 1 or gained <= 0:
                raise
            continue
        faults = _faults_of_part(file, part, how)
        if not faults:
            return part
        _forget(part)
        # A part of another version may have been continued: begin once more from nothing.
        if not has_resumed or attempt == how.attempts - 1:
            raise NetworkError(f"{_host(url)} sent something else than expected: {' '.join(faults)}")
    raise AssertionError("every attempt returns, raises or is followed by another")


def _faults_of_part(file: WeightFile, part: Path, how: Fetching) -> list[str]:
    try:
        return [f"{file.file} {fault}." for fault in unnamed_faults(file, part, how.watch)]
    except OSError as error:
        raise SaveError(f"{part} could not be read back: {images.why(error)}.") from None


def _attempt(url: str, file: WeightFile, part: Path, how: Fetching) -> bool:
    """Receive until the answer ends; whether it went on from an earlier part. Raises as `fetch`, or BrokenOffError."""
    offset, validator = _resumable(url, file, part)
    if file.size is not None and offset == file.size:
        return True
    headers = {"User-Agent": "Pastiche", "Accept-Encoding": "identity"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
        if validator:
            headers["If-Range"] = validator
    answer = _open(urllib.request.Request(url, headers=headers), file, how)
    if answer is None:
        # The part is as long as the file, or longer: the server has nothing to add (416).
        _forget(part)
        return _attempt(url, file, part, how)
    try:
        start = _start_of(answer)
        if start not in (0, offset):
            _forget(part)
            raise NetworkError(f"{_host(url)} sent another piece of {file.file} than was asked for.")
        total = _total_of(answer, start, url, file)
        _write_memo(part, url, answer.headers)
    except BaseException:
        answer.close()
        raise
    _receive(answer, part, start, total, _Source(url, file, how))
    return start > 0


@dataclass(frozen=True)
class _Source:
    url: str
    file: WeightFile
    how: Fetching


def _receive(answer: Any, part: Path, start: int, total: int | None, source: _Source) -> None:
    """Append the answer's bytes to the part. Raises BrokenOffError where they end or stall before `total`."""
    url, file, how = source.url, source.file, source.how
    done = start
    limit = total if total is not None else MAX_BYTES
    try:
        with part.open("r+b" if start else "wb") as out:
            out.truncate(start)
            out.seek(start)
            try:
                for block in _blocks(answer, how.cancelled):
                    done += len(block)
                    if done > limit:
                        break
                    out.write(block)
                    if how.on_bytes:
                        how.on_bytes(done, total)
            finally:
                out.flush()
                os.fsync(out.fileno())
    except _InterruptedError as error:
        what = f"{_host(url)} stopped answering" if error.is_stall else f"The connection to {_host(url)} broke off"
        raise BrokenOffError(
            f"{what} after {_megabytes(done, total)} of {file.file}; install again to go on."
        ) from None
    except OSError as error:
        raise SaveError(f"{part.parent} could not be written: {images.why(error)}.") from None
    if done > limit:
        _forget(part)
        raise NetworkError(f"{_host(url)} sent more than the {limit:,} bytes that {file.file} can have.")
    if total is not None and done < total:
        raise BrokenOffError(
            f"The connection to {_host(url)} broke off after {_megabytes(done, total)} of {file.file}; "
            "install again to go on."
        )


class _InterruptedError(Exception):
    """The answer's reader failed; `is_stall` if for want of any byte."""

    def __init__(self, is_stall: bool) -> None:
        super().__init__()
        self.is_stall = is_stall


def _blocks(answer: Any, cancelled: IsCancelled | None) -> Iterator[bytes]:
    """Yield the answer's blocks; read in a thread, so that a request to stop is heeded while the server is silent.

    The thread closes the answer, for closing it from here would wait for the read in progress.
    """
    received: queue.Queue[bytes | Exception] = queue.Queue(maxsize=32)
    is_left = threading.Event()

    def read() -> None:
        with contextlib.closing(answer):
            try:
                block = b"-"
                while block and not is_left.is_set():
                    block = answer.read1(BLOCK_BYTES)
                    received.put(block)
            except (OSError, http.client.HTTPException) as error:
                received.put(error)

    threading.Thread(target=read, daemon=True, name="download").start()
    try:
        while True:
            heed(cancelled)
            try:
                block = received.get(timeout=0.1)
            except queue.Empty:
                continue
            if isinstance(block, Exception):
                raise _InterruptedError(isinstance(block, TimeoutError))
            if not block:
                return
            yield block
    finally:
        is_left.set()
        with contextlib.suppress(queue.Empty):
            while True:
                received.get_nowait()


def _open(request: urllib.request.Request, file: WeightFile, how: Fetching) -> Any:
    """Return the open answer (200 or 206), None for 416. Raises NetworkError, BrokenOffError, Cancelled."""
    outcome: queue.Queue[Any] = queue.Queue()

    def ask() -> None:
        opener = urllib.request.build_opener(_Redirects)
        try:
            outcome.put(opener.open(request, timeout=how.timeout_s))
        except (OSError, http.client.HTTPException, ValueError) as error:
            outcome.put(error)

    threading.Thread(target=ask, daemon=True, name="download").start()
    while True:
        heed(how.cancelled)
        with contextlib.suppress(queue.Empty):
            answer = outcome.get(timeout=0.1)
            break
    if not isinstance(answer, BaseException):
        return answer
    if isinstance(answer, urllib.error.HTTPError):
        answer.close()
        if answer.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and request.has_header("Range"):
            return None
    raise _complaint(answer, _host(request.full_url), file)


def _complaint(error: BaseException, host: str, file: WeightFile) -> NetworkError:
    """Turn what urllib raised into a sentence."""
    if isinstance(error, urllib.error.HTTPError):
        if 300 <= error.code < 400:
            return NetworkError(f"{host} sends the download of {file.file} round in circles or to a forbidden place.")
        reason = {
            401: "wants a password for",
            403: "refuses to give out",
            404: "no longer has",
            410: "no longer has",
            429: "was asked too often for",
        }.get(error.code, "has trouble of its own with" if error.code >= 500 else "did not give out")
        return NetworkError(f"{host} {reason} {file.file} ({error.code} {error.reason}).")
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return BrokenOffError(f"{host} does not answer.")
    if isinstance(cause, socket.gaierror):
        return UnfoundError(host)
    if isinstance(cause, ssl.SSLError):
        return NetworkError(f"{host} could not prove who it is ({cause.reason or cause}).")
    if isinstance(cause, OSError) and cause.strerror:
        return NetworkError(f"{host} cannot be reached ({cause.strerror}).")
    return NetworkError(f"{host} cannot be understood ({str(cause) or type(cause).__name__}).")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a few redirects, and none that leaves an encrypted connection for an open one."""

    max_redirections = MAX_REDIRECTS
    max_repeats = 2

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        is_downgrade = req.full_url.startswith("https:") and not newurl.startswith("https:")
        if is_downgrade or not newurl.startswith(("http:", "https:")):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _start_of(answer: Any) -> int:
    """Where in the file the answer's bytes begin."""
    if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
        return 0
    # "bytes 100-199/200"
    stated = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0].strip()
    return int(stated) if stated.isdigit() else -1


def _total_of(answer: Any, start: int, url: str, file: WeightFile) -> int | None:
    """How long the whole file will be, None if nobody says. Raises NetworkError if it cannot be the right file."""
    length = answer.headers.get("Content-Length", "")
    stated = start + int(length) if length.isdigit() else None
    if answer.headers.get_content_type() == "text/html":
        raise NetworkError(f"{_host(url)} answered with a web page instead of {file.file}.")
    if file.size is not None and stated is not None and stated != file.size:
        raise NetworkError(f"{_host(url)} offers {stated:,} bytes as {file.file} instead of {file.size:,}.")
    if stated is not None and stated > MAX_BYTES:
        raise NetworkError(f"{_host(url)} offers {stated:,} bytes as {file.file}, far more than it can have.")
    return stated if stated is not None else file.size


def _resumable(url: str, file: WeightFile, part: Path) -> tuple[int, str]:
    """How many bytes of the part can be built upon, and the validator (ETag or date) to ask with."""
    try:
        size = part.stat().st_size
        memo = json.loads(_memo(part).read_text())
        validator = str(memo.get("validator", ""))
        is_known = memo.get("url") == url
    except (OSError, ValueError, AttributeError):
        size, validator, is_known = 0, "", False
    # Without a validator only a published checksum can tell whether both pieces belong together.
    can_resume = is_known and (validator or file.sha256 or file.md5)
    if not can_resume or (file.size is not None and size > file.size):
        _forget(part)
        return 0, ""
    return size, validator


def _write_memo(part: Path, url: str, headers: Any) -> None:
    etag = headers.get("ETag", "")
    # RFC 9110 13.1.5: a weak ETag may not be used with If-Range.
    validator = etag if etag and not etag.startswith("W/") else headers.get("Last-Modified", "")
    images.write_json(_memo(part), {"url": url, "validator": validator})


def _memo(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _forget(part: Path) -> None:
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)
        _memo(part).unlink(missing_ok=True)


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).hostname or url


def _megabytes(done: int, total: int | None) -> str:
    return f"{done / 1e6:.1f} MB" if total is None else f"{done / 1e6:.1f} of {total / 1e6:.1f} MB"
