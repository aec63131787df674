"""The result card: one picture that tells a duel.

Magenta's picture hangs on the left and the classic's on the right of the drawing, so that each grade can stand between
the two pictures it compares, on a bracket from one to the other.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from app import images
from app.game.duel import Duel
from app.images import Picture
from app.judging.assessment import Assessment
from app.networks.catalog import NETWORKS
from app.rivals.registry import rival_title
from app.text import band_text, grade_text

WIDTH_PX = 1680
MARGIN_PX = 72
GAP_PX = 60
# Brackets that end at the same picture stand this far apart.
NUDGE_PX = 16
#: Of more than two rivals, how their grades among each other are written.
OWN_ABREAST, OWN_PX = 5, 44
LOADING_TOLD_S = 0.1
PAPER = (247, 243, 235)
INK = (38, 34, 32)
FAINT = (140, 130, 120)
LINE = (196, 186, 172)
ACCENT = (178, 58, 40)
BAR, TROUGH, BAND = (124, 112, 100), (230, 223, 211), (231, 187, 172)
#: How deep the brackets of the player's grades hang, what stands below them, and how wide that is.
SHALLOW_PX, FACETS_PX, SCALE_PX = 34, 316, 392

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class _Plate:
    """One of the pictures with its caption; `asked` is what the rival was asked for, where it was unusual."""

    picture: Picture
    name: str
    note: str
    asked: str = ""


def draw(duel: Duel) -> Picture:
    """Draw the card of a judged duel: 1680 px wide with two rivals, and wider with more."""
    pictures = duel.pictures()
    plates = [_Plate(pictures[name], rival_title(name), _note(duel, name), _asked(duel, name)) for name in duel.rivals]
    players = len(plates) // 2
    sentence = duel.painted.sentence() if duel.painted is not None else ""
    plates.insert(players, _Plate(pictures["drawing"], "Drawing", sentence))
    plate_width = (WIDTH_PX - 2 * MARGIN_PX - 2 * GAP_PX) // 3
    width_px = max(WIDTH_PX, 2 * MARGIN_PX + len(plates) * (plate_width + GAP_PX) - GAP_PX)
    tallest = max(plate.picture.shape[0] / plate.picture.shape[1] for plate in plates)
    plate_height = round(plate_width * min(max(tallest, 0.6), 1.3))
    deal_top, plates_top = MARGIN_PX, MARGIN_PX + 196
    captions_top = plates_top + plate_height + 26
    brackets_top = captions_top + 128
    has_facets = any(assessment.facets for assessment in duel.assessments.values())
    depth = SHALLOW_PX + (FACETS_PX if has_facets else 106)
    pasted = duel.pasted
    own = [] if len(duel.rivals) == 2 else [pair for pair in duel.comparisons if "drawing" not in pair]
    foot_top = brackets_top + depth + 34 + OWN_PX * -(-len(own) // OWN_ABREAST)
    card = Image.new("RGB", (width_px, foot_top + (60 if pasted else 0) + MARGIN_PX), PAPER)

    _draw_deal(card, duel, deal_top, width_px)
    centres = []
    for column, plate in enumerate(plates):
        left = MARGIN_PX + column * (plate_width + GAP_PX)
        _hang(card, plate.picture, (left, plates_top, left + plate_width, plates_top + plate_height))
        centres.append(left + plate_width // 2)
        _write(card, plate.name, (centres[-1], captions_top), size_px=34, anchor="ma", width_px=plate_width)
        lines = _lines(plate.note, size_px=20, width_px=plate_width) + ([plate.asked] if plate.asked else [])
        for line, words in enumerate(lines):
            place = (centres[-1], captions_top + 46 + 28 * line)
            _write(card, words, place, size_px=20, color=FAINT, anchor="ma", width_px=plate_width)
    drawing = centres.pop(players)
    for name, centre in zip(duel.rivals, centres, strict=True):
        assessment = duel.assessments[f"drawing_{name}"]
        ends = (centre - plate_width * 2 // 5, centre + plate_width * 2 // 5)
        if len(duel.rivals) == 2:
            # From the rival's picture to the drawing, and beneath from one rival's to the other's.
            ends = (centre, drawing - NUDGE_PX) if centre < drawing else (drawing + NUDGE_PX, centre)
        _bracket(card, *ends, top=brackets_top, depth_px=SHALLOW_PX, assessment=assessment, is_the_players=True)
        if assessment.facets:
            _draw_facets(card, assessment, sum(ends) // 2, brackets_top + SHALLOW_PX + 84)
    if not own:
        left, right = centres[0] - 2 * NUDGE_PX, centres[1] + 2 * NUDGE_PX
        between = duel.assessments["_".join(duel.rivals)]
        _bracket(card, left, right, top=brackets_top, depth_px=depth, assessment=between)
    for number, (first, second) in enumerate(own):
        row, column = divmod(number, OWN_ABREAST)
        room_px = (width_px - 2 * MARGIN_PX) // min(len(own), OWN_ABREAST)
        place = (MARGIN_PX + room_px * column + room_px // 2, brackets_top + depth + 40 + OWN_PX * row)
        grade = grade_text(duel.assessments[f"{first}_{second}"].grade)
        words = f"{rival_title(first)} and {rival_title(second)}: {grade}"
        _write(card, words, place, size_px=24, anchor="mm", width_px=room_px - 20)
    if pasted:
        place = (width_px // 2, foot_top + 44)
        _write(card, pasted, place, size_px=22, anchor="mm", width_px=width_px - 2 * MARGIN_PX)
    return images.from_bytes(np.asarray(card))


def _note(duel: Duel, rival: str) -> str:
    report = duel.paintings[rival].report
    words = f"{NETWORKS[report.network].title}, {time_text(report.painting_seconds, report.loading_seconds)}"
    return f"{words}. {report.note}" if report.note else words


def _asked(duel: Duel, rival: str) -> str:
    words = duel.paintings[rival].request.sentence()
    return words[:1].upper() + words[1:]


def time_text(painting_seconds: float, loading_seconds: float) -> str:
    """Say how long a rival's picture took, and apart from it the loading of its network, where that is worth a word."""
    words = f"{painting_seconds:.1f} s" if painting_seconds >= 1 else f"{painting_seconds:.2f} s"
    return f"{words}, and {loading_seconds:.1f} s to load" if loading_seconds >= LOADING_TOLD_S else words


def _draw_deal(card: Image.Image, duel: Duel, top: int, width_px: int) -> None:
    """Say what was to be painted and how: two thumbnails with their titles, and the game's name."""
    side = 132
    left = MARGIN_PX
    for dealt, picture, role in (
        (duel.deal.content, duel.deal.content_picture, "Paint"),
        (duel.deal.style, duel.deal.style_picture, "in the manner of"),
    ):
        _paste(card, images.cover(picture, height=side, width=side), (left, top))
        text_left = left + side + 24
        room_px, title_px = 340, 30
        lines = _lines(dealt.title, size_px=title_px, width_px=room_px)
        first = top + side // 2 - 18 * len(lines)
        _write(card, role, (text_left, first - 18), size_px=20, color=FAINT, anchor="la", width_px=room_px)
        widths = [
            _write(card, words, (text_left, first + 10 + 36 * line), size_px=title_px, anchor="la", width_px=room_px)
            for line, words in enumerate(lines)
        ]
        left = text_left + max(180, *widths) + 56
    right = width_px - MARGIN_PX
    _write(card, "Pastiche", (right, top + 30), size_px=58, color=ACCENT, anchor="ra", width_px=right - left)


def _draw_facets(card: Image.Image, assessment: Assessment, middle: int, top: int) -> None:
    """Draw where a grade stands among what the deal brings along, and under it a bar for each facet."""
    pen = ImageDraw.Draw(card)
    left, right = middle - SCALE_PX // 2, middle + SCALE_PX // 2

    def across(grade: float) -> int:
        return round(left + (right - left) * min(max(grade, 0.0), 10.0) / 10)

    pen.line([(left, top), (right, top)], fill=LINE, width=2)
    for grade in assessment.anchors.values():
        pen.line([(across(grade), top - 8), (across(grade), top + 8)], fill=FAINT, width=2)
    reach = (across(assessment.grade - assessment.band), across(assessment.grade + assessment.band))
    pen.rounded_rectangle((reach[0], top - 6, reach[1], top + 6), radius=6, fill=BAND)
    at = across(assessment.grade)
    pen.ellipse((at - 5, top - 5, at + 5, top + 5), fill=ACCENT)
    told = "   ".join(f"{name} {grade_text(grade)}" for name, grade in assessment.anchors.items())
    _write(card, told, (middle, top + 16), size_px=17, color=FAINT, anchor="ma", width_px=SCALE_PX)
    for row, (name, facet) in enumerate(assessment.facets.items()):
        y = top + 60 + 28 * row
        bar_left, bar_right = left + 124, right - 52
        _write(card, name.capitalize(), (left, y), size_px=19, anchor="lm", width_px=120)
        _write(card, grade_text(facet.grade), (right, y), size_px=19, anchor="rm", width_px=50)
        pen.rounded_rectangle((bar_left, y - 5, bar_right, y + 5), radius=5, fill=TROUGH)
        filled = round((bar_right - bar_left) * min(max(facet.grade, 0.0), 10.0) / 10)
        if filled >= 10:
            pen.rounded_rectangle((bar_left, y - 5, bar_left + filled, y + 5), radius=5, fill=BAR)


def _hang(card: Image.Image, picture: Picture, box: Box) -> None:
    """Hang a picture into a box, whole and unstretched, with a soft shadow on the wall behind it."""
    left, top, right, bottom = box
    height, width = picture.shape[:2]
    scale = min((right - left) / width, (bottom - top) / height)
    height, width = max(1, round(height * scale)), max(1, round(width * scale))
    x, y = left + (right - left - width) // 2, top + (bottom - top - height) // 2
    blur_px = 14
    shade = Image.new("L", (width + 6 * blur_px, height + 6 * blur_px), 0)
    ImageDraw.Draw(shade).rectangle((3 * blur_px, 3 * blur_px, 3 * blur_px + width, 3 * blur_px + height), fill=90)
    shade = shade.filter(ImageFilter.GaussianBlur(blur_px))
    card.paste(INK, (x - 3 * blur_px, y - 3 * blur_px + 8), shade)
    _paste(card, images.resize(picture, height=height, width=width), (x, y))


def _paste(card: Image.Image, picture: Picture, place: tuple[int, int]) -> None:
    card.paste(Image.fromarray(images.to_bytes(picture)), place)


def _bracket(
    card: Image.Image,
    left: int,
    right: int,
    *,
    top: int,
    depth_px: int,
    assessment: Assessment,
    is_the_players: bool = False,
) -> None:
    """Draw a bracket from one picture to another, with their grade in its middle, and its band."""
    pen = ImageDraw.Draw(card)
    bottom = top + depth_px
    pen.line([(left, top), (left, bottom), (right, bottom), (right, top)], fill=LINE, width=3, joint="curve")
    size_px, band_px = (88, 34) if is_the_players else (60, 26)
    text, band = grade_text(assessment.grade), band_text(assessment.grade, assessment.band).partition(" ")[2]
    grade_width = math.ceil(_font(size_px, text).getlength(text))
    gap = 16 if band else 0
    width = grade_width + gap + math.ceil(_font(band_px, band).getlength(band))
    # The grade itself stands in the middle, whatever is beside it.
    middle = (left + right) // 2
    start = middle - grade_width // 2
    pen.rectangle((start - 26, bottom - 4, start + width + 26, bottom + 4), fill=PAPER)
    color = ACCENT if is_the_players else INK
    _write(card, text, (start, bottom), size_px=size_px, color=color, anchor="lm", width_px=grade_width + 20)
    if band:
        place = (start + grade_width + gap, bottom + round(0.12 * size_px))
        _write(card, band, place, size_px=band_px, color=FAINT, anchor="lm", width_px=200)


def _write(
    card: Image.Image,
    text: str,
    place: tuple[int, int],
    *,
    size_px: int,
    anchor: str,
    width_px: int,
    color: tuple[int, int, int] = INK,
) -> int:
    """Write one line, shortened with an ellipsis to `width_px`; returns the width it took."""
    font = _font(size_px, text)
    shown = text
    while len(shown) > 1 and font.getlength(shown) > width_px:
        shown = shown.rstrip("…")[:-1].rstrip() + "…"
    ImageDraw.Draw(card).text(place, shown, font=font, fill=color, anchor=anchor)
    return math.ceil(font.getlength(shown))


def _lines(text: str, *, size_px: int, width_px: int) -> list[str]:
    """Break a text into two lines at most; what is left over stays in the second, to be shortened."""
    font = _font(size_px, text)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(lines) == 1 and lines[0] and font.getlength(longer) > width_px:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _font(size_px: int, text: str) -> Font:
    """Pillow's own typeface; for letters that it lacks, DejaVu where the system has it."""
    own = ImageFont.load_default(size_px)
    if all(_is_known(own, letter) for letter in set(text)):
        return own
    try:
        return ImageFont.truetype("DejaVuSans.ttf", size_px)
    except OSError:
        return own


@functools.lru_cache(maxsize=512)
def _is_known(font: Font, letter: str) -> bool:
    return letter.isspace() or bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))
