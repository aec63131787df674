"""A network that somebody sends is a program: what it would do is read before it is loaded."""

import json
import zipfile
from pathlib import Path
from typing import Any

import graphs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from locations import MODELS

from app import places
from app.errors import NetworkError
from app.networks import bundle, graph_check, magenta_hub, runtime, store
from app.networks.graph_check import saved_model_faults

SAVER = "__inference__traced_save_12"
SAVING = graphs.function(SAVER, graphs.node("MergeV2Checkpoints"), graphs.node("SaveV2"))


def test_what_magentas_network_needs_is_let_through() -> None:
    inner = graphs.function("inner", graphs.node("Conv2D"), graphs.node("ResizeNearestNeighbor"))
    outer = graphs.function("outer", graphs.node("inner"), graphs.node("StatefulPartitionedCall"))
    assert saved_model_faults(graphs.saved_model(graphs.node("outer"), functions=(inner, outer, SAVING))) == []


@pytest.mark.parametrize(
    "operation", ["WriteFile", "PyFunc", "EagerPyFunc", "PrintV2", "SaveV2", "MyOwnOp", "RestoreV2"]
)
def test_any_other_operation_is_refused_by_its_name(operation: str) -> None:
    bad = graphs.node(operation)
    nested = (graphs.function("inner", bad), graphs.function("outer", graphs.node("inner")))
    for graph in (graphs.saved_model(bad), graphs.saved_model(functions=nested)):
        (fault,) = saved_model_faults(graph)
        assert operation in fault and "\n" not in fault


def test_an_operation_that_is_written_twice_hides_nothing() -> None:
    twice = graphs.node("WriteFile", more=graphs.field(2, b"Relu"))
    assert "WriteFile" in saved_model_faults(graphs.saved_model(twice))[0]


def test_saving_is_only_for_the_function_that_nobody_calls() -> None:
    called = graphs.function("user", graphs.node("PartitionedCall", more=graphs.field(5, SAVER.encode())))
    assert SAVER in saved_model_faults(graphs.saved_model(functions=(SAVING, called)))[0]
    at_loading = graphs.field(1, graphs.field(6, graphs.field(1, SAVER.encode())))
    assert (
        "called when it is loaded" in saved_model_faults(graphs.saved_model(functions=(SAVING,), objects=at_loading))[0]
    )
    disguised = graphs.function(f"{SAVER}_too", graphs.node("WriteFile"))
    assert "WriteFile" in saved_model_faults(graphs.saved_model(functions=(disguised,)))[0]


@pytest.mark.parametrize(
    ("graph", "why"),
    [
        (graphs.saved_model(more=graphs.field(6, b"")), "assets"),
        (graphs.saved_model(objects=graphs.field(1, graphs.field(5, b"x"))), "an asset"),
        (graphs.saved_model(objects=graphs.field(1, graphs.field(13, b"Lambda"))), "a registered class"),
        (graphs.saved_model() + graphs.saved_model(), "2 graphs"),
        (b"\x08\x01" + graphs.field(2, graphs.field(2, b"")), "TensorFlow 1"),
        (graphs.saved_model()[:-3], "cut off"),
        (b"\x08\x01\x12 placeholder", "is not a SavedModel"),
    ],
)
def test_what_could_run_in_other_ways_is_refused_too(graph: bytes, why: str) -> None:
    (fault,) = saved_model_faults(graph)
    assert why in fault


@given(st.binary(max_size=200), st.integers(0, 200), st.integers(0, 60))
def test_whatever_the_bytes_are_there_is_an_answer(noise: bytes, at: int, cut: int) -> None:
    whole = graphs.saved_model(graphs.node("WriteFile"), functions=(SAVING,))
    mixed = whole[:at] + noise + whole[at + cut :]
    assert all(isinstance(fault, str) for fault in (*saved_model_faults(mixed), *saved_model_faults(noise)))


def test_custom_operations_of_a_lite_network_are_named(tmp_path: Path) -> None:
    import flatbuffers

    builder = flatbuffers.Builder(0)
    name = builder.CreateString("FlexWriteFile")
    builder.StartObject(4)
    builder.PrependInt8Slot(0, 32, 0)
    builder.PrependUOffsetTRelativeSlot(1, name, 0)
    code = builder.EndObject()
    builder.StartVector(4, 1, 4)
    builder.PrependUOffsetTRelative(code)
    codes = builder.EndVector()
    builder.StartObject(2)
    builder.PrependUOffsetTRelativeSlot(1, codes, 0)
    builder.Finish(builder.EndObject(), b"TFL3")
    path = tmp_path / "evil.tflite"
    path.write_bytes(bytes(builder.Output()))
    assert graph_check.custom_operations(path) == ["FlexWriteFile"]
    with pytest.raises(NetworkError, match="FlexWriteFile"):
        runtime.interpreter(path)
    path.write_bytes(b"\xff" * 40)
    with pytest.raises(NetworkError, match="damaged or not for this program"):
        runtime.interpreter(path)


@pytest.mark.parametrize("name", ["predict.tflite", "transfer.tflite"])
def test_magentas_own_lite_networks_have_none(name: str) -> None:
    path = MODELS / "magenta-int8" / name
    if not path.is_file():
        pytest.skip(f"needs {path}, which is not on this machine")
    assert graph_check.custom_operations(path) == []


def evil_hub(folder: Path, written: Path, *, at_loading: bool) -> None:
    """What a stranger could send: it looks like Magenta's network, and writes a file when loaded or when it paints."""
    tf = runtime.tensorflow()
    picture = [None, None, None, 3]

    class Evil(tf.Module):  # type: ignore[misc]
        @tf.function(
            input_signature=[tf.TensorSpec(picture, name="placeholder"), tf.TensorSpec(picture, name="placeholder_1")]
        )
        def stylize(self, content: Any, style: Any) -> dict[str, Any]:
            if not at_loading:
                tf.io.write_file(str(written), "painted")
            return {"output_0": content + tf.reduce_mean(style)}

    module = Evil()
    if at_loading:
        from tensorflow.python.trackable.resource import CapturableResource

        class AtLoading(CapturableResource):  # type: ignore[misc]
            def _create_resource(self) -> Any:
                return tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=[], shared_name="w", container="")

            def _initialize(self) -> Any:
                tf.io.write_file(str(written), "loaded")
                return tf.constant(1.0)

        module.resource = AtLoading()
        module.touch = tf.function(lambda: module.resource.resource_handle, input_signature=[])
    tf.saved_model.save(module, str(folder), signatures={"serving_default": module.stylize.get_concrete_function()})


def bundle_of(folder: Path, path: Path) -> None:
    """Pack a copy of magenta-hub as `networks export` does, whatever it holds."""
    import hashlib

    paths = ("saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001")
    files = {name: (folder / name).read_bytes() for name in paths}
    stated = [
        {"path": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    ]
    pack(path, "magenta-hub", stated, files)


def pack(path: Path, network: str, stated: list[dict[str, Any]], files: dict[str, bytes]) -> None:
    networks = [{"name": network, "files": stated}]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr(
            bundle.MANIFEST, json.dumps({"format": bundle.FORMAT, "version": bundle.VERSION, "networks": networks})
        )
        for name, content in files.items():
            packed.writestr(f"{network}/{name}", content)


@pytest.mark.slow
@pytest.mark.parametrize("at_loading", [False, True])
def test_a_bundle_that_would_write_a_file_is_refused(tmp_path: Path, monkeypatch: Any, at_loading: bool) -> None:
    written = tmp_path / "written.txt"
    folder = tmp_path / "sent" / "magenta-hub"
    evil_hub(folder, written, at_loading=at_loading)
    assert not written.exists()
    bundle_of(folder, tmp_path / "gift.zip")
    with pytest.raises(NetworkError, match="WriteFile") as refused:
        bundle.take_in(tmp_path / "gift.zip")
    assert "\n" not in str(refused.value)
    assert not (places.installed_networks() / "magenta-hub").exists()
    # Dropped by hand into a folder of networks it is passed over, and never loaded.
    monkeypatch.setenv("PASTICHE_NETWORKS", str(folder.parent))
    assert store.find("magenta-hub") is None
    with pytest.raises(NetworkError, match="WriteFile"):
        magenta_hub.MagentaHub(folder)
    assert not written.exists()


def test_a_file_of_another_format_is_not_taken_from_a_bundle(tmp_path: Path) -> None:
    path = tmp_path / "gift.zip"
    for name in ("model.keras", "model.h5"):
        pack(path, "vgg19", [{"path": name, "size": 1, "sha256": "0" * 64}], {name: b"x"})
        with pytest.raises(NetworkError, match=name):
            bundle.take_in(path)
