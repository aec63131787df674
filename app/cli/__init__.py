"""The command line: the same use cases as the window, without one.

Results go to standard output, errors to standard error as one sentence; the exit code is 0, 1 (failed) or 2 (wrong use
or unreadable input).
"""

import argparse
import contextlib
import io
import json
import logging
import os
import sys
import traceback
from pathlib import Path

from app.cli import parser
from app.cli.answer import Answer
from app.errors import PasticheError, UsageError

_LOGGER = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """Do what the arguments say. Returns the exit code; of all errors only ModuleNotFoundError leaves this."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name or a sign that this terminal has no letters for is shown escaped.
            stream.reconfigure(errors="backslashreplace")
    try:
        return _answer(arguments)
    except PasticheError as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _fail("Stopped.", 1)
    except BrokenPipeError:
        # Whoever read along has gone; Python would complain once more while it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except MemoryError:
        return _fail("There is not enough memory for this.", 1)
    except ModuleNotFoundError:
        # Startup knows where the libraries come from, and says how this one comes back.
        raise
    except Exception as error:
        # The last line of defence: a person gets a sentence, whatever went wrong.
        _LOGGER.info("%s failed unexpectedly", arguments[:1], exc_info=True)
        if os.environ.get("PASTICHE_DEBUG"):
            traceback.print_exc()
        return _fail(f"This went wrong unexpectedly ({type(error).__name__}: {_one_line(error)}).", 1)


def _answer(arguments: list[str]) -> int:
    request = parser.parse(arguments)
    # Late: help and wrong use are answered before anything is installed.
    from app import logs

    logs.set_up(is_verbose="verbose" in request)
    if request.command == "play":
        from app.cli import window

        return window.play(request)
    if not request.json:
        return _do(request).code
    # What is meant for a person, or printed by a library, must not spoil the one object.
    with Path(os.devnull).open("w", errors="replace") as nowhere, contextlib.redirect_stdout(nowhere):
        answer = _do(request)
    # Escaped, since neither every terminal nor every file's name keeps to UTF-8.
    print(json.dumps(answer.content), flush=True)
    return answer.code


def _do(request: argparse.Namespace) -> Answer:
    """Call the subcommand; its module is imported only now."""
    match request.command:
        case "duel" | "demo":
            from app.cli import duels

            return duels.duel(request) if request.command == "duel" else duels.demo(request)
        case "stylize" | "paint":
            from app.cli import pictures

            return pictures.stylize(request) if request.command == "stylize" else pictures.paint(request)
        case "grade":
            from app.cli import grading

            return grading.grade(request)
        case "drawings" | "replay" | "timelapse":
            from app.cli import drawings

            if request.command == "drawings":
                return drawings.drawings()
            return drawings.replay(request) if request.command == "replay" else drawings.timelapse(request)
        case "networks":
            from app.cli import networks

            return networks.answer(request)
        case "bench":
            from app.cli import figures

            return figures.answer(request)
        case _:
            raise UsageError("The tests are run by `python3 main.py test`.")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _fail(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return code
