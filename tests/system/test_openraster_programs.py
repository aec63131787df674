"""Other programs open our OpenRaster files and we open theirs: Krita, and MyPaint's library, from Debian's packages.

`tests/data/*.ora` are what those programs wrote of our own picture (`openraster_picture.drawing`), and of one with
groups, so that reading theirs is tested everywhere; the tests that run the programs skip where they are not installed.
"""

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from locations import DATA
from numpy.typing import NDArray
from openraster_picture import Sheets, drawing, full, merged, multiplied, write
from PIL import Image
from PyQt5.QtGui import QImage

from app.bench.window import screen
from app.painting.io.openraster_reader import OraPicture, read_ora

MYPAINT = Path("/usr/lib/mypaint")
# Krita keeps an opacity as one of 256 steps, MyPaint pixels as 15 bits of linear light.
OPACITY_STEP = 1 / 255
PIXEL_STEP = 2

# Loads a file with MyPaint's own library, says what its layers are, keeps each as PNG, and saves the file anew.
MYPAINT_SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
from lib.gibindings import GdkPixbuf
import lib.document
document = lib.document.Document()
assert document.load(sys.argv[2])
found = []
for number, (_path, layer) in enumerate(document.layer_stack.walk()):
    kept = f"{sys.argv[3]}/{number}.png"
    layer.save_as_png(kept, *document.get_frame(), alpha=True)
    found.append({"name": layer.name, "opacity": layer.opacity, "is_visible": layer.visible, "png": kept,
                  "mode": lib.mypaintlib.combine_mode_get_info(layer.mode)["name"]})
document.save(f"{sys.argv[3]}/again.ora")
document.cleanup()
json.dump({"frame": list(document.get_frame()), "layers": found}, open(f"{sys.argv[3]}/found.json", "w"))
"""


def environment(folder: Path) -> dict[str, str]:
    """A player's home of its own, so that the programs touch nobody's settings."""
    folder.mkdir(exist_ok=True)
    return os.environ | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "QT_QPA_PLATFORM": "xcb"}


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen that nobody sees: Krita starts on no other."""
    if shutil.which("Xvfb") is None or shutil.which("krita") is None:
        pytest.skip("Krita or Xvfb is not installed")
    with screen.xvfb() as number:
        yield f":{number}"


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return write(tmp_path / "ours.ora", drawing())


def by_krita(source: Path, target: Path, display: str) -> Path:
    """Let Krita open a file and write it as another."""
    done = subprocess.run(
        ["krita", "--export", "--export-filename", str(target), str(source)],
        env=environment(target.parent / "home") | {"DISPLAY": display},
        capture_output=True,
        timeout=180,
        check=False,
    )
    assert target.is_file(), done.stderr.decode(errors="replace")[-2000:]
    return target


def by_mypaint(source: Path, folder: Path) -> dict:
    """What MyPaint's library finds in a file; it also saves it as `again.ora`."""
    python = "/usr/bin/python3"
    if not (MYPAINT / "lib" / "document.py").is_file() or not Path(python).is_file():
        pytest.skip("MyPaint is not installed")
    folder.mkdir()
    done = subprocess.run(
        [python, "-c", MYPAINT_SCRIPT, str(MYPAINT), str(source), str(folder)],
        env=environment(folder / "home"),
        capture_output=True,
        timeout=180,
        check=False,
    )
    if b"No module named 'gi'" in done.stderr:
        pytest.skip("MyPaint lacks its Python bindings")
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return json.loads((folder / "found.json").read_text())


def apart(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> int:
    """By how much of 255 two straight RGBA pictures differ at most, as they show."""
    return int(np.abs(multiplied(first).astype(int) - multiplied(second)).max())


def rgb(image: QImage) -> NDArray[np.uint8]:
    """An image's colours, [H, W, 3]."""
    plain = image.convertToFormat(QImage.Format_RGBA8888)
    bits = plain.constBits().asarray(plain.sizeInBytes())
    return np.array(bits, dtype=np.uint8).reshape(plain.height(), plain.width(), 4)[:, :, :3]


def assert_ours(picture: OraPicture) -> None:
    """Whether a file that another program wrote has the layers and pixels of our picture."""
    sheets = drawing()
    assert (picture.width, picture.height) == (sheets.width, sheets.height)
    assert [each.layer.name for each in picture.layers] == [layer.name for layer in sheets.layers]
    for index, (layer, pixels) in enumerate(sheets.sheets.items()):
        found = picture.layers[index].layer
        assert (found.blend, found.is_visible) == (layer.blend, layer.is_visible)
        assert abs(found.opacity - layer.opacity) <= OPACITY_STEP
        assert apart(full(picture, index), pixels) <= PIXEL_STEP, layer.name
    assert picture.remarks == ()


@pytest.mark.parametrize("name", ["krita", "mypaint"])
def test_theirs_is_opened_by_ours(name: str) -> None:
    assert_ours(read_ora(DATA / f"{name}.ora"))


def test_groups_of_krita_look_as_they_do_there() -> None:
    picture = read_ora(DATA / "krita-groups.ora")
    names = [each.layer.name for each in picture.layers]
    assert names == ["ground", "Apart", "alone", "spare", "blue", "shade"]
    assert [remark for remark in picture.remarks if "“Apart”" in remark]
    layers = {each.layer: full(picture, index) for index, each in enumerate(picture.layers)}
    with zipfile.ZipFile(DATA / "krita-groups.ora") as archive, archive.open("mergedimage.png") as file:
        there = np.asarray(Image.open(file).convert("RGB"))
    here = rgb(merged(Sheets(picture.width, picture.height, layers)))
    assert np.abs(here.astype(int) - there).max() <= PIXEL_STEP


def test_groups_of_mypaint_become_layers() -> None:
    picture = read_ora(DATA / "mypaint-groups.ora")
    facts = {each.layer.name: each.layer for each in picture.layers}
    assert list(facts) == ["ground", "Apart", "alone", "spare", "Gathered"]
    assert facts["alone"].opacity == pytest.approx(0.6)
    assert not facts["spare"].is_visible
    told = [remark for remark in picture.remarks if "mypaint:spectral-wgm" in remark]
    assert len(told) == 1, "once for all layers"


@pytest.mark.slow
def test_krita_finds_our_layers_and_pixels(ours: Path, tmp_path: Path, display: str) -> None:
    again = by_krita(ours, tmp_path / "krita.ora", display)
    sheets = drawing()
    with zipfile.ZipFile(again) as archive:
        stack = ElementTree.fromstring(archive.read("stack.xml")).find("stack")
        assert stack is not None
        *layers, paper = stack.findall("layer")
        assert [each.get("name") for each in layers] == [layer.name for layer in reversed(sheets.layers)]
        assert paper.get("name") == "Paper"
        for element, (layer, pixels) in zip(reversed(layers), sheets.sheets.items(), strict=True):
            blend = "src-over" if layer.blend == "normal" else layer.blend
            assert element.get("composite-op") == f"svg:{blend}"
            assert element.get("visibility") == ("visible" if layer.is_visible else "hidden")
            assert abs(float(element.get("opacity", "1")) - layer.opacity) <= OPACITY_STEP
            with archive.open(element.get("src", "")) as file:
                part = np.asarray(Image.open(file).convert("RGBA"))
            if pixels.any():
                left, top = int(element.get("x", "0")), int(element.get("y", "0"))
                whole = np.zeros_like(pixels)
                whole[top : top + part.shape[0], left : left + part.shape[1]] = part
                assert apart(whole, pixels) == 0, layer.name
    assert_ours(read_ora(again))


@pytest.mark.slow
def test_krita_shows_our_picture(ours: Path, tmp_path: Path, display: str) -> None:
    shown = np.asarray(Image.open(by_krita(ours, tmp_path / "krita.png", display)).convert("RGB"))
    expected = rgb(merged(drawing()))
    assert np.abs(shown.astype(int) - expected).max() <= 3


@pytest.mark.slow
def test_mypaint_finds_our_layers_and_pixels(ours: Path, tmp_path: Path) -> None:
    found = by_mypaint(ours, tmp_path / "mypaint")
    sheets = drawing()
    assert found["frame"] == [0, 0, sheets.width, sheets.height]
    *layers, paper = found["layers"]
    assert paper["name"] == "Paper"
    assert [each["name"] for each in layers] == [layer.name for layer in reversed(sheets.layers)]
    for each, (layer, pixels) in zip(reversed(layers), sheets.sheets.items(), strict=True):
        assert each["mode"] == ("svg:src-over" if layer.blend == "normal" else f"svg:{layer.blend}")
        assert each["is_visible"] == layer.is_visible
        assert each["opacity"] == pytest.approx(layer.opacity)
        assert apart(np.asarray(Image.open(each["png"]).convert("RGBA")), pixels) <= PIXEL_STEP, layer.name
    assert_ours(read_ora(tmp_path / "mypaint" / "again.ora"))
