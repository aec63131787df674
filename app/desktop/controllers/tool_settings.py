"""What of the hand outlives the window."""

from dataclasses import replace

from PyQt5.QtGui import QColor

from app.desktop.app_state.settings import Settings
from app.desktop.canvas.tool_state import ERASER_BRUSH, SMUDGE_BRUSH, Grip, Hand


def hand_of(settings: Settings) -> Hand:
    """The hand as it was when the settings were written."""
    hand = Hand(
        brush=settings.brush,
        color=QColor(settings.color),
        size_px=settings.size_px,
        opacity=settings.opacity,
        eraser=Grip(ERASER_BRUSH, settings.eraser_size_px, settings.eraser_opacity),
        smudge=Grip(SMUDGE_BRUSH, settings.smudge_size_px, settings.smudge_opacity),
        fill_tolerance=settings.fill_tolerance,
        stabiliser=settings.stabiliser,
        stabiliser_strength=settings.stabiliser_strength,
    )
    apply(settings, hand)
    return hand


def apply(settings: Settings, hand: Hand) -> None:
    """Let the hand be as the page of settings says."""
    hand.has_speed_pressure = settings.has_speed_pressure
    hand.finger_paints = settings.finger_paints


def with_hand(settings: Settings, hand: Hand) -> Settings:
    """The settings with what the hand holds now."""
    return replace(
        settings,
        brush=hand.brush,
        color=hand.color.name(),
        size_px=hand.size_px,
        opacity=hand.opacity,
        eraser_size_px=hand.eraser.size_px,
        eraser_opacity=hand.eraser.opacity,
        smudge_size_px=hand.smudge.size_px,
        smudge_opacity=hand.smudge.opacity,
        fill_tolerance=hand.fill_tolerance,
        stabiliser=hand.stabiliser,
        stabiliser_strength=hand.stabiliser_strength,
    )
