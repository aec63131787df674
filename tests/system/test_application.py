"""The program as a person starts it: what it imports, that it paints, ends in time, and survives a surprise."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import images, places
from app.images import Picture

# Qt says this once where a machine has no session, such as in a container.
pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set")

IN_A_PROCESS = """
import sys
sys.path[:0] = {paths!r}
from pathlib import Path
from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QApplication
from app.desktop import application
from desktop_workplace import FakeWorker, SleepJob

def later(ms, call):
    # Timers start only once there is an application.
    QTimer.singleShot(0, lambda: QTimer.singleShot(ms, call))

def window():
    return next(w for w in QApplication.topLevelWidgets() if type(w).__name__ == "MainWindow")

def when_whole(call):
    if [w for w in QApplication.topLevelWidgets() if type(w).__name__ == "MainWindow" and w.is_whole]:
        call()
    else:
        QTimer.singleShot(20, lambda: when_whole(call))

if __name__ == "__main__":
{body}
"""


def play(tmp_path: Path, body: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script that plays, in a process of its own."""
    script = tmp_path / "play.py"
    paths = [str(places.root()), str(places.root() / "tests/support")]
    indented = "\n".join("    " + line for line in body.strip().splitlines())
    script.write_text(IN_A_PROCESS.format(paths=paths, body=indented), encoding="utf-8")
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    return subprocess.run(
        [sys.executable, str(script)],
        env=os.environ | {"XDG_RUNTIME_DIR": str(runtime)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def deck(own_data: Path, photograph: Picture, painting: Picture) -> Path:
    """A photograph and a painting among the player's own, so that there is something to deal."""
    images.write_picture(own_data / "contents" / "hill.png", photograph)
    images.write_picture(own_data / "styles" / "waves.png", painting)
    return own_data


@pytest.mark.slow
def test_the_window_paints_without_tensorflow(tmp_path: Path, deck: Path) -> None:
    found = tmp_path / "first-paint.json"
    ended = play(
        tmp_path,
        "sys.exit(application.run(None, None, workplace=FakeWorker()))",
        PASTICHE_BENCH_FIRST_PAINT=str(found),
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    answer = json.loads(found.read_text())
    assert answer["tensorflow_imported"] is False
    assert answer["painted_at"] <= answer["deal_painted_at"]


@pytest.mark.slow
def test_a_system_without_a_session_is_nothing_to_complain_of(tmp_path: Path, deck: Path) -> None:
    ended = play(
        tmp_path,
        """
later(300, lambda: window().close())
code = application.run(None, None, workplace=FakeWorker())
import os
print(oct(os.stat(os.environ["XDG_RUNTIME_DIR"]).st_mode & 0o777))
sys.exit(code)
""",
        XDG_RUNTIME_DIR="",
        TMPDIR=str(tmp_path),
    )
    assert (ended.returncode, ended.stderr, ended.stdout) == (0, "", "0o700\n")


@pytest.mark.slow
def test_a_library_that_is_missing_ends_the_program_with_its_name(tmp_path: Path, deck: Path) -> None:
    # Home is painted without it; what starts the program has it installed again.
    done = play(tmp_path, 'sys.modules["numpy"] = None\nsys.exit(application.run())')
    assert done.returncode == 1 and "ModuleNotFoundError: import of numpy" in done.stderr, done.stderr


def test_a_window_that_is_closed_before_it_is_whole_ends_in_order(tmp_path: Path, deck: Path) -> None:
    done = play(
        tmp_path,
        """
application.MainWindow.parts = lambda window: iter(lambda: (window.close(), 0), None)
sys.exit(application.run(workplace=FakeWorker()))
""",
    )
    assert done.returncode == 0 and not done.stderr, done.stderr


def test_closing_while_a_rival_works_ends_in_order(tmp_path: Path, deck: Path) -> None:
    body = """
from app.worker.client import WorkerClient
worker = WorkerClient()
def work():
    window().courier.submit(SleepJob(600))
    window().courier.job_started.connect(lambda _: (print(worker.pid, flush=True), window().close()))
later(0, lambda: when_whole(work))
code = application.run(None, None, workplace=worker)
print("ended", code, worker.is_running)
sys.exit(code)
"""
    ended = play(tmp_path, body)
    assert (ended.returncode, ended.stderr) == (0, "")
    pid, last = ended.stdout.split("\n")[:2]
    assert last == "ended 0 False"
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)


@pytest.mark.slow
def test_a_worker_that_was_killed_fails_its_jobs_and_works_again(tmp_path: Path, deck: Path) -> None:
    body = """
import os, signal
from app.worker.client import WorkerClient
worker = WorkerClient()
def work():
    courier = window().courier
    courier.job_started.connect(lambda ticket: os.kill(worker.pid, signal.SIGKILL) if ticket == lost else None)
    courier.job_failed.connect(again)
    courier.job_finished.connect(lambda ticket, _: (print("finished", ticket != lost), window().close()))
    lost = courier.submit(SleepJob(600))
def again(ticket, sentence, is_cancelled):
    print(sentence, is_cancelled)
    window().courier.submit(SleepJob(0))
later(0, lambda: when_whole(work))
sys.exit(application.run(None, None, workplace=worker))
"""
    ended = play(tmp_path, body)
    assert (ended.returncode, ended.stderr) == (0, "")
    first, second = ended.stdout.splitlines()
    assert "killed from outside, twice" in first and first.endswith("False")
    assert second == "finished True"


@pytest.mark.slow
def test_an_exception_in_a_slot_is_told_and_the_window_stays(tmp_path: Path, deck: Path) -> None:
    body = """
def stumble():
    raise RuntimeError("a slot stumbled")
def fall():
    raise ValueError("a slot fell")
def look():
    print(window().messages.isVisible(), window().messages.text())
    window().close()
for _ in range(4):
    later(300, stumble)
later(300, fall)
later(600, look)
sys.exit(application.run(None, None, workplace=FakeWorker()))
"""
    ended = play(tmp_path, body)
    assert ended.returncode == 0
    # On home there is no drawing to speak of, and Python's words are not a painter's.
    assert ended.stdout.startswith("True Something went wrong, ")
    assert "drawing" not in ended.stdout and "slot" not in ended.stdout
    assert ended.stderr.count("RuntimeError: a slot stumbled") == 1, "each fault once"
    assert ended.stderr.count("ValueError: a slot fell") == 1


@pytest.mark.slow
def test_a_deal_from_the_command_line_opens_the_studio(tmp_path: Path, deal_files: tuple[Path, Path]) -> None:
    body = f"""
def look():
    w = window()
    if w.page() != "studio":
        QTimer.singleShot(50, look)
        return
    print(w.duel_controller.deal.content.title, "|", w.duel_controller.deal.style.title)
    w.close()
later(50, look)
content, style = (Path(p) for p in {[str(p) for p in deal_files]!r})
sys.exit(application.run(content, style, workplace=FakeWorker()))
"""
    ended = play(tmp_path, body)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.strip() == "Harbour view | Red waves"


def test_settings_survive_and_damaged_ones_do_not_matter(own_data: Path) -> None:
    from app.desktop.app_state.settings import Settings, load_settings, save_settings

    assert load_settings() == Settings()
    mine = Settings(
        canvas_side_px=2048, trace_opacity=0.25, size_px=7.5, has_speed_pressure=False, brush="ink", color="#c81e28"
    )
    save_settings(mine)
    assert load_settings() == mine
    file = places.settings_file()
    changed = json.loads(file.read_text()) | {
        "canvas_side_px": -3,
        "opacity": "much",
        "color": "reddish",
        "keys": {"undo": [1]},
    }
    file.write_text(json.dumps(changed))
    assert load_settings() == Settings(trace_opacity=0.25, size_px=7.5, has_speed_pressure=False, brush="ink")
    for damaged in ("", "[1, 2]", "{", "\x00"):
        file.write_text(damaged)
        assert load_settings() == Settings()


def test_shortcuts_do_not_contradict_each_other() -> None:
    from app.desktop.app_state.actions import COMMANDS

    for page in ("home", "studio", "result"):
        keys = [key for command in COMMANDS if command.page in ("", page) for key in command.keys]
        assert len(keys) == len(set(keys)), f"two commands share a shortcut on {page}"
    redo = next(command for command in COMMANDS if command.name == "redo")
    assert {"Ctrl+Y", "Ctrl+Shift+Z"} <= set(redo.keys)


def test_every_command_has_its_icon() -> None:
    from app.desktop.app_state.actions import COMMANDS

    missing = sorted({c.icon for c in COMMANDS if not (places.icons() / f"{c.icon}.svg").is_file()})
    assert not missing
