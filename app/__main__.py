"""`python -m app`: the same as `python3 main.py` in a clone, or `pastiche` where it is installed."""

import sys

from app.startup import main

if __name__ == "__main__":
    sys.exit(main())
