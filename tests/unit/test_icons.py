"""The icons: one family of SVG files of our own, every one drawable at every size the window asks for."""

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt5.QtCore import QByteArray, QRectF
from PyQt5.QtGui import QImage, QPainter
from PyQt5.QtSvg import QSvgRenderer

from app import places

APP_ICON = "pastiche"
FILES = sorted(places.icons().glob("*.svg"))
FAMILY = [path for path in FILES if path.stem != APP_ICON]
PROMISED = [
    "brush",
    "eraser",
    "undo",
    "redo",
    "reroll",
    "picture",
    "painting",
    "upload",
    "draw",
    "rivals",
    "compare",
    "save",
    "zoom-in",
    "zoom-out",
    "fit",
    "palette",
    "home",
    "settings",
    "size",
    "opacity",
    "stop",
    "retry",
    "folder",
    "check",
    "warning",
    "info",
    "eyedropper",
    "clear",
    "swap",
    "gallery",
    "smudge",
    "fill",
    "layers",
    "eye",
    "eye-off",
    "lock",
    "unlock",
    "trace",
    "history",
    "film",
    "symmetry-mirror",
    "symmetry-radial",
    "keyboard",
    "brush-edit",
]
# Without an application Qt knows no fonts, and its SVG reader asks for one.
pytestmark = pytest.mark.usefixtures("qapp")
SVG = "{http://www.w3.org/2000/svg}"


def drawn(path: Path, side_px: int) -> NDArray[np.uint8]:
    """The icon on a transparent ground, uint8 [side, side, 4] (blue, green, red, alpha)."""
    renderer = QSvgRenderer(QByteArray(path.read_bytes()))
    assert renderer.isValid(), path.name
    image = QImage(side_px, side_px, QImage.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.Antialiasing)
    renderer.render(painter, QRectF(0, 0, side_px, side_px))
    painter.end()
    bits = image.constBits()
    assert bits is not None
    bits.setsize(image.sizeInBytes())
    return np.frombuffer(bits, np.uint8).reshape(side_px, side_px, 4).copy()


def test_all_promised_icons_are_there() -> None:
    assert set(PROMISED) | {APP_ICON} <= {path.stem for path in FILES}


@pytest.mark.parametrize("path", FAMILY, ids=lambda path: path.stem)
def test_icon_belongs_to_the_family(path: Path) -> None:
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox") == "0 0 24 24"
    assert root.get("stroke-width") == "1.75"
    assert root.get("stroke-linejoin") == root.get("stroke-linecap") == "round"
    # One ink, so that the theme can put its own in its place.
    inks = {element.get(key) for element in root.iter() for key in ("stroke", "fill")} - {None}
    assert inks <= {"#000", "none"}
    assert not any(element.tag in {f"{SVG}image", f"{SVG}text", f"{SVG}script"} for element in root.iter())


@pytest.mark.parametrize("side_px", [16, 24, 48])
@pytest.mark.parametrize("path", FAMILY, ids=lambda path: path.stem)
def test_icon_is_drawn_within_its_square(path: Path, side_px: int) -> None:
    alpha = drawn(path, side_px)[..., 3] / 255
    assert 0.03 < alpha.mean() < 0.5
    # It fills its square as its siblings do, and is not cut off at the border.
    rows, columns = np.flatnonzero(alpha.max(axis=1) > 0.3), np.flatnonzero(alpha.max(axis=0) > 0.3)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 >= 0.6 * side_px
    if side_px == 48:
        border = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
        assert border.max() < 0.5


def test_no_two_icons_look_alike() -> None:
    seen = {path.stem: drawn(path, 32)[..., 3].astype(float) / 255 for path in FILES}
    names = sorted(seen)
    for k, a in enumerate(names):
        for b in names[k + 1 :]:
            assert np.abs(seen[a] - seen[b]).mean() > 0.01, f"{a} and {b}"


def test_app_icon_is_colourful_and_has_clear_corners() -> None:
    pixels = drawn(places.icons() / f"{APP_ICON}.svg", 64)
    assert pixels[0, 0, 3] == 0
    assert pixels[32, 32, 3] == 255
    solid = pixels[pixels[..., 3] == 255][:, :3].astype(int)
    spread = solid.max(axis=1) - solid.min(axis=1)
    assert (spread > 60).mean() > 0.3
    assert len({tuple(colour // 32) for colour in solid}) >= 12
