"""The result: the three pictures side by side with the verdict beneath, under a wipe, or with the grades' reasons; and
what to do next.
"""

from collections.abc import Mapping, Sequence

from PyQt5.QtCore import QSize, QSizeF, Qt, pyqtSignal
from PyQt5.QtGui import QImage, QResizeEvent
from PyQt5.QtWidgets import (
    QAction,
    QBoxLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop.app_state.picture_names import hung, picture_title
from app.desktop.app_state.view_models import RivalState
from app.desktop.rivals.worker_status import WorkerStatus
from app.desktop.verdict.compare_slider import CompareSlider
from app.desktop.verdict.explanation import Explanation
from app.desktop.verdict.grade_dials import Verdict
from app.desktop.verdict.picture_card import PictureCard
from app.desktop.widgets import theme
from app.desktop.widgets.controls import PairChoice, Segments, command_button
from app.desktop.widgets.elided_label import ElidedLabel
from app.desktop.widgets.icons import icon
from app.judging.assessment import Assessment, Suggestion
from app.rivals.registry import RIVALS, Pair, comparisons, rival_title
from app.text import grade_text

SIDE_BY_SIDE, WIPE, WHY = 0, 1, 2
LOW_PAGE_PX, LOWEST_PAGE_PX = 660, 540


class Result(QWidget):
    """Shows the pictures and grades there are, also while some are still on their way.

    Signals: `enlarge_requested(name)` with drawing, magenta or classic; `retry_requested(rival)`;
    `stop_requested(rival)`; `wishes_requested(rival)`; `grades_retry_requested()`; `advice_requested()`;
    `drawing_dropped(path)`.
    """

    enlarge_requested = pyqtSignal(str)
    retry_requested = pyqtSignal(str)
    stop_requested = pyqtSignal(str)
    wishes_requested = pyqtSignal(str)
    grades_retry_requested = pyqtSignal()
    advice_requested = pyqtSignal()
    drawing_dropped = pyqtSignal(str)

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("page")
        self._actions = actions
        # None until a pair is chosen.
        self._wanted_pair: int | None = None
        self._assessments: dict[Pair, Assessment] = {}
        self._can_come = dict.fromkeys(hung(), False)
        self.title = theme.label("The verdict", "display")
        self.sentence = theme.label(role="quiet")
        self.sentence.setWordWrap(True)
        self.asked = ElidedLabel("caption")
        theme.restyle(self.asked, tone="faint")
        self.asked.hide()
        # What was lost says so in its place, with a button of its own.
        self.worker = WorkerStatus(("restarting",))
        self.plates = {name: PictureCard(name) for name in hung()}
        for name, plate in self.plates.items():
            plate.view.clicked.connect(lambda n=name: self.enlarge_requested.emit(n))
            plate.retry.clicked.connect(lambda _checked, n=name: self.retry_requested.emit(n))
            plate.stop.clicked.connect(lambda _checked, n=name: self.stop_requested.emit(n))
            plate.wishes.clicked.connect(lambda _checked, n=name: self.wishes_requested.emit(n))
        self.plates["drawing"].view.file_dropped.connect(self.drawing_dropped)
        self.verdict = Verdict()
        self.verdict.pair_chosen.connect(self.explain)
        self.wipe = CompareSlider()
        self.why = Explanation()
        self.why.pair_chosen.connect(self.explain)
        self.why.advice_requested.connect(self.advice_requested)
        self.way = Segments(["Side by side", "Wipe", "Why this grade"], "How to look at the pictures")
        self.way.chosen.connect(self._on_way_chosen)
        words = [" / ".join(rival_title(name) for name in pair) for pair in comparisons()]
        # More than three have no room side by side.
        self.pairs = (
            Segments(words, "Which two pictures") if len(RIVALS) == 2 else PairChoice(words, "Which two pictures")
        )
        self.pairs.chosen.connect(self._on_pair_chosen)
        self.ask_judge = QPushButton("Ask the judge again")
        self.ask_judge.clicked.connect(self.grades_retry_requested)
        self.ask_judge.hide()

        told = QVBoxLayout()
        told.setSpacing(0)
        told.addWidget(self.title)
        told.addWidget(self.sentence)
        told.addWidget(self.asked)
        told.addWidget(self.worker, 0, Qt.AlignLeft)
        top = QHBoxLayout()
        top.setSpacing(theme.SMALL)
        top.addLayout(told, 1)
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
        self._stack.addWidget(self.why)

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
        # Beside the reasons it is in their midst.
        self.verdict.setVisible(self.way.choice() != WHY)
        is_wipe = self.way.choice() == WIPE
        # Beside the wipe the grades leave it the whole height.
        self._hall.setDirection(QBoxLayout.LeftToRight if is_wipe else QBoxLayout.TopToBottom)
        height_px = self.height()
        self.verdict.hang(is_low=height_px < LOW_PAGE_PX, is_lowest=height_px < LOWEST_PAGE_PX, is_upright=is_wipe)

    # What is shown

    def begin(self) -> None:
        """Be as at the beginning of a duel: side by side."""
        self._wanted_pair = None
        self._on_way_chosen(SIDE_BY_SIDE)

    def set_shape(self, size: QSize) -> None:
        """Tell of which aspect the pictures will be."""
        for plate in self.plates.values():
            plate.view.empty_size = QSizeF(size)
            plate.view.update()
        self.why.set_shape(size)

    def show_drawing(self, image: QImage | None, facts: str = "") -> None:
        """Show the player's picture; None where there is none. `facts` says how it came about."""
        self.hang("drawing", image, facts, "You have not drawn this deal.\nA finished picture can be dropped here.")

    def hang(self, name: str, image: QImage | None, facts: str, placeholder: str = "") -> None:
        """Hang a picture with what there is to say of it; where there is none, `placeholder` in its place."""
        self.plates[name].show_picture(image, placeholder)
        self.plates[name].status.set_whole(facts)
        self._can_come[name] = image is not None
        self._fill()

    def show_rival(self, state: RivalState) -> None:
        """Show a rival's picture, or how far it is."""
        self.plates[state.name].show_state(state)
        self._can_come[state.name] = state.is_busy or state.stage == "finished"
        self._fill()

    def show_asked(self, sentence: str) -> None:
        """Say what the rivals were asked for besides the plain deal; "" for nothing."""
        self.asked.set_whole(sentence)
        self.asked.setVisible(bool(sentence))

    def show_assessments(
        self, assessments: Mapping[Pair, Assessment], awaited: set[Pair], sentence: str, *, can_ask: bool
    ) -> None:
        """Show what the judge has said, what it is still looking at, and a few words about it all."""
        self._assessments = dict(assessments)
        self.verdict.show_assessments(assessments, awaited)
        self.why.show_assessments(assessments, awaited)
        self.title.setText("The verdict" if len(assessments) == len(comparisons()) else "The comparison")
        self.sentence.setText(sentence)
        self.ask_judge.setVisible(can_ask)
        self._fill()

    def show_suggestions(self, suggestions: Sequence[Suggestion], says: str, *, can_ask: bool) -> None:
        """Show what would help; without any, `says` why, and `can_ask` whether to try again; "" for no word of it."""
        self.why.show_suggestions(suggestions, says, can_ask=can_ask)

    def explain(self, first: str, second: str) -> None:
        """Show why a pair's grade is what it is; while there is none, the pair under the wipe."""
        wanted = comparisons().index((first, second))
        if wanted in self._explained_pairs():
            self._wanted_pair = wanted
            self._on_way_chosen(WHY)
        else:
            self.wipe_between(first, second)

    def wipe_between(self, first: str, second: str) -> None:
        """Show a pair of pictures under the wipe, if both are there or on their way."""
        wanted = comparisons().index((first, second))
        if wanted in self._usable_pairs():
            self._wanted_pair = wanted
            self._on_way_chosen(WIPE)

    def looked_at(self) -> Suggestion | None:
        """The suggestion that is shown on the drawing, if one is."""
        return self.why.suggestion() if self.way.choice() == WHY else None

    def image(self, name: str) -> QImage | None:
        """The picture shown of drawing, magenta or classic."""
        return self.plates[name].view.image()

    def _on_way_chosen(self, way: int) -> None:
        self.way.choose(way)
        if way == WHY and self._assessments:
            # What is looked at stays, whatever grades come yet.
            self._wanted_pair = self._explained_pair()
        self._stack.setCurrentIndex(way)
        self.pairs.setVisible(way == WIPE)
        self._place_verdict()
        self._fill()

    def _on_pair_chosen(self, index: int) -> None:
        self._wanted_pair = index
        self._fill()

    def _usable_pairs(self) -> list[int]:
        """Which of comparisons() have both pictures, or will have them without anybody doing anything."""
        return [index for index, pair in enumerate(comparisons()) if all(self._can_come[name] for name in pair)]

    def _explained_pairs(self) -> list[int]:
        """Which of comparisons() the judge has said something about."""
        return [index for index, pair in enumerate(comparisons()) if pair in self._assessments]

    def _explained_pair(self) -> int:
        """Which of comparisons() to give the reasons for: the chosen one, else that of the drawing's best grade."""
        explained = self._explained_pairs()
        if self._wanted_pair in explained:
            return self._wanted_pair
        own = [index for index in explained if "drawing" in comparisons()[index]]
        return max(own or explained, key=lambda index: self._assessments[comparisons()[index]].grade)

    def _fill(self) -> None:
        """Hang the pictures for every way to look at them, and leave a way that leads nowhere any more."""
        usable, explained = self._usable_pairs(), self._explained_pairs()
        self.way.set_usable(WIPE, bool(usable))
        self.way.set_usable(WHY, bool(explained))
        self.verdict.set_usable({comparisons()[index] for index in (*usable, *explained)})
        for index in range(len(comparisons())):
            self.pairs.set_usable(index, index in usable)
        if not {SIDE_BY_SIDE: True, WIPE: usable, WHY: explained}[self.way.choice()]:
            self._on_way_chosen(SIDE_BY_SIDE)
            return
        if usable:
            wanted = 0 if self._wanted_pair is None else self._wanted_pair
            shown = wanted if wanted in usable else usable[-1]
            self.pairs.choose(shown)
            first, second = comparisons()[shown]
            self.wipe.set_pictures(self.image(first), self.image(second), (picture_title(first), picture_title(second)))
        if explained:
            # Not before: a rival that paints tells of itself many times a second.
            self.why.show_images({name: self.image(name) for name in hung()})
            self.why.show_pair(comparisons()[self._explained_pair()])


def sentence_of(assessments: Mapping[Pair, Assessment], rivals: Mapping[str, RivalState], has_drawing: bool) -> str:
    """What there is to say about a comparison, finished or not."""
    waiting = [picture_title(name) for name in RIVALS if rivals[name].is_busy]
    if waiting:
        # The judge does not wait for all: a grade comes as soon as both its pictures are there.
        are, when = ("is", "it has") if len(waiting) == 1 else ("are", "both have" if len(waiting) == 2 else "all have")
        which = "the other grades" if assessments else "the grades"
        return f"{' and '.join(waiting)} {are} still painting; {which} come when {when} finished."
    gone = [picture_title(name) for name in RIVALS if rivals[name].stage in ("failed", "stopped", "idle")]
    if gone:
        return f"{' and '.join(gone)} did not finish. Let it paint again to hear the whole verdict."
    owed = [pair for pair in comparisons() if pair not in assessments and (has_drawing or "drawing" not in pair)]
    if owed:
        return "The judge is looking."
    if not has_drawing:
        own = [assessments[pair].grade for pair in comparisons() if "drawing" not in pair]
        return f"The rivals agree at {grade_text(sum(own) / len(own))} of 10. Now it is your turn."
    # Of equals the one that is listed last, as ever.
    (near, first), (nearer, best) = sorted(((name, assessments["drawing", name]) for name in RIVALS), key=_grade)[-2:]
    apart = best.grade - first.grade
    if apart == 0 or apart < max(best.band, first.band):
        one, other = sorted((near, nearer), key=list(RIVALS).index)
        both = grade_text((best.grade + first.grade) / 2)
        return (
            f"You came as close to {picture_title(one)} as to {picture_title(other)},"
            f" with {'about ' if apart else ''}{both} of 10."
        )
    return f"You came closest to {picture_title(nearer)}, with {grade_text(best.grade)} of 10."


def _grade(of: tuple[str, Assessment]) -> float:
    return of[1].grade
