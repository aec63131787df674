"""Jobs: a rival whose best network cannot be loaded paints with the next best; one that is stopped leaves its picture;
the judge hears each deal once.
"""

from pathlib import Path

import graphs
import numpy as np
import pytest
from game_assessments import BrightnessHearing, BrightnessJudge, alike, suggestion
from game_errands import outcome

from app.errors import Cancelled, NetworkError
from app.images import Picture
from app.judging.assessment import ANCHORS, FACETS
from app.judging.coaching import search
from app.networks import store
from app.networks.catalog import NETWORKS
from app.rivals.classic_options import ClassicOptions
from app.rivals.request import RivalRequest
from app.rivals.rival import Progress
from app.worker import jobs
from app.worker.client import Failed, Finished, Started, WorkerClient
from app.worker.jobs import JUDGE, CoachJob, CompareJob, GradeJob, PaintJob, Stopped, WarmJob

pytest_plugins = ["game_errands"]

CONTENT = np.linspace(0, 1, 40 * 48 * 3, dtype=np.float32).reshape(40, 48, 3)
STYLE = np.ascontiguousarray(CONTENT[::-1])


@pytest.fixture
def hollow_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SavedModel whose structure looks sound, but that holds nothing."""
    folder = tmp_path / "networks" / "magenta-hub"
    (folder / "variables").mkdir(parents=True)
    (folder / "saved_model.pb").write_bytes(graphs.saved_model())
    (folder / "variables/variables.index").write_bytes(b"\x57\xfb\x80\x8b\x24\x75\x47\xdb")
    (folder / "variables/variables.data-00000-of-00001").write_bytes(b"nothing")
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path / "networks"))
    monkeypatch.setenv("PASTICHE_HOME", str(tmp_path / "home"))
    jobs._hired.cache_clear()


def paint(network: str | None) -> object:
    job = PaintJob("magenta", CONTENT, STYLE, RivalRequest(size=64, network=network))
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
    job = PaintJob("classic", CONTENT, STYLE, RivalRequest(size=96, options=options))
    with pytest.raises(Stopped) as stopped:
        job.run(told.append, lambda: bool(told) and told[-1].step >= 5)
    painting = stopped.value.painting
    assert painting.picture.shape == (80, 96, 3)
    assert painting.report.is_stopped and painting.report.steps == told[-1].step
    assert painting.report.note == f"Stopped after {told[-1].step} of {told[-1].steps} steps."


def test_a_rival_that_is_stopped_before_its_first_step_leaves_nothing() -> None:
    with pytest.raises(Cancelled) as stopped:
        PaintJob("classic", CONTENT, STYLE, RivalRequest(size=96)).run(lambda _progress: None, lambda: True)
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


def test_the_judge_gives_an_assessment_on_each_pair(judge: None) -> None:
    found = do(GradeJob(CONTENT, STYLE, PICTURES, PAIRS))
    assert list(found) == list(PAIRS)
    for (a, b), assessment in found.items():
        assert assessment.grade == alike(PICTURES[a], PICTURES[b])
        assert set(assessment.facets) == set(FACETS)


def test_a_deal_judge_is_told_of_the_rivals_pictures_and_of_no_others(judge: None) -> None:
    job = GradeJob(CONTENT, STYLE, PICTURES | {"harbour": CONTENT}, PAIRS)
    do(job)
    deal_judge = jobs._heard(job)
    assert isinstance(deal_judge, BrightnessHearing)
    wanted = [jobs._known(jobs._Pixels.of(PICTURES[name])) for name in ("magenta", "classic")]
    assert deal_judge.expected == [id(picture) for picture in wanted]


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
    assert jobs._deal_judge.cache_info().currsize <= 2, "each holds pictures"


def test_the_coach_works_in_the_same_deal_judge(judge: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    deal_judge = jobs._heard(GradeJob(CONTENT, STYLE, {}, ()))
    assert isinstance(deal_judge, BrightnessHearing)

    def advise(deal_judge, drawing, rivals, *, on_progress=None, cancelled=None):
        assert cancelled is not None and not cancelled()
        asked.append((deal_judge.deal, drawing, rivals))
        return [suggestion()]

    monkeypatch.setattr(search, "advise", advise)
    copies = {name: picture.copy() for name, picture in PICTURES.items()}
    do(GradeJob(CONTENT, STYLE, copies, PAIRS))
    found = do(CoachJob(CONTENT, STYLE, PICTURES["drawing"], {name: PICTURES[name] for name in ("magenta", "classic")}))
    assert [each.sentence for each in found] == ["Warmer upper part"]
    ((deal, drawing, given),) = asked
    assert deal == deal_judge.deal and BrightnessHearing.heard == 1
    # The very pictures that it was graded by: a deal judge remembers those.
    assert [id(drawing), *map(id, given.values())] == [deal_judge.seen[0], deal_judge.seen[1], deal_judge.seen[3]]
    assert deal_judge.seen[2] == deal_judge.seen[1]


def test_sentences_call_the_pictures_by_their_titles(judge: None) -> None:
    do(GradeJob(CONTENT, STYLE, PICTURES | {"mine": STYLE}, (*PAIRS, ("drawing", "mine"))))
    deal_judge = jobs._heard(GradeJob(CONTENT, STYLE, {}, ()))
    assert deal_judge.titles == [("Your drawing", "Magenta"), ("Magenta", "Classic"), ("Your drawing", "mine")]


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
def test_assessments_and_suggestions_come_out_of_the_worker_and_grades_do_not_wait(worker: WorkerClient) -> None:
    content, style = noisy(1), noisy(2)
    pictures = {"drawing": content * np.float32(0.6), "magenta": content * np.float32(0.8), "classic": noisy(3)}
    rivals = {name: pictures[name] for name in ("magenta", "classic")}
    grading = GradeJob(content, style, pictures, (("drawing", "magenta"),))
    first = outcome(worker, worker.submit(grading))
    assert isinstance(first, Finished)
    assessment = first.result["drawing", "magenta"]
    assert set(assessment.facets) == set(FACETS) and set(assessment.anchors) == set(ANCHORS)
    assert all(facet.heat.dtype == np.float32 for facet in assessment.facets.values())
    coaching_job = CoachJob(content, style, pictures["drawing"], rivals)
    stopped = worker.submit(coaching_job)
    while Started(stopped) not in worker.poll(0.1):
        pass
    pid = worker.pid
    worker.cancel(stopped)
    ended = outcome(worker, stopped)
    assert isinstance(ended, Failed) and ended.is_cancelled
    again = outcome(worker, worker.submit(grading))
    assert again.result["drawing", "magenta"].grade == assessment.grade
    assert worker.pid == pid, "the process is not given up for it"
    advice = outcome(worker, worker.submit(coaching_job))
    assert isinstance(advice.result, list) and len(advice.result) <= 3
    assert all(each.gain > 0 and set(each.grades) == set(rivals) for each in advice.result)
