"""What would help: changes that were tried on the drawing, each to be looked at before it is painted.

They never touch the drawing: what is shown of them is a preview.
"""

from collections.abc import Mapping, Sequence

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.desktop.app_state.picture_names import picture_title
from app.desktop.verdict.facets_panel import Row
from app.desktop.widgets import theme
from app.judging.assessment import Suggestion
from app.text import grade_text


def on_their_way(done: int, of: int) -> str:
    """That changes are being tried, and how many of how many have been; 0 of 0 where that is not known yet."""
    return f"Trying what would help: {done} of {of}" if of else "Trying what would help…"


def gain_text(suggestion: Suggestion) -> str:
    """What a change is worth, such as "+0.6"; never as nothing, for then it would not be suggested."""
    mean = " on average" if len(suggestion.grades) > 1 else ""
    return f"about +{max(suggestion.gain, 0.1):.1f}{mean}"


class SuggestionRow(Row):
    """One suggestion; its words are the grades after it, beside those of now."""

    def __init__(self, suggestion: Suggestion) -> None:
        super().__init__()
        self.suggestion = suggestion
        self.head = suggestion.sentence
        self.figure_font = theme.sans(13, bold=True)
        self.figure = gain_text(suggestion)
        self.setToolTip("Look at it on the drawing, which stays as it is")
        self.show_grades({})

    def show_grades(self, grades: Mapping[str, float]) -> None:
        """Tell what the grades would become, from those of now, by the rivals' names."""
        after = self.suggestion.grades
        self.words = " · ".join(
            f"{picture_title(name)} {grade_text(grades[name])} → {grade_text(grade)}"
            if name in grades
            else f"{picture_title(name)} {grade_text(grade)}"
            for name, grade in after.items()
        )
        said = ", ".join(f"against {picture_title(name)} {grade_text(grade)} of 10" for name, grade in after.items())
        self.setAccessibleName(f"{self.head}: {self.figure}. It would get {said}")
        self.refresh()


class CoachingPanel(QWidget):
    """Up to three suggestions, or one line why there are none.

    Signals: `chosen(Suggestion | None)` when one is looked at, and when no longer; `again_requested()`.
    """

    chosen = pyqtSignal(object)
    again_requested = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[SuggestionRow] = []
        self.line = theme.label(role="caption")
        self.line.setWordWrap(True)
        self.line.setContentsMargins(9, 2, 9, 2)
        self.again = QPushButton("Try again")
        self.again.setProperty("kind", "link")
        self.again.setFont(theme.sans(12))
        self.again.setFocusPolicy(Qt.TabFocus)
        self.again.clicked.connect(self.again_requested)
        self.again.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(self.line)
        self._column.addWidget(self.again, 0, Qt.AlignLeft)

    def show_suggestions(
        self, suggestions: Sequence[Suggestion], grades: Mapping[str, float], *, says: str, can_ask: bool
    ) -> None:
        """Show them with the grades of now by the rivals' names; without any, `says` why, and offers to try again."""
        if not self._are_shown(suggestions):
            for row in self.rows:
                row.hide()
                row.deleteLater()
            self.rows = [SuggestionRow(each) for each in suggestions]
            for row in self.rows:
                row.clicked.connect(lambda is_checked, r=row: self._on_clicked(r, is_chosen=is_checked))
                self._column.addWidget(row)
        self.show_grades(grades)
        self.line.setText("" if suggestions else says)
        self.line.setVisible(not suggestions)
        self.again.setVisible(not suggestions and can_ask)

    def show_grades(self, grades: Mapping[str, float]) -> None:
        """Tell each one's grades beside those of now, by the rivals' names."""
        for row in self.rows:
            row.show_grades(grades)

    def _are_shown(self, suggestions: Sequence[Suggestion]) -> bool:
        return len(self.rows) == len(suggestions) and all(
            row.suggestion is each for row, each in zip(self.rows, suggestions, strict=True)
        )

    def choose(self, suggestion: Suggestion | None) -> None:
        """Mark one, or none, without telling anybody."""
        for row in self.rows:
            row.setChecked(row.suggestion is suggestion)

    def _on_clicked(self, row: SuggestionRow, *, is_chosen: bool) -> None:
        chosen = row.suggestion if is_chosen else None
        self.choose(chosen)
        self.chosen.emit(chosen)
