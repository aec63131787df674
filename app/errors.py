"""The errors a person may meet: one small tree whose text can be shown as it is. Every room may raise them."""


class PasticheError(Exception):
    """The root: one clear sentence for a person; `exit_code` is what the command line ends with."""

    exit_code = 1


class UsageError(PasticheError):
    """The command or its arguments make no sense."""

    exit_code = 2


class PictureError(PasticheError):
    """A picture or brush that cannot be read, or is refused."""

    exit_code = 2


class JournalError(PasticheError):
    """A journal that cannot be opened as a drawing."""

    exit_code = 2


class SaveError(PasticheError):
    """Something could not be written: a full disk, an unwritable folder.

    `reason`, where it is known, is why in a few words ("the disk is full"), for a sentence that names something else.
    """

    def __init__(self, sentence: str, *, reason: str = "") -> None:
        super().__init__(sentence)
        self.reason = reason


class NetworkError(PasticheError):
    """A network's weights are missing, damaged or could not be downloaded."""


class RivalError(PasticheError):
    """A rival could not finish its picture."""


class Cancelled(PasticheError):  # noqa: N818 - a request fulfilled, not a failure
    """The work was stopped because somebody asked for it."""
