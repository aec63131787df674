"""The deck: every photograph and painting that can be dealt. The doors call; nothing here knows a window."""

import contextlib
import functools
import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from app import images, places
from app.errors import PictureError, UsageError
from app.images import Picture

Kind = Literal["content", "style"]

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".avif"})
# Both sides of a deal are read at this size: more than any rival paints at, little enough to be read at once.
DEALT_SIDE_PX = 1024
# {"pictures": [{"file": ..., "title": ..., ...}]}
LIST_FILE = "deck.json"


@dataclass(frozen=True)
class Card:
    """One picture of the deck: where it lies, what it is called, and which side of a deal it can be."""

    path: Path
    title: str
    kind: Kind

    def picture(self, *, max_side_px: int = DEALT_SIDE_PX) -> Picture:
        """Read the picture, longer side at most `max_side_px`. Raises PictureError."""
        return images.read_picture(self.path, max_side_px=max_side_px)


@dataclass(frozen=True)
class Deal:
    """The content photograph and the style painting of one duel."""

    content: Card
    style: Card

    @functools.cached_property
    def content_picture(self) -> Picture:
        """The photograph, read once, longer side at most 1024 px. Raises PictureError."""
        return self.content.picture()

    @functools.cached_property
    def style_picture(self) -> Picture:
        """The painting, read once, longer side at most 1024 px. Raises PictureError."""
        return self.style.picture()

    def read(self) -> "Deal":
        """Read both pictures now, so that a bad one is refused here rather than later. Raises PictureError."""
        _ = self.content_picture, self.style_picture
        return self

    @classmethod
    def of_files(cls, content: Path, style: Path) -> "Deal":
        """Deal two files of somebody's choice. Raises PictureError if either cannot be read."""
        return cls(Card(content, title_of(content), "content"), Card(style, title_of(style), "style")).read()


@dataclass
class Deck:
    """All contents and styles that can be dealt; `skipped` says of each file that turned out unreadable why it is."""

    contents: list[Card]
    styles: list[Card]
    skipped: dict[Path, str] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Deck":
        """List the program's own pictures and the player's. Only names are read, so that a window opens at once."""
        return cls(
            _cards(places.contents(), "content") + _cards(places.own_contents(), "content"),
            _cards(places.styles(), "style") + _cards(places.own_styles(), "style"),
        )

    def deal(
        self,
        seed: int | None = None,
        *,
        content: Card | None = None,
        style: Card | None = None,
        after: Deal | None = None,
    ) -> Deal:
        """Deal a content and a style at random; a side that is given is kept, and those of `after` do not come again.

        Both pictures have been read when this returns: an unreadable one goes into `skipped` and another is drawn.
        The same seed on the same deck deals the same. Raises UsageError where no readable picture is left.
        """
        chance = random.Random(seed)
        while True:
            deal = Deal(
                content or self._draw(self.contents, chance, after.content if after else None),
                style or self._draw(self.styles, chance, after.style if after else None),
            )
            for card, drawn in ((deal.content, content is None), (deal.style, style is None)):
                try:
                    _ = deal.content_picture if card is deal.content else deal.style_picture
                except PictureError as error:
                    if not drawn:
                        raise
                    self.skipped[card.path] = str(error)
            if not {deal.content.path, deal.style.path} & self.skipped.keys():
                return deal

    def _draw(self, cards: list[Card], chance: random.Random, last: Card | None) -> Card:
        """Choose among the readable cards; the last one only if it is the only one."""
        readable = [card for card in cards if card.path not in self.skipped]
        if not readable:
            kind = "photograph" if cards is self.contents else "painting"
            raise UsageError(f"There is no {kind} to deal: put one into {places.own_contents().parent}.")
        return chance.choice([card for card in readable if card != last] or readable)


def title_of(path: Path) -> str:
    """Say a picture's title: from the `deck.json` beside it, else its file name made readable."""
    return _titles(path.parent).get(path.name) or _from_name(path)


def _cards(folder: Path, kind: Kind) -> list[Card]:
    """List a folder's pictures by name; a folder that is not there has none."""
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    except OSError:
        return []
    titles = _titles(folder)
    return [
        Card(path, titles.get(path.name) or _from_name(path), kind) for path in found if not path.name.startswith(".")
    ]


def _titles(folder: Path) -> dict[str, str]:
    """Read a folder's titles, file name -> title; a player's folder has none, and a damaged list costs only titles."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        listed = json.loads((folder / LIST_FILE).read_text(encoding="utf-8"))["pictures"]
        return {str(picture["file"]): str(picture["title"]) for picture in listed}
    return {}


def _from_name(path: Path) -> str:
    words = path.stem.replace("_", " ").replace("-", " ").split()
    return " ".join(words).capitalize() if words else path.name
