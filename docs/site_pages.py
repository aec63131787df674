"""The site's pages that are made of other files, called by MkDocs (`hooks` in mkdocs.yml).

Some show a file of the repository's root; a line `<!-- help: COMMAND -->` is replaced by that subcommand's help text.
"""

import contextlib
import io
import os
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "index.md": "README.md",
    "architecture.md": "ARCHITECTURE.md",
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
    "security.md": "SECURITY.md",
}
# The site has no page for these.
ELSEWHERE = {"LICENSE": "https://www.gnu.org/licenses/gpl-3.0.html", "docs/decisions": "decisions/README.md"}
HELP = re.compile(r"^<!-- help: (.+) -->$", re.MULTILINE)
HELP_COLUMNS = "80"


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Return what the page says: its own text, or that of the file that it stands for."""
    source = PAGES.get(page.file.src_uri)
    if source is None:
        return HELP.sub(lambda found: f"```text\n{help_of(found[1])}```", markdown)
    text = (ROOT / source).read_text(encoding="utf-8")
    links = {name: page_uri for page_uri, name in PAGES.items()} | ELSEWHERE
    for name, target in links.items():
        text = text.replace(f"]({name})", f"]({target})")
    return text.replace("](docs/", "](")


def help_of(command: str) -> str:
    """Return what `pastiche COMMAND --help` prints. Raises UsageError where there is no such command."""
    sys.path.insert(0, str(ROOT))
    try:
        from app.cli import parser
    finally:
        sys.path.remove(str(ROOT))

    said = io.StringIO()
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = HELP_COLUMNS
    try:
        with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
            parser.parse([*command.split(), "--help"])
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
    return said.getvalue()
