"""Every command of the window in one table: its words, icon, shortcuts and tooltip. Only the desktop calls this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PyQt5.QtCore import QObject, Qt
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QAction, QWidget

from app.desktop.icons import icon


@dataclass(frozen=True)
class Command:
    """One thing that a person can ask for.

    `text` is the label, `explains` the tooltip's sentence, `keys` the shortcuts in Qt's portable notation
    (the first is shown), `page` the page on which it works ("" for all), `is_toggle` whether it stays on.
    """

    name: str
    text: str
    icon: str
    explains: str
    keys: tuple[str, ...] = ()
    page: str = ""
    is_toggle: bool = False


COMMANDS: tuple[Command, ...] = (
    # The window
    Command("home", "Home", "home", "Back to the deal; your drawing is kept", ("Alt+Home",)),
    Command(
        "settings", "Settings", "settings", "Size of the canvas, strength of Magenta, the mouse's pressure", ("Ctrl+,",)
    ),
    Command("full_screen", "Full screen", "full-screen", "Use the whole screen", ("F11",)),
    Command("quit", "Quit", "close", "Close Pastiche", ("Ctrl+Q",)),
    # Home
    Command("deal_both", "Deal again", "reroll", "Deal another photograph and another painting", ("Ctrl+R",), "home"),
    Command(
        "deal_content", "Another photograph", "reroll", "Deal another photograph and keep the painting", (), "home"
    ),
    Command("deal_style", "Another painting", "reroll", "Deal another painting and keep the photograph", (), "home"),
    Command(
        "open_content", "Choose a photograph…", "folder", "Use a picture of your own as the photograph", (), "home"
    ),
    Command("open_style", "Choose a painting…", "folder", "Use a picture of your own as the painting", (), "home"),
    Command(
        "start",
        "Start to draw",
        "draw",
        "Paint the photograph in the painting's manner; the rivals start too",
        ("Ctrl+N",),
        "home",
    ),
    Command(
        "upload",
        "Upload a drawing",
        "upload",
        "Let a finished picture of yours take part in the duel",
        ("Ctrl+O",),
        "home",
    ),
    Command("let_rivals", "Let the rivals paint", "rivals", "Watch what the two rivals make of this deal", (), "home"),
    # Studio: tools
    Command("brush", "Brush", "brush", "Paint with the chosen brush", ("B",), "studio", is_toggle=True),
    Command(
        "eraser",
        "Eraser",
        "eraser",
        "Take paint away; its shape and size are its own",
        ("E",),
        "studio",
        is_toggle=True,
    ),
    Command(
        "eyedropper",
        "Eyedropper",
        "eyedropper",
        "Take a colour from the canvas, the photograph or the painting (also: hold Alt)",
        ("I",),
        "studio",
        is_toggle=True,
    ),
    Command("undo", "Undo", "undo", "Take back the last stroke", ("Ctrl+Z",), "studio"),
    Command("redo", "Redo", "redo", "Bring back the stroke that was taken back", ("Ctrl+Y", "Ctrl+Shift+Z"), "studio"),
    Command("clear", "Clear", "clear", "Begin again on a white canvas (can be undone)", ("Ctrl+Delete",), "studio"),
    Command("smaller", "Smaller brush", "size", "Make the brush smaller", ("[",), "studio"),
    Command("larger", "Larger brush", "size", "Make the brush larger", ("]",), "studio"),
    # The sign alone: wherever a layout has it, with Shift or AltGr. A second spelling of the same key ("Shift+[")
    # would make both ambiguous, and Qt would do nothing.
    Command("fainter", "Less opacity", "opacity", "Let more of what lies beneath show through", ("{",), "studio"),
    Command("stronger", "More opacity", "opacity", "Let less of what lies beneath show through", ("}",), "studio"),
    Command("swap_colours", "Swap colours", "swap", "Swap the two colours in hand", ("X",), "studio"),
    Command("plain_colours", "Black and white", "palette", "Take black and white in hand", ("D",), "studio"),
    # Studio: view
    Command(
        "zoom_in", "Zoom in", "zoom-in", "Look closer (also: turn the wheel)", ("+", "=", "Ctrl++", "Ctrl+="), "studio"
    ),
    Command("zoom_out", "Zoom out", "zoom-out", "Step back (also: turn the wheel)", ("-", "Ctrl+-"), "studio"),
    Command("fit", "Fit", "fit", "Show the whole canvas (to move about: hold Space and drag)", ("Ctrl+0",), "studio"),
    Command(
        "actual_size",
        "Actual size",
        "actual-size",
        "One pixel of the drawing on one pixel of the screen",
        ("Ctrl+1",),
        "studio",
    ),
    Command(
        "mirror_view",
        "Mirror the view",
        "mirror",
        "Look at the canvas as in a mirror; the drawing stays as it is",
        ("M",),
        "studio",
        is_toggle=True,
    ),
    Command(
        "hide_panels", "Hide the panels", "panels", "Leave nothing but the canvas", ("Tab",), "studio", is_toggle=True
    ),
    Command(
        "compare",
        "Compare",
        "judge",
        "Lay down the brush and hear the judge",
        ("Ctrl+Return", "Ctrl+Enter"),
        "studio",
    ),
    # Studio and result
    Command("save_drawing", "Save the drawing…", "save", "Save your drawing as PNG, JPEG or WebP", ("Ctrl+S",)),
    # Result
    Command(
        "save_card", "Save the card…", "save", "Save one picture with all three, the deal and the grades", (), "result"
    ),
    Command(
        "save_all",
        "Save everything…",
        "folder",
        "Save the three pictures and the card into a folder",
        ("Ctrl+Shift+S",),
        "result",
    ),
    Command("keep_drawing", "Keep drawing", "brush", "Back to your canvas, just as you left it", (), "result"),
    Command("play_again", "Play again", "reroll", "A new deal", (), "result"),
)


def tooltip(command: Command, keys: Sequence[str]) -> str:
    """The command's sentence with its shortcut behind it."""
    shown = [QKeySequence(key).toString(QKeySequence.NativeText) for key in keys]
    # The twin spellings of one key (+ and =, Return and Enter) are not news to anybody.
    shown = shown[:2] if command.name == "redo" else shown[:1]
    return command.explains + (f"   [{' or '.join(shown)}]" if shown else "")


def make_actions(owner: QObject, keys: Mapping[str, Sequence[str]] | None = None) -> dict[str, QAction]:
    """One QAction per command by name. `keys` replaces the table's shortcuts for the commands that it names."""
    actions: dict[str, QAction] = {}
    for command in COMMANDS:
        chosen = tuple((keys or {}).get(command.name, command.keys))
        action = QAction(icon(command.icon), command.text, owner)
        action.setObjectName(command.name)
        action.setShortcuts([QKeySequence(key) for key in chosen])
        action.setShortcutContext(Qt.WindowShortcut)
        action.setToolTip(tooltip(command, chosen))
        action.setCheckable(command.is_toggle)
        # Holding the key down must not toggle on and off, yet must go on undoing or zooming.
        action.setAutoRepeat(not command.is_toggle)
        actions[command.name] = action
    return actions


def show_page_actions(actions: Mapping[str, QAction], page: str) -> None:
    """Switch on the commands of `page` (and those of every page), so that a shortcut acts only where it makes sense."""
    for command in COMMANDS:
        if command.page:
            actions[command.name].setEnabled(command.page == page)


def add_to(widget: QWidget, actions: Mapping[str, QAction]) -> None:
    """Let the widget's window hear all the shortcuts."""
    widget.addActions(list(actions.values()))
