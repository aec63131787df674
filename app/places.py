"""Where things lie on disk: the program's own folders and the player's data. Nothing is created here.

At its top it imports the standard library only, because startup asks it before anything is installed.
"""

import os
from pathlib import Path

from app.errors import UsageError

_PACKAGE = Path(__file__).resolve().parent
# What lies beside the package in a clone lies in here in a wheel: see setup.py.
_PACKAGE_DATA = _PACKAGE / "data"


def is_installed() -> bool:
    """Whether the program was installed as a package, whose installer saw to its libraries; else it is a clone."""
    return _PACKAGE_DATA.is_dir()


def command() -> str:
    """What a person types to start the program."""
    return "pastiche" if is_installed() else "python3 main.py"


def root() -> Path:
    """The folder that holds main.py; where the program was installed, the one that its package lies in."""
    return _PACKAGE.parent


def checkpoints() -> Path:
    """Our own networks' weights and cards."""
    return _shipped("checkpoints")


def brushes() -> Path:
    """Our own brushes."""
    return _shipped("brushes")


def icons() -> Path:
    """Our own icons."""
    return _shipped("icons")


def contents() -> Path:
    """The photographs that can be dealt."""
    return _shipped("contents")


def styles() -> Path:
    """The paintings that can be dealt."""
    return _shipped("styles")


def home() -> Path:
    """The player's data: `PASTICHE_HOME` if set, else the system's usual folder. May not exist yet.

    Raises UsageError where `PASTICHE_HOME` names a user whom nobody knows: "~" would become a folder's name.
    """
    override = _named("PASTICHE_HOME")
    if override is None:
        from platformdirs import user_data_path

        return user_data_path("Pastiche", appauthor=False)
    if not override.is_absolute():
        raise UsageError(f"PASTICHE_HOME names {override}, but there is no such user.")
    return override


def drawings() -> Path:
    """The journals of drawings."""
    return home() / "drawings"


def gallery() -> Path:
    """Finished duels."""
    return home() / "gallery"


def own_contents() -> Path:
    """The player's own photographs, dealt beside ours."""
    return home() / "contents"


def own_styles() -> Path:
    """The player's own paintings, dealt beside ours."""
    return home() / "styles"


def own_brushes() -> Path:
    """The player's own brushes."""
    return home() / "brushes"


def installed_networks() -> Path:
    """Networks that `networks install` has fetched."""
    return home() / "networks"


def logs() -> Path:
    """What the program noted of itself while it ran."""
    return home() / "logs"


def settings_file() -> Path:
    """The player's settings, JSON."""
    return home() / "settings.json"


def extra_networks() -> Path | None:
    """The folder that `PASTICHE_NETWORKS` names; None where it is unset or empty.

    Whether it can be looked into is not known. Where it names a user whom nobody knows, it begins with "~" still.
    """
    return _named("PASTICHE_NETWORKS")


def _shipped(name: str) -> Path:
    """A folder that comes with the program: within its package where it was installed, else beside it."""
    return (_PACKAGE_DATA if is_installed() else root()) / name


def _named(variable: str) -> Path | None:
    """The folder that a variable names, absolute but for a "~" that stands for nobody; None if unset or empty."""
    named = os.environ.get(variable)
    if not named:
        return None
    expanded = os.path.expanduser(named)  # noqa: PTH111 - Path's own raises where there is no such user
    # Path.resolve raises where links lead in a circle.
    return Path(expanded) if expanded.startswith("~") else Path(os.path.realpath(expanded))
