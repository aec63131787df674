"""What a bench says while it works, so that minutes of it are not taken for a hang."""

import sys


def tell(sentence: str) -> None:
    """Say on standard error what is measured now."""
    print(sentence, file=sys.stderr, flush=True)


def rounded(number: float | None, digits: int = 4) -> float | None:
    """Round a figure; None stays None."""
    return None if number is None else round(float(number), digits)
