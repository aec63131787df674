"""The documentation site is built without a warning, and without anything from elsewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from locations import ROOT

PAGES = (
    *("index", "start", "play", "paint", "command-line", "judging", "rivals", "networks", "benchmarks", "reference"),
    *("contributing", "architecture", "changelog", "security", "decisions/0001-worker-process"),
)
COMMANDS = (
    *("play", "duel", "demo", "stylize", "grade", "paint", "drawings", "replay", "timelapse", "networks", "bench"),
)
#: A script, picture or style sheet that a page would load from another place.
ELSEWHERE = re.compile(r"<(?:script|img)[^>]*\bsrc=\"https?:|<link[^>]*stylesheet[^>]*href=\"https?:")


@pytest.mark.slow
def test_the_site_is_built_strictly_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    # Its theme's makers advertise their next program in every build.
    built = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    assert not built.stdout + built.stderr, "it warns of something"
    for page in PAGES:
        text = (tmp_path / "site" / f"{page}.html").read_text(encoding="utf-8")
        assert len(text) > 5_000, page
        assert not ELSEWHERE.findall(text), page
    assert "RivalInfo" in (tmp_path / "site/reference.html").read_text(encoding="utf-8")
    commands = (tmp_path / "site/command-line.html").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"main.py {command} [-h]" in commands
    assert "Recipes" in (tmp_path / "site/contributing.html").read_text(encoding="utf-8")
