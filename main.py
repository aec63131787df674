#!/usr/bin/env python3
"""Start Pastiche: `python3 main.py` opens the game, `python3 main.py --help` says what else there is."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python reads this far, and must be able to
    sys.exit("Pastiche needs Python 3.11 or newer; this is Python " + sys.version.split()[0] + ".")
if __name__ == "__main__":
    from app.startup import main

    sys.exit(main(sys.argv[1:]))
