"""When Python looks for garbage: not within a stroke, and not while a page is opened.

To look through everything that the window is made of takes some 50 ms.
"""

import gc


def set_aside_garbage() -> None:
    """Let the collector pass over all that is in use now; only what is new is looked through first."""
    gc.collect(1)
    gc.freeze()


def clear_garbage() -> None:
    """Look through everything, also what was set aside, and set aside what is in use. For when nobody waits."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
