"""How a subcommand is declared, so that all read alike."""

import argparse
from typing import Any

Commands = Any  # argparse's class of subparsers has no public name


def add(commands: Commands, name: str, purpose: str) -> argparse.ArgumentParser:
    """Add a subcommand whose help is `purpose`, a phrase without its full stop."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=purpose, description=purpose[:1].upper() + purpose[1:] + ".", allow_abbrev=False
    )
    if name != "test":
        # Suppressed, or a subcommand's subcommand would take back what was said before it.
        parser.add_argument(
            "--verbose", action="store_true", default=argparse.SUPPRESS, help="tell on standard error what is going on"
        )
    return parser
