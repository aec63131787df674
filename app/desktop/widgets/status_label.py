"""A line for what a dialog has to say about what it just did."""

from PyQt5.QtCore import QEvent
from PyQt5.QtWidgets import QLabel, QSizePolicy

from app.desktop.widgets import theme


class StatusLabel(QLabel):
    """One sentence that wraps, also within the path of a file; no room is taken where there is none."""

    def __init__(self) -> None:
        super().__init__()
        made = theme.label(role="caption")
        self.setFont(made.font())
        self.setProperty("role", "caption")
        self.setTextFormat(made.textFormat())
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Preferred)
        self._told = ""
        self.hide()

    def tell(self, sentence: str, tone: str = "") -> None:
        """Show a sentence; `tone` is "", "good" or "bad"."""
        self._told = sentence
        # A long path has no spaces to be broken at.
        self.setText(sentence.replace("/", "/\u200b").replace("\\", "\\\u200b"))
        theme.restyle(self, tone={"good": "accent"}.get(tone, tone))
        self.setVisible(bool(sentence))

    def told(self) -> str:
        """The sentence that stands there; "" for none."""
        return self._told

    def event(self, event: QEvent) -> bool:
        # The width decides how many lines there are, and a layout asks for that only once.
        if event.type() == QEvent.Resize:
            self.setMinimumHeight(max(0, self.heightForWidth(self.width())))
        return super().event(event)
