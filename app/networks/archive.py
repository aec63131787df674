"""Unpacks a downloaded archive and trusts nothing that it says."""

import tarfile
import zlib
from pathlib import Path, PurePosixPath

from app.networks.checksums import MAX_BYTES, READ_BYTES, Watch

MAX_UNPACKED_BYTES = 2 * MAX_BYTES
MAX_MEMBERS = 1000


class UnsoundArchive(Exception):  # noqa: N818 - what was found, told on by the store
    """The archive is damaged, too large, or would write where it must not."""


def extract(archive: Path, folder: Path, watch: Watch | None = None) -> None:
    """Unpack a .tar.gz into a folder that need not be there yet.

    Raises UnsoundArchive, OSError if it cannot write, and whatever `watch` raises.
    """
    try:
        with tarfile.open(archive, "r:gz") as tar:
            _extract(tar, folder, watch)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise UnsoundArchive(str(error)) from None
    except OSError as error:
        # gzip says with an OSError without a number that it does not like what it reads.
        if error.errno is not None:
            raise
        raise UnsoundArchive(str(error)) from None


def _extract(tar: tarfile.TarFile, folder: Path, watch: Watch | None) -> None:
    """Unpack plain files only, inside `folder` only, and not without end.

    By hand, because the filters of tarfile are missing from the first releases of Python 3.11.
    """
    total = 0
    for count, member in enumerate(tar):
        path = PurePosixPath(member.name)
        is_inside = not path.is_absolute() and ".." not in path.parts and "\\" not in member.name
        if not is_inside or not (member.isfile() or member.isdir()):
            raise tarfile.TarError(f"{member.name} does not belong into it")
        total += member.size
        if total > MAX_UNPACKED_BYTES or count >= MAX_MEMBERS:
            raise tarfile.TarError("it is far larger than the network")
        if member.isdir():
            (folder / path).mkdir(parents=True, exist_ok=True)
            continue
        source = tar.extractfile(member)
        if source is None:
            raise tarfile.TarError(f"{member.name} has no content")
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        with source, (folder / path).open("wb") as out:
            while block := source.read(READ_BYTES):
                out.write(block)
                if watch is not None:
                    watch(len(block))
