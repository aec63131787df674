"""All that one rival can be asked for, as a form."""

from collections.abc import Mapping, Sequence

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QImage, QWheelEvent
from PyQt5.QtWidgets import QGridLayout, QHBoxLayout, QSpinBox, QToolButton, QVBoxLayout, QWidget

from app.desktop.app_state.rival_settings import (
    MOST_SEED,
    QUALITIES,
    SIZES_PX,
    ChosenPicture,
    ChosenPictures,
    options_of,
    quality_of,
    statistics_of,
)
from app.desktop.rivals.extra_pictures import Paintings, PictureRow, Reading
from app.desktop.widgets import theme
from app.desktop.widgets.controls import CaptionedSlider, Choice, Segments, frame, percent
from app.desktop.widgets.icons import icon
from app.game.deck import Card
from app.rivals.classic_options import STATISTICS
from app.rivals.registry import RIVALS
from app.rivals.request import COLOURS, PLAIN, STARTS, STYLE_SCALES, RivalRequest

_NAMES_PX = 132
_COLOURS = {
    "painting": ("The painting's", "Colours as the manner brings them"),
    "photograph": ("The photograph's", "Only brightness is painted; every colour stays as the photograph has it"),
    "matched": ("Matched", "The painting's colours are first moved to those of the photograph"),
}
_STATISTICS = {
    "gram": ("Gram", "Which features go together in the painting (Gatys et al.)"),
    "moments": ("Mean and covariance", "Brightness and colour of the features, and how they vary together"),
}
_QUALITIES = {
    "quick": ("Quick", "Half as many steps, and sooner content"),
    "usual": ("Usual", "As long as a step changes something that can be seen"),
    "thorough": ("Thorough", "Up to two and a half times the steps; the last touches"),
}
# So near to the painting's own scale nobody means another.
_SNAP = 0.05


class RivalForm(QWidget):
    """Changes a copy of a rival's request. `changed()` tells of every choice."""

    changed = pyqtSignal()

    def __init__(
        self,
        rival: str,
        request: RivalRequest,
        chosen: ChosenPictures,
        *,
        networks: Mapping[str, str],
        reading: Reading,
        deck: Sequence[Card],
    ) -> None:
        """`networks` are the titles of those that can be named, by their names; the one called "" is the best. `chosen`
        has the pictures that the request refers to.
        """
        super().__init__()
        self.rival = rival
        self._request = request
        self.network = Choice(list(networks.values()), "Network", "With which trained network it paints")
        self._networks = list(networks)
        self.network.activated.connect(self._on_changed)
        self.network.setSizeAdjustPolicy(Choice.AdjustToMinimumContentsLengthWithIcon)
        self.network.setMinimumContentsLength(20)
        self.side = Choice(
            [f"{size} px" for size in SIZES_PX], "Size", "The longer side of its picture; larger takes longer"
        )
        self.side.setMinimumWidth(112)
        self.side.activated.connect(self._on_changed)
        self.strength = CaptionedSlider(
            "From the photograph to the painting's manner",
            lowest=0.0,
            highest=1.0,
            shown=percent,
            explains="How far it goes from the photograph's own manner towards the painting's",
        )
        self.colours = _segments("Whose colours", [_COLOURS[each] for each in COLOURS])
        self.scale = CaptionedSlider(
            "Beside the painting's own",
            lowest=STYLE_SCALES[0],
            highest=STYLE_SCALES[1],
            shown=lambda value: f"{_snapped(value):.2g} ×",
            # The painting's own scale stands in the middle.
            curve=2.3219,
            explains="How large its strokes are beside the painting's",
        )
        self.paintings = Paintings(reading, deck)
        self.mask_row = PictureRow(
            "mask", "A picture that is white where it shall paint, and black where the photograph stays", reading
        )
        self.start = _segments(
            "Begin from",
            [
                ("The photograph", "The usual: the photograph, changed step by step"),
                ("Noise", "Chance; needs more steps, and shows more of the manner"),
                ("A picture", "A picture of your own, such as what a rival painted before; for this duel"),
            ],
        )
        self.start_picture = PictureRow("picture to begin from", "A picture of your own; for this duel", reading)
        self._start = QWidget()
        self.statistics = _segments("What of the painting is matched", [_STATISTICS[each] for each in STATISTICS])
        self.quality = _segments("How many steps", [_QUALITIES[each] for each in QUALITIES])
        self.seed = _SeedBox()
        self._lay_out()
        self._show(request, chosen)
        for slider in (self.strength, self.scale):
            slider.value_changed.connect(self._on_changed)
        for segments in (self.colours, self.start, self.statistics, self.quality):
            segments.chosen.connect(self._on_changed)
        for part in (self.paintings, self.mask_row, self.start_picture):
            part.changed.connect(self._on_changed)
        self.seed.valueChanged.connect(self._on_changed)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, theme.SMALL, 0)
        column.setSpacing(theme.SMALL)
        _add_section(
            column,
            "In every duel",
            ("Network", self.network),
            ("Size", self.side),
            ("Strength", self.strength),
            ("Colours", self.colours),
            ("Size of strokes", self.scale),
        )
        if RIVALS[self.rival].takes_options:
            reroll = QToolButton()
            reroll.setIcon(icon("reroll"))
            reroll.setToolTip("Another number, and with it another picture by chance")
            reroll.setAccessibleName("Another number")
            reroll.setFocusPolicy(Qt.TabFocus)
            reroll.clicked.connect(lambda: self.seed.setValue((self.seed.value() + 1) % (MOST_SEED + 1)))
            chance = QWidget()
            row = QHBoxLayout(chance)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(theme.TIGHT)
            row.addWidget(self.seed)
            row.addWidget(reroll)
            starts = QVBoxLayout(self._start)
            starts.setContentsMargins(0, 0, 0, 0)
            starts.setSpacing(theme.TIGHT)
            starts.addWidget(self.start, 0, Qt.AlignLeft)
            starts.addWidget(self.start_picture)
            _add_section(
                column,
                "How it works",
                ("Steps", self.quality),
                ("Matches", self.statistics),
                ("Begins from", self._start),
                ("Chance", chance),
            )
        else:
            for widget in (self.quality, self.statistics, self._start, self.start, self.start_picture, self.seed):
                widget.setParent(self)
                widget.hide()
        _add_section(column, "For the duel at hand", ("Paintings", self.paintings), ("Mask", self.mask_row))
        column.addStretch(1)

    def _show(self, request: RivalRequest, chosen: ChosenPictures) -> None:
        network = request.network or ""
        self.network.setCurrentIndex(self._networks.index(network) if network in self._networks else 0)
        self.side.setCurrentIndex(SIZES_PX.index(request.size))
        self.strength.set_value(request.strength)
        self.colours.choose(COLOURS.index(request.colours))
        self.scale.set_value(request.style_scale)
        self.statistics.choose(STATISTICS.index(statistics_of(request)))
        self.quality.choose(list(QUALITIES).index(quality_of(request)))
        self.seed.setValue(request.seed)
        self.start.choose(STARTS.index(request.start))
        self.start_picture.show_picture(chosen[request.start_picture] if request.start_picture else None)
        self.mask_row.show_picture(chosen[request.mask] if request.mask else None)
        self.paintings.set_weights(request.weights, [chosen[path] for path in request.further_styles])
        self._show_start()

    def show_usual(self) -> None:
        """Show what a rival does whom nobody asks for anything else."""
        self._show(PLAIN, {})
        self._on_changed()

    def show_deal(self, painting: QImage | None, title: str) -> None:
        """Show the painting of the deal at hand among the others."""
        self.paintings.show_deal(painting, title)

    def request(self) -> RivalRequest:
        """The request as the form shows it."""
        start, begun_from, mask = STARTS[self.start.choice()], self._begun_from(), self.mask_row.picture()
        if start == "picture" and begun_from is None:
            start = self._request.start if self._request.start != "picture" else PLAIN.start
        return RivalRequest(
            size=SIZES_PX[self.side.currentIndex()],
            strength=round(self.strength.value(), 2),
            further_styles=tuple(each.path for each in self.paintings.further()),
            weights=self.paintings.weights(),
            colours=COLOURS[self.colours.choice()],
            mask=mask.path if mask is not None else None,
            style_scale=_snapped(self.scale.value()),
            start=start,
            start_picture=begun_from.path if begun_from is not None else None,
            seed=self.seed.value(),
            network=self._networks[max(self.network.currentIndex(), 0)] or None,
            options=options_of(list(QUALITIES)[self.quality.choice()], STATISTICS[self.statistics.choice()]),
        )

    def chosen(self) -> dict[str, ChosenPicture]:
        """The pictures that the request refers to, by their paths."""
        pictures = (*self.paintings.further(), self.mask_row.picture(), self._begun_from())
        return {each.path: each for each in pictures if each is not None}

    def _begun_from(self) -> ChosenPicture | None:
        return self.start_picture.picture() if STARTS[self.start.choice()] == "picture" else None

    def _on_changed(self, _value: object = None) -> None:
        self._show_start()
        self.changed.emit()

    def _show_start(self) -> None:
        self.start_picture.setVisible(RIVALS[self.rival].takes_options and STARTS[self.start.choice()] == "picture")


class _SeedBox(QSpinBox):
    """A whole number without arrows, that a wheel passes over."""

    def __init__(self) -> None:
        super().__init__()
        self.setButtonSymbols(QSpinBox.NoButtons)
        self.setRange(0, MOST_SEED)
        self.setAlignment(Qt.AlignRight)
        self.setFixedWidth(84)
        self.setAccessibleName("Chance")
        self.setToolTip("The same number gives the same picture again; another one, another by chance")

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _snapped(scale: float) -> float:
    return 1.0 if abs(scale - 1) < _SNAP else round(scale, 2)


def _segments(name: str, choices: Sequence[tuple[str, str]]) -> Segments:
    segments = Segments([words for words, _ in choices], name, is_small=True)
    for index, (_, explains) in enumerate(choices):
        segments.explain(index, explains)
    return segments


def _add_section(sections: QVBoxLayout, title: str, *rows: tuple[str, QWidget]) -> None:
    if sections.count():
        sections.addSpacing(theme.TIGHT)
        sections.addWidget(frame("rule"))
    sections.addWidget(theme.label(title, "overline"))
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.GAP)
    grid.setVerticalSpacing(theme.SMALL)
    grid.setColumnMinimumWidth(0, _NAMES_PX)
    grid.setColumnStretch(1, 1)
    for index, (name, widget) in enumerate(rows):
        fills = not isinstance(widget, Segments) and name not in ("Size", "Chance")
        label = theme.label(name)
        top = name in ("Paintings", "Begins from")
        if top:
            # Beside its first line.
            label.setContentsMargins(0, 14 if name == "Paintings" else 6, 0, 0)
        grid.addWidget(label, index, 0, Qt.AlignTop if top else Qt.AlignVCenter)
        grid.addWidget(widget, index, 1, Qt.Alignment() if fills else Qt.AlignLeft)
    sections.addLayout(grid)
