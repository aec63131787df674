"""The table of all commands and held keys: words, icons, shortcuts, tooltips."""

import enum
from dataclasses import dataclass


class Page(enum.StrEnum):
    """The pages of the window, in the order in which they lie upon each other."""

    HOME = "home"
    STUDIO = "studio"
    RESULT = "result"


@dataclass(frozen=True)
class Command:
    """One thing that a person can ask for.

    `text` is the label, `explains` the tooltip's sentence, `keys` the shortcuts in Qt's portable notation
    (the first is shown), `page` the page on which it works (None for all), `is_toggle` whether it stays on.
    """

    name: str
    text: str
    icon: str
    explains: str
    keys: tuple[str, ...] = ()
    page: Page | None = None
    is_toggle: bool = False


COMMANDS: tuple[Command, ...] = (
    # The window
    Command("home", "Home", "home", "Back to the deal; your drawing is kept", ("Alt+Home",)),
    Command(
        "settings",
        "Settings",
        "settings",
        "Size of the canvas, the rivals, the mouse's pressure, keys",
        ("Ctrl+,",),
    ),
    Command(
        "rivals",
        "The rivals…",
        "rivals",
        "Ask the rivals for something else: network, size, colours, further paintings, a mask",
        ("Ctrl+Shift+R",),
    ),
    Command(
        "networks",
        "Networks…",
        "download",
        "See which networks are installed, and install, check or remove them",
        ("Ctrl+Shift+W",),
    ),
    Command("full_screen", "Full screen", "full-screen", "Use the whole screen", ("F11",)),
    Command("shortcuts", "Shortcuts…", "keyboard", "See the keys of all commands, and choose others", ("F1",)),
    Command(
        "open_drawing",
        "Open a drawing…",
        "folder",
        "Paint on in a drawing of Pastiche (.duel) or of another program (.ora)",
        ("Ctrl+Shift+D",),
    ),
    Command("quit", "Quit", "close", "Close Pastiche", ("Ctrl+Q",)),
    # Home
    Command(
        "deal_both", "Deal again", "reroll", "Deal another photograph and another painting", ("Ctrl+R",), Page.HOME
    ),
    Command(
        "deal_content", "Another photograph", "reroll", "Deal another photograph and keep the painting", (), Page.HOME
    ),
    Command("deal_style", "Another painting", "reroll", "Deal another painting and keep the photograph", (), Page.HOME),
    Command(
        "open_content", "Choose a photograph…", "folder", "Use a picture of your own as the photograph", (), Page.HOME
    ),
    Command("open_style", "Choose a painting…", "folder", "Use a picture of your own as the painting", (), Page.HOME),
    Command(
        "start",
        "Start to draw",
        "draw",
        "Paint the photograph in the painting's manner; the rivals start too",
        ("Ctrl+N",),
        Page.HOME,
    ),
    Command(
        "upload",
        "Upload a drawing",
        "upload",
        "Let a finished picture of yours take part in the duel",
        ("Ctrl+O",),
        Page.HOME,
    ),
    Command(
        "let_rivals", "Let the rivals paint", "rivals", "Watch what the two rivals make of this deal", (), Page.HOME
    ),
    # Studio: tools
    Command("brush", "Brush", "brush", "Paint with the chosen brush", ("B",), Page.STUDIO, is_toggle=True),
    Command(
        "eraser",
        "Eraser",
        "eraser",
        "Take paint away; its shape and size are its own",
        ("E",),
        Page.STUDIO,
        is_toggle=True,
    ),
    Command("smudge", "Smudge", "smudge", "Drag the paint that is there", ("S",), Page.STUDIO, is_toggle=True),
    Command("fill", "Fill", "fill", "Pour paint over a patch of like colours", ("G",), Page.STUDIO, is_toggle=True),
    Command(
        "eyedropper",
        "Eyedropper",
        "eyedropper",
        "Take a colour from the canvas, the photograph or the painting (also: hold Alt)",
        ("I",),
        Page.STUDIO,
        is_toggle=True,
    ),
    Command("undo", "Undo", "undo", "Take back the last stroke", ("Ctrl+Z",), Page.STUDIO),
    Command(
        "redo", "Redo", "redo", "Bring back the stroke that was taken back", ("Ctrl+Y", "Ctrl+Shift+Z"), Page.STUDIO
    ),
    Command(
        "clear",
        "Clear the layer",
        "clear",
        "Take all paint off this layer (can be undone)",
        ("Ctrl+Delete",),
        Page.STUDIO,
    ),
    Command("smaller", "Smaller brush", "size", "Make the brush smaller", ("[",), Page.STUDIO),
    Command("larger", "Larger brush", "size", "Make the brush larger", ("]",), Page.STUDIO),
    # The sign alone: wherever a layout has it, with Shift or AltGr. A second spelling of the same key ("Shift+[")
    # would make both ambiguous, and Qt would do nothing.
    Command("fainter", "Less opacity", "opacity", "Let more of what lies beneath show through", ("{",), Page.STUDIO),
    Command("stronger", "More opacity", "opacity", "Let less of what lies beneath show through", ("}",), Page.STUDIO),
    Command("swap_colours", "Swap colours", "swap", "Swap the two colours in hand", ("X",), Page.STUDIO),
    Command("plain_colours", "Black and white", "palette", "Take black and white in hand", ("D",), Page.STUDIO),
    Command(
        "brush_editor",
        "Edit the brush…",
        "brush-edit",
        "Change the brush in hand, see its stroke, and save it as one of your own",
        ("F5",),
        Page.STUDIO,
    ),
    Command(
        "symmetry_mirror",
        "Mirror symmetry",
        "symmetry-mirror",
        "Paint on both sides of a line at once",
        ("Shift+M",),
        Page.STUDIO,
        is_toggle=True,
    ),
    Command(
        "symmetry_radial",
        "Radial symmetry",
        "symmetry-radial",
        "Paint several times around the middle at once",
        ("Ctrl+Shift+M",),
        Page.STUDIO,
        is_toggle=True,
    ),
    # Studio: layers
    Command("layer_add", "Add a layer", "layer-add", "Lay an empty layer above this one", ("Insert",), Page.STUDIO),
    Command(
        "layer_delete",
        "Delete the layer",
        "layer-delete",
        "Take this layer away (can be undone)",
        ("Shift+Delete",),
        Page.STUDIO,
    ),
    Command(
        "layer_duplicate",
        "Duplicate the layer",
        "layer-duplicate",
        "Lay a copy of this layer above it",
        ("Ctrl+J",),
        Page.STUDIO,
    ),
    Command(
        "layer_merge", "Merge down", "layer-merge", "Paint this layer onto the one beneath", ("Ctrl+E",), Page.STUDIO
    ),
    Command("layer_up", "Move the layer up", "layer-up", "Lay this layer over the next", ("Ctrl+PgUp",), Page.STUDIO),
    Command(
        "layer_down",
        "Move the layer down",
        "layer-down",
        "Lay this layer under the next",
        ("Ctrl+PgDown",),
        Page.STUDIO,
    ),
    Command(
        "layer_lock_alpha",
        "Lock its shape",
        "lock",
        "Strokes only colour what is painted on this layer already",
        ("/",),
        Page.STUDIO,
        is_toggle=True,
    ),
    Command(
        "layer_hide", "Hide the layer", "eye-off", "Show or hide this layer", ("Ctrl+H",), Page.STUDIO, is_toggle=True
    ),
    Command(
        "trace",
        "Tracing",
        "trace",
        "Let the photograph show through, to paint after it",
        ("T",),
        Page.STUDIO,
        is_toggle=True,
    ),
    # Studio: view
    Command(
        "zoom_in",
        "Zoom in",
        "zoom-in",
        "Look closer (also: turn the wheel)",
        ("+", "=", "Ctrl++", "Ctrl+="),
        Page.STUDIO,
    ),
    Command("zoom_out", "Zoom out", "zoom-out", "Step back (also: turn the wheel)", ("-", "Ctrl+-"), Page.STUDIO),
    Command(
        "fit", "Fit", "fit", "Show the whole canvas (to move about: hold Space and drag)", ("Ctrl+0",), Page.STUDIO
    ),
    Command(
        "actual_size",
        "Actual size",
        "actual-size",
        "One pixel of the drawing on one pixel of the screen",
        ("Ctrl+1",),
        Page.STUDIO,
    ),
    Command(
        "mirror_view",
        "Mirror the view",
        "mirror",
        "Look at the canvas as in a mirror; the drawing stays as it is",
        ("M",),
        Page.STUDIO,
        is_toggle=True,
    ),
    # The keys of Krita.
    Command(
        "rotate_left",
        "Rotate left",
        "rotate-left",
        "Turn the canvas to the left (also: hold R and drag)",
        ("4",),
        Page.STUDIO,
    ),
    Command("rotate_reset", "Upright again", "rotate-reset", "Turn the canvas back", ("5",), Page.STUDIO),
    Command(
        "rotate_right",
        "Rotate right",
        "rotate-right",
        "Turn the canvas to the right (also: hold R and drag)",
        ("6",),
        Page.STUDIO,
    ),
    Command(
        "hide_panels",
        "Hide the panels",
        "panels",
        "Leave nothing but the canvas",
        ("Tab",),
        Page.STUDIO,
        is_toggle=True,
    ),
    Command("layers", "Layers", "layers", "Show the layers beside the canvas", ("F7",), Page.STUDIO, is_toggle=True),
    Command(
        "history",
        "History",
        "history",
        "Show all that you have done, and go back to any of it",
        ("F8",),
        Page.STUDIO,
        is_toggle=True,
    ),
    Command(
        "place_picture",
        "Place a picture…",
        "place-picture",
        "Lay a picture of your own on a new layer",
        ("Ctrl+Shift+O",),
        Page.STUDIO,
    ),
    Command(
        "compare",
        "Compare",
        "judge",
        "Lay down the brush and hear the judge",
        ("Ctrl+Return", "Ctrl+Enter"),
        Page.STUDIO,
    ),
    # Studio and result
    Command(
        "save_drawing",
        "Save the drawing…",
        "save",
        "Save your drawing as a picture, or with its layers as OpenRaster",
        ("Ctrl+S",),
    ),
    Command("replay", "Watch it being painted", "play", "See your drawing come about, stroke by stroke"),
    Command("timelapse", "Save a time-lapse…", "film", "Save how your drawing came about as a GIF or a film"),
    # Result
    Command(
        "save_card",
        "Save the card…",
        "save",
        "Save one picture with all three, the deal and the grades",
        (),
        Page.RESULT,
    ),
    Command(
        "save_all",
        "Save everything…",
        "folder",
        "Save the three pictures and the card into a folder",
        ("Ctrl+Shift+S",),
        Page.RESULT,
    ),
    Command("keep_drawing", "Keep drawing", "brush", "Back to your canvas, just as you left it", (), Page.RESULT),
    Command("play_again", "Play again", "reroll", "A new deal", (), Page.RESULT),
)


@dataclass(frozen=True)
class Hold:
    """A key that does something on the canvas while it is held down, by the name that it has in the settings."""

    name: str
    text: str
    explains: str
    key: str


HOLDS: tuple[Hold, ...] = (
    Hold("hold_pan", "Move the canvas", "Hold and drag", "Space"),
    Hold("hold_pick", "Take a colour", "Hold and click", "Alt"),
    Hold("hold_rotate", "Rotate the canvas", "Hold and drag", "R"),
)
