"""The settings of a brush as a form, made from their declarations."""

import itertools
import math
from collections.abc import Mapping
from typing import Any

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QWheelEvent
from PyQt5.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.desktop.brush_editor.curve_editor import CurveEditor
from app.desktop.widgets import theme
from app.desktop.widgets.controls import Segments, Slider
from app.painting.brushes.setting import Setting

_STEPS = 1000
_LABEL_PX, _BOX_PX = 118, 104

_BOX_STYLE = f"""
QDoubleSpinBox {{
    background: {theme.COLOURS.well}; border: 1px solid {theme.COLOURS.line}; border-radius: 6px;
    padding: 3px 8px; min-height: 18px; color: {theme.COLOURS.text};
    selection-background-color: {theme.COLOURS.accent}; selection-color: {theme.COLOURS.on_accent};
}}
QDoubleSpinBox:focus {{ border-color: {theme.COLOURS.accent}; }}
"""


class SettingRow(QWidget):
    """One setting and the control for it.

    Signal: `value_changed(str, object)` with the setting's name, when the person changed it; `set_value` does not tell.
    """

    value_changed = pyqtSignal(str, object)

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.setting = setting
        self._value: Any = setting.default
        self.caption = theme.label(setting.label, "caption")
        self.caption.setFixedWidth(_LABEL_PX)
        self.setToolTip(setting.tooltip)
        self.setAccessibleName(setting.label)

    def value(self) -> Any:
        """The value, in the setting's own unit."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show a value without telling anybody."""
        self._value = value
        self._show(value)

    def mark(self, is_changed: bool) -> None:
        """Whether the value is another than the one that the brush came with."""
        tone = "accent" if is_changed else ""
        if self.caption.property("tone") != tone:
            theme.restyle(self.caption, tone=tone)

    def _show(self, value: Any) -> None:
        raise NotImplementedError

    def _on_changed(self, value: Any) -> None:
        if value != self._value:
            self._value = value
            self.value_changed.emit(self.setting.name, value)


class NumberRow(SettingRow):
    """A slider with a box for the number beside it."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._factor = 1.0 if setting.unit else 100.0
        decimals = 0 if not setting.unit or setting.high - setting.low > 20 else 2
        self.slider = Slider()
        self.slider.setRange(0, _STEPS)
        self.slider.setSingleStep(10)
        self.slider.setPageStep(100)
        self.slider.setAccessibleName(setting.label)
        self.slider.valueChanged.connect(self._on_slid)
        self.box = _NumberBox()
        self.box.setDecimals(decimals)
        self.box.setRange(setting.low * self._factor, setting.high * self._factor)
        self.box.setSingleStep(1.0 if decimals == 0 else 0.05)
        unit = setting.unit or "%"
        self.box.setSuffix(unit if unit == "°" else f" {unit}")
        self.box.setAccessibleName(f"{setting.label} in {unit}")
        self.box.setFixedWidth(_BOX_PX)
        self.box.valueChanged.connect(self._on_typed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        row.addWidget(self.caption)
        row.addWidget(self.slider, 1)
        row.addWidget(self.box)
        self.set_value(setting.default)

    # Where a range spans several sizes of things, each gets as much of the slider as the others.

    def _share_of(self, value: float) -> float:
        low, high = self.setting.low, self.setting.high
        if self.setting.unit and low > 0:
            return math.log(value / low) / math.log(high / low)
        share = (value - low) / (high - low)
        return math.sqrt(share) if self.setting.unit and low == 0 else share

    def _value_at(self, share: float) -> float:
        low, high = self.setting.low, self.setting.high
        if self.setting.unit and low > 0:
            return float(low * (high / low) ** share)
        return low + (high - low) * (share**2 if self.setting.unit and low == 0 else share)

    def _show(self, value: Any) -> None:
        self._show_slider(value)
        self._show_box(value)

    def _show_slider(self, value: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round(_STEPS * self._share_of(value)))
        self.slider.blockSignals(False)

    def _show_box(self, value: float) -> None:
        self.box.blockSignals(True)
        self.box.setValue(value * self._factor)
        self.box.blockSignals(False)

    def _clipped(self, value: float) -> float:
        return min(max(value, self.setting.low), self.setting.high)

    def _on_slid(self, step: int) -> None:
        # As round as the box shows it, but for small numbers, which would become nothing.
        shown = self._value_at(step / _STEPS) * self._factor
        decimals = self.box.decimals() if shown >= 0.1 or shown <= 0 else 3
        value = self._clipped(round(shown, decimals) / self._factor)
        self._show_box(value)
        self._on_changed(value)

    def _on_typed(self, shown: float) -> None:
        value = self._clipped(shown / self._factor)
        self._show_slider(value)
        self._on_changed(value)


class ChoiceRow(SettingRow):
    """A few words of which one holds."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.segments = Segments([word.capitalize() for word in setting.choices], setting.label, is_small=True)
        self.segments.chosen.connect(lambda index: self._on_changed(setting.choices[index]))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        row.addWidget(self.caption)
        row.addWidget(self.segments, 1)
        self.set_value(setting.default)

    def _show(self, value: Any) -> None:
        self.segments.choose(self.setting.choices.index(value))


class CurveRow(SettingRow):
    """A curve of the pen's pressure."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.editor = CurveEditor(setting.label, setting.tooltip)
        self.editor.curve_changed.connect(self._on_changed)
        self.caption.setFixedWidth(_LABEL_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        row.addWidget(self.caption, 0, Qt.AlignTop)
        row.addWidget(self.editor, 1)
        self.set_value(setting.default)

    def _show(self, value: Any) -> None:
        self.editor.set_curve(value)


def row_for(setting: Setting) -> SettingRow:
    """The row that suits a setting."""
    if setting.choices:
        return ChoiceRow(setting)
    return CurveRow(setting) if setting.is_curve else NumberRow(setting)


class BrushForm(QWidget):
    """All settings by their groups, under a row of the groups' names that leads to each.

    Signal: `changed(str)` with the setting's name, when the person changed its value.
    """

    changed = pyqtSignal(str)

    def __init__(self, settings: tuple[Setting, ...]) -> None:
        super().__init__()
        self.setStyleSheet(_BOX_STYLE)
        self.rows = {setting.name: row_for(setting) for setting in settings}
        groups = {
            group: list(members)
            for group, members in itertools.groupby(sorted(settings, key=_in_groups(settings)), key=lambda s: s.group)
        }
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, theme.SMALL, 0)
        self._column.setSpacing(theme.SMALL)
        self._headings: list[QLabel] = []
        for group, members in groups.items():
            heading = theme.label(group, "overline")
            if self._headings:
                self._column.addSpacing(theme.SMALL)
            self._headings.append(heading)
            self._column.addWidget(heading)
            for setting in members:
                row = self.rows[setting.name]
                row.value_changed.connect(lambda name, _value: self.changed.emit(name))
                self._column.addWidget(row)
        self._column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.NoFocus)
        self._scroll.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.groups = Segments(list(groups), "Groups of settings", is_small=True)
        self.groups.chosen.connect(self.show_group)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SMALL + 4)
        column.addWidget(self.groups)
        column.addWidget(self._scroll, 1)

    def add_above(self, heading: QLabel, widget: QWidget) -> None:
        """Put another part above the settings."""
        self._column.insertWidget(0, heading)
        self._column.insertWidget(1, widget)
        self._column.insertSpacing(2, theme.SMALL)

    def show_group(self, index: int) -> None:
        """Scroll to the group of that number."""
        self._scroll.verticalScrollBar().setValue(self._headings[index].y() if index else 0)
        self.groups.choose(index)

    def values(self) -> dict[str, Any]:
        """All values by the settings' names."""
        return {name: row.value() for name, row in self.rows.items()}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show these values without telling anybody."""
        for name, value in values.items():
            self.rows[name].set_value(value)

    def mark_changed(self, since: Mapping[str, Any]) -> None:
        """Mark the settings whose values are others than these."""
        for name, row in self.rows.items():
            row.mark(row.value() != since[name])

    def _on_scrolled(self, top: int) -> None:
        bar = self._scroll.verticalScrollBar()
        above = [index for index, heading in enumerate(self._headings) if heading.y() <= top + theme.GAP]
        at_end = top == bar.maximum() and top > 0
        self.groups.choose(len(self._headings) - 1 if at_end else above[-1] if above else 0)


def _in_groups(settings: tuple[Setting, ...]) -> Any:
    """A sorting key that keeps groups together, each where its first setting stands."""
    order = {group: index for index, group in enumerate(dict.fromkeys(setting.group for setting in settings))}
    return lambda setting: order[setting.group]


class _NumberBox(QDoubleSpinBox):
    """A box for a number without arrows, that a wheel passes over."""

    def __init__(self) -> None:
        super().__init__()
        self.setButtonSymbols(QDoubleSpinBox.NoButtons)
        self.setAlignment(Qt.AlignRight)
        self.setKeyboardTracking(False)
        self.setFont(theme.sans(12))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
