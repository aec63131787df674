"""Rows of pictures that are brought for a rival: further paintings with their weights, a mask, a start."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PyQt5.QtCore import QSize, Qt, pyqtSignal
from PyQt5.QtGui import QDragEnterEvent, QDropEvent, QIcon, QImage, QPixmap
from PyQt5.QtWidgets import (
    QAction,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QProxyStyle,
    QPushButton,
    QStyle,
    QStyleOption,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.desktop.app_state.background import Errands
from app.desktop.app_state.file_filters import READABLE
from app.desktop.app_state.rival_settings import MOST_PAINTINGS, ChosenPicture
from app.desktop.widgets import theme
from app.desktop.widgets.controls import CaptionedSlider, percent
from app.desktop.widgets.elided_label import ElidedLabel
from app.desktop.widgets.icons import icon
from app.desktop.widgets.picture_view import PictureView, dropped_file
from app.desktop.widgets.qimage import shrink, to_image
from app.game.deck import DEALT_SIDE_PX, Card, title_of
from app.images import read_picture

_THUMB = QSize(56, 44)
# A thumbnail on a screen of many pixels.
_THUMB_SIDE_PX = 160
_MENU_SIDE_PX = 64
_MENU_ICON_PX = 30
#: Of a painting that nobody has weighed.
USUAL_WEIGHT = 0.5


class Reading:
    """Reads pictures in the background for a dialog, as long as that is open."""

    def __init__(self, errands: Errands, start_folder: str, otherwise: Callable[[str], None]) -> None:
        self._errands, self._otherwise = errands, otherwise
        self.folder = start_folder
        self._is_over = False

    def end(self) -> None:
        """The dialog is gone: nobody waits for what is still being read."""
        self._is_over = True

    def ask(self, parent: QWidget, title: str) -> Path | None:
        """The file that the person chooses."""
        chosen, _ = QFileDialog.getOpenFileName(parent, title, self.folder, READABLE)
        if not chosen:
            return None
        self.folder = str(Path(chosen).parent)
        return Path(chosen)

    def read(self, path: Path, title: str, then: Callable[[ChosenPicture, QImage], None]) -> None:
        """Read a picture as large as a deal's; `then` gets it with a thumbnail, a failure goes to the dialog."""

        def work() -> tuple[ChosenPicture, QImage]:
            picture = read_picture(path, max_side_px=DEALT_SIDE_PX)
            return ChosenPicture(str(path), title, picture), shrink(to_image(picture), _THUMB_SIDE_PX)

        self._errands.send(
            work,
            lambda found: None if self._is_over else then(*found),
            lambda sentence: None if self._is_over else self._otherwise(sentence),
        )

    def show_card(self, card: Card, then: Callable[[QImage], None]) -> None:
        """Read a card's picture as small as a menu shows it; of one that cannot be read nothing comes."""
        self._errands.send(
            lambda: to_image(card.picture(max_side_px=_MENU_SIDE_PX)),
            lambda image: None if self._is_over else then(image),
            lambda _sentence: None,
            leaves_nothing=True,
        )


class PictureRow(QWidget):
    """One picture that can be chosen, dropped or taken away again. `changed()` after each."""

    changed = pyqtSignal()

    def __init__(self, what: str, explains: str, reading: Reading) -> None:
        super().__init__()
        self._what, self._reading = what, reading
        self._named: ChosenPicture | None = None
        self._view = _thumbnail()
        self._view.setAccessibleName(what.capitalize())
        self._title = ElidedLabel("caption")
        self.choose = QPushButton("Choose…")
        self.remove = _remove_button(f"Do without the {what}")
        for widget in (self.choose, self._view):
            widget.setToolTip(explains)
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._on_choose)
        self.remove.clicked.connect(lambda: self.show_picture(None))
        self.remove.clicked.connect(self.changed)
        self._view.clicked.connect(self._on_choose)
        self.setAcceptDrops(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        row.addWidget(self._view)
        row.addWidget(self._title, 1)
        row.addWidget(self.remove)
        row.addWidget(self.choose)
        self.show_picture(None)

    def picture(self) -> ChosenPicture | None:
        """The picture that was chosen, if any."""
        return self._named

    def show_picture(self, chosen: ChosenPicture | None, thumbnail: QImage | None = None) -> None:
        """Show a picture, or none, without telling anybody."""
        self._named = chosen
        if chosen is not None and thumbnail is None:
            thumbnail = shrink(to_image(chosen.picture), _THUMB_SIDE_PX)
        self._view.set_image(thumbnail)
        self._title.set_whole(chosen.title if chosen is not None else "None")
        self.remove.setVisible(chosen is not None)

    def use(self, path: Path) -> None:
        """Read a file, and choose it."""

        def then(chosen: ChosenPicture, thumbnail: QImage) -> None:
            self.show_picture(chosen, thumbnail)
            self.changed.emit()

        # Unlike a painting it is somebody's file, not a work with a title.
        self._reading.read(path, path.name, then)

    def _on_choose(self) -> None:
        path = self._reading.ask(self, f"Choose a {self._what}")
        if path is not None:
            self.use(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped_file(event)
        if path is not None:
            event.acceptProposedAction()
            self.use(path)


class Paintings(QWidget):
    """The deal's painting and up to three more, each with its weight. `changed()` tells of every choice."""

    changed = pyqtSignal()

    def __init__(self, reading: Reading, deck: Sequence[Card]) -> None:
        super().__init__()
        self._reading = reading
        self._deal = _Painting("The deal's painting", None, self._share)
        self._deal.slider.value_changed.connect(self._on_weighed)
        self._more: list[_Painting] = []
        self._further: list[ChosenPicture] = []
        self.add = QPushButton(icon("painting"), "\u2002Add a painting")
        self.add.setAutoDefault(False)
        menu = QMenu(self.add)
        menu.addAction(icon("folder"), "From a file…").triggered.connect(lambda _checked=False: self._on_file())
        menu.addSeparator()
        self._offers: list[tuple[Card, QAction]] = []
        blank = QPixmap(_MENU_ICON_PX, _MENU_ICON_PX)
        blank.fill(Qt.transparent)
        for card in deck:
            # In a menu an ampersand would mark a key.
            line = menu.addAction(QIcon(blank), card.title.replace("&", "&&"))
            line.triggered.connect(lambda _checked=False, c=card: self.use(c.path, c.title))
            self._offers.append((card, line))
        self._has_thumbnails = False
        self._menu_style = _MenuStyle()
        menu.setStyle(self._menu_style)
        menu.aboutToShow.connect(self._show_thumbnails)
        self.add.setMenu(menu)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.TIGHT)
        self._column.addWidget(self._deal)
        self._column.addWidget(self.add, 0, Qt.AlignLeft)
        self._show_shares()

    def show_deal(self, image: QImage | None, title: str) -> None:
        """Show the painting of the deal at hand."""
        self._deal.show_picture(shrink(image, _THUMB_SIDE_PX) if image is not None else None, title)
        for card, line in self._offers:
            # It is there already.
            line.setVisible(card.title != title)

    def set_weights(self, weights: Sequence[float], further: Sequence[ChosenPicture]) -> None:
        """Show other paintings without telling anybody; `weights`, 0..1, are the deal's and theirs, none for equal."""
        deal, *others = weights or (USUAL_WEIGHT,) * (1 + len(further))
        for painting in list(self._more):
            self._drop(painting)
        self._deal.slider.set_value(deal)
        for each, weight in zip(further, others, strict=True):
            self._append(each, shrink(to_image(each.picture), _THUMB_SIDE_PX), weight)
        self._show_shares()

    def weights(self) -> tuple[float, ...]:
        """The weights of the deal's painting and of the further ones; empty where they say nothing."""
        weights = tuple(round(slider.value(), 3) for slider in self.sliders())
        # That of one painting alone says nothing, and all at nothing no more than all alike.
        return weights if self._more and sum(weights) > 0 else ()

    def further(self) -> tuple[ChosenPicture, ...]:
        """The further paintings."""
        return tuple(self._further)

    def sliders(self) -> list[CaptionedSlider]:
        """The weights' sliders: the deal's, then the others'."""
        return [self._deal.slider, *(row.slider for row in self._more)]

    def use(self, path: Path, title: str) -> None:
        """Read a file and add it."""

        def then(chosen: ChosenPicture, thumbnail: QImage) -> None:
            if len(self._more) < MOST_PAINTINGS:
                self._append(chosen, thumbnail, USUAL_WEIGHT)
                self._on_weighed()

        self._reading.read(path, title, then)

    def offers(self) -> list[QAction]:
        """The lines of the menu that each add a painting of the deck."""
        return [line for _, line in self._offers if line.isVisible()]

    def _show_thumbnails(self) -> None:
        """Have them made the first time that somebody looks."""
        if self._has_thumbnails:
            return
        self._has_thumbnails = True
        for card, line in self._offers:
            self._reading.show_card(card, partial(_show_thumbnail, line))

    def take_away(self, index: int) -> None:
        """Do without one of the further paintings."""
        self._drop(self._more[index])
        self._on_weighed()

    def _on_file(self) -> None:
        path = self._reading.ask(self, "Choose a further painting")
        if path is not None:
            self.use(path, title_of(path))

    def _append(self, chosen: ChosenPicture, thumbnail: QImage, weight: float) -> None:
        row = _Painting(chosen.title, thumbnail, self._share)
        row.slider.set_value(weight)
        row.slider.value_changed.connect(self._on_weighed)
        row.remove.clicked.connect(lambda: self.take_away(self._more.index(row)))
        self._more.append(row)
        self._further.append(chosen)
        self._column.insertWidget(len(self._more), row)

    def _drop(self, row: "_Painting") -> None:
        index = self._more.index(row)
        del self._more[index], self._further[index]
        row.hide()
        row.deleteLater()

    def _on_weighed(self, _weight: float = 0.0) -> None:
        self._show_shares()
        self.changed.emit()

    def _share(self, weight: float) -> str:
        """A weight as the share that it comes to."""
        total = sum(slider.value() for slider in self.sliders())
        return percent(weight / total if total > 0 else 1 / len(self.sliders()))

    def _show_shares(self) -> None:
        for slider in self.sliders():
            slider.set_value(slider.value())
        is_alone = not self._more
        self._deal.slider.setVisible(not is_alone)
        self._deal.remove.hide()
        self.add.setEnabled(len(self._more) < MOST_PAINTINGS)
        self.add.setToolTip(
            f"The rival mixes the manners of up to {MOST_PAINTINGS + 1} paintings"
            if len(self._more) < MOST_PAINTINGS
            else f"{MOST_PAINTINGS + 1} paintings are the most"
        )


class _Painting(QWidget):
    """One painting: thumbnail, title, weight."""

    def __init__(self, title: str, image: QImage | None, shown: Callable[[float], str]) -> None:
        super().__init__()
        self._view = _thumbnail()
        self._view.setFocusPolicy(Qt.NoFocus)
        self._title = ElidedLabel("caption")
        self.slider = CaptionedSlider("Weight", lowest=0.0, highest=1.0, shown=shown, is_inline=True)
        self.slider.setToolTip("How much its manner counts beside the others'")
        self.slider.setFixedWidth(240)
        self.remove = _remove_button("Do without this painting")
        # The deal's own cannot be done without; its weight stands below the others' all the same.
        policy = self.remove.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.remove.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        row.addWidget(self._view)
        row.addWidget(self._title, 1)
        row.addWidget(self.slider)
        row.addWidget(self.remove)
        self.show_picture(image, title)

    def show_picture(self, image: QImage | None, title: str) -> None:
        self._view.set_image(image)
        self._view.setCursor(Qt.ArrowCursor)
        self._title.set_whole(title)
        self.slider.slider.setAccessibleName(f"Weight of {title}")


def _thumbnail() -> PictureView:
    view = PictureView(margin_px=3)
    view.setMinimumSize(1, 1)
    view.setFixedSize(_THUMB)
    return view


def _show_thumbnail(line: QAction, image: QImage) -> None:
    """Show a picture's middle, as a square, beside a menu's line."""
    side = min(image.width(), image.height())
    middle = image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side)
    line.setIcon(QIcon(QPixmap.fromImage(middle)))


class _MenuStyle(QProxyStyle):
    """Lets the icons of a menu be large enough for pictures to be told from each other."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        return _MENU_ICON_PX if metric == QStyle.PM_SmallIconSize else super().pixelMetric(metric, option, widget)


def _remove_button(explains: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon("close", "quiet"))
    button.setProperty("room", "tight")
    button.setFocusPolicy(Qt.TabFocus)
    button.setToolTip(explains)
    button.setAccessibleName(explains)
    return button
