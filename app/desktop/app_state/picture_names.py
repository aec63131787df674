"""What the pictures of a duel are called in the window, which colour stands for each, and in which order they hang."""

from app.rivals.registry import DRAWING, RIVALS, rival_title


def picture_title(name: str) -> str:
    """Return the title of the drawing or of a rival's picture."""
    return "Your drawing" if name == DRAWING else rival_title(name)


def ink_of(name: str) -> str:
    """Return the colour of the drawing or of a rival, as `theme.colour` takes it."""
    return "player" if name == DRAWING else RIVALS[name].colour


def hung() -> tuple[str, ...]:
    """Return drawing and rivals from left to right, the drawing in their midst."""
    rivals = tuple(RIVALS)
    middle = len(rivals) // 2
    return (*rivals[:middle], DRAWING, *rivals[middle:])


def pair_words(pair: tuple[str, str]) -> str:
    """Return whom a grade compares, in short."""
    return " & ".join("You" if name == DRAWING else rival_title(name) for name in pair)
