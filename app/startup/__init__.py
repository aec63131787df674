"""The way in: what is missing is installed, a door is chosen, heavy imports stay late.

At their top the modules here import the standard library only, and later of the house only what is as light.
"""

import os
import subprocess
import sys

from app import places
from app.errors import PasticheError, UsageError
from app.startup import descriptors, environment, system
from app.startup.reporter import SetupReporter
from app.startup.system import SetupError

# The doors behind which Qt draws, on a display or off it.
DRAWING_DOORS = frozenset({"play", "demo", "paint", "drawings", "replay", "timelapse", "bench", "test"})


def main(arguments: list[str] | None = None) -> int:
    """Set up what is missing, then go through the door that the arguments name. Returns the exit code.

    None stands for the arguments that the process was started with. Where Pastiche was installed as a package nothing
    is set up: its installer did that.
    """
    if arguments is None:
        arguments = sys.argv[1:]
    descriptors.open_missing()
    door = next(iter(arguments), "play")
    files = [environment.GAME, environment.TESTS] if door == "test" else [environment.GAME]
    tell = SetupReporter(may_show=door == "play")
    try:
        if places.is_installed():
            if door == "test":
                raise UsageError("The tests come with the source code only: clone the repository to run them.")
        elif not environment.is_inside() and environment.is_set_up(files):
            return _hand_over(arguments)
        if door != "test":
            # Help and wrong use are answered at once, before anything is installed.
            from app.cli import parser

            parser.parse(arguments)
        is_ready = places.is_installed() or (environment.is_inside() and environment.is_set_up(files))
        if not is_ready and not environment.satisfies(files):
            environment.set_up(files, tell)
            tell.end()
            return _hand_over(arguments)
        return _enter(door, arguments, tell)
    except SetupError as error:
        tell.fail(str(error), None if places.is_installed() else environment.VENV / "last-failure.txt")
        return 1
    except PasticheError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 1


def _hand_over(arguments: list[str]) -> int:
    """Go on in our environment's interpreter, in the place of this one where the system can do that."""
    command = [str(environment.own_python()), str(environment.ROOT / "main.py"), *arguments]
    if os.name == "nt":
        return subprocess.run(command, check=False).returncode
    sys.stdout.flush()
    sys.stderr.flush()
    return os.execv(command[0], command)


def _enter(door: str, arguments: list[str], tell: SetupReporter) -> int:
    try:
        if door in DRAWING_DOORS:
            system.ensure((system.platform_wished() if door == "play" else None) or "offscreen", tell)
            tell.end()
        if door == "test":
            system.offer_to_tests(tell)
            tell.end()
            from app.startup import checks

            return checks.run(arguments[1:])
        from app import cli

        if door == "play":
            arguments = _to_whom_can_see(arguments)
        return cli.main(arguments)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "app":
            raise
        if not environment.is_inside():
            what = "Pastiche" if places.is_installed() else environment.GAME
            raise SetupError(f"A library is missing ({error}). Install {what} with pip once more.") from None
        environment.forget()
        raise SetupError(f"The set-up is damaged ({error}). Start Pastiche again to have it repaired.") from None


def _to_whom_can_see(arguments: list[str]) -> list[str]:
    """The window for whoever has a display; the demonstration duel, on the same deal, for whoever has none."""
    platform = system.display()
    if platform is None:
        print("There is no display for the window, so the game plays a demonstration duel.", flush=True)
        # What no window shows still needs Qt's painting.
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        return ["demo", *arguments[1:]]
    if platform == "wayland":
        # Qt 5 tries X11 first, even where there is none.
        os.environ.setdefault("QT_QPA_PLATFORM", "wayland")
    return arguments or ["play"]
