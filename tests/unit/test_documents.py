"""What the documents point to is there: files that a newcomer is sent to, links, pictures."""

import re
from pathlib import Path

import pytest
from locations import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
#: A file or folder of the program or its tests, named in code letters: `app/rivals/registry.py`, `tests/gui`.
NAMED = re.compile(r"`((?:app|tests|docs|checkpoints)(?:/[\w.-]+)*/?)`")
#: What tells of the past, where files had other places.
OF_THE_PAST = (ROOT / "CHANGELOG.md", *(ROOT / "docs/decisions").glob("0*.md"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_and_named_files_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = [found for found in LINK.findall(text) if not (document.parent / found).exists()]
    # The site makes these of files in the root.
    pages = ("architecture.md", "changelog.md", "contributing.md", "security.md", "index.md")
    assert not [link for link in links if link not in pages]
    if document not in OF_THE_PAST:
        assert not [named for named in NAMED.findall(text) if not (ROOT / named).exists()]


def test_every_page_and_decision_is_on_the_site() -> None:
    listed = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert not {page for page in pages if f" {page}\n" not in listed}
    decisions = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    records = {path.name for path in (ROOT / "docs/decisions").glob("0*.md")}
    assert not {name for name in records if f"]({name})" not in decisions}


def test_the_recipes_name_what_is_there() -> None:
    """Whoever follows a recipe finds the classes, lists and functions that it names."""
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipes = contributing[contributing.index("## Recipes") : contributing.index("## How we write")]
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py"))
    names = set(re.findall(r"`([A-Za-z_]{4,})`", recipes))
    assert names
    assert not {name for name in names if not re.search(rf"\b{name}\b", code)}


def test_the_architecture_names_every_room() -> None:
    """Each folder of the program and each module beside them; of the window also the folders within it."""
    told = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    folders = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}
    assert not {name for name in folders if f" {name}/ " not in told}
    modules = {path.name for path in (ROOT / "app").glob("*.py")} - {"__init__.py", "__main__.py"}
    assert not {name for name in modules if f" {name} " not in told}
    rooms = {path.parent.name for path in (ROOT / "app/desktop").glob("*/__init__.py")}
    assert not {name for name in rooms if f" {name}/ " not in told.replace("\n", " ")}
