"""The way in: what is missing is installed, a door is chosen, heavy imports stay late.

At their top the modules here import the standard library only, and later of the house only what is as light.
"""

import os
import subprocess
import sys

from app.errors import PasticheError
from app.startup import descriptors, environment, system
from app.startup.reporter import SetupReporter
from app.startup.system import SetupError

# The doors behind which Qt draws, on a display or off it.
DRAWING_DOORS = frozenset({"play", "demo", "paint", "drawings", "replay", "timelapse", "bench", "test"})


def command() -> None:
    """Start Pastiche where it was installed as a package, and end with its exit code."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Set up what is missing, then go through the door that the arguments name. Returns the exit code."""
    descriptors.open_missing()
    door = next(iter(arguments), "play")
    files = [environment.GAME, environment.TESTS] if door == "test" else [environment.GAME]
    tell = SetupReporter(may_show=door == "play")
    try:
        if environment.is_installed():
            return _enter_installed(door, arguments, tell)
        if not environment.is_inside() and environment.is_set_up(files):
            return _hand_over(arguments)
        if door != "test":
            # Help and wrong use are answered at once, before anything is installed.
            from app.cli import parser

            parser.parse(arguments)
        is_ready = environment.is_inside() and environment.is_set_up(files)
        if not is_ready and not environment.satisfies(files):
            environment.set_up(files, tell)
            tell.end()
            return _hand_over(arguments)
        return _enter(door, arguments, tell)
    except SetupError as error:
        if environment.is_installed():
            print(error, file=sys.stderr)
        else:
            tell.fail(str(error), environment.VENV / "last-failure.txt")
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


def _enter_installed(door: str, arguments: list[str], tell: SetupReporter) -> int:
    if door == "test":
        raise SetupError("Tests come with the source code only.")
    from app.cli import parser

    parser.parse(arguments)
    try:
        return _enter(door, arguments, tell)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("app"):
            raise
        raise SetupError(f"A library is missing ({error}). Install Pastiche again with pip.") from None


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
        if not environment.is_inside() or (error.name or "").startswith("app"):
            raise
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
