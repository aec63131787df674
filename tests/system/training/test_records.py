"""Records: what is written comes back; what is cut, altered or missing is named, refused, and made again as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import NetworkError
from app.networks import runtime
from app.training import records


@dataclass
class Numbers:
    """Records that can be told apart: a few random bytes, and their number."""

    seed: int = 1

    def __call__(self, index: int) -> records.Record:
        rng = np.random.default_rng([self.seed, index])
        return {"noise": rng.integers(0, 256, (4, 6), dtype=np.uint8), "number": np.float32([index])}


def written(folder: Path, *, count: int = 10, seed: int = 1, **more) -> records.Manifest:
    return records.write_records(
        folder, Numbers(seed), kind="numbers", count=count, seed=seed, source={"of": "nothing"}, per_shard=4, **more
    )


def numbers(data) -> list[int]:
    return [int(row) for row in data]


def in_order(manifest: records.Manifest, **how) -> list[int]:
    parse = records.parser_of(manifest)
    data = records.order_of(manifest, **how).map(lambda serialised: parse(serialised)["number"][0])
    return numbers(data.as_numpy_iterator())


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    manifest = written(tmp_path / "deep" / "records")
    assert manifest.count == 10
    assert [shard.count for shard in manifest.shards] == [4, 4, 2]
    back = list(records.held_out(manifest, every=1))
    assert len(back) == 10
    for i, record in enumerate(back):
        assert record.keys() == {"noise", "number"}
        for name, value in Numbers()(i).items():
            assert record[name].dtype == value.dtype
            np.testing.assert_array_equal(record[name], value)


@pytest.mark.slow
def test_several_processes_write_the_same_bytes(tmp_path: Path) -> None:
    one, two = written(tmp_path / "one"), written(tmp_path / "two", jobs=2)
    assert one.shards == two.shards


def test_the_order_depends_on_seed_and_round_alone(tmp_path: Path) -> None:
    manifest = written(tmp_path)
    first = in_order(manifest, seed=1, epoch=0)
    assert sorted(first) == list(range(10))
    assert first == in_order(manifest, seed=1, epoch=0)
    assert first != in_order(manifest, seed=1, epoch=1)
    assert first != in_order(manifest, seed=2, epoch=0)


def test_what_is_held_out_is_not_learned_from(tmp_path: Path) -> None:
    manifest = written(tmp_path)
    measured = [int(record["number"][0]) for record in records.held_out(manifest, every=2)]
    assert sorted(measured + in_order(manifest, seed=1, epoch=0, held_out_every=2)) == list(range(10))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    written(folder)
    return folder


HARM = ["cut", "altered", "missing"]


def harm(path: Path, how: str, where: int = -1) -> None:
    content = path.read_bytes()
    if how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "missing":
        path.unlink()
    else:
        changed = bytearray(content)
        changed[where] ^= 1
        path.write_bytes(bytes(changed))


@pytest.mark.parametrize("how", HARM)
def test_a_harmed_shard_is_refused_by_name_and_made_again_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    before = written(tmp_path)
    harm(tmp_path / "shard-0001.tfrecord", how)
    with pytest.raises(NetworkError, match=rf"shard-0001\.tfrecord .*{how}.* again"):
        records.read_manifest(tmp_path, kind="numbers")
    capsys.readouterr()
    assert written(tmp_path).shards == before.shards
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "shard-0001.tfrecord" in said.err
    assert said.out.count("records written") == 1


@settings(max_examples=25, deadline=None)
@given(where=st.integers(0, 10**6))
def test_any_changed_byte_is_noticed(sound: Path, where: int) -> None:
    path = sound / "shard-0000.tfrecord"
    content = path.read_bytes()
    try:
        harm(path, "altered", where % len(content))
        with pytest.raises(NetworkError, match="altered"):
            records.read_manifest(sound, kind="numbers")
    finally:
        path.write_bytes(content)
    assert records.read_manifest(sound, kind="numbers").count == 10


def test_a_stopped_writing_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = written(tmp_path / "whole")

    class Stopped(Numbers):
        def __call__(self, index: int) -> records.Record:
            if index == 6:
                raise KeyboardInterrupt
            return super().__call__(index)

    with pytest.raises(KeyboardInterrupt):
        records.write_records(
            tmp_path / "begun", Stopped(), kind="numbers", count=10, seed=1, source={"of": "nothing"}, per_shard=4
        )
    with pytest.raises(NetworkError, match="4 of 10 records"):
        records.read_manifest(tmp_path / "begun", kind="numbers")
    capsys.readouterr()
    assert written(tmp_path / "begun").shards == whole.shards
    assert "8/10" in capsys.readouterr().out


def test_records_of_another_run_are_left_alone(tmp_path: Path) -> None:
    before = written(tmp_path)
    with pytest.raises(NetworkError, match="another run"):
        written(tmp_path, seed=2)
    with pytest.raises(NetworkError, match="another run"):
        written(tmp_path, count=11)
    assert records.read_manifest(tmp_path, kind="numbers").shards == before.shards


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"format": 1}', '{"format": 9}'])
def test_a_broken_manifest_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / records.MANIFEST).write_text(content, "utf-8")
    with pytest.raises(NetworkError, match=r"records\.json"):
        records.read_manifest(tmp_path, kind="numbers")


def test_an_empty_folder_and_another_kind_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="no records of numbers"):
        records.read_manifest(tmp_path, kind="numbers")
    written(tmp_path)
    with pytest.raises(NetworkError, match="holds numbers, not letters"):
        records.read_manifest(tmp_path, kind="letters")


def test_every_shard_is_a_plain_tfrecord_file(sound: Path) -> None:
    tf = runtime.tensorflow()
    manifest = json.loads((sound / records.MANIFEST).read_text("utf-8"))
    for shard in manifest["shards"]:
        raw = [bytes(r) for r in tf.data.TFRecordDataset(str(sound / shard["file"])).as_numpy_iterator()]
        assert len(raw) == shard["count"]
        assert "noise" in tf.train.Example.FromString(raw[0]).features.feature
