"""Whoever calls a public function finds in its docstring what the arrays are that it takes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from locations import ROOT

ROOMS = ("painting", "rivals", "judging")
#: An alias of an array type, and the comment above it.
DEFINED = re.compile(r"((?:^#.*\n)*)^([A-Z]\w+) = (.*NDArray\[.*)$", re.M)
RAW = re.compile(r"\b(NDArray|ndarray)\b")
SHAPE = re.compile(
    r"\b[A-Zhnkw]\b ?x ?\b[A-Z\dhkw]|height x width|\[[A-ZN1-9][\w ]*(,|\])|\bone (per|for each)\b|\bshape\b", re.I
)
RANGE = re.compile(
    r"\[\s*-?[\d.]+, ?[\d.]+\]|\b-?\d[\d.]* ?(to|\.\.|–) ?\d|uint8|bool|in px|at least 0|positive|any range", re.I
)


def aliases(path: Path) -> dict[str, str]:
    """Names in a module that stand for arrays, with what is said of them where they are defined."""
    text = path.read_text("utf-8")
    found = {name: f"{said} {rest}" for said, name, rest in DEFINED.findall(text)}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app."):
            source = ROOT / (str(node.module).replace(".", "/") + ".py")
            if source.is_file():
                theirs = {name: f"{said} {rest}" for said, name, rest in DEFINED.findall(source.read_text("utf-8"))}
                found |= {(each.asname or each.name): theirs[each.name] for each in node.names if each.name in theirs}
    return found


def is_said(text: str) -> bool:
    return bool(SHAPE.search(text) or RANGE.search(text))


def undocumented(path: Path, root: Path = ROOT) -> Iterator[str]:
    """Public functions of a module with an array among their parameters of which neither shape nor range is said."""
    tree = ast.parse(path.read_text("utf-8"))
    known = aliases(path)

    def functions(body: list[ast.stmt], said: str) -> Iterator[tuple[ast.FunctionDef, str]]:
        for node in body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield from functions(node.body, f"{said} {ast.get_docstring(node) or ''}")
            elif isinstance(node, ast.FunctionDef) and (not node.name.startswith("_") or node.name == "__init__"):
                yield node, f"{said} {ast.get_docstring(node) or ''}"

    for function, said in functions(tree.body, ast.get_docstring(tree) or ""):
        for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
            annotation = ast.unparse(each.annotation) if each.annotation is not None else ""
            named = [known[name] for name in re.findall(r"\w+", annotation) if name in known]
            if (RAW.search(annotation) or named) and not is_said(" ".join([said, *named])):
                yield f"{path.relative_to(root)}:{function.lineno} {function.name}({each.arg})"


@pytest.mark.parametrize("room", ROOMS)
def test_what_an_array_is_stands_in_the_docstring(room: str) -> None:
    missing = [line for path in sorted((ROOT / "app" / room).rglob("*.py")) for line in undocumented(path)]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(
    ("words", "is_found"),
    [("a picture", True), ("a picture, float32 H x W x 3", False), ("numbers in [0, 1]", False)],
)
def test_a_function_that_says_nothing_of_its_array_is_found(tmp_path: Path, words: str, is_found: bool) -> None:
    probe = tmp_path / "probe.py"
    probe.write_text(f'def show(picture: NDArray[np.float32]) -> None:\n    """Show {words}."""\n')
    assert [line.partition(" ")[2] for line in undocumented(probe, tmp_path)] == ["show(picture)"] * is_found
