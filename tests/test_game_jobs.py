"""Jobs: a rival whose best network cannot be loaded paints with the next best; one that is stopped leaves its picture;
the judge hears each deal once.
"""

from pathlib import Path

import numpy as np
import pytest
from game_errands import outcome
from game_opinions import BrightnessHearing, BrightnessJudge, alike, suggestion

from app.errors import Cancelled, NetworkError
from app.images import Picture
from app.judging.assessment import ANCHORS, FACETS
from app.judging.coaching import search
from app.networks import store
from app.networks.catalog import NETWORKS
from app.rivals.classic_options import ClassicOptions
from app.rivals.commission import Commission
from app.rivals.rival import Progress
from app.worker import jobs
from app.worker.client import Failed, Finished, Started, Workshop
from app.worker.jobs import JUDGE, CoachJob, CompareJob, GradeJob, PaintJob, Stopped, WarmJob

pytest_plugins = ["game_errands"]

CONTENT = np.linspace(0, 1, 40 * 48 * 3, dtype=np.float32).reshape(40, 48, 3)
STYLE = np.ascontiguousarray(CONTENT[::-1])


@pytest.fixture
def hollow_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SavedModel whose structure looks sound, but that holds nothing."""
    folder = tmp_path / "networks" / "magenta-hub"
    (folder / "variables").mkdir(parents=True)
    names = b"placeholder placeholder_1 output_0"
    (folder / "saved_model.pb").write_bytes(b"\x08\x01\x12" + names)
    (folder / "variables/variables.index").write_bytes(b"\x57\xfb\x80\x8b\x24\x75\x47\xdb")
    (folder / "variables/variables.data-00000-of-00001").write_bytes(b"nothing")
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path / "networks"))
    monkeypatch.setenv("PASTICHE_HOME", str(tmp_path / "home"))
    jobs._hired.cache_clear()


def paint(network: str | None) -> object:
    job = PaintJob("magenta", CONTENT, STYLE, Commission(size=64), network)
    return job.run(lambda _progress: None, lambda: False)


@pytest.mark.slow
def test_what_cannot_be_loaded_is_passed_over_and_told(hollow_hub: None) -> None:
    assert store.find("magenta-hub") is not None
    with pytest.raises(NetworkError):
        paint("magenta-hub")
    painting = paint(None)
    assert painting.report.network == "builtin-stylizer"
    assert NETWORKS["magenta-hub"].name in painting.report.note or "SavedModel" in painting.report.note
    assert store.find("magenta-hub") is None
    assert "SavedModel" not in paint(None).report.note, "once is enough"


@pytest.mark.slow
def test_a_stopped_rival_leaves_the_picture_it_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASTICHE_HOME", str(tmp_path))
    options = ClassicOptions(steps=4000, tolerance=0.0, computing="float32")
    told: list[Progress] = []
    job = PaintJob("classic", CONTENT, STYLE, Commission(size=96), None, options)
    with pytest.raises(Stopped) as stopped:
        job.run(told.append, lambda: bool(told) and told[-1].step >= 5)
    painting = stopped.value.painting
    assert painting.picture.shape == (80, 96, 3)
    assert painting.report.is_stopped and painting.report.steps == told[-1].step
    assert painting.report.note == f"Stopped after {told[-1].step} of {told[-1].steps} steps."


def test_a_rival_that_is_stopped_before_its_first_step_leaves_nothing() -> None:
    with pytest.raises(Cancelled) as stopped:
        PaintJob("classic", CONTENT, STYLE, Commission(size=96)).run(lambda _progress: None, lambda: True)
    assert not isinstance(stopped.value, Stopped)


# The judge

PICTURES = {"drawing": CONTENT * np.float32(0.7), "magenta": CONTENT * np.float32(0.5), "classic": 1 - CONTENT}
PAIRS = (("drawing", "magenta"), ("magenta", "classic"))


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge that needs no network, and has heard nothing yet."""
    only = BrightnessJudge()
    monkeypatch.setattr(jobs, "_judge", lambda: only)
    monkeypatch.setattr(BrightnessHearing, "heard", 0)


def do(job: GradeJob | CoachJob | CompareJob | WarmJob) -> object:
    return job.run(lambda _progress: None, lambda: False)


def test_the_judge_gives_an_opinion_on_each_pair(judge: None) -> None:
    found = do(GradeJob(CONTENT, STYLE, PICTURES, PAIRS))
    assert list(found) == list(PAIRS)
    for (a, b), opinion in found.items():
        assert opinion.grade == alike(PICTURES[a], PICTURES[b])
        assert set(opinion.facets) == set(FACETS)


def test_a_hearing_is_told_of_the_rivals_pictures_and_of_no_others(judge: None) -> None:
    job = GradeJob(CONTENT, STYLE, PICTURES | {"harbour": CONTENT}, PAIRS)
    do(job)
    hearing = jobs._heard(job)
    assert isinstance(hearing, BrightnessHearing)
    wanted = [jobs._known(jobs._Pixels.of(PICTURES[name])) for name in ("magenta", "classic")]
    assert hearing.expected == [id(picture) for picture in wanted]


def test_a_deal_is_heard_once_however_often_it_comes(judge: None) -> None:
    for _ in range(3):
        do(GradeJob(CONTENT.copy(), STYLE.copy(), PICTURES, PAIRS))
    assert BrightnessHearing.heard == 1
    # The same pixels in another shape are another deal, and so is one that differs in a single pixel.
    do(GradeJob(CONTENT.reshape(48, 40, 3), STYLE, PICTURES, PAIRS))
    assert BrightnessHearing.heard == 2
    other = STYLE.copy()
    other[3, 3, 1] += 0.01
    do(GradeJob(CONTENT, other, PICTURES, PAIRS))
    assert BrightnessHearing.heard == 3
    assert jobs._hearing.cache_info().currsize <= 2, "each holds pictures"


def test_the_coach_works_in_the_same_hearing(judge: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    hearing = jobs._heard(GradeJob(CONTENT, STYLE, {}, ()))
    assert isinstance(hearing, BrightnessHearing)

    def advise(hearing, drawing, rivals, *, on_progress=None, cancelled=None):
        assert cancelled is not None and not cancelled()
        asked.append((hearing.deal, drawing, rivals))
        return [suggestion()]

    monkeypatch.setattr(search, "advise", advise)
    copies = {name: picture.copy() for name, picture in PICTURES.items()}
    do(GradeJob(CONTENT, STYLE, copies, PAIRS))
    found = do(CoachJob(CONTENT, STYLE, PICTURES["drawing"], {name: PICTURES[name] for name in ("magenta", "classic")}))
    assert [each.sentence for each in found] == ["Warmer upper part"]
    ((deal, drawing, given),) = asked
    assert deal == hearing.deal and BrightnessHearing.heard == 1
    # The very pictures that it was graded by: a hearing remembers those.
    assert [id(drawing), *map(id, given.values())] == [hearing.seen[0], hearing.seen[1], hearing.seen[3]]
    assert hearing.seen[2] == hearing.seen[1]


def test_sentences_call_the_pictures_by_their_titles(judge: None) -> None:
    do(GradeJob(CONTENT, STYLE, PICTURES | {"mine": STYLE}, (*PAIRS, ("drawing", "mine"))))
    hearing = jobs._heard(GradeJob(CONTENT, STYLE, {}, ()))
    assert hearing.titles == [("Your drawing", "Magenta"), ("Magenta", "Classic"), ("Your drawing", "mine")]


def test_pairs_without_a_deal_are_graded_in_their_order(judge: None) -> None:
    pairs = [(CONTENT, STYLE), (CONTENT, 1 - CONTENT * np.float32(0.2))]
    assert do(CompareJob(pairs)) == [alike(a, b) for a, b in pairs]
    assert BrightnessHearing.heard == 0


def test_getting_the_judge_ready_has_it_say_something_once(judge: None) -> None:
    assert do(WarmJob(JUDGE)) is None
    assert BrightnessHearing.heard == 1


@pytest.mark.parametrize(
    "job", [GradeJob(CONTENT, STYLE, PICTURES, PAIRS), CoachJob(CONTENT, STYLE, CONTENT, PICTURES)]
)
def test_the_judge_heeds_that_it_is_not_wanted(judge: None, job: GradeJob | CoachJob) -> None:
    with pytest.raises(Cancelled):
        job.run(lambda _progress: None, lambda: True)
    left = iter([False, True])
    with pytest.raises(Cancelled):
        GradeJob(CONTENT, STYLE, PICTURES, PAIRS).run(lambda _progress: None, lambda: next(left))


def noisy(seed: int) -> Picture:
    return np.random.default_rng(seed).random((72, 96, 3), dtype=np.float32)


@pytest.mark.slow
def test_opinions_and_suggestions_come_out_of_the_workshop_and_grades_do_not_wait(workshop: Workshop) -> None:
    content, style = noisy(1), noisy(2)
    pictures = {"drawing": content * np.float32(0.6), "magenta": content * np.float32(0.8), "classic": noisy(3)}
    rivals = {name: pictures[name] for name in ("magenta", "classic")}
    grading = GradeJob(content, style, pictures, (("drawing", "magenta"),))
    first = outcome(workshop, workshop.submit(grading))
    assert isinstance(first, Finished)
    opinion = first.result["drawing", "magenta"]
    assert set(opinion.facets) == set(FACETS) and set(opinion.anchors) == set(ANCHORS)
    assert all(facet.heat.dtype == np.float32 for facet in opinion.facets.values())
    coaching_job = CoachJob(content, style, pictures["drawing"], rivals)
    stopped = workshop.submit(coaching_job)
    while Started(stopped) not in workshop.poll(0.1):
        pass
    pid = workshop.pid
    workshop.cancel(stopped)
    ended = outcome(workshop, stopped)
    assert isinstance(ended, Failed) and ended.is_cancelled
    again = outcome(workshop, workshop.submit(grading))
    assert again.result["drawing", "magenta"].grade == opinion.grade
    assert workshop.pid == pid, "the process is not given up for it"
    advice = outcome(workshop, workshop.submit(coaching_job))
    assert isinstance(advice.result, list) and len(advice.result) <= 3
    assert all(each.gain > 0 and set(each.grades) == set(rivals) for each in advice.result)
