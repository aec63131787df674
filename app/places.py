"""Where things lie on disk: the program's own folders and the player's data. Nothing is created here."""

import os
from pathlib import Path

from platformdirs import user_data_path


def root() -> Path:
    """The folder that holds main.py."""
    return Path(__file__).resolve().parent.parent


def checkpoints() -> Path:
    """Our own networks' weights and cards."""
    return root() / "checkpoints"


def brushes() -> Path:
    """Our own brushes."""
    return root() / "brushes"


def icons() -> Path:
    """Our own icons."""
    return root() / "icons"


def contents() -> Path:
    """The photographs that can be dealt."""
    return root() / "contents"


def styles() -> Path:
    """The paintings that can be dealt."""
    return root() / "styles"


def home() -> Path:
    """The player's data: `PASTICHE_HOME` if set, else the system's usual folder. May not exist yet."""
    override = os.environ.get("PASTICHE_HOME")
    return Path(override).expanduser().resolve() if override else user_data_path("Pastiche", appauthor=False)


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


def settings_file() -> Path:
    """The player's settings, JSON."""
    return home() / "settings.json"


def extra_networks() -> Path | None:
    """The folder that `PASTICHE_NETWORKS` names; None where it is unset or empty."""
    named = os.environ.get("PASTICHE_NETWORKS")
    return Path(named).expanduser().resolve() if named else None
