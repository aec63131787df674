"""Why the grades are what they are: a pair of pictures with the places where they depart, facet by facet, where the
player stands, and what would help.
"""

from collections.abc import Mapping, Sequence, Set

from PyQt5.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, pyqtSignal
from PyQt5.QtGui import QImage, QKeyEvent, QResizeEvent
from PyQt5.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.app_state.picture_names import ink_of, pair_words, picture_title
from app.desktop.verdict.coaching_panel import CoachingPanel
from app.desktop.verdict.dotted_title import DottedTitle
from app.desktop.verdict.facets_panel import FACET_TITLES, FacetsPanel
from app.desktop.verdict.grade_dials import GradeDial
from app.desktop.verdict.grade_scale import GradeScale, Mark
from app.desktop.verdict.heat_overlay import Legend
from app.desktop.verdict.linked_view import LinkedView
from app.desktop.widgets import theme
from app.desktop.widgets.controls import Slider, frame
from app.desktop.widgets.icons import icon
from app.desktop.widgets.qimage import to_image
from app.game.archive.serialization import remarks
from app.judging.assessment import ANCHORS, Assessment, Suggestion
from app.rivals.registry import RIVALS, Pair, comparisons
from app.text import band_text, grade_text

ANCHOR_TITLES = {"blank": "Blank canvas", "photograph": "Bare photograph", "painting": "The painting itself"}
#: In a row of the panel.
DIALS_ABREAST = 3
PAIR_RADIUS_PX, PAIR_PX, LEAST_PAIR_PX = 28, 118, 92
# Below this height the standing goes into the panel, which can be scrolled.
LOW_PX = 360
# The panel's width, for so much of the section's.
PANEL_PX, NARROW_PANEL_PX, NARROW_PX = 376, 300, 1000
OPACITY = 65


class Explanation(QWidget):
    """The section. Signals: `pair_chosen(str, str)`; `advice_requested()` to try again what would help."""

    pair_chosen = pyqtSignal(str, str)
    advice_requested = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._images: dict[str, QImage | None] = {}
        self._assessments: dict[Pair, Assessment] = {}
        self._pair: Pair = comparisons()[0]
        self._suggestion: Suggestion | None = None
        # What was chosen stays so from pair to pair; until then it is the weakest facet.
        self._facet: str | None = None

        self.first, self.second = LinkedView(), LinkedView()
        self._titles = [DottedTitle(name, size_px=17) for name in self._pair]
        for view in (self.first, self.second):
            view.pointed.connect(self._on_pointed)
            view.held.connect(self._on_held)
        self.legend = Legend()
        self.opacity = Slider()
        self.opacity.setRange(0, 100)
        self.opacity.setSingleStep(5)
        self.opacity.setFixedWidth(110)
        self.opacity.setFocusPolicy(Qt.TabFocus)
        self.opacity.setAccessibleName("How much the map covers, in percent")
        self.opacity.setToolTip("How much the map covers")
        self.opacity.setValue(OPACITY)
        self.opacity.valueChanged.connect(lambda percent: self.first.set_opacity(percent / 100))
        self.first.set_opacity(OPACITY / 100)
        self.preview = theme.label(role="caption")
        self.preview.setWordWrap(True)
        self.hold = QPushButton()
        self.hold.setIcon(icon("eye", "quiet"))
        self.hold.setIconSize(QSize(16, 16))
        self.hold.setProperty("kind", "link")
        self.hold.setFont(theme.sans(12))
        self.hold.setFocusPolicy(Qt.TabFocus)
        self.hold.pressed.connect(lambda: self._on_held(True))
        self.hold.released.connect(lambda: self._on_held(False))

        self.dials = {}
        for pair in comparisons():
            dial = self.dials[pair] = GradeDial(pair, PAIR_RADIUS_PX, width_px=PAIR_PX, caption=_short_words(pair))
            dial.chosen.connect(lambda p=pair: self.pair_chosen.emit(*p))
        self.remarks = theme.label(role="caption")
        self.remarks.setContentsMargins(9, 2, 9, 4)
        self.remarks.setWordWrap(True)
        self.facets = FacetsPanel()
        self.facets.chosen.connect(self._on_facet_chosen)
        self._helps = theme.label("What would help", "overline")
        self.coaching = CoachingPanel()
        self.coaching.chosen.connect(self._on_suggestion_chosen)
        self.coaching.again_requested.connect(self.advice_requested)
        self._stands = theme.label(role="overline")
        self.standing = GradeScale()
        self._lay_out()

    def _lay_out(self) -> None:
        hung = QHBoxLayout()
        hung.setSpacing(theme.TIGHT)
        for view, title in zip((self.first, self.second), self._titles, strict=True):
            side = QVBoxLayout()
            side.setSpacing(2)
            side.addWidget(view, 1)
            side.addWidget(title)
            hung.addLayout(side, 1)
        tools = QWidget()
        tools.setFixedHeight(34)
        row = QHBoxLayout(tools)
        row.setContentsMargins(theme.SMALL, 0, theme.SMALL, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self.legend, 1)
        row.addWidget(self.opacity)
        row.addWidget(self.preview, 1)
        row.addWidget(self.hold)
        self._left = QVBoxLayout()
        self._left.setSpacing(theme.SMALL)
        self._left.addLayout(hung, 1)
        self._left.addWidget(tools)

        panel = QWidget()
        self._column = QVBoxLayout(panel)
        self._column.setContentsMargins(0, 0, theme.SMALL, 0)
        self._column.setSpacing(theme.TIGHT)
        pairs = QGridLayout()
        pairs.setSpacing(0)
        for number, dial in enumerate(self.dials.values()):
            pairs.addWidget(dial, *divmod(number, DIALS_ABREAST))
        pairs.setColumnStretch(DIALS_ABREAST, 1)
        self._column.addLayout(pairs)
        self._column.addWidget(self.remarks)
        self._column.addWidget(self.facets)
        self._column.addSpacing(theme.TIGHT)
        self._column.addWidget(self._helps)
        self._column.addWidget(self.coaching)
        self._column.addStretch(1)
        for overline in (self._helps, self._stands):
            overline.setContentsMargins(9, 0, 9, 0)
            # In a wide typeface it is broader than the narrow panel.
            overline.setWordWrap(True)
        self._place = QWidget()
        lines = QVBoxLayout(self._place)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.TIGHT)
        lines.addWidget(self._stands)
        lines.addWidget(self.standing)
        self._left.addWidget(self._place)
        self._is_low = False
        self.panel = QScrollArea()
        self.panel.setWidget(panel)
        self.panel.setWidgetResizable(True)
        self.panel.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.panel.setFocusPolicy(Qt.NoFocus)
        self.panel.setSizePolicy(QSizePolicy.Fixed, QSizePolicy.Expanding)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        row.addLayout(self._left, 1)
        row.addWidget(frame("upright-rule"))
        row.addWidget(self.panel)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        is_narrow, is_low = self.width() < NARROW_PX, self.height() < LOW_PX
        self.panel.setFixedWidth(NARROW_PANEL_PX if is_narrow else PANEL_PX)
        for dial in self.dials.values():
            dial.set_words(LEAST_PAIR_PX if is_narrow else PAIR_PX)
        if is_low != self._is_low:
            self._is_low = is_low
            if is_low:
                # Before the stretch at its end.
                self._column.insertWidget(self._column.count() - 1, self._place)
            else:
                self._left.addWidget(self._place)

    # What is shown

    def set_shape(self, size: QSize) -> None:
        """Tell of which aspect the pictures will be."""
        for view in (self.first, self.second):
            view.empty_size = QSizeF(size)
            view.update()

    def show_images(self, images: Mapping[str, QImage | None]) -> None:
        """Take the pictures there are, by drawing, magenta and classic."""
        if images.get("drawing") is not self._images.get("drawing"):
            self._look_at(None)
        if any(images.get(name) is not self._images.get(name) for name in images):
            self._images = dict(images)
            self._show()

    def show_assessments(self, assessments: Mapping[Pair, Assessment], awaited: Set[Pair]) -> None:
        """Take what the judge has said, and what is on its way."""
        self._assessments = dict(assessments)
        for pair, dial in self.dials.items():
            dial.set_assessment(assessments.get(pair), is_awaited=pair in awaited)
            dial.set_usable(pair in assessments)
        self._show()

    def show_pair(self, pair: Pair) -> None:
        """Turn to a pair of comparisons()."""
        if pair != self._pair:
            self._pair = pair
            if "drawing" not in pair:
                self._look_at(None)
            self._show()

    def pair(self) -> Pair:
        """The pair that is looked at."""
        return self._pair

    def show_suggestions(self, suggestions: Sequence[Suggestion], says: str, *, can_ask: bool) -> None:
        """Show what would help; without any, `says` why, and `can_ask` whether to try again; "" for no word of it."""
        if self._suggestion is not None and not any(each is self._suggestion for each in suggestions):
            self._look_at(None)
        is_told = bool(suggestions or says)
        self._helps.setVisible(is_told)
        self.coaching.setVisible(is_told)
        self.coaching.show_suggestions(suggestions, self._grades(), says=says, can_ask=can_ask)
        self._show()

    def _grades(self) -> dict[str, float]:
        """The drawing's grades of now, by the rivals' names."""
        pairs = {name: self._assessments.get(("drawing", name)) for name in RIVALS}
        return {name: assessment.grade for name, assessment in pairs.items() if assessment is not None}

    def _show(self) -> None:
        first, second = self._pair
        assessment = self._assessments.get(self._pair)
        for pair, dial in self.dials.items():
            dial.set_choice(pair == self._pair)
        for name, view, title in zip(self._pair, (self.first, self.second), self._titles, strict=True):
            view.set_image(self._images.get(name), f"{picture_title(name)} is not there yet.")
            view.setAccessibleName(f"{picture_title(name)}; the arrow keys frame a place in both pictures")
            title.set_name(name)
        self.facets.show_facets(assessment.facets if assessment is not None else {}, ink_of(second))
        said = " ".join(remarks(assessment, self._pair)) if assessment is not None else ""
        self.remarks.setText(said)
        self.remarks.setVisible(bool(said))
        self._stands.setText(
            f"Where {'you stand' if first == 'drawing' else 'it stands'} against {picture_title(second)}"
        )
        self.standing.set_marks(picture_title(second), marks_of(self._assessments, self._pair))
        self.coaching.show_grades(self._grades())
        self._show_overlay(assessment)

    def _show_overlay(self, assessment: Assessment | None) -> None:
        """Lay the chosen facet's map over the first picture, or show the chosen change of it."""
        suggestion = self._suggestion
        facet = ""
        if assessment is not None and suggestion is None:
            facet = self._facet if self._facet is not None else weakest(assessment)
        shown = assessment.facets.get(facet) if assessment is not None else None
        self.facets.choose(facet if shown is not None else "")
        self.coaching.choose(suggestion)
        self.first.set_heat(shown.heat if shown is not None else None)
        first, second = (picture_title(name) for name in self._pair)
        for widget in (self.legend, self.opacity):
            widget.setVisible(shown is not None)
        self.legend.set_ends(f"as {second} has it", "departs")
        self.preview.setVisible(shown is None)
        picture = "your drawing" if self._pair[0] == "drawing" else first
        if suggestion is not None:
            self.preview.setText(f"A preview: {suggestion.sentence}. Your drawing stays as it is.")
        else:
            self.preview.setText("Choose a facet to see where they depart." if assessment is not None else "")
        self.hold.setText(" Hold for before" if suggestion is not None else " Hold to hide")
        self.hold.setAccessibleName(f"Hold to see {picture} as it is")
        self.hold.setToolTip(f"See {picture} as it is, while this or the picture is held (also: Space)")
        self.hold.setVisible(suggestion is not None or shown is not None)
        described = ""
        if shown is not None:
            described = f"With the map of {FACET_TITLES[facet].lower()} over it. {shown.sentence}"
        elif suggestion is not None:
            described = self.preview.text()
        self.first.setAccessibleDescription(described)

    # What is chosen

    def _on_facet_chosen(self, name: str) -> None:
        self._facet = name
        self._look_at(None)
        self._show_overlay(self._assessments.get(self._pair))

    def _on_suggestion_chosen(self, suggestion: Suggestion | None) -> None:
        self._look_at(suggestion)
        held = self.focusWidget()
        if suggestion is not None and (held is None or not held.hasFocus()):
            # So that Escape comes here, also after a click, which gives no row the keys.
            self.setFocus()
        if suggestion is not None and "drawing" not in self._pair:
            self.pair_chosen.emit(*comparisons()[0])
        self._show_overlay(self._assessments.get(self._pair))

    def _look_at(self, suggestion: Suggestion | None) -> None:
        if suggestion is self._suggestion:
            return
        self._suggestion = suggestion
        if suggestion is None:
            self.first.set_change(None)
            return
        left, top, right, bottom = suggestion.box
        self.first.set_change(to_image(suggestion.preview), QRectF(QPointF(left, top), QPointF(right, bottom)))

    def suggestion(self) -> Suggestion | None:
        """The suggestion that is shown on the drawing, if one is."""
        return self._suggestion

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key_Escape and self._suggestion is not None:
            self._on_suggestion_chosen(None)
        else:
            super().keyPressEvent(event)

    def _on_pointed(self, place: QPointF | None) -> None:
        for view in (self.first, self.second):
            view.set_place(place)

    def _on_held(self, is_held: bool) -> None:
        self.first.set_held(is_held)


def weakest(assessment: Assessment) -> str:
    """The facet with the lowest grade, the first of several; "" where none is known."""
    return min(assessment.facets, key=lambda name: assessment.facets[name].grade, default="")


def marks_of(assessments: Mapping[Pair, Assessment], pair: Pair) -> list[Mark]:
    """Where the first of a pair stands against the second: among the deal's anchors, beside the third picture."""
    assessment = assessments.get(pair)
    if assessment is None:
        return []
    first, second = pair
    marks = [
        Mark(
            _name_on_line(first),
            assessment.grade,
            ink_of(first),
            band_text(assessment.grade, assessment.band),
            assessment.band,
            is_chief=True,
        )
    ]
    marks += [Mark(ANCHOR_TITLES[name], assessment.anchors[name]) for name in ANCHORS if name in assessment.anchors]
    for other, other_assessment in assessments.items():
        if other != pair and second in other:
            (third,) = set(other) - {second}
            marks.append(
                Mark(_name_on_line(third), other_assessment.grade, ink_of(third), grade_text(other_assessment.grade))
            )
    return marks


def _short_words(pair: Pair) -> str:
    # As short as can be: whom it compares is said in full by the dials' names.
    return "The rivals" if len(RIVALS) == 2 and "drawing" not in pair else pair_words(pair)


def _name_on_line(name: str) -> str:
    return "You" if name == "drawing" else picture_title(name)
