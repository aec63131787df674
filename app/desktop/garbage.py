"""When Python looks for garbage: between strokes, not within one. Only `play.py` calls this."""

import gc


def set_aside_garbage() -> None:
    """Look for garbage now, and let the collector pass over all that is in use now until the next time.

    Else it would look through everything that the window is made of in the middle of a stroke, for some 50 ms.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
