"""The host without a window: what it asks the workshop for, the films it gathers, and what it tells."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desktop_workplace import FakeWorkshop
from pytestqt.qtbot import QtBot

from app.desktop.app_state.background import Courier, Errands
from app.desktop.app_state.settings import Settings
from app.desktop.app_state.view_models import show_deal
from app.desktop.controllers.duel_controller import Host
from app.errors import SaveError
from app.game.archive import gallery
from app.game.archive.progress_film import Film
from app.game.deck import Deal
from app.game.duel import COMPARISONS, RIVALS, Duel, Stage
from app.game.provenance import Painted, PlacedPicture
from app.images import Picture, read_picture
from app.rivals.classic_options import ClassicOptions
from app.rivals.commission import Commission
from app.worker.jobs import JUDGE, CoachJob, GradeJob, PaintJob, WarmJob
from app.worker.messages import PutBack, StateChanged, WorkshopState

pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set")
WAIT_MS = 30_000


@pytest.fixture
def workshop() -> FakeWorkshop:
    return FakeWorkshop()


@pytest.fixture
def host(qapp: object, workshop: FakeWorkshop, deal_files: tuple[Path, Path]) -> Iterator[Host]:
    """A host with a deal at hand."""
    courier, errands = Courier(workshop), Errands()
    host = Host(courier, errands, Settings())
    host.use_deal(show_deal(Deal.of_files(*deal_files)))
    yield host
    assert courier.stop() and errands.stop()


def jobs_of(workshop: FakeWorkshop) -> dict[str, PaintJob]:
    """The last job that each rival was given."""
    return {job.rival: job for job in workshop.jobs if isinstance(job, PaintJob)}


def both_finished(host: Host) -> bool:
    return all(state.stage == "finished" for state in host.rivals.values())


def test_rivals_are_asked_for_what_was_set(qtbot: QtBot, host: Host, workshop: FakeWorkshop) -> None:
    host.commissions["magenta"] = Commission(size=512, colours="photograph")
    host.commissions["classic"] = Commission(size=640, seed=5)
    host.options = ClassicOptions(steps=9)
    host.networks["magenta"] = "builtin-stylizer"
    host.start_rivals()
    qtbot.waitUntil(lambda: both_finished(host), timeout=WAIT_MS)
    jobs = jobs_of(workshop)
    assert jobs["magenta"].commission is host.commissions["magenta"]
    assert (jobs["magenta"].network, jobs["magenta"].options) == ("builtin-stylizer", None)
    assert jobs["classic"].commission is host.commissions["classic"]
    assert (jobs["classic"].network, jobs["classic"].options) == (None, ClassicOptions(steps=9))


def test_what_was_changed_counts_when_a_rival_paints_again(qtbot: QtBot, host: Host, workshop: FakeWorkshop) -> None:
    host.start_rivals()
    qtbot.waitUntil(lambda: both_finished(host), timeout=WAIT_MS)
    host.commissions["magenta"] = Commission(size=700)
    host.retry("magenta")
    qtbot.waitUntil(lambda: both_finished(host), timeout=WAIT_MS)
    assert jobs_of(workshop)["magenta"].commission.size == 700


def test_pictures_that_were_brought_leave_with_their_deal(host: Host, deal_files: tuple[Path, Path]) -> None:
    picture: Picture = np.zeros((8, 8, 3), np.float32)
    brought = Commission(
        size=512,
        more_styles=(picture,),
        weights=(1, 2),
        mask=np.ones((4, 4), np.float32),
        start="picture",
        start_picture=picture,
        colours="matched",
    )
    host.commissions["magenta"] = brought
    host.commissions["classic"] = replace(brought, size=640)
    host.use_deal(show_deal(Deal.of_files(*deal_files)))
    for each, size in ((host.commissions["magenta"], 512), (host.commissions["classic"], 640)):
        each.check()
        assert (each.more_styles, each.weights, each.mask, each.start) == ((), (), None, "photograph")
        assert (each.size, each.colours) == (size, "matched")


def test_a_film_grows_while_a_rival_paints_and_begins_anew(qtbot: QtBot, host: Host, workshop: FakeWorkshop) -> None:
    told: list[str] = []
    host.film_changed.connect(told.append)
    assert all(not host.films[name].frames for name in RIVALS)
    host.start_rivals()
    qtbot.waitUntil(lambda: both_finished(host), timeout=WAIT_MS)
    frames = host.films["classic"].frames
    assert [(frame.step, frame.loss) for frame in frames] == [(3, 0.5), (10, None)]
    assert frames[-1].picture.shape == (96, 128, 3)
    assert {"magenta", "classic"} == set(told)
    first = host.films["classic"]
    qtbot.waitUntil(lambda: len(host.grades) == 1 and not host.is_judging, timeout=WAIT_MS)
    workshop.is_held = True
    host.retry("classic")
    assert host.films["classic"] is not first and len(first.frames) == 2
    qtbot.waitUntil(lambda: bool(host.films["classic"].frames), timeout=WAIT_MS)


def test_a_rival_whose_process_was_lost_waits_and_says_why(qtbot: QtBot, host: Host, workshop: FakeWorkshop) -> None:
    workshop.is_held = True
    host.start_rivals()
    qtbot.waitUntil(lambda: bool(host.films["magenta"].frames), timeout=WAIT_MS)
    state = WorkshopState("restarting", "The rivals' workshop was killed from outside; it begins again by itself.")
    seen = []
    host.rival_changed.connect(lambda name: seen.append((name, host.rivals[name].stage, host.rivals[name].message)))
    with qtbot.waitSignal(host.workshop_changed, timeout=WAIT_MS):
        workshop.say(PutBack((1,), state.sentence), StateChanged(state))
    assert host.workshop == state
    assert ("magenta", "waiting", state.sentence) in seen
    workshop.is_held = False
    qtbot.waitUntil(lambda: both_finished(host), timeout=WAIT_MS)


def test_warming_up_names_both_rivals_and_the_judge(qtbot: QtBot, host: Host, workshop: FakeWorkshop) -> None:
    host.networks["magenta"] = "builtin-stylizer"
    with qtbot.waitSignal(host.workshop_changed, timeout=WAIT_MS):
        host.warm_up()
    assert workshop.warmed == [
        WarmJob("magenta", "builtin-stylizer", None),
        WarmJob("classic", None, host.options),
        WarmJob(JUDGE),
    ]
    assert host.workshop.stage == "ready"
    workshop.warmed = []
    # Networks were installed or removed.
    host.learn_networks()
    qtbot.waitUntil(lambda: len(workshop.warmed) == 3, timeout=WAIT_MS)
    assert host.rivals["magenta"].network
    workshop.warmed = []
    with qtbot.waitSignal(host.rival_changed, timeout=WAIT_MS):
        host.learn_networks()
    assert workshop.warmed == [], "nothing has changed"


def test_the_hand_is_passed_on(qtbot: QtBot, host: Host, workshop: FakeWorkshop) -> None:
    host.start_rivals()
    qtbot.waitUntil(lambda: both_finished(host), timeout=WAIT_MS)
    host.hand_is_down(True)
    host.hand_is_down(False)
    qtbot.waitUntil(lambda: workshop.hand == [True, False], timeout=WAIT_MS)


# Painting again


@pytest.fixture
def kept(qtbot: QtBot, host: Host, photograph: Picture, own_data: Path) -> list[Duel]:
    """What the host says that it has kept; the duel at hand is the first."""
    duels: list[Duel] = []
    host.kept.connect(duels.append)
    host.start_rivals()
    host.hand_in(photograph)
    qtbot.waitUntil(lambda: len(duels) == 1, timeout=WAIT_MS)
    return duels


def held(qtbot: QtBot, host: Host, workshop: FakeWorkshop, name: str) -> None:
    """Let a rival paint again, and come no further than its first step."""
    workshop.is_held = True
    host.retry(name)
    qtbot.waitUntil(lambda: bool(host.films[name].frames), timeout=WAIT_MS)


def test_what_is_painted_again_is_neither_judged_nor_kept_by_its_old_picture(
    qtbot: QtBot, host: Host, workshop: FakeWorkshop, kept: list[Duel], painting: Picture
) -> None:
    duel = host.duel
    assert duel is not None and duel.folder is not None
    first, old = duel.folder, duel.paintings["classic"]
    note = first / "my own note.txt"
    note.write_text("mine")
    held(qtbot, host, workshop, "classic")
    assert "classic" not in duel.paintings and duel.stage is Stage.PAINTING
    assert set(host.grades) == {("drawing", "magenta")}
    asked = len(workshop.jobs)
    host.hand_in(painting)
    assert kept[0].paintings["classic"] is old, "what was kept stays as it was"
    workshop.is_held = False
    qtbot.waitUntil(lambda: len(kept) == 2 and duel.stage is Stage.KEPT, timeout=WAIT_MS)
    graded = [job for job in workshop.jobs[asked:] if isinstance(job, GradeJob)]
    assert graded and not any(old.picture is picture for job in graded for picture in job.pictures.values())
    assert kept[1].paintings["classic"] is duel.paintings["classic"] is not old
    # One duel, one entry, which is that of the latest verdict; what is not ours stays.
    assert [entry.folder for entry in gallery.kept()] == [duel.folder]
    assert [path.name for path in first.iterdir()] == [note.name]
    assert duel.folder is not None
    np.testing.assert_allclose(read_picture(duel.folder / "drawing.png"), painting, atol=0.003)


@pytest.mark.parametrize("ends", ["stopped", "stopped under way", "failed"])
def test_a_rival_that_does_not_paint_again_after_all_has_what_it_had(
    qtbot: QtBot, host: Host, workshop: FakeWorkshop, kept: list[Duel], ends: str
) -> None:
    duel = host.duel
    assert duel is not None
    told: list[str] = []
    host.told.connect(lambda sentence, _tone: told.append(sentence))
    painting, film, state = duel.paintings["classic"], host.films["classic"], host.rivals["classic"]
    grades = host.grades
    held(qtbot, host, workshop, "classic")
    workshop.leaves_pictures = ends == "stopped under way"
    if ends != "failed":
        host.stop_rival("classic")
    else:
        workshop.fails["classic"] = "The network builtin-vgg is damaged."
        workshop.is_held = False
    qtbot.waitUntil(lambda: host.rivals["classic"].stage == "finished", timeout=WAIT_MS)
    assert host.rivals["classic"] == state and state.image is not None
    assert host.films["classic"] is film and duel.paintings["classic"] is painting
    workshop.is_held = False
    qtbot.waitUntil(lambda: len(kept) == 2 and duel.stage is Stage.KEPT, timeout=WAIT_MS)
    assert host.grades == grades
    assert len(gallery.kept()) == 1
    fails = ["The network builtin-vgg is damaged. Classic keeps the picture that it had."]
    assert told == (fails if ends == "failed" else [])


def test_a_stopped_rival_hands_in_what_it_had_come_to(qtbot: QtBot, host: Host, workshop: FakeWorkshop) -> None:
    workshop.is_held = workshop.leaves_pictures = True
    host.start_rivals()
    for name in RIVALS:
        qtbot.waitUntil(lambda name=name: host.rivals[name].step == 3, timeout=WAIT_MS)
        host.stop_rival(name)
        qtbot.waitUntil(lambda name=name: host.rivals[name].stage == "finished", timeout=WAIT_MS)
        assert host.duel is not None and host.duel.paintings[name].report.is_stopped
        assert host.rivals[name].message == "Stopped after 3 of 10 steps."
        assert host.rivals[name].image is not None


def test_a_film_that_cannot_be_made_is_said(
    qtbot: QtBot, host: Host, photograph: Picture, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_film: Film, _path: Path) -> None:
        raise SaveError("The film could not be made: there is no encoder here.")

    told: list[str] = []
    host.told.connect(lambda sentence, _tone: told.append(sentence))
    monkeypatch.setattr(Film, "write", fail)
    monkeypatch.setattr(Film, "is_worth_keeping", True)
    host.hand_in(photograph)
    with qtbot.waitSignal(host.kept, timeout=WAIT_MS):
        pass
    assert len(told) == 1 and "without the film of Magenta" in told[0] and "Classic" in told[0]


def test_who_asks_for_another_picture_as_one_is_finished_gets_another(
    qtbot: QtBot, host: Host, workshop: FakeWorkshop
) -> None:
    asked: list[str] = []

    def ask_again(name: str) -> None:
        if name == "classic" and host.rivals[name].stage == "finished" and not asked:
            asked.append(name)
            workshop.is_held = True
            host.retry(name)

    host.rival_changed.connect(ask_again)
    host.start_rivals()
    qtbot.waitUntil(lambda: bool(asked) and bool(host.films["classic"].frames), timeout=WAIT_MS)
    assert [frame.step for frame in host.films["classic"].frames] == [3], "nothing of the film before"
    assert host.duel is not None and "classic" not in host.duel.paintings
    workshop.is_held = False
    qtbot.waitUntil(lambda: len(host.grades) == 1, timeout=WAIT_MS)
    assert len([job for job in workshop.jobs if isinstance(job, GradeJob)]) == 1


# What the judge has to say


def has_advice(host: Host) -> bool:
    return bool(host.suggestions) and not host.is_advising


def test_a_judged_duel_has_opinions_and_then_suggestions(
    qtbot: QtBot, host: Host, workshop: FakeWorkshop, kept: list[Duel]
) -> None:
    qtbot.waitUntil(lambda: has_advice(host), timeout=WAIT_MS)
    duel = host.duel
    assert duel is not None
    assert set(host.opinions) == set(host.grades) == set(COMPARISONS)
    for (a, b), opinion in host.opinions.items():
        assert duel.opinions[f"{a}_{b}"] is opinion
        assert host.grades[a, b] == opinion.grade
    (coach,) = [job for job in workshop.jobs if isinstance(job, CoachJob)]
    assert coach.drawing is duel.drawing and set(coach.rivals) == set(RIVALS)
    assert coach.rivals["classic"] is duel.paintings["classic"].picture
    assert all(job.content is duel.deal.content_picture for job in workshop.jobs if isinstance(job, GradeJob))
    assert duel.suggestions == tuple(host.suggestions)
    # They are laid to the duel that has been kept.
    qtbot.waitUntil(lambda: bool(gallery.suggestions_of(gallery.kept()[0])), timeout=WAIT_MS)
    (entry,) = gallery.kept()
    assert entry.record["suggestions"][0]["sentence"] == host.suggestions[0].sentence
    assert set(gallery.opinions_of(entry)) == set(duel.opinions)
    # Who has them does not get them again.
    host.advise()
    assert not host.is_advising


def test_grades_come_as_soon_as_both_pictures_are_there(
    qtbot: QtBot, host: Host, workshop: FakeWorkshop, photograph: Picture
) -> None:
    host.start_rivals()
    qtbot.waitUntil(lambda: set(host.opinions) == {("magenta", "classic")}, timeout=WAIT_MS)
    first = [job for job in workshop.jobs if isinstance(job, GradeJob)]
    assert [job.pairs for job in first] == [(("magenta", "classic"),)]
    assert set(first[0].pictures) == {"magenta", "classic"}
    assert not host.is_advising, "there is no drawing yet"
    host.hand_in(photograph)
    qtbot.waitUntil(lambda: len(host.opinions) == 3, timeout=WAIT_MS)
    assert [job.pairs for job in workshop.jobs if isinstance(job, GradeJob)][1:] == [
        (("drawing", "magenta"), ("drawing", "classic"))
    ]


def test_advice_makes_way_for_new_grades_and_begins_again(
    qtbot: QtBot, host: Host, workshop: FakeWorkshop, photograph: Picture, painting: Picture
) -> None:
    judged: list[Duel] = []
    host.kept.connect(judged.append)
    host.start_rivals()
    qtbot.waitUntil(lambda: len(host.grades) == 1, timeout=WAIT_MS)
    workshop.holds_coach = True
    host.hand_in(photograph)
    qtbot.waitUntil(lambda: host.is_advising and bool(judged), timeout=WAIT_MS)
    seen: list[tuple[bool, int]] = []
    host.suggestions_changed.connect(lambda: seen.append((host.is_advising, len(host.suggestions))))
    host.hand_in(painting)
    assert not host.is_advising and seen == [(False, 0)]
    workshop.holds_coach = False
    qtbot.waitUntil(lambda: has_advice(host), timeout=WAIT_MS)
    coached = [job for job in workshop.jobs if isinstance(job, CoachJob)]
    assert len(coached) == 2 and coached[1].drawing is painting
    assert seen[-1] == (False, 1)
    qtbot.waitUntil(lambda: bool(gallery.suggestions_of(gallery.kept()[0])), timeout=WAIT_MS)


def test_suggestions_go_with_what_they_were_for(
    qtbot: QtBot, host: Host, workshop: FakeWorkshop, kept: list[Duel], deal_files: tuple[Path, Path]
) -> None:
    qtbot.waitUntil(lambda: has_advice(host), timeout=WAIT_MS)
    held(qtbot, host, workshop, "classic")
    assert host.suggestions == [] and not host.is_advising
    assert set(host.opinions) == {("drawing", "magenta")}
    host.use_deal(show_deal(Deal.of_files(*deal_files)))
    assert host.suggestions == [] and host.opinions == {}
    workshop.is_held = False


def test_advice_that_fails_or_finds_nothing_says_so_and_can_be_asked_for_again(
    qtbot: QtBot, host: Host, workshop: FakeWorkshop, photograph: Picture
) -> None:
    host.advise()
    assert not host.is_advising, "nothing has been judged"
    workshop.coach_fails = "There is not enough memory left for this."
    host.hand_in(photograph)
    qtbot.waitUntil(lambda: host.advice_says == workshop.coach_fails, timeout=WAIT_MS)
    assert host.suggestions == [] and not host.is_advising and len(host.grades) == 3
    workshop.coach_fails, workshop.has_suggestions = "", False
    host.advise()
    assert host.is_advising and host.advice_says == ""
    qtbot.waitUntil(lambda: not host.is_advising, timeout=WAIT_MS)
    assert host.advice_says == "Nothing that was tried on the drawing raises its grades."
    workshop.has_suggestions = True
    host.advise()
    qtbot.waitUntil(lambda: has_advice(host), timeout=WAIT_MS)
    assert host.advice_says == ""


def test_a_judge_that_cannot_work_says_why_and_is_asked_again(
    qtbot: QtBot, host: Host, workshop: FakeWorkshop, photograph: Picture
) -> None:
    workshop.judge_fails = "The network builtin-autoencoder is damaged; install Pastiche again."
    host.hand_in(photograph)
    qtbot.waitUntil(lambda: both_finished(host) and host.judge_says == workshop.judge_fails, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not host.is_judging, timeout=WAIT_MS)
    assert host.grades == {} and not host.is_advising
    workshop.judge_fails = ""
    host.retry_grades()
    qtbot.waitUntil(lambda: len(host.grades) == 3 and has_advice(host), timeout=WAIT_MS)
    assert host.judge_says == ""


def test_what_was_pasted_is_named(qtbot: QtBot, host: Host, photograph: Picture, own_data: Path) -> None:
    placed = Painted(3, has_placed=True, placed=(PlacedPicture("Harbour", 0.5),))
    host.hand_in(photograph, placed)
    with qtbot.waitSignal(host.kept, timeout=WAIT_MS):
        pass
    assert host.duel is not None
    sentence = "You placed a picture of your own, “Harbour”, over about 50 % of your drawing."
    assert host.duel.pasted == sentence
    (entry,) = gallery.kept()
    assert entry.record["pasted"] == sentence
    assert entry.record["painted"]["placed_pictures"] == [{"title": "Harbour", "share": 0.5}]
