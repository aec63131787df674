"""The proof of the judge: the figures of `bench grade`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.bench.judge import assessments, judging_table, resampling, scoring
from app.bench.judge.scorers import SCORERS, Scorer
from app.bench.judge.trials import CLASSIC_STEPS, STROKES, Proof
from app.bench.progress import tell
from app.rivals.registry import CLASSIC, RIVALS

TIME = "time"
#: The parts in the order in which they are measured.
PARTS = (*scoring.PARTS, TIME)


def measure(
    pictures: Path | None = None,
    *,
    deals: int = 8,
    size: int = 256,
    seed: int = 0,
    rivals: Sequence[str] = tuple(RIVALS),
    parts: Sequence[str] = PARTS,
    held_out: bool = False,
    scorers: Sequence[Scorer] = SCORERS,
    networks: Mapping[str, str] | None = None,
    strokes: Sequence[int] = STROKES,
) -> dict[str, Any]:
    """Measure the shipped judge and the plain measures on the same deals; for the arguments see Proof.deal.

    `judges` holds the figures of each by its name, see scoring.figures; `winners` who is best in each row of the
    table, where one could be measured; `time` see assessments.measure. Raises what Proof.deal raises.
    """
    found: dict[str, Any] = {}
    asked = [part for part in parts if part != TIME]
    if asked:
        proof = Proof.deal(
            pictures,
            deals=deals,
            size=size,
            seed=seed,
            rivals=rivals,
            held_out=held_out,
            networks=networks,
            strokes=strokes,
        )
        found = compare(proof, asked, scorers)
    if TIME in parts:
        found["time"] = assessments.measure()
    tell("All is measured.")
    return found


def compare(proof: Proof, parts: Sequence[str] = scoring.PARTS, scorers: Sequence[Scorer] = SCORERS) -> dict[str, Any]:
    """Measure all of them on a proof that was dealt: `measure` without the time."""
    judges = {
        scorer.name: scoring.figures(proof, scorer.load(), scorer.name, is_grade=scorer.is_grade, parts=parts)
        for scorer in scorers
    }
    return {
        "deals": proof.deals,
        "size_px": proof.size,
        "seed": proof.seed,
        "bootstrap_seed": resampling.SEED,
        "source": proof.source,
        "skipped": list(proof.skipped),
        "rivals": dict(proof.rivals),
        "classic_steps": CLASSIC_STEPS if CLASSIC in proof.rivals else None,
        "judges": judges,
        "winners": judging_table.winners(judges),
    }


def say(figures: Mapping[str, Any]) -> None:
    """Print the figures for a person: what was measured on what, and the table."""
    if "judges" in figures:
        painters = ", ".join(f"{rival} with {network}" for rival, network in figures["rivals"].items())
        print(f"{figures['deals']} deals of {figures['source']}, seed {figures['seed']}, {figures['size_px']} px.")
        print(f"Rivals: {painters}. In brackets what 95 % of the bootstrap's resamples of the deals say.")
        for sentence in figures["skipped"]:
            print(f"Skipped: {sentence}")
        print("\n" + judging_table.of(figures))
        if any("tricks" in judge for judge in figures["judges"].values()):
            print("\n" + judging_table.tricks_of(figures))
    elif "time" in figures:
        print(judging_table.time_of(figures))
