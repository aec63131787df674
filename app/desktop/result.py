"""The result: the three pictures side by side or under a wipe, the verdict beneath, and what to do next.

Only `window.py` calls this.
"""

from collections.abc import Mapping

from PyQt5.QtCore import QSize, QSizeF, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PyQt5.QtWidgets import (
    QAction,
    QBoxLayout,
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.desktop import theme
from app.desktop.controls import Segments, command_button
from app.desktop.icons import icon
from app.desktop.on_show import RivalState
from app.desktop.picture_view import PictureView
from app.desktop.rival_card import TITLES, ElidedLabel, status_of
from app.desktop.verdict import HUNG, INKS, Verdict
from app.desktop.wipe import Wipe
from app.desktop.workshop_line import WorkshopLine
from app.game.card import grade_text, time_text
from app.game.duel import COMPARISONS, RIVALS

SIDE_BY_SIDE, WIPE = 0, 1
LOW_PAGE_PX = 660
# Two lines of a caption.
FOOT_PX = 38
PAIR_WORDS = [" / ".join(TITLES[name].removeprefix("Your ").capitalize() for name in pair) for pair in COMPARISONS]


class Result(QWidget):
    """Shows the pictures and grades there are, also while some are still on their way.

    Signals: `enlarge_requested(name)` with drawing, magenta or classic; `retry_requested(rival)`;
    `stop_requested(rival)`; `wishes_requested(rival)`; `grades_retry_requested()`; `drawing_dropped(path)`.
    """

    enlarge_requested = pyqtSignal(str)
    retry_requested = pyqtSignal(str)
    stop_requested = pyqtSignal(str)
    wishes_requested = pyqtSignal(str)
    grades_retry_requested = pyqtSignal()
    drawing_dropped = pyqtSignal(str)

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("page")
        self._actions = actions
        self._wanted_pair = 0
        self._can_come = dict.fromkeys(HUNG, False)
        self.title = theme.label("The verdict", "display")
        self.sentence = theme.label(role="quiet")
        self.sentence.setWordWrap(True)
        self.asked = ElidedLabel("caption")
        theme.restyle(self.asked, tone="faint")
        self.asked.hide()
        # What was lost says so in its place, with a button of its own.
        self.workshop = WorkshopLine(("restarting",))
        self.plates = {name: _Plate(name) for name in HUNG}
        for name, plate in self.plates.items():
            plate.view.clicked.connect(lambda n=name: self.enlarge_requested.emit(n))
            plate.retry.clicked.connect(lambda _checked, n=name: self.retry_requested.emit(n))
            plate.stop.clicked.connect(lambda _checked, n=name: self.stop_requested.emit(n))
            plate.wishes.clicked.connect(lambda _checked, n=name: self.wishes_requested.emit(n))
        self.plates["drawing"].view.file_dropped.connect(self.drawing_dropped)
        self.verdict = Verdict()
        self.verdict.pair_chosen.connect(self.wipe_between)
        self.wipe = Wipe()
        self.way = Segments(["Side by side", "Wipe"], "How to look at the pictures")
        self.way.chosen.connect(self._on_way_chosen)
        self.pairs = Segments(PAIR_WORDS, "Which two pictures")
        self.pairs.chosen.connect(self._on_pair_chosen)
        self.ask_judge = QPushButton("Ask the judge again")
        self.ask_judge.clicked.connect(self.grades_retry_requested)
        self.ask_judge.hide()

        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.sentence)
        words.addWidget(self.asked)
        words.addWidget(self.workshop, 0, Qt.AlignLeft)
        top = QHBoxLayout()
        top.setSpacing(theme.SMALL)
        top.addLayout(words, 1)
        top.addWidget(self.ask_judge, 0, Qt.AlignBottom)
        top.addWidget(self.pairs, 0, Qt.AlignBottom)
        top.addWidget(self.way, 0, Qt.AlignBottom)

        beside = QWidget()
        row = QHBoxLayout(beside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for plate in self.plates.values():
            row.addWidget(plate, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(beside)
        self._stack.addWidget(self.wipe)

        column = QVBoxLayout(self)
        column.setContentsMargins(theme.PAGE, theme.GAP, theme.PAGE, theme.GAP)
        column.setSpacing(theme.SMALL)
        column.addLayout(top)
        self._hall = QBoxLayout(QBoxLayout.TopToBottom)
        self._hall.setSpacing(theme.SMALL)
        self._hall.addWidget(self._stack, 1)
        self._hall.addWidget(self.verdict)
        column.addLayout(self._hall, 1)
        column.addLayout(self._make_doors())
        self.begin()

    def _make_doors(self) -> QHBoxLayout:
        act = self._actions
        save = QPushButton("\u2002Save…")
        save.setIcon(icon("save"))
        menu = QMenu(save)
        for name in ("save_drawing", "timelapse", "save_card", "save_all"):
            menu.addAction(act[name])
        save.setMenu(menu)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(command_button(act["keep_drawing"], symbol="brush"))
        row.addWidget(command_button(act["replay"], kind="ghost", symbol="play"))
        row.addStretch(1)
        row.addWidget(save)
        row.addWidget(command_button(act["play_again"], kind="primary", symbol="reroll"))
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_verdict()

    def _place_verdict(self) -> None:
        is_wipe = self.way.choice() == WIPE
        # Beside the wipe the grades leave it the whole height.
        self._hall.setDirection(QBoxLayout.LeftToRight if is_wipe else QBoxLayout.TopToBottom)
        self.verdict.hang(is_low=self.height() < LOW_PAGE_PX, is_upright=is_wipe)

    # What is shown

    def begin(self) -> None:
        """Be as at the beginning of a duel: side by side."""
        self._wanted_pair = 0
        self._on_way_chosen(SIDE_BY_SIDE)

    def set_shape(self, size: QSize) -> None:
        """Tell of which aspect the pictures will be."""
        for plate in self.plates.values():
            plate.view.empty_size = QSizeF(size)
            plate.view.update()

    def show_drawing(self, image: QImage | None, facts: str = "") -> None:
        """Show the player's picture; None where there is none. `facts` says how it came about."""
        self.plates["drawing"].show_picture(
            image, "You have not drawn this deal.\nA finished picture can be dropped here."
        )
        self.plates["drawing"].status.set_whole(facts)
        self._can_come["drawing"] = image is not None
        self._fill_wipe()

    def show_rival(self, state: RivalState) -> None:
        """Show a rival's picture, or how far it is."""
        self.plates[state.name].show_state(state)
        self._can_come[state.name] = state.is_busy or state.stage == "finished"
        self._fill_wipe()

    def show_asked(self, sentence: str) -> None:
        """Say what the rivals were asked for besides the plain deal; "" for nothing."""
        self.asked.set_whole(sentence)
        self.asked.setVisible(bool(sentence))

    def show_grades(
        self, grades: Mapping[tuple[str, str], float], awaited: set[tuple[str, str]], sentence: str, *, can_ask: bool
    ) -> None:
        """Show the grades there are, which are on their way, and one sentence about it all."""
        self.verdict.show_grades(grades, awaited)
        self.title.setText("The verdict" if len(grades) == len(COMPARISONS) else "The comparison")
        self.sentence.setText(sentence)
        self.ask_judge.setVisible(can_ask)

    def wipe_between(self, first: str, second: str) -> None:
        """Show a pair of pictures under the wipe, if both are there or on their way."""
        wanted = COMPARISONS.index((first, second))
        if wanted in self._usable_pairs():
            self._wanted_pair = wanted
            self._on_way_chosen(WIPE)

    def image(self, name: str) -> QImage | None:
        """The picture shown of drawing, magenta or classic."""
        return self.plates[name].view.image()

    def _on_way_chosen(self, way: int) -> None:
        self.way.choose(way)
        self._stack.setCurrentIndex(way)
        self.pairs.setVisible(way == WIPE)
        self._place_verdict()
        self._fill_wipe()

    def _on_pair_chosen(self, index: int) -> None:
        self._wanted_pair = index
        self._fill_wipe()

    def _usable_pairs(self) -> list[int]:
        """Which of COMPARISONS have both pictures, or will have them without anybody doing anything."""
        return [index for index, pair in enumerate(COMPARISONS) if all(self._can_come[name] for name in pair)]

    def _fill_wipe(self) -> None:
        usable = self._usable_pairs()
        self.way.set_usable(WIPE, bool(usable))
        self.verdict.set_usable({COMPARISONS[index] for index in usable})
        for index in range(len(COMPARISONS)):
            self.pairs.set_usable(index, index in usable)
        if not usable:
            if self.way.choice() == WIPE:
                self._on_way_chosen(SIDE_BY_SIDE)
            return
        shown = self._wanted_pair if self._wanted_pair in usable else usable[-1]
        self.pairs.choose(shown)
        first, second = COMPARISONS[shown]
        self.wipe.set_pictures(self.image(first), self.image(second), (TITLES[first], TITLES[second]))


def sentence_of(grades: Mapping[tuple[str, str], float], rivals: Mapping[str, RivalState], has_drawing: bool) -> str:
    """What there is to say about a comparison, finished or not."""
    waiting = [TITLES[name] for name in RIVALS if rivals[name].is_busy]
    if waiting:
        # The judge does not wait for all: a grade comes as soon as both its pictures are there.
        are, when = ("is", "it has") if len(waiting) == 1 else ("are", "both have")
        which = "the other grades" if grades else "the grades"
        return f"{' and '.join(waiting)} {are} still painting; {which} come when {when} finished."
    gone = [TITLES[name] for name in RIVALS if rivals[name].stage in ("failed", "stopped", "idle")]
    if gone:
        return f"{' and '.join(gone)} did not finish. Let it paint again to hear the whole verdict."
    owed = [pair for pair in COMPARISONS if pair not in grades and (has_drawing or "drawing" not in pair)]
    if owed:
        return "The judge is looking."
    if not has_drawing:
        return f"The rivals agree at {grade_text(grades[COMPARISONS[2]])} of 10. Now it is your turn."
    magenta, classic = grades[COMPARISONS[0]], grades[COMPARISONS[1]]
    nearer, grade = ("Magenta", magenta) if magenta >= classic else ("Classic", classic)
    return f"You came closest to {nearer}, with {grade_text(grade)} of 10."


class _Plate(QWidget):
    """One of the three pictures with its title."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.view = PictureView(margin_px=12, align=Qt.AlignBottom, takes_files=name == "drawing")
        self.view.setAccessibleName(TITLES[name])
        self.view.setToolTip("Click to enlarge")
        self._title = _DottedTitle(name)
        self.status = ElidedLabel("caption", lines=2)
        self.status.setAlignment(Qt.AlignHCenter | Qt.AlignTop)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setProperty("rival", name)
        self.retry = QPushButton("Try again")
        self.retry.setProperty("kind", "ghost")
        self.wishes = _tool("settings", f"Ask {TITLES[name]} for something else, and let it paint again")
        self.stop = _tool("stop", f"Stop {TITLES[name]}")
        if name in RIVALS:
            self.view.setToolTip("Click to enlarge, and to watch how it was painted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addWidget(self.view, 1)
        column.addWidget(self._title)
        # Of one height whatever it holds, so that the three pictures hang in one line.
        foot = QWidget()
        foot.setFixedHeight(FOOT_PX)
        under = QHBoxLayout(foot)
        under.setContentsMargins(theme.GAP, 0, theme.GAP, 0)
        under.addStretch(1)
        under.addWidget(self.status, 1000)
        under.addWidget(self.wishes)
        under.addWidget(self.progress, 1000)
        under.addWidget(self.stop)
        under.addWidget(self.retry, 0, Qt.AlignCenter)
        column.addWidget(foot)
        self.progress.hide()
        for widget in (self.retry, self.wishes, self.stop):
            widget.hide()

    def show_picture(self, image: QImage | None, placeholder: str) -> None:
        if image is None or image is not self.view.image():
            self.view.set_image(image, placeholder)

    def show_state(self, state: RivalState) -> None:
        words = status_of(state)
        self.show_picture(state.image, words)
        # Where there is little room the network's name is cut, not what it did. The loading is told in the studio.
        done = f"Finished in {time_text(state.seconds, 0.0)}"
        self.status.set_whole(state.network, f" · {done}" if state.network else done)
        self.status.setVisible(state.stage == "finished")
        self.progress.setVisible(state.is_busy)
        self.stop.setVisible(state.is_busy)
        self.progress.setRange(0, state.steps if state.stage == "working" else 0)
        self.progress.setValue(state.step)
        self.retry.setVisible(state.stage in ("failed", "stopped", "idle"))
        self.wishes.setVisible(not state.is_busy)


def _tool(symbol: str, sentence: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(symbol, "quiet"))
    button.setIconSize(QSize(16, 16))
    button.setProperty("room", "tight")
    button.setFocusPolicy(Qt.TabFocus)
    button.setToolTip(sentence)
    button.setAccessibleName(sentence)
    return button


class _DottedTitle(QWidget):
    """A title with a dot in the colour that stands for its maker in the grades' rings."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedHeight(26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setFont(theme.serif(19))
        text = TITLES[self._name]
        width = painter.fontMetrics().horizontalAdvance(text)
        left = (self.width() - width) / 2
        painter.setPen(Qt.NoPen)
        painter.setBrush(QColor(theme.colour(INKS[self._name])))
        painter.drawEllipse(round(left - 17), round(self.height() / 2 - 4), 9, 9)
        painter.setPen(theme.colour("text"))
        painter.drawText(round(left), 0, width + 4, self.height(), int(Qt.AlignVCenter | Qt.AlignLeft), text)
