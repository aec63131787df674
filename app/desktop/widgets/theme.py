"""The look of every window: colours, type, spacing and the style sheet made from them.

The surroundings are a neutral, barely warm dark grey: a coloured or bright frame would change how the painter sees the
colours inside it. One accent, the ochre of a picture frame, marks what to do next.
"""

from dataclasses import dataclass
from functools import lru_cache
from string import Template

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QColor, QFont, QFontDatabase, QPalette
from PyQt5.QtWidgets import QApplication, QLabel, QWidget

from app import places
from app.rivals.registry import RIVALS

SANS_FAMILIES = (
    "Inter",
    "Segoe UI",
    "SF Pro Text",
    "Helvetica Neue",
    "Cantarell",
    "Ubuntu",
    "Noto Sans",
    "Nimbus Sans",
    "DejaVu Sans",
)
SERIF_FAMILIES = ("Palatino Linotype", "Palatino", "P052", "Book Antiqua", "Georgia", "Noto Serif", "DejaVu Serif")

# One scale for every gap, in device-independent px.
TIGHT, SMALL, GAP, WIDE, PAGE = 4, 8, 16, 24, 40


@dataclass(frozen=True)
class Colours:
    """The colours by what they are for, as #rrggbb."""

    wall: str = "#1f1e1d"
    panel: str = "#282726"
    raised: str = "#343231"
    hover: str = "#3f3d3b"
    well: str = "#191817"
    canvas_surround: str = "#383735"
    line: str = "#3b3937"
    strong_line: str = "#575350"
    text: str = "#f0ebe3"
    quiet: str = "#b3aca2"
    faint: str = "#8d867d"
    accent: str = "#e3a857"
    accent_hover: str = "#efbd75"
    accent_pressed: str = "#c98f40"
    on_accent: str = "#221a0e"
    good: str = "#9bbf85"
    bad: str = "#e58a74"
    player: str = "#e3a857"


COLOURS = Colours()


def colour(name: str) -> QColor:
    """The colour of that name in `Colours`, or of "#rrggbb"; raises AttributeError for one that is not there."""
    return QColor(name if name.startswith("#") else getattr(COLOURS, name))


@lru_cache(maxsize=4)
def _first_installed(families: tuple[str, ...]) -> str:
    # Where two foundries offer one family, Qt lists it as "Family [foundry]".
    installed = {family.split(" [")[0] for family in QFontDatabase().families()}
    return next((family for family in families if family in installed), families[-1])


def sans(size_px: int = 14, *, bold: bool = False) -> QFont:
    """The typeface of controls and captions."""
    return _font(SANS_FAMILIES, size_px, bold=bold)


def serif(size_px: int = 24, *, italic: bool = False, bold: bool = False) -> QFont:
    """The typeface of titles and grades."""
    font = _font(SERIF_FAMILIES, size_px, bold=bold)
    font.setItalic(italic)
    return font


def _font(families: tuple[str, ...], size_px: int, *, bold: bool) -> QFont:
    font = QFont(_first_installed(families))
    font.setPixelSize(size_px)
    font.setWeight(QFont.DemiBold if bold else QFont.Normal)
    font.setHintingPreference(QFont.PreferNoHinting)
    return font


def label(text: str = "", role: str = "body", parent: QWidget | None = None) -> QLabel:
    """A text in one of the theme's roles: display, title, heading, body, quiet, caption, overline."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.PlainText)
    made.setProperty("role", role)
    if role in ("display", "title"):
        made.setFont(serif(34 if role == "display" else 19, italic=role == "display"))
    elif role == "overline":
        font = sans(11, bold=True)
        font.setLetterSpacing(QFont.AbsoluteSpacing, 1.4)
        font.setCapitalization(QFont.AllUppercase)
        made.setFont(font)
    else:
        made.setFont(sans({"heading": 15, "caption": 12}.get(role, 14), bold=role == "heading"))
    return made


def restyle(widget: QWidget, **properties: object) -> None:
    """Set dynamic properties that the style sheet reads, and have them take effect."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    style = widget.style()
    if style is not None:
        style.unpolish(widget)
        style.polish(widget)
    widget.update()


def apply(application: QApplication) -> None:
    """Give the whole application the theme."""
    application.setStyle("Fusion")
    palette = QPalette()
    for role, name in {
        QPalette.Window: "wall",
        QPalette.WindowText: "text",
        QPalette.Base: "well",
        QPalette.AlternateBase: "panel",
        QPalette.Text: "text",
        QPalette.Button: "raised",
        QPalette.ButtonText: "text",
        QPalette.BrightText: "text",
        QPalette.Highlight: "accent",
        QPalette.HighlightedText: "on_accent",
        QPalette.ToolTipBase: "raised",
        QPalette.ToolTipText: "text",
        QPalette.Link: "accent",
        QPalette.PlaceholderText: "faint",
    }.items():
        palette.setColor(role, colour(name))
    for role in (QPalette.Text, QPalette.ButtonText, QPalette.WindowText):
        palette.setColor(QPalette.Disabled, role, colour("faint"))
    application.setPalette(palette)
    application.setFont(sans())
    application.setStyleSheet(style_sheet())


def style_sheet() -> str:
    """The style sheet, with the colours filled in."""
    bars = "".join(
        f'QProgressBar[rival="{name}"]::chunk {{ background: {info.colour}; }}\n' for name, info in RIVALS.items()
    )
    return bars + Template(_SHEET).substitute(vars(COLOURS), tick=(places.icons() / "check.svg").as_posix())


_SHEET = """
QWidget { color: $text; }
QMainWindow, QWidget#page, QDialog { background: $wall; }
QLabel { background: transparent; }
QLabel[role="quiet"], QLabel[role="caption"] { color: $quiet; }
QLabel[role="overline"] { color: $faint; }
QLabel[tone="bad"] { color: $bad; }
QLabel[tone="faint"] { color: $faint; }
QLabel[tone="accent"] { color: $accent; }

QFrame[role="panel"] { background: $panel; border: none; }
QFrame[role="card"] { background: $panel; border: 1px solid $line; border-radius: 10px; }
QFrame[role="bar"] { background: $panel; border: none; border-bottom: 1px solid $well; }
QFrame[role="rule"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="upright-rule"] { background: $line; border: none; max-width: 1px; min-width: 1px; }

QPushButton {
    background: $raised; border: 1px solid $strong_line; border-radius: 8px;
    padding: 8px 16px; min-height: 20px; color: $text;
}
QPushButton:hover { background: $hover; border-color: $faint; }
QPushButton:pressed { background: $panel; }
QPushButton:focus { border: 2px solid $accent; padding: 7px 15px; }
QPushButton:disabled { color: $faint; background: $panel; border-color: $line; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:pressed { background: $accent_pressed; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled { background: $raised; color: $faint; border-color: $line; }
QPushButton[kind="large"], QPushButton[room="wide"] { padding: 12px 24px; border-radius: 10px; }
QPushButton[room="wide"]:focus { padding: 11px 23px; }
QPushButton[kind="ghost"] { background: transparent; border-color: transparent; color: $quiet; padding: 6px 10px; }
QPushButton[kind="ghost"]:hover { background: $raised; color: $text; }
QPushButton[kind="ghost"]:focus { border: 2px solid $accent; padding: 5px 9px; }
QPushButton[kind="ghost"]:disabled { color: $strong_line; }
QPushButton[kind="link"] {
    background: transparent; border: 1px solid transparent; border-radius: 6px; color: $quiet;
    padding: 3px 8px; min-height: 18px;
}
QPushButton[kind="link"]:hover { color: $accent; }
QPushButton[kind="link"]:focus { border: 1px solid $accent; padding: 3px 8px; }
QPushButton[kind="link"]:disabled { color: $strong_line; }

QPushButton::menu-indicator, QToolButton::menu-indicator { image: none; width: 0; }

QToolButton {
    background: transparent; border: 1px solid transparent; border-radius: 8px; padding: 6px; color: $text;
}
QToolButton:hover { background: $raised; }
QToolButton:pressed { background: $well; }
QToolButton:checked { background: $raised; border-color: $accent; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $strong_line; }
QToolButton[room="tight"] { padding: 3px; }
QToolButton[kind="round"] { background: $raised; border: 1px solid $strong_line; border-radius: 24px; padding: 11px; }
QToolButton[kind="round"]:hover { background: $hover; border-color: $accent; }
QToolButton[kind="round"]:focus { border: 2px solid $accent; padding: 10px; }

QPushButton[kind="segment"] {
    background: transparent; border: 1px solid transparent; border-radius: 7px; color: $quiet; padding: 5px 14px;
}
QPushButton[kind="segment"]:hover { color: $text; }
QPushButton[kind="segment"]:checked { background: $hover; color: $text; }
QPushButton[kind="segment"]:focus { border: 1px solid $accent; padding: 5px 14px; }
QPushButton[kind="segment"][room="tight"] { padding: 2px 6px; min-height: 16px; }
QFrame[role="segments"] { background: $well; border: 1px solid $line; border-radius: 10px; }

QSlider::groove:horizontal { height: 4px; background: $well; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal {
    background: $text; width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; border: none;
}
QSlider::handle:horizontal:hover { background: $accent_hover; }
QSlider:focus { outline: none; }
QSlider::handle:horizontal:focus { background: $accent; }
QSlider::handle:horizontal:disabled { background: $strong_line; }
QSlider::sub-page:horizontal:disabled { background: $strong_line; }

QListView { background: $well; border: 1px solid $line; border-radius: 8px; outline: none; padding: 3px; }
QListView:focus { border-color: $strong_line; }
QListView QLineEdit { padding: 2px 6px; min-height: 16px; }

QProgressBar { background: $well; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar::handle:vertical { background: $strong_line; border-radius: 3px; min-height: 28px; }
QScrollBar::handle:vertical:hover { background: $faint; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle:horizontal { background: $strong_line; border-radius: 3px; min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: $wall; }
QSplitter::handle:hover { background: $accent; }
QToolTip { background: $raised; color: $text; border: 1px solid $strong_line; padding: 5px 8px; }

QMenu { background: $panel; border: 1px solid $strong_line; padding: 6px; border-radius: 8px; }
QMenu::item { padding: 7px 26px 7px 12px; border-radius: 5px; }
QMenu::item:selected { background: $hover; }
QMenu::separator { height: 1px; background: $line; margin: 5px 8px; }
QMenu::icon { padding-left: 10px; }

QLineEdit, QSpinBox, QComboBox {
    background: $well; border: 1px solid $line; border-radius: 6px; padding: 5px 8px; min-height: 20px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:focus, QSpinBox:focus, QComboBox:focus { border-color: $accent; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox[room="tight"] { padding: 2px 6px; min-height: 18px; }
QComboBox[room="tight"]::drop-down { width: 18px; }
QComboBox:disabled { color: $faint; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator {
    width: 16px; height: 16px; border-radius: 4px; border: 1px solid $strong_line; background: $well;
}
QCheckBox::indicator:hover { border-color: $faint; }
QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$tick"); }
QComboBox QAbstractItemView {
    background: $panel; border: 1px solid $strong_line;
    selection-background-color: $hover; selection-color: $text;
}

QComboBox QAbstractItemView::item { padding: 4px 6px; border-radius: 5px; }
QComboBox QAbstractItemView::item:selected { background: $hover; color: $text; }

QFrame[role="message"] { background: $raised; border: 1px solid $strong_line; border-radius: 10px; }
QFrame[role="message"][tone="bad"] { border-color: $bad; }
QFrame[role="message"][tone="good"] { border-color: $good; }
"""
