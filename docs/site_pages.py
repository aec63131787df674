"""Pages of the site that are files of the repository's root: taken from there, with links that fit the site."""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGES = {"architecture.md": "ARCHITECTURE.md", "changelog.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md"}


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Return what the page says: its own text, or that of the file that it stands for. Called by MkDocs."""
    source = PAGES.get(page.file.src_uri)
    if source is None:
        return markdown
    text = (ROOT / source).read_text(encoding="utf-8")
    for name, root_name in PAGES.items():
        text = text.replace(f"]({root_name})", f"]({name})")
    text = text.replace("](docs/decisions)", "](decisions/README.md)")
    return re.sub(r"\]\(docs/", "](", text)
