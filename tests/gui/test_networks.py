"""The page of networks: what it shows, what its buttons lead to, and what closing it in the middle leaves."""

import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from desktop_window import QUIET, answer
from networks_server import CONTENT, HUB, TINY, Server, part, put_by_hand, state_address
from PyQt5.QtCore import Qt, QUrl
from PyQt5.QtGui import QDesktopServices
from PyQt5.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app import places
from app.desktop.networks.network_card import NetworkCard
from app.desktop.networks.networks_dialog import NetworksDialog
from app.desktop.widgets import theme
from app.networks import store
from app.networks.catalog import NETWORKS

pytest_plugins = ["networks_server"]
pytestmark = [pytest.mark.usefixtures("home"), QUIET]

WAIT_MS = 30_000
Opener = Callable[[], NetworksDialog]


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication, listed: Server) -> Iterator[Opener]:
    """Opens the page, as often as it is asked for, with what it has to show."""
    theme.apply(qapp)
    pages: list[NetworksDialog] = []

    def open_page() -> NetworksDialog:
        page = NetworksDialog(None)
        pages.append(page)
        qtbot.addWidget(page)
        page.show()
        rest(qtbot, page)
        return page

    yield open_page
    for page in pages:
        page.close()


@pytest.fixture
def page(opened: Opener) -> NetworksDialog:
    return opened()


def rest(qtbot: QtBot, page: NetworksDialog) -> None:
    qtbot.waitUntil(lambda: not page.is_busy(), timeout=WAIT_MS)


def offered(card: NetworkCard) -> set[str]:
    return {action for action, button in card.buttons.items() if not button.isHidden()}


def press(qtbot: QtBot, page: NetworksDialog, name: str, action: str) -> None:
    button = page.cards[name].buttons[action]
    assert not button.isHidden()
    qtbot.mouseClick(button, Qt.LeftButton)


# What it shows


def test_every_network_has_a_card_with_what_there_is_to_know(page: NetworksDialog) -> None:
    assert set(page.cards) == set(NETWORKS)
    for name, card in page.cards.items():
        network = NETWORKS[name]
        shown = " ".join(label.text() for label in card.findChildren(QLabel))
        assert network.title in shown
        assert network.licence in shown
        assert store.status(name).checksum_sentence in shown
        assert (f'href="{network.source}"' in shown) == network.source.startswith("https://")
    own = page.cards["builtin-vgg"]
    assert (own.state.text(), own.users.text(), offered(own)) == (
        "Part of Pastiche",
        "In use by Magenta and Classic",
        {"verify"},
    )
    assert page.cards["vgg19"].state.text() == "Not installed"
    assert "80.1 MB" in page.cards["vgg19"].facts.text()
    assert offered(page.cards["vgg19"]) == {"install"}
    assert page.users["classic"].text() == NETWORKS["builtin-vgg"].title
    assert page.users["the judge"].text() == NETWORKS["builtin-autoencoder"].title


def test_what_is_damaged_is_passed_over_and_said(qtbot: QtBot, opened: Opener) -> None:
    put_by_hand(places.installed_networks() / "magenta-int8", {"predict.tflite": b"cut"})
    page = opened()
    card = page.cards["magenta-int8"]
    assert card.state.text() == "Damaged"
    assert "has 3 bytes instead of 2,828,838" in card.faults.told()
    assert offered(card) == {"repair", "verify", "remove"}
    said = page.users["magenta"].text()
    assert NETWORKS["builtin-stylizer"].title in said
    assert f"{NETWORKS['magenta-int8'].title} is damaged and passed over." in said


def test_it_is_said_which_copy_is_damaged(
    qtbot: QtBot, opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = put_by_hand(places.installed_networks() / "tiny", {"weights.bin": bytes(len(CONTENT))})
    sound = put_by_hand(tmp_path / "extra" / "tiny", {"weights.bin": CONTENT})
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path / "extra"))
    page = opened()
    card = page.cards["tiny"]
    assert card.state.text() == "From PASTICHE_NETWORKS"
    assert card.place.told() == f"In {sound}"
    assert str(own) in card.faults.told() and "Another copy" in card.faults.told()
    assert "repair" in offered(card)


def test_what_came_of_a_bundle_is_told_until_something_else_is_done(
    qtbot: QtBot, page: NetworksDialog, tmp_path: Path
) -> None:
    page.import_from(tmp_path / "absent.zip")
    rest(qtbot, page)
    assert page.message.told()
    press(qtbot, page, "builtin-vgg", "verify")
    assert page.message.told() == ""
    rest(qtbot, page)


def test_a_broken_built_in_network_says_how_to_get_it(
    qtbot: QtBot, opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "checkpoints").mkdir()
    monkeypatch.setattr(places, "checkpoints", lambda: tmp_path / "checkpoints")
    page = opened()
    assert "Cannot judge" in page.users["the judge"].text()
    assert "Cannot paint" in page.users["magenta"].text()
    card = page.cards["builtin-autoencoder"]
    assert "from the program anew" in card.faults.told()
    assert offered(card) == {"verify"}


def test_a_copy_put_there_by_hand_says_that_it_is_remembered(
    qtbot: QtBot, opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_by_hand(tmp_path / "models/magenta-hub", HUB)
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path / "models"))
    card = opened().cards["magenta-hub"]
    assert card.state.text() == "From PASTICHE_NETWORKS"
    assert "its SHA-256 remembered since 20" in card.checksum.text()
    assert str(tmp_path / "models/magenta-hub") in card.place.told()


@pytest.mark.parametrize(("width", "height"), [(1024, 700), (1366, 768), (640, 420)])
def test_nothing_is_clipped(qtbot: QtBot, opened: Opener, width: int, height: int) -> None:
    put_by_hand(places.installed_networks() / "vgg19", {"x": b"y"})
    page = opened()
    page.resize(width - 40, height - 40)
    qtbot.wait(20)
    for card in page.cards.values():
        assert card.width() <= page.width() - theme.WIDE
        for child in card.findChildren(QWidget):
            if not child.isHidden():
                assert card.rect().contains(child.geometry()), (card.network.name, child)
        for label in card.findChildren(QLabel):
            if not label.isHidden() and label.wordWrap():
                assert label.height() >= label.heightForWidth(label.width()), label.text()
        for button in card.findChildren(QPushButton):
            if not button.isHidden():
                assert button.width() >= button.minimumSizeHint().width()


def test_the_page_fits_the_window_beneath_also_from_another_dialog(qtbot: QtBot, opened: Opener) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1024, 700)
    settings = QDialog(window)
    settings.resize(300, 200)
    for parent in (window, settings):
        page = NetworksDialog(parent)
        assert (page.width(), page.height()) == (820, 658)
        page.close()


# Installing


def test_a_network_is_installed_with_its_progress_in_sight(qtbot: QtBot, page: NetworksDialog, listed: Server) -> None:
    card = page.cards["tiny"]
    seen: list[str] = []
    has_gone_on = []

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        listed.head(handler)
        for at in range(0, len(CONTENT), 30_000):
            handler.wfile.write(CONTENT[at : at + 30_000])
            time.sleep(0.06)

    listed.manner = slowly
    press(qtbot, page, "tiny", "install")
    assert offered(card) == {"cancel"}
    with qtbot.waitSignal(page.networks_changed, timeout=WAIT_MS):
        while page.is_busy() and card.state.text() != "Installed":
            qtbot.wait(10)
            seen.append(card.told.told())
            has_gone_on.append(card.progress.value())
    rest(qtbot, page)
    assert card.state.text() == "Installed"
    assert card.told.told() == "Installed."
    assert any("Fetching weights.bin" in each and "of 0.3 MB" in each and "MB/s" in each for each in seen)
    assert len(set(has_gone_on)) > 3
    assert card.progress.isHidden()
    assert offered(card) == {"verify", "remove"}
    assert store.verify("tiny") == []


@pytest.mark.parametrize(
    ("manner", "content", "said"),
    [
        ("cut", CONTENT, "broke off after"),
        ("slow", CONTENT, "stopped answering after"),
        (403, CONTENT, "refuses to give out weights.bin (403"),
        (404, CONTENT, "no longer has weights.bin (404"),
        ("well", bytes(len(CONTENT)), "does not match its published SHA256 checksum"),
        ("well", CONTENT[:-5], "offers 299,995 bytes"),
        ("loop", CONTENT, "round in circles"),
        ("full", CONTENT, "The disk is full"),
    ],
)
def test_a_server_that_misbehaves_is_a_sentence_on_the_card(
    qtbot: QtBot,
    page: NetworksDialog,
    listed: Server,
    monkeypatch: pytest.MonkeyPatch,
    manner: str | int,
    content: bytes,
    said: str,
) -> None:
    def loop(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", handler.path)
        handler.end_headers()

    monkeypatch.setattr(store, "TIMEOUT_S", 0.5)
    monkeypatch.setattr(store, "ATTEMPTS", 2)
    listed.content = content
    with monkeypatch.context() as full:
        if manner == "full":
            full.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 1000})())
        listed.manner = {
            "cut": listed.cut_after(40_000),
            "slow": listed.stall_after(50_000),
            "well": listed.well,
            "full": listed.well,
            "loop": loop,
        }.get(manner) or listed.code(manner)
        press(qtbot, page, "tiny", "install")
        rest(qtbot, page)
    card = page.cards["tiny"]
    assert said in card.told.told()
    assert card.progress.isHidden()
    assert "install" in offered(card)
    assert store.find("tiny") is None
    listed.content, listed.manner = CONTENT, listed.well
    press(qtbot, page, "tiny", "install")
    rest(qtbot, page)
    assert card.state.text() == "Installed"


def test_a_mirror_takes_over(
    qtbot: QtBot, page: NetworksDialog, listed: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    state_address(monkeypatch, f"{listed.url}/official", f"{listed.url}/mirror")
    listed.manner = lambda at: listed.well(at) if at.path.endswith("mirror") else at.send_error(404)
    press(qtbot, page, "tiny", "install")
    rest(qtbot, page)
    assert page.cards["tiny"].state.text() == "Installed"


def test_what_was_cancelled_goes_on_from_there(qtbot: QtBot, page: NetworksDialog, listed: Server) -> None:
    card = page.cards["tiny"]
    listed.manner = listed.stall_after(100_000)
    press(qtbot, page, "tiny", "install")
    qtbot.waitUntil(lambda: part().exists() and part().stat().st_size == 100_000, timeout=WAIT_MS)
    press(qtbot, page, "tiny", "cancel")
    rest(qtbot, page)
    assert card.state.text() == "Half fetched"
    assert card.buttons["install"].text() == "Go on"
    assert "0.1 MB of it fetched" in card.facts.text()
    assert offered(card) == {"install", "remove"}
    listed.is_over.set()
    listed.manner = listed.well
    press(qtbot, page, "tiny", "install")
    rest(qtbot, page)
    assert listed.ranges == [None, "bytes=100000-"]
    assert card.state.text() == "Installed"


@pytest.mark.parametrize("how", ["close", "escape", "delete"])
def test_closing_in_the_middle_keeps_what_was_fetched(qtbot: QtBot, opened: Opener, listed: Server, how: str) -> None:
    page = NetworksDialog(None) if how == "delete" else opened()
    listed.manner = listed.stall_after(100_000)
    page.install("tiny")
    page.install("vgg19")
    qtbot.waitUntil(lambda: part().exists() and part().stat().st_size == 100_000, timeout=WAIT_MS)
    if how == "delete":
        # As when the window that it belongs to goes without a word.
        page.deleteLater()
        del page
        qtbot.wait(50)
    elif how == "escape":
        qtbot.keyClick(page, Qt.Key_Escape)
        assert not page.isVisible()
    else:
        page.close()
    qtbot.waitUntil(lambda: store.status("tiny").half_fetched_bytes >= 100_000, timeout=WAIT_MS)
    listed.is_over.set()
    listed.manner = listed.well
    again = opened()
    assert again.cards["tiny"].state.text() == "Half fetched"
    press(qtbot, again, "tiny", "install")
    rest(qtbot, again)
    assert again.cards["tiny"].state.text() == "Installed"
    assert listed.ranges[-1] == "bytes=100000-"


def test_whoever_closes_while_something_is_done_hears_that_networks_may_have_changed(
    qtbot: QtBot, opened: Opener, listed: Server
) -> None:
    page = opened()
    with qtbot.assertNotEmitted(page.networks_changed):
        page.close()
    page = opened()
    listed.manner = listed.stall_after(100_000)
    page.install("tiny")
    qtbot.waitUntil(lambda: part().exists() and part().stat().st_size == 100_000, timeout=WAIT_MS)
    with qtbot.waitSignal(page.networks_changed, timeout=WAIT_MS):
        page.close()
    listed.is_over.set()


def test_what_waits_can_be_cancelled_too(qtbot: QtBot, page: NetworksDialog, listed: Server) -> None:
    listed.manner = listed.stall_after(1000)
    press(qtbot, page, "tiny", "install")
    qtbot.waitUntil(part().exists, timeout=WAIT_MS)
    page.install("vgg19")
    press(qtbot, page, "vgg19", "cancel")
    # At once, and not only when its turn comes.
    assert page.cards["vgg19"].told.told() == "Stopped before it began."
    assert offered(page.cards["vgg19"]) == {"install"}
    assert page.is_busy()
    press(qtbot, page, "tiny", "cancel")
    assert page.cards["tiny"].told.told() == "Stopping"
    rest(qtbot, page)
    assert not (places.installed_networks() / ".fetching/vgg19").exists()


# Verifying, repairing, removing


def test_verifying_finds_damage_and_repairing_mends_it(qtbot: QtBot, page: NetworksDialog) -> None:
    card = page.cards["tiny"]
    press(qtbot, page, "tiny", "install")
    rest(qtbot, page)
    press(qtbot, page, "tiny", "verify")
    rest(qtbot, page)
    assert card.told.told() == "Every byte is as it should be."
    (places.installed_networks() / "tiny/weights.bin").write_bytes(bytes(len(CONTENT)))
    with qtbot.waitSignal(page.networks_changed, timeout=WAIT_MS):
        press(qtbot, page, "tiny", "verify")
    rest(qtbot, page)
    assert card.state.text() == "Damaged"
    assert "does not match" in card.faults.told()
    with qtbot.waitSignal(page.networks_changed, timeout=WAIT_MS):
        press(qtbot, page, "tiny", "repair")
    rest(qtbot, page)
    assert (card.state.text(), card.told.told()) == ("Installed", "Fetched anew, and sound.")
    assert card.faults.told() == ""


@pytest.mark.parametrize("says", ["Remove it", "Keep it"])
def test_removing_asks_first(qtbot: QtBot, page: NetworksDialog, says: str) -> None:
    press(qtbot, page, "tiny", "install")
    rest(qtbot, page)
    asked = answer(qtbot, says)
    press(qtbot, page, "tiny", "remove")
    rest(qtbot, page)
    assert asked == [f"Remove {TINY.title}?"]
    assert (store.find("tiny") is None) == (says == "Remove it")
    assert page.cards["tiny"].state.text() == ("Not installed" if says == "Remove it" else "Installed")


# Carrying


def test_networks_are_carried_in_one_file(
    qtbot: QtBot, opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened()
    assert not page.export.isEnabled()
    press(qtbot, page, "tiny", "install")
    rest(qtbot, page)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    qtbot.mouseClick(page.export, Qt.LeftButton)
    rest(qtbot, page)
    assert page.message.told() == f"{tmp_path / 'mine.zip'} holds tiny (0.3 MB)."
    asked = answer(qtbot, "Keep it")
    qtbot.mouseClick(page.export, Qt.LeftButton)
    assert asked == ["Replace mine.zip?"]
    page.close()
    monkeypatch.setenv("PASTICHE_HOME", str(tmp_path / "other"))
    elsewhere = opened()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "mine.zip"), ""))
    with qtbot.waitSignal(elsewhere.networks_changed, timeout=WAIT_MS):
        qtbot.mouseClick(elsewhere.import_, Qt.LeftButton)
    rest(qtbot, elsewhere)
    assert elsewhere.message.told() == "Installed tiny."
    assert elsewhere.cards["tiny"].state.text() == "Installed"
    elsewhere.import_from(tmp_path / "mine.zip")
    rest(qtbot, elsewhere)
    assert elsewhere.message.told() == "Already there, and sound: tiny."
    (tmp_path / "mine.zip").write_text("words")
    elsewhere.import_from(tmp_path / "mine.zip")
    rest(qtbot, elsewhere)
    assert elsewhere.message.told().startswith("mine.zip is no bundle of networks, or is damaged")
    assert not elsewhere.import_.isHidden()


def test_whoever_names_no_file_changes_nothing(
    qtbot: QtBot, page: NetworksDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    for button in (page.import_, page.export):
        button.click()
    assert not page.is_busy()
    assert page.message.told() == ""


@pytest.mark.parametrize("is_open", [True, False])
def test_the_folder_is_opened_or_named(
    qtbot: QtBot, page: NetworksDialog, monkeypatch: pytest.MonkeyPatch, is_open: bool
) -> None:
    asked: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url) or is_open)
    qtbot.mouseClick(page.open_folder, Qt.LeftButton)
    folder = places.installed_networks()
    assert [url.toLocalFile() for url in asked] == [str(folder)]
    assert folder.is_dir()
    assert (str(folder) in page.message.told()) != is_open


# The keyboard


def test_everything_can_be_reached_and_asked_for_with_the_keyboard(
    qtbot: QtBot, page: NetworksDialog, listed: Server
) -> None:
    page.activateWindow()
    met: set[QWidget] = set()
    for _ in range(60):
        qtbot.keyClick(page.focusWidget() or page, Qt.Key_Tab)
        if page.focusWidget() is not None:
            met.add(page.focusWidget())
    buttons = [each for each in page.findChildren(QPushButton) if not each.isHidden() and each.isEnabled()]
    assert set(buttons) <= met
    install = page.cards["tiny"].buttons["install"]
    listed.manner = listed.stall_after(1000)
    install.setFocus()
    qtbot.keyClick(install, Qt.Key_Return)
    cancel = page.cards["tiny"].buttons["cancel"]
    assert page.focusWidget() is cancel
    qtbot.keyClick(cancel, Qt.Key_Return)
    rest(qtbot, page)
    assert page.focusWidget() is install
    assert page.isVisible(), "Enter never closes the page"
