"""The table of all commands and held keys: words, icons, shortcuts, tooltips."""

from dataclasses import dataclass


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
    Command("smudge", "Smudge", "smudge", "Drag the paint that is there", ("S",), "studio", is_toggle=True),
    Command("fill", "Fill", "fill", "Pour paint over a patch of like colours", ("G",), "studio", is_toggle=True),
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
    Command(
        "clear", "Clear the layer", "clear", "Take all paint off this layer (can be undone)", ("Ctrl+Delete",), "studio"
    ),
    Command("smaller", "Smaller brush", "size", "Make the brush smaller", ("[",), "studio"),
    Command("larger", "Larger brush", "size", "Make the brush larger", ("]",), "studio"),
    # The sign alone: wherever a layout has it, with Shift or AltGr. A second spelling of the same key ("Shift+[")
    # would make both ambiguous, and Qt would do nothing.
    Command("fainter", "Less opacity", "opacity", "Let more of what lies beneath show through", ("{",), "studio"),
    Command("stronger", "More opacity", "opacity", "Let less of what lies beneath show through", ("}",), "studio"),
    Command("swap_colours", "Swap colours", "swap", "Swap the two colours in hand", ("X",), "studio"),
    Command("plain_colours", "Black and white", "palette", "Take black and white in hand", ("D",), "studio"),
    Command(
        "brush_editor",
        "Edit the brush…",
        "brush-edit",
        "Change the brush in hand, see its stroke, and save it as one of your own",
        ("F5",),
        "studio",
    ),
    Command(
        "symmetry_mirror",
        "Mirror symmetry",
        "symmetry-mirror",
        "Paint on both sides of a line at once",
        ("Shift+M",),
        "studio",
        is_toggle=True,
    ),
    Command(
        "symmetry_radial",
        "Radial symmetry",
        "symmetry-radial",
        "Paint several times around the middle at once",
        ("Ctrl+Shift+M",),
        "studio",
        is_toggle=True,
    ),
    # Studio: layers
    Command("layer_add", "Add a layer", "layer-add", "Lay an empty layer above this one", ("Insert",), "studio"),
    Command(
        "layer_delete",
        "Delete the layer",
        "layer-delete",
        "Take this layer away (can be undone)",
        ("Shift+Delete",),
        "studio",
    ),
    Command(
        "layer_duplicate",
        "Duplicate the layer",
        "layer-duplicate",
        "Lay a copy of this layer above it",
        ("Ctrl+J",),
        "studio",
    ),
    Command("layer_merge", "Merge down", "layer-merge", "Paint this layer onto the one beneath", ("Ctrl+E",), "studio"),
    Command("layer_up", "Move the layer up", "layer-up", "Lay this layer over the next", ("Ctrl+PgUp",), "studio"),
    Command(
        "layer_down", "Move the layer down", "layer-down", "Lay this layer under the next", ("Ctrl+PgDown",), "studio"
    ),
    Command(
        "layer_lock_alpha",
        "Lock its shape",
        "lock",
        "Strokes only colour what is painted on this layer already",
        ("/",),
        "studio",
        is_toggle=True,
    ),
    Command(
        "layer_hide", "Hide the layer", "eye-off", "Show or hide this layer", ("Ctrl+H",), "studio", is_toggle=True
    ),
    Command(
        "trace",
        "Tracing",
        "trace",
        "Let the photograph show through, to paint after it",
        ("T",),
        "studio",
        is_toggle=True,
    ),
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
    # The keys of Krita.
    Command(
        "rotate_left",
        "Rotate left",
        "rotate-left",
        "Turn the canvas to the left (also: hold R and drag)",
        ("4",),
        "studio",
    ),
    Command("rotate_reset", "Upright again", "rotate-reset", "Turn the canvas back", ("5",), "studio"),
    Command(
        "rotate_right",
        "Rotate right",
        "rotate-right",
        "Turn the canvas to the right (also: hold R and drag)",
        ("6",),
        "studio",
    ),
    Command(
        "hide_panels", "Hide the panels", "panels", "Leave nothing but the canvas", ("Tab",), "studio", is_toggle=True
    ),
    Command("layers", "Layers", "layers", "Show the layers beside the canvas", ("F7",), "studio", is_toggle=True),
    Command(
        "history",
        "History",
        "history",
        "Show all that you have done, and go back to any of it",
        ("F8",),
        "studio",
        is_toggle=True,
    ),
    Command(
        "place_picture",
        "Place a picture…",
        "place-picture",
        "Lay a picture of your own on a new layer",
        ("Ctrl+Shift+O",),
        "studio",
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
