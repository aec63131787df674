"""Short texts that several rooms write alike: names of files, and grades."""

import math
import re

_OTHER_THAN_WORDS = re.compile(r"[^\w]+")


def slug(text: str, *, most_chars: int | None = None) -> str:
    """Return `text` as a part of a file name: small letters of any script, digits and single hyphens; may be empty."""
    words = _OTHER_THAN_WORDS.sub("-", text.lower()).strip("-")
    return words[:most_chars].strip("-")


def grade_text(grade: float) -> str:
    """Write a grade, 0 to 10, as the player sees it: one decimal, and "10" only for a full ten."""
    shown = math.floor(grade * 10 + 0.5) / 10
    # 9.96 is not a ten: only a picture against itself is.
    return "10" if grade >= 10 else f"{min(shown, 9.9):.1f}"


def band_text(grade: float, band: float) -> str:
    """Write a grade with its error band, both 0 to 10, such as "7.4 ± 0.2"; without it where there is none."""
    if band <= 0 or grade >= 10:
        return grade_text(grade)
    return f"{grade_text(grade)} ± {max(math.floor(band * 10 + 0.5) / 10, 0.1):.1f}"
