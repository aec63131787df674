"""Deals for the proof of the judge, out of a folder of pictures or our own deck."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app import images, places
from app.errors import PictureError, UsageError
from app.game.deck import DEALT_SIDE_PX, SUFFIXES
from app.images import Picture

#: The folders of photographs and of paintings within a folder of pictures.
SIDES = (("contents", "styles"), ("content", "style"))
#: With fewer there is no other photograph, or no other painting, to mistake one for.
LEAST = 2


@dataclass(frozen=True, eq=False)
class NamedPicture:
    """A picture that was read: float32 H x W x 3 in [0, 1], longer side at most 1024 px."""

    name: str
    picture: Picture


@dataclass(frozen=True, eq=False)
class Pair:
    """A photograph and a painting, and another of each that they could be mistaken for."""

    content: NamedPicture
    style: NamedPicture
    other_content: NamedPicture
    other_style: NamedPicture


@dataclass(frozen=True)
class BenchDeals:
    """The deals, by seed; `skipped` are sentences about files that could not be read; `source` says whence."""

    pairs: tuple[Pair, ...]
    skipped: tuple[str, ...]
    source: str


def deal(folder: Path | None, *, deals: int, seed: int, held_out: bool = False) -> BenchDeals:
    """Deal so many pairs; no pair comes twice, and as few pictures as can be come again.

    `folder` holds photographs and paintings in `contents` and `styles` or in `content` and `style`; or just pictures,
    of which half then serve as photographs and half as paintings. None for our own deck. `held_out`: only those that
    app.training keeps out of all training in these folders.

    Raises UsageError where there are too few pictures, or fewer pairs than `deals`.
    """
    if deals < 1:
        raise UsageError(f"The proof needs at least one deal, not {deals}.")
    skipped: list[str] = []
    contents, styles, source = (
        _held_out(folder, skipped) if held_out else _from_files(folder, deals=deals, seed=seed, skipped=skipped)
    )
    for kind, found in (("photographs", contents), ("paintings", styles)):
        if len(found) < LEAST:
            why = f" ({' '.join(skipped)})" if skipped else ""
            raise UsageError(
                f"There are {len(found)} readable {kind} in {source}; the proof needs {LEAST} or more.{why}"
            )
    if deals > len(contents) * len(styles):
        raise UsageError(
            f"The pictures in {source} are enough for {len(contents) * len(styles)} deals, not for {deals}: ask for "
            "fewer, or name a folder with more pictures."
        )
    pairs = []
    for number in range(deals):
        at = number % len(contents)
        beside = (at + number // len(contents)) % len(styles)
        pairs.append(
            Pair(
                contents[at],
                styles[beside],
                contents[(at + 1) % len(contents)],
                styles[(beside + 1) % len(styles)],
            )
        )
    said = source if folder is None else f"the folder {folder.resolve().name}"
    return BenchDeals(tuple(pairs), tuple(skipped), f"{said}, held out of all training" if held_out else said)


def _from_files(
    folder: Path | None, *, deals: int, seed: int, skipped: list[str]
) -> tuple[list[NamedPicture], list[NamedPicture], str]:
    photographs, paintings, source = _files(folder, seed)
    chance = random.Random(seed)
    found = []
    for paths in (photographs, paintings):
        chance.shuffle(paths)
        # One more than there are deals, for the other that the last could be mistaken for.
        found.append(list(_readable(paths, deals + 1, skipped)))
    return found[0], found[1], source


def _files(folder: Path | None, seed: int) -> tuple[list[Path], list[Path], str]:
    if folder is None:
        return _listed(places.contents()), _listed(places.styles()), "our own deck"
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder of pictures.")
    for contents, styles in SIDES:
        if (folder / contents).is_dir() and (folder / styles).is_dir():
            return _listed(folder / contents), _listed(folder / styles), str(folder)
    paths = _listed(folder)
    random.Random(seed).shuffle(paths)
    return sorted(paths[::2]), sorted(paths[1::2]), str(folder)


def _listed(folder: Path) -> list[Path]:
    try:
        found = sorted(folder.iterdir())
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {images.why(error)}.") from None
    return [path for path in found if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")]


def _readable(paths: list[Path], count: int, skipped: list[str]) -> Iterator[NamedPicture]:
    for path in paths:
        if count == 0:
            return
        try:
            yield NamedPicture(path.stem, images.read_picture(path, max_side_px=DEALT_SIDE_PX))
            count -= 1
        except PictureError as error:
            skipped.append(str(error))


def _held_out(folder: Path | None, skipped: list[str]) -> tuple[list[NamedPicture], list[NamedPicture], str]:
    # Training is a room of its own, which only this asks in.
    from app.training.datasets import read_shelf

    for contents, styles in SIDES:
        if folder is not None and (folder / contents).is_dir() and (folder / styles).is_dir():
            shelves = [read_shelf(folder / side) for side in (contents, styles)]
            for shelf in shelves:
                skipped += [f"{name} cannot be read." for name in shelf.skipped]
            photographs, paintings = (
                [
                    NamedPicture(f"{kind} {number}", images.from_bytes(picture))
                    for number, picture in enumerate(shelf.held_out)
                ]
                for kind, shelf in zip(("photograph", "painting"), shelves, strict=True)
            )
            return photographs, paintings, f"what {folder} holds out of training"
    raise UsageError("Pictures are held out of training only in a folder with contents/ and styles/.")
