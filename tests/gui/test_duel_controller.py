"""The duel controller without a window: what it asks the worker for, the films it gathers, and what it tells."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desktop_workplace import FakeWorker
from pytestqt.qtbot import QtBot

from app.desktop.app_state.background import Courier, Errands
from app.desktop.app_state.settings import Settings
from app.desktop.app_state.view_models import show_deal
from app.desktop.controllers.duel_controller import DuelController
from app.errors import SaveError
from app.game.archive import gallery
from app.game.archive.progress_film import ProgressFilm
from app.game.deck import Deal
from app.game.duel import Duel, Stage
from app.game.provenance import PlacedPicture, Provenance
from app.images import Picture, read_picture
from app.rivals.classic_options import ClassicOptions
from app.rivals.registry import RIVALS, comparisons
from app.rivals.request import RivalRequest
from app.rivals.request_pictures import RequestPictures
from app.worker.jobs import JUDGE, CoachJob, GradeJob, PaintJob, WarmJob
from app.worker.messages import PutBack, StateChanged, WorkerState

pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set")
WAIT_MS = 30_000


@pytest.fixture
def worker() -> FakeWorker:
    return FakeWorker()


@pytest.fixture
def duel_controller(qapp: object, worker: FakeWorker, deal_files: tuple[Path, Path]) -> Iterator[DuelController]:
    """A duel controller with a deal at hand."""
    courier, errands = Courier(worker), Errands()
    duel_controller = DuelController(courier, errands, Settings())
    duel_controller.use_deal(show_deal(Deal.of_files(*deal_files)))
    yield duel_controller
    assert courier.stop() and errands.stop()


def jobs_of(worker: FakeWorker) -> dict[str, PaintJob]:
    """The last job that each rival was given."""
    return {job.rival: job for job in worker.jobs if isinstance(job, PaintJob)}


def both_finished(duel_controller: DuelController) -> bool:
    return all(state.stage == "finished" for state in duel_controller.rivals.values())


def test_rivals_are_asked_for_what_was_set(qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker) -> None:
    duel_controller.requests["magenta"] = RivalRequest(size=512, colours="photograph", network="builtin-stylizer")
    duel_controller.requests["classic"] = RivalRequest(size=640, seed=5, options=ClassicOptions(steps=9))
    duel_controller.start_rivals()
    qtbot.waitUntil(lambda: both_finished(duel_controller), timeout=WAIT_MS)
    jobs = jobs_of(worker)
    assert jobs["magenta"].request is duel_controller.requests["magenta"]
    assert jobs["classic"].request is duel_controller.requests["classic"]


def test_what_was_changed_counts_when_a_rival_paints_again(
    qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker
) -> None:
    duel_controller.start_rivals()
    qtbot.waitUntil(lambda: both_finished(duel_controller), timeout=WAIT_MS)
    duel_controller.requests["magenta"] = RivalRequest(size=700)
    duel_controller.retry("magenta")
    qtbot.waitUntil(lambda: both_finished(duel_controller), timeout=WAIT_MS)
    assert jobs_of(worker)["magenta"].request.size == 700


def test_pictures_that_were_brought_leave_with_their_deal(
    duel_controller: DuelController, deal_files: tuple[Path, Path]
) -> None:
    picture: Picture = np.zeros((8, 8, 3), np.float32)
    brought = RivalRequest(
        size=512,
        further_styles=("a.png",),
        weights=(1, 2),
        mask="mask.png",
        start="picture",
        start_picture="b.png",
        colours="matched",
    )
    duel_controller.requests["magenta"] = brought
    duel_controller.requests["classic"] = replace(brought, size=640)
    duel_controller.pictures["magenta"] = RequestPictures((picture,), np.ones((4, 4), np.float32), picture)
    duel_controller.use_deal(show_deal(Deal.of_files(*deal_files)))
    assert duel_controller.pictures["magenta"].mask is None
    for each, size in ((duel_controller.requests["magenta"], 512), (duel_controller.requests["classic"], 640)):
        assert (each.further_styles, each.weights, each.mask, each.start) == ((), (), None, "photograph")
        assert (each.size, each.colours) == (size, "matched")


def test_a_film_grows_while_a_rival_paints_and_begins_anew(
    qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker
) -> None:
    told: list[str] = []
    duel_controller.film_changed.connect(told.append)
    assert all(not duel_controller.films[name].frames for name in RIVALS)
    duel_controller.start_rivals()
    qtbot.waitUntil(lambda: both_finished(duel_controller), timeout=WAIT_MS)
    frames = duel_controller.films["classic"].frames
    assert [(frame.step, frame.loss) for frame in frames] == [(3, 0.5), (10, None)]
    assert frames[-1].picture.shape == (96, 128, 3)
    assert {"magenta", "classic"} == set(told)
    first = duel_controller.films["classic"]
    qtbot.waitUntil(lambda: len(duel_controller.grades) == 1 and not duel_controller.is_judging, timeout=WAIT_MS)
    worker.is_held = True
    duel_controller.retry("classic")
    assert duel_controller.films["classic"] is not first and len(first.frames) == 2
    qtbot.waitUntil(lambda: bool(duel_controller.films["classic"].frames), timeout=WAIT_MS)


def test_a_rival_whose_process_was_lost_waits_and_says_why(
    qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker
) -> None:
    worker.is_held = True
    duel_controller.start_rivals()
    qtbot.waitUntil(lambda: bool(duel_controller.films["magenta"].frames), timeout=WAIT_MS)
    state = WorkerState("restarting", "The rivals' workshop was killed from outside; it begins again by itself.")
    seen = []
    duel_controller.rival_changed.connect(
        lambda name: seen.append((name, duel_controller.rivals[name].stage, duel_controller.rivals[name].message))
    )
    with qtbot.waitSignal(duel_controller.worker_changed, timeout=WAIT_MS):
        worker.say(PutBack((1,), state.sentence), StateChanged(state))
    assert duel_controller.worker == state
    assert ("magenta", "waiting", state.sentence) in seen
    worker.is_held = False
    qtbot.waitUntil(lambda: both_finished(duel_controller), timeout=WAIT_MS)


def test_warming_up_names_both_rivals_and_the_judge(
    qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker
) -> None:
    duel_controller.requests["magenta"] = RivalRequest(network="builtin-stylizer")
    with qtbot.waitSignal(duel_controller.worker_changed, timeout=WAIT_MS):
        duel_controller.warm_up()
    assert worker.warmed == [
        WarmJob("magenta", "builtin-stylizer", None),
        WarmJob("classic"),
        WarmJob(JUDGE),
    ]
    assert duel_controller.worker.stage == "ready"
    worker.warmed = []
    # Networks were installed or removed.
    duel_controller.learn_networks()
    qtbot.waitUntil(lambda: len(worker.warmed) == 3, timeout=WAIT_MS)
    assert duel_controller.rivals["magenta"].network
    worker.warmed = []
    with qtbot.waitSignal(duel_controller.rival_changed, timeout=WAIT_MS):
        duel_controller.learn_networks()
    assert worker.warmed == [], "nothing has changed"


def test_the_hand_is_passed_on(qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker) -> None:
    duel_controller.start_rivals()
    qtbot.waitUntil(lambda: both_finished(duel_controller), timeout=WAIT_MS)
    duel_controller.set_throttled(True)
    duel_controller.set_throttled(False)
    qtbot.waitUntil(lambda: worker.hand == [True, False], timeout=WAIT_MS)


# Painting again


@pytest.fixture
def kept(qtbot: QtBot, duel_controller: DuelController, photograph: Picture, own_data: Path) -> list[Duel]:
    """What the duel controller says that it has kept; the duel at hand is the first."""
    duels: list[Duel] = []
    duel_controller.kept.connect(duels.append)
    duel_controller.start_rivals()
    duel_controller.hand_in(photograph)
    qtbot.waitUntil(lambda: len(duels) == 1, timeout=WAIT_MS)
    return duels


def held(qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker, name: str) -> None:
    """Let a rival paint again, and come no further than its first step."""
    worker.is_held = True
    duel_controller.retry(name)
    qtbot.waitUntil(lambda: bool(duel_controller.films[name].frames), timeout=WAIT_MS)


def test_what_is_painted_again_is_neither_judged_nor_kept_by_its_old_picture(
    qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker, kept: list[Duel], painting: Picture
) -> None:
    duel = duel_controller.duel
    assert duel is not None and duel.folder is not None
    first, old = duel.folder, duel.paintings["classic"]
    note = first / "my own note.txt"
    note.write_text("mine")
    held(qtbot, duel_controller, worker, "classic")
    assert "classic" not in duel.paintings and duel.stage is Stage.PAINTING
    assert set(duel_controller.grades) == {("drawing", "magenta")}
    asked = len(worker.jobs)
    duel_controller.hand_in(painting)
    assert kept[0].paintings["classic"] is old, "what was kept stays as it was"
    worker.is_held = False
    qtbot.waitUntil(lambda: len(kept) == 2 and duel.stage is Stage.KEPT, timeout=WAIT_MS)
    graded = [job for job in worker.jobs[asked:] if isinstance(job, GradeJob)]
    assert graded and not any(old.picture is picture for job in graded for picture in job.pictures.values())
    assert kept[1].paintings["classic"] is duel.paintings["classic"] is not old
    # One duel, one entry, which is that of the latest verdict; what is not ours stays.
    assert [entry.folder for entry in gallery.kept()] == [duel.folder]
    assert [path.name for path in first.iterdir()] == [note.name]
    assert duel.folder is not None
    np.testing.assert_allclose(read_picture(duel.folder / "drawing.png"), painting, atol=0.003)


@pytest.mark.parametrize("ends", ["stopped", "stopped under way", "failed"])
def test_a_rival_that_does_not_paint_again_after_all_has_what_it_had(
    qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker, kept: list[Duel], ends: str
) -> None:
    duel = duel_controller.duel
    assert duel is not None
    told: list[str] = []
    duel_controller.told.connect(lambda sentence, _tone: told.append(sentence))
    painting, film, state = (
        duel.paintings["classic"],
        duel_controller.films["classic"],
        duel_controller.rivals["classic"],
    )
    grades = duel_controller.grades
    held(qtbot, duel_controller, worker, "classic")
    worker.leaves_pictures = ends == "stopped under way"
    if ends != "failed":
        duel_controller.stop_rival("classic")
    else:
        worker.fails["classic"] = "The network builtin-vgg is damaged."
        worker.is_held = False
    qtbot.waitUntil(lambda: duel_controller.rivals["classic"].stage == "finished", timeout=WAIT_MS)
    assert duel_controller.rivals["classic"] == state and state.image is not None
    assert duel_controller.films["classic"] is film and duel.paintings["classic"] is painting
    worker.is_held = False
    qtbot.waitUntil(lambda: len(kept) == 2 and duel.stage is Stage.KEPT, timeout=WAIT_MS)
    assert duel_controller.grades == grades
    assert len(gallery.kept()) == 1
    fails = ["The network builtin-vgg is damaged. Classic keeps the picture that it had."]
    assert told == (fails if ends == "failed" else [])


def test_a_stopped_rival_hands_in_what_it_had_come_to(
    qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker
) -> None:
    worker.is_held = worker.leaves_pictures = True
    duel_controller.start_rivals()
    for name in RIVALS:
        qtbot.waitUntil(lambda name=name: duel_controller.rivals[name].step == 3, timeout=WAIT_MS)
        duel_controller.stop_rival(name)
        qtbot.waitUntil(lambda name=name: duel_controller.rivals[name].stage == "finished", timeout=WAIT_MS)
        assert duel_controller.duel is not None and duel_controller.duel.paintings[name].report.is_stopped
        assert duel_controller.rivals[name].message == "Stopped after 3 of 10 steps."
        assert duel_controller.rivals[name].image is not None


def test_a_film_that_cannot_be_made_is_said(
    qtbot: QtBot, duel_controller: DuelController, photograph: Picture, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_film: ProgressFilm, _path: Path) -> None:
        raise SaveError("The film could not be made: there is no encoder here.")

    told: list[str] = []
    duel_controller.told.connect(lambda sentence, _tone: told.append(sentence))
    monkeypatch.setattr(ProgressFilm, "write", fail)
    monkeypatch.setattr(ProgressFilm, "is_worth_keeping", True)
    duel_controller.hand_in(photograph)
    with qtbot.waitSignal(duel_controller.kept, timeout=WAIT_MS):
        pass
    assert len(told) == 1 and "without the film of Magenta" in told[0] and "Classic" in told[0]


def test_who_asks_for_another_picture_as_one_is_finished_gets_another(
    qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker
) -> None:
    asked: list[str] = []

    def ask_again(name: str) -> None:
        if name == "classic" and duel_controller.rivals[name].stage == "finished" and not asked:
            asked.append(name)
            worker.is_held = True
            duel_controller.retry(name)

    duel_controller.rival_changed.connect(ask_again)
    duel_controller.start_rivals()
    qtbot.waitUntil(lambda: bool(asked) and bool(duel_controller.films["classic"].frames), timeout=WAIT_MS)
    assert [frame.step for frame in duel_controller.films["classic"].frames] == [3], "nothing of the film before"
    assert duel_controller.duel is not None and "classic" not in duel_controller.duel.paintings
    worker.is_held = False
    qtbot.waitUntil(lambda: len(duel_controller.grades) == 1, timeout=WAIT_MS)
    assert len([job for job in worker.jobs if isinstance(job, GradeJob)]) == 1


# What the judge has to say


def has_advice(duel_controller: DuelController) -> bool:
    return bool(duel_controller.suggestions) and not duel_controller.is_advising


def test_a_judged_duel_has_assessments_and_then_suggestions(
    qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker, kept: list[Duel]
) -> None:
    qtbot.waitUntil(lambda: has_advice(duel_controller), timeout=WAIT_MS)
    duel = duel_controller.duel
    assert duel is not None
    assert set(duel_controller.assessments) == set(duel_controller.grades) == set(comparisons())
    for (a, b), assessment in duel_controller.assessments.items():
        assert duel.assessments[f"{a}_{b}"] is assessment
        assert duel_controller.grades[a, b] == assessment.grade
    (coach,) = [job for job in worker.jobs if isinstance(job, CoachJob)]
    assert coach.drawing is duel.drawing and set(coach.rivals) == set(RIVALS)
    assert coach.rivals["classic"] is duel.paintings["classic"].picture
    assert all(job.content is duel.deal.content_picture for job in worker.jobs if isinstance(job, GradeJob))
    assert duel.suggestions == tuple(duel_controller.suggestions)
    # They are laid to the duel that has been kept.
    qtbot.waitUntil(lambda: bool(gallery.suggestions_of(gallery.kept()[0])), timeout=WAIT_MS)
    (entry,) = gallery.kept()
    assert entry.record["suggestions"][0]["sentence"] == duel_controller.suggestions[0].sentence
    assert set(gallery.assessments_of(entry)) == set(duel.assessments)
    # Who has them does not get them again.
    duel_controller.advise()
    assert not duel_controller.is_advising


def test_grades_come_as_soon_as_both_pictures_are_there(
    qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker, photograph: Picture
) -> None:
    duel_controller.start_rivals()
    qtbot.waitUntil(lambda: set(duel_controller.assessments) == {("magenta", "classic")}, timeout=WAIT_MS)
    first = [job for job in worker.jobs if isinstance(job, GradeJob)]
    assert [job.pairs for job in first] == [(("magenta", "classic"),)]
    assert set(first[0].pictures) == {"magenta", "classic"}
    assert not duel_controller.is_advising, "there is no drawing yet"
    duel_controller.hand_in(photograph)
    qtbot.waitUntil(lambda: len(duel_controller.assessments) == 3, timeout=WAIT_MS)
    assert [job.pairs for job in worker.jobs if isinstance(job, GradeJob)][1:] == [
        (("drawing", "magenta"), ("drawing", "classic"))
    ]


def test_advice_makes_way_for_new_grades_and_begins_again(
    qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker, photograph: Picture, painting: Picture
) -> None:
    judged: list[Duel] = []
    duel_controller.kept.connect(judged.append)
    duel_controller.start_rivals()
    qtbot.waitUntil(lambda: len(duel_controller.grades) == 1, timeout=WAIT_MS)
    worker.holds_coach = True
    duel_controller.hand_in(photograph)
    qtbot.waitUntil(lambda: duel_controller.is_advising and bool(judged), timeout=WAIT_MS)
    seen: list[tuple[bool, int]] = []
    duel_controller.suggestions_changed.connect(
        lambda: seen.append((duel_controller.is_advising, len(duel_controller.suggestions)))
    )
    duel_controller.hand_in(painting)
    assert not duel_controller.is_advising and seen == [(False, 0)]
    worker.holds_coach = False
    qtbot.waitUntil(lambda: has_advice(duel_controller), timeout=WAIT_MS)
    coached = [job for job in worker.jobs if isinstance(job, CoachJob)]
    assert len(coached) == 2 and coached[1].drawing is painting
    assert seen[-1] == (False, 1)
    qtbot.waitUntil(lambda: bool(gallery.suggestions_of(gallery.kept()[0])), timeout=WAIT_MS)


def test_suggestions_go_with_what_they_were_for(
    qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker, kept: list[Duel], deal_files: tuple[Path, Path]
) -> None:
    qtbot.waitUntil(lambda: has_advice(duel_controller), timeout=WAIT_MS)
    held(qtbot, duel_controller, worker, "classic")
    assert duel_controller.suggestions == [] and not duel_controller.is_advising
    assert set(duel_controller.assessments) == {("drawing", "magenta")}
    duel_controller.use_deal(show_deal(Deal.of_files(*deal_files)))
    assert duel_controller.suggestions == [] and duel_controller.assessments == {}
    worker.is_held = False


def test_advice_that_fails_or_finds_nothing_says_so_and_can_be_asked_for_again(
    qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker, photograph: Picture
) -> None:
    duel_controller.advise()
    assert not duel_controller.is_advising, "nothing has been judged"
    worker.coach_fails = "There is not enough memory left for this."
    duel_controller.hand_in(photograph)
    qtbot.waitUntil(lambda: duel_controller.advice_says == worker.coach_fails, timeout=WAIT_MS)
    assert duel_controller.suggestions == [] and not duel_controller.is_advising and len(duel_controller.grades) == 3
    worker.coach_fails, worker.has_suggestions = "", False
    duel_controller.advise()
    assert duel_controller.is_advising and duel_controller.advice_says == ""
    qtbot.waitUntil(lambda: not duel_controller.is_advising, timeout=WAIT_MS)
    assert duel_controller.advice_says == "Nothing that was tried on the drawing raises its grades."
    worker.has_suggestions = True
    duel_controller.advise()
    qtbot.waitUntil(lambda: has_advice(duel_controller), timeout=WAIT_MS)
    assert duel_controller.advice_says == ""


def test_a_judge_that_cannot_work_says_why_and_is_asked_again(
    qtbot: QtBot, duel_controller: DuelController, worker: FakeWorker, photograph: Picture
) -> None:
    worker.judge_fails = "The network builtin-autoencoder is damaged; install Pastiche again."
    duel_controller.hand_in(photograph)
    qtbot.waitUntil(
        lambda: both_finished(duel_controller) and duel_controller.judge_says == worker.judge_fails, timeout=WAIT_MS
    )
    qtbot.waitUntil(lambda: not duel_controller.is_judging, timeout=WAIT_MS)
    assert duel_controller.grades == {} and not duel_controller.is_advising
    worker.judge_fails = ""
    duel_controller.retry_grades()
    qtbot.waitUntil(lambda: len(duel_controller.grades) == 3 and has_advice(duel_controller), timeout=WAIT_MS)
    assert duel_controller.judge_says == ""


def test_what_was_pasted_is_named(
    qtbot: QtBot, duel_controller: DuelController, photograph: Picture, own_data: Path
) -> None:
    placed = Provenance(3, has_placed=True, placed=(PlacedPicture("Harbour", 0.5),))
    duel_controller.hand_in(photograph, placed)
    with qtbot.waitSignal(duel_controller.kept, timeout=WAIT_MS):
        pass
    assert duel_controller.duel is not None
    sentence = "You placed a picture of your own, “Harbour”, over about 50 % of your drawing."
    assert duel_controller.duel.pasted == sentence
    (entry,) = gallery.kept()
    assert entry.record["pasted"] == sentence
    assert entry.record["painted"]["placed_pictures"] == [{"title": "Harbour", "share": 0.5}]
