"""TFRecords that training reads: written in shards, each with its SHA-256 in a manifest, read through tf.data.

A record is a dict of arrays that depends on the seed and its number alone, so a shard that is cut, altered or missing
can be made again exactly as it was; reading refuses it by name.
"""

from __future__ import annotations

import functools
import hashlib
import json
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app import images
from app.errors import NetworkError
from app.networks import runtime

Record = dict[str, NDArray[Any]]
#: Makes the record of a number. With several processes at work it travels to each of them, so it must be picklable.
Maker = Callable[[int], Record]

MANIFEST = "records.json"
_FORMAT = 1


@dataclass(frozen=True)
class Shard:
    """One file of records, and what it must be to the last byte."""

    file: str
    count: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a folder of records holds.

    ``features``: of each array its dtype and shape, the same in every record. ``source``: what it was made of.
    """

    folder: Path
    kind: str
    seed: int
    source: dict[str, Any]
    features: dict[str, dict[str, Any]]
    per_shard: int
    planned: int
    shards: tuple[Shard, ...]

    @property
    def count(self) -> int:
        """How many records there are."""
        return sum(shard.count for shard in self.shards)

    @property
    def paths(self) -> list[str]:
        """Where the shards lie, in order."""
        return [str(self.folder / shard.file) for shard in self.shards]


def write_records(
    folder: Path,
    make: Maker,
    *,
    kind: str,
    count: int,
    seed: int,
    source: Mapping[str, Any],
    per_shard: int = 32,
    jobs: int = 1,
) -> Manifest:
    """Write records 0 to ``count`` - 1 into ``folder``; shards that are there and sound are kept.

    What is cut, altered or missing is named on standard error and made again. Several processes share the work if
    ``jobs`` is more than 1. Raises NetworkError if the folder holds records of another run (kind, seed, source).
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {
        "format": _FORMAT,
        "kind": kind,
        "seed": seed,
        "source": json.loads(json.dumps(dict(source))),
        "per_shard": per_shard,
        "planned": count,
    }
    found: dict[str, Shard] = {}
    features: dict[str, dict[str, Any]] = {}
    if (folder / MANIFEST).exists():
        before = _read(folder)
        if {key: before.get(key) for key in wanted} != wanted:
            raise NetworkError(f"{folder} holds records of another run; name an empty folder.")
        features = before["features"]
        for shard in before["shards"]:
            kept = Shard(**shard)
            if (fault := _fault(folder, kept)) is None:
                found[kept.file] = kept
            else:
                print(f"{fault} It is made again.", file=sys.stderr, flush=True)
    spans = [(start, min(start + per_shard, count)) for start in range(0, count, per_shard)]
    missing = [span for span in spans if _name(span[0] // per_shard) not in found]
    for written, shard_features in _written(folder, make, missing, per_shard=per_shard, jobs=jobs):
        found[written.file] = written
        features = shard_features
        shards = [vars(found[name]) for name in sorted(found)]
        images.write_json(folder / MANIFEST, {**wanted, "features": features, "shards": shards})
        print(f"{kind}: {sum(s.count for s in found.values())}/{count} records written", flush=True)
    return read_manifest(folder, kind=kind)


def _written(
    folder: Path, make: Maker, spans: list[tuple[int, int]], *, per_shard: int, jobs: int
) -> Iterator[tuple[Shard, dict[str, dict[str, Any]]]]:
    write = functools.partial(_write_shard, folder, make, per_shard)
    if jobs <= 1 or len(spans) <= 1:
        yield from map(write, spans)
        return
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(write, spans)


def _write_shard(
    folder: Path, make: Maker, per_shard: int, span: tuple[int, int]
) -> tuple[Shard, dict[str, dict[str, Any]]]:
    tf = runtime.tensorflow()
    name = _name(span[0] // per_shard)
    draft = folder / f"{name}.draft"
    features: dict[str, dict[str, Any]] = {}
    with tf.io.TFRecordWriter(str(draft)) as writer:
        for i in range(*span):
            record = {key: np.ascontiguousarray(value) for key, value in make(i).items()}
            shapes = {key: {"dtype": v.dtype.name, "shape": list(v.shape)} for key, v in record.items()}
            if features and shapes != features:
                raise NetworkError(f"Record {i} has other shapes than those before it.")
            features = shapes
            example = tf.train.Example(
                features=tf.train.Features(
                    feature={
                        key: tf.train.Feature(bytes_list=tf.train.BytesList(value=[value.tobytes()]))
                        for key, value in sorted(record.items())
                    }
                )
            )
            writer.write(example.SerializeToString(deterministic=True))
    draft.replace(folder / name)
    size, sha256 = _sum(folder / name)
    return Shard(name, span[1] - span[0], size, sha256), features


def read_manifest(folder: Path, *, kind: str) -> Manifest:
    """Return the manifest of a folder of records, after reading every shard and checking its SHA-256.

    Raises NetworkError, naming the shard and what to do, if anything is missing, cut or altered.
    """
    if not (folder / MANIFEST).is_file():
        raise NetworkError(f"{folder} holds no records of {kind}: there is no {MANIFEST}.")
    record = _read(folder)
    try:
        shards = tuple(Shard(**shard) for shard in record["shards"])
        manifest = Manifest(
            folder,
            record["kind"],
            int(record["seed"]),
            record["source"],
            record["features"],
            int(record["per_shard"]),
            int(record["planned"]),
            shards,
        )
    except (KeyError, TypeError, ValueError):
        raise NetworkError(f"{folder / MANIFEST} does not describe records; write them again.") from None
    if manifest.kind != kind:
        raise NetworkError(f"{folder} holds {manifest.kind}, not {kind}.")
    for shard in manifest.shards:
        if (fault := _fault(folder, shard)) is not None:
            raise NetworkError(f"{fault} Run the command that wrote it again: it makes only that file anew.")
    if manifest.count != manifest.planned:
        raise NetworkError(
            f"{folder} holds {manifest.count} of {manifest.planned} records; let the command that wrote them finish."
        )
    return manifest


def parser_of(manifest: Manifest) -> Callable[[Any], dict[str, Any]]:
    """Return the function from a serialised record (a string tensor) to its arrays, each of its known shape."""
    tf = runtime.tensorflow()
    wanted = {key: tf.io.FixedLenFeature([], tf.string) for key in manifest.features}

    def parse(serialised: Any) -> dict[str, Any]:
        values = tf.io.parse_single_example(serialised, wanted)
        return {
            key: tf.reshape(tf.io.decode_raw(values[key], tf.as_dtype(about["dtype"])), about["shape"])
            for key, about in manifest.features.items()
        }

    return parse


def order_of(manifest: Manifest, *, seed: int, epoch: int, held_out_every: int = 0, buffer: int = 512) -> Any:
    """Return one round through the records, a tf.data.Dataset of (number, serialised record), shuffled by seed.

    Every ``held_out_every``-th shard (none if 0) is left out: those are for measuring, see ``held_out``. Shards are
    shuffled and read four at a time, then records in a buffer; the order depends on seed and epoch alone.
    """
    tf = runtime.tensorflow()
    paths = [p for i, p in enumerate(manifest.paths) if not held_out_every or i % held_out_every]
    chance = np.random.default_rng([seed, 61, epoch])
    shuffled = [paths[i] for i in chance.permutation(len(paths))]
    data = tf.data.Dataset.from_tensor_slices(shuffled)
    data = data.interleave(tf.data.TFRecordDataset, cycle_length=4, block_length=1)
    return data.shuffle(buffer, seed=int(chance.integers(2**31)), reshuffle_each_iteration=False)


def held_out(manifest: Manifest, *, every: int) -> Iterator[Record]:
    """Yield the records of every ``every``-th shard, beginning with the first, as arrays."""
    tf = runtime.tensorflow()
    paths = [p for i, p in enumerate(manifest.paths) if i % every == 0]
    for record in tf.data.TFRecordDataset(paths).map(parser_of(manifest)):
        yield {key: value.numpy() for key, value in record.items()}


def _name(number: int) -> str:
    return f"shard-{number:04d}.tfrecord"


def _read(folder: Path) -> dict[str, Any]:
    try:
        content = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise NetworkError(f"{folder / MANIFEST} cannot be read: {error}") from None
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise NetworkError(f"{folder / MANIFEST} does not describe records; write them again.")
    return content


def _fault(folder: Path, shard: Shard) -> str | None:
    """Say in a sentence what is wrong with a shard, if anything."""
    path = folder / shard.file
    if not path.is_file():
        return f"The records in {path} are missing."
    size, sha256 = _sum(path)
    if size < shard.size:
        return f"The records in {path} are cut off: {size} of {shard.size} bytes are there."
    if sha256 != shard.sha256:
        return f"The records in {path} have been altered: their SHA-256 is not the manifest's."
    return None


def _sum(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
