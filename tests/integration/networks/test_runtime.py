"""The runtime: quiet, late, with the threads this process may use, and clear where something is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from locations import MODELS

from app import places
from app.errors import NetworkError
from app.networks import runtime


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "KERAS_"))}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=places.root(),
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.slow
def test_tensorflow_comes_quietly_with_keras_on_top_and_our_threads() -> None:
    done = run(
        """
import os, sys
from app.networks import runtime
assert "tensorflow" not in sys.modules
tf = runtime.tensorflow()
assert tf is runtime.tensorflow() is sys.modules["tensorflow"]
import keras
assert keras.backend.backend() == "tensorflow"
assert tf.config.threading.get_intra_op_parallelism_threads() == runtime.threads()
tf.function(lambda x: x * 2)(tf.ones(3))
print("done")
""",
        KERAS_BACKEND="jax",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_what_is_not_chatter_reaches_standard_error() -> None:
    done = run(
        """
import os
from app.networks import runtime
with runtime._without_chatter():
    os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\\nSomething is wrong\\n")
"""
    )
    assert (done.returncode, done.stderr) == (0, "Something is wrong\n")


def test_the_interpreter_computes_quietly() -> None:
    if not MODELS.is_dir():
        pytest.skip("../shared/models is not on this machine")
    done = run(
        f"""
import numpy as np, sys
from app.networks import runtime
network = runtime.interpreter({str(MODELS / "magenta-int8/predict.tflite")!r})
network.set_tensor(network.get_input_details()[0]["index"], np.full((1, 256, 256, 3), 0.5, np.float32))
network.invoke()
print(network.get_tensor(network.get_output_details()[0]["index"]).shape, "tensorflow" in sys.modules)
"""
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "(1, 1, 1, 100) False\n", "")


def test_a_missing_and_a_damaged_file_are_said(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"nothing\.tflite is missing"):
        runtime.interpreter(tmp_path / "nothing.tflite")
    damaged = tmp_path / "damaged.tflite"
    damaged.write_bytes(b"not a network" * 100)
    with pytest.raises(NetworkError, match=r"^The network file damaged\.tflite is damaged .*\.$"):
        runtime.interpreter(damaged)


@pytest.mark.parametrize(
    ("module", "call", "said"),
    [
        ("tensorflow", "tensorflow()", "package tensorflow cannot be loaded"),
        ("ai_edge_litert", "interpreter('pyproject.toml')", "package ai-edge-litert cannot be loaded"),
    ],
)
def test_a_missing_package_is_said(module: str, call: str, said: str) -> None:
    done = run(
        f"""
import sys
sys.modules[{module!r}] = None
from app.errors import NetworkError
from app.networks import runtime
try:
    runtime.{call}
except NetworkError as error:
    print(error)
"""
    )
    assert done.returncode == 0, done.stderr
    assert said in done.stdout
    assert "main.py" in done.stdout


def test_threads_follow_the_affinity() -> None:
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system has no scheduler affinity")
    one = min(os.sched_getaffinity(0))
    code = f"import os; os.sched_setaffinity(0, {{{one}}}); from app.networks import runtime; print(runtime.threads())"
    assert run(code).stdout == "1\n"
    assert runtime.threads() == len(os.sched_getaffinity(0))
