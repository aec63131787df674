"""Networks that were chosen for the rivals: what the window says of them, and what paints where they are not there."""

import pytest
from desktop_window import QUIET, WAIT_MS, start, trigger
from desktop_workplace import FakeWorker
from pytestqt.qtbot import QtBot

from app.desktop.app_state.settings import Settings
from app.desktop.main_window import MainWindow
from app.networks.catalog import NETWORKS
from app.rivals.registry import RIVALS, best_network
from app.rivals.request import RivalRequest
from app.worker.jobs import PaintJob

pytest_plugins = ["desktop_window"]
pytestmark = QUIET


def finish(window: MainWindow, qtbot: QtBot) -> None:
    rivals = window.duel_controller.rivals
    qtbot.waitUntil(lambda: all(state.stage == "finished" for state in rivals.values()), timeout=WAIT_MS)


@pytest.fixture
def settings() -> Settings:
    return Settings(
        canvas_side_px=512, rivals={"magenta": {"network": "magenta-int8"}, "classic": {"network": "vgg19"}}
    )


def test_it_is_said_and_the_one_that_paints_is_named(window: MainWindow, qtbot: QtBot, worker: FakeWorker) -> None:
    named = {name: NETWORKS[network].title for name, network in ((each, best_network(each)) for each in RIVALS)}
    assert {name: state.network for name, state in window.duel_controller.rivals.items()} == named
    assert window.duel_controller.networks() == {"magenta": None, "classic": None}
    said = window.messages.text()
    for chosen, title, name in (("magenta-int8", "Magenta", "magenta"), ("vgg19", "Classic", "classic")):
        assert f"{NETWORKS[chosen].title} is not installed, so {title} paints with {named[name]}." in said
    assert "int8" not in window.home.networks.whole()
    window.messages.clear()
    with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
        trigger(window, "deal_both")
    qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)
    assert not window.messages.isVisible(), "once is enough"
    start(window, qtbot)
    finish(window, qtbot)
    assert all(job.request.network is None for job in worker.jobs if isinstance(job, PaintJob))
    # It is still wished for, and used as soon as it is there.
    assert window.rival_controller.request("magenta").network == "magenta-int8"


def test_a_network_that_is_chosen_is_named_where_nothing_is_painted_yet(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    finish(window, qtbot)
    window.duel_controller.requests["magenta"] = RivalRequest(network="magenta-int8")
    window.duel_controller.learn_networks()
    title = NETWORKS["magenta-int8"].title
    qtbot.waitUntil(lambda: window.duel_controller.paints_with.get("magenta") == title, timeout=WAIT_MS)
    assert window.duel_controller.rivals["magenta"].network == NETWORKS["builtin-stylizer"].title, (
        "that painted what shows"
    )
    assert title in window.home.networks.whole()
    window.duel_controller.requests["magenta"] = RivalRequest()
    window.duel_controller.learn_networks()
    assert "magenta" not in window.duel_controller.paints_with, "not known before it was looked for"
    qtbot.waitUntil(lambda: "magenta" in window.duel_controller.paints_with, timeout=WAIT_MS)
