"""OpenRaster: what is written is read again, other programs' ways of writing are understood, bad files are refused."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from openraster_picture import Sheets, drawing, full, multiplied, sheet, write
from PIL import Image
from PyQt5.QtGui import QImage

from app import images
from app.errors import PictureError, SaveError
from app.painting.io.openraster_reader import read_ora
from app.painting.io.openraster_writer import Snapshot, write_ora
from app.painting.model.layers import Layer


def archive(
    path: Path, stack: str, pictures: dict[str, NDArray[np.uint8]] | None = None, mimetype: str = "image/openraster"
) -> Path:
    """An .ora made by hand."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", mimetype)
        file.writestr("stack.xml", stack)
        for name, pixels in (pictures or {}).items():
            file.writestr(name, images.to_png(pixels))
    return path


def block(color: tuple[int, ...] = (200, 30, 30, 255), width: int = 10, height: int = 8) -> NDArray[np.uint8]:
    return np.full((height, width, 4), color, dtype=np.uint8)


def test_everything_that_a_layer_has_comes_back(tmp_path: Path) -> None:
    sheets = drawing()
    picture = read_ora(write(tmp_path / "all.ora", sheets))
    assert (picture.width, picture.height) == (90, 60)
    assert picture.remarks == ()
    assert picture.layers[picture.active].layer.name == 'Sh<a>dow & "light"'
    assert len(picture.layers) == 5, "the paper is no layer of the drawing"
    for index, (layer, pixels) in enumerate(sheets.sheets.items()):
        found = picture.layers[index].layer
        assert (found.name, found.opacity, found.blend) == (layer.name, layer.opacity, layer.blend)
        assert (found.is_visible, found.is_alpha_locked) == (layer.is_visible, layer.is_alpha_locked)
        assert (multiplied(full(picture, index)) == multiplied(pixels)).all()


def test_every_premultiplied_colour_survives(tmp_path: Path) -> None:
    alpha, value = np.mgrid[0:256, 0:256]
    value = np.minimum(value, alpha).astype(np.uint8)
    pixels = np.dstack([value, value[:, ::-1].clip(max=alpha), value, alpha]).astype(np.uint8)
    pixels = np.ascontiguousarray(pixels)
    image = QImage(pixels.tobytes(), 256, 256, 1024, QImage.Format_ARGB32_Premultiplied)
    write_ora(tmp_path / "all.ora", Snapshot(256, 256, ((Layer(), image),), 0, None))
    picture = read_ora(tmp_path / "all.ora")
    assert (multiplied(full(picture, 0)) == pixels).all()


def test_the_archive_is_as_the_specification_has_it(tmp_path: Path) -> None:
    sheets = Sheets(700, 300, {Layer(): sheet(700, 300, (5, 6, 105, 206), (1, 2, 3, 255))})
    path = write(tmp_path / "wide.ora", sheets)
    assert path.read_bytes()[30:54] == b"mimetypeimage/openraster", "a look at the first bytes tells what it is"
    with zipfile.ZipFile(path) as file:
        names = file.namelist()
        assert names[0] == "mimetype"
        assert {"stack.xml", "mergedimage.png", "Thumbnails/thumbnail.png"} < set(names)
        assert Image.open(io.BytesIO(file.read("mergedimage.png"))).size == (700, 300)
        assert Image.open(io.BytesIO(file.read("Thumbnails/thumbnail.png"))).size == (256, 109)
        layer = Image.open(io.BytesIO(file.read("data/layer00.png")))
        assert (layer.size, layer.mode) == ((100, 200), "RGBA"), "no more than what is painted"
        assert (np.asarray(Image.open(io.BytesIO(file.read("data/paper.png")))) == 255).all()


def test_the_same_drawing_is_the_same_file(tmp_path: Path) -> None:
    first, second = write(tmp_path / "1.ora", drawing()), write(tmp_path / "2.ora", drawing())
    assert first.read_bytes() == second.read_bytes()


def test_a_white_layer_over_the_paper_stays(tmp_path: Path) -> None:
    sheets = Sheets(20, 20, {Layer(0, "White"): block((255, 255, 255, 255), 20, 20)})
    picture = read_ora(write(tmp_path / "white.ora", sheets))
    assert [each.layer.name for each in picture.layers] == ["White"]


def test_an_unwritable_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SaveError, match=r"could not be written"):
        write(tmp_path / "file" / "x.ora", drawing())


NESTED = """<?xml version='1.0' encoding='UTF-8'?>
<image w="40" h="30" version="0.0.1">
 <stack x="1" y="1">
  <stack name="Gathered" isolation="auto" x="3">
   <layer name="b" src="data/b.png" x="2" y="4" composite-op="svg:multiply"/>
   <layer name="a" src="data/a.png"/>
  </stack>
  <stack name="Hidden" visibility="hidden"><layer name="c" src="data/a.png"/></stack>
  <stack name="Faint" opacity="0.5"><layer name="d" src="data/a.png" opacity="0.5" selected="true"/></stack>
  <stack name="Apart" isolation="isolate" opacity="0.5">
   <layer name="f" src="data/b.png" x="5" y="5" composite-op="svg:multiply"/>
   <layer name="e" src="data/a.png"/>
  </stack>
  <layer name="odd" src="data/a.png" composite-op="svg:color-dodge"/>
  <layer name="vector" src="data/lines.svg"/>
  <text>words</text>
 </stack>
</image>
"""


def test_stacks_are_laid_flat(tmp_path: Path) -> None:
    path = archive(tmp_path / "n.ora", NESTED, {"data/a.png": block(), "data/b.png": block((100, 200, 100, 255))})
    picture = read_ora(path)
    names = [each.layer.name for each in picture.layers]
    assert names == ["odd", "Apart", "d", "c", "a", "b"], "the lowest first"
    facts = {each.layer.name: each for each in picture.layers}
    assert (facts["a"].left, facts["a"].top) == (4, 1)
    assert (facts["b"].left, facts["b"].top, facts["b"].layer.blend) == (6, 5, "multiply")
    assert not facts["c"].layer.is_visible
    assert facts["d"].layer.opacity == pytest.approx(0.25)
    assert picture.active == names.index("d")
    apart = facts["Apart"]
    assert apart.layer.opacity == 0.5
    assert (apart.left, apart.top, apart.pixels.shape) == (1, 1, (13, 15, 4))
    assert tuple(apart.pixels[0, 0]) == (200, 30, 30, 255)
    assert tuple(apart.pixels[6, 6]) == (78, 24, 12, 255), "one multiplied by the other"
    assert tuple(apart.pixels[12, 14]) == (100, 200, 100, 255)
    assert facts["odd"].layer.blend == "normal"
    assert [remark for remark in picture.remarks if "svg:color-dodge" in remark]
    assert [remark for remark in picture.remarks if "“vector”" in remark]
    assert [remark for remark in picture.remarks if "“Apart”" in remark]
    assert [remark for remark in picture.remarks if "text" in remark]


def test_what_lies_outside_of_the_canvas_is_cut(tmp_path: Path) -> None:
    stack = (
        '<image w="12" h="10"><stack><layer src="a.png" x="-4" y="-3"/><layer src="a.png" x="8" y="6"/>'
        '<layer src="a.png" x="400" y="0"/></stack></image>'
    )
    pixels = np.arange(10 * 8 * 4, dtype=np.uint16).reshape(8, 10, 4).astype(np.uint8)
    far, low, high = read_ora(archive(tmp_path / "o.ora", stack, {"a.png": pixels})).layers
    assert (high.left, high.top) == (0, 0)
    assert (high.pixels == pixels[3:, 4:]).all()
    assert (low.left, low.top) == (8, 6)
    assert (low.pixels == pixels[:4, :4]).all()
    assert not far.pixels.any()
    assert {each.layer.name for each in (far, low, high)} == {"Layer"}


def test_pictures_of_other_kinds_are_read(tmp_path: Path) -> None:
    """Greys, palettes and 16 bits, as some programs keep layers."""
    path = tmp_path / "kinds.ora"
    grey = np.linspace(0, 65535, 16 * 16).astype(np.uint16).reshape(16, 16)
    sheets = [Image.fromarray(grey), Image.new("L", (16, 16), 77), Image.new("P", (16, 16), 3)]
    stack = "".join(f'<layer src="{number}.png"/>' for number in range(len(sheets)))
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", "image/openraster\n")
        file.writestr("stack.xml", f'<image w="16" h="16"><stack>{stack}</stack></image>')
        for number, image in enumerate(sheets):
            buffer = io.BytesIO()
            image.save(buffer, "PNG")
            file.writestr(f"{number}.png", buffer.getvalue())
    _, plain, deep = read_ora(path).layers
    assert tuple(plain.pixels[0, 0]) == (77, 77, 77, 255)
    assert (deep.pixels[..., 0] == grey >> 8).all()


def test_a_layer_that_is_damaged_is_left_out_and_the_others_are_read(tmp_path: Path) -> None:
    stack = """<image w="9" h="9"><stack>
        <layer name="high" src="a.png" opacity="7"/><layer name="low" src="a.png" opacity="-inf"/>
        <layer name="far" src="a.png" x="9999999999"/><layer name="faint" src="a.png" opacity="x"/>
        <layer name="lost" src="b.png"/><stack name="group" y="?"><layer src="a.png"/></stack>
        <layer name="out" src="a.png" x="-2000000000"/>
        </stack></image>"""
    found = read_ora(archive(tmp_path / "a.ora", stack, {"a.png": block()}))
    assert [(each.layer.name, each.layer.opacity) for each in found.layers] == [("out", 1), ("low", 0), ("high", 1)]
    assert found.remarks == (
        "The layer “group” was left out: its place is damaged.",
        "The layer “lost” was left out: it lacks b.png.",
        "The layer “faint” was left out: its opacity is damaged.",
        "The layer “far” was left out: its place is damaged.",
    )


LAYER = '<layer src="a.png"/>'
REFUSED = {
    "no stack": ('<image w="9" h="9"></image>', "damaged"),
    "not xml": ("<image", "damaged"),
    "no size": (f"<image><stack>{LAYER}</stack></image>", "damaged"),
    "not a number": (f'<image w="nan" h="9"><stack>{LAYER}</stack></image>', "damaged"),
    "bad opacity": ('<image w="9" h="9"><stack><layer src="a.png" opacity="x"/></stack></image>', "damaged"),
    "no layer": ('<image w="9" h="9"><stack/></image>', "no layer"),
    "huge": (f'<image w="90000" h="9"><stack>{LAYER}</stack></image>', "90000 x 9 pixels"),
    "empty": (f'<image w="0" h="9"><stack>{LAYER}</stack></image>', "0 x 9 pixels, 1 to 8192 a side"),
    "negative": (f'<image w="-3" h="5"><stack>{LAYER}</stack></image>', "-3 x 5 pixels, 1 to 8192 a side"),
    "many": (f'<image w="9" h="9"><stack>{LAYER * 33}</stack></image>', "33 layers"),
    "very many": (f'<image w="9" h="9"><stack>{LAYER * 5000}</stack></image>', "5000 layers"),
    "deep": (f'<image w="9" h="9">{"<stack>" * 90}{LAYER}{"</stack>" * 90}</image>', "too deeply"),
    "missing": ('<image w="9" h="9"><stack><layer src="b.png"/></stack></image>', "lacks b.png"),
    "outside": ('<image w="9" h="9"><stack><layer src="../../etc/x.png"/></stack></image>', "lacks"),
    "no picture": ('<image w="9" h="9"><stack><layer src="c.png"/></stack></image>', "damaged"),
    "entities": (
        '<!DOCTYPE i [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        f'<image w="9" h="9"><stack name="&b;">{LAYER}</stack></image>',
        "document type",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_a_drawing_is_refused_in_one_sentence(tmp_path: Path, case: str) -> None:
    stack, says = REFUSED[case]
    path = archive(tmp_path / "bad.ora", stack, {"a.png": block()})
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("c.png", b"\x89PNG\r\n\x1a\n and nothing more")
    with pytest.raises(PictureError) as refused:
        read_ora(path)
    assert says in str(refused.value)
    assert str(refused.value).startswith("bad.ora")
    assert "\n" not in str(refused.value)


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.ora").write_text("nothing of the kind")
    (tmp_path / "none.ora").write_bytes(b"")
    (tmp_path / "folder.ora").mkdir()
    archive(tmp_path / "document.ora", "<image/>", mimetype="application/vnd.oasis.opendocument.text")
    for name in ("text", "none", "folder", "document", "absent"):
        with pytest.raises(PictureError) as refused:
            read_ora(tmp_path / f"{name}.ora")
        assert "\n" not in str(refused.value)


def test_a_file_that_unpacks_to_more_than_it_may_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.ora"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "image/openraster")
        file.writestr("stack.xml", b"<image>" + b" " * (5 * 2**20))
    assert path.stat().st_size < 100_000
    with pytest.raises(PictureError, match=r"stack\.xml is too large"):
        read_ora(path)


@pytest.mark.slow
def test_many_large_layers_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("1", (9000, 9000)).save(buffer, "PNG")
    path = tmp_path / "large.ora"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", "image/openraster")
        file.writestr("stack.xml", f'<image w="9" h="9"><stack>{LAYER * 30}</stack></image>')
        file.writestr("a.png", buffer.getvalue())
    with pytest.raises(PictureError, match="too many pixels"):
        read_ora(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    whole = write(tmp_path / "whole.ora", drawing()).read_bytes()
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    del damaged[data.draw(st.integers(0, len(whole)) | st.just(len(whole))) :]
    path = tmp_path / "damaged.ora"
    path.write_bytes(damaged)
    try:
        picture = read_ora(path)
    except PictureError as error:
        assert str(error)
        assert "\n" not in str(error)
    else:
        assert 1 <= len(picture.layers) <= 32
