import json

import pytest

from app import cli
from app.cli import parser

SUBCOMMANDS = [
    ["duel"], ["stylize"], ["grade"], ["paint"], ["demo"], ["play"], ["networks"], ["networks", "list"],
    ["networks", "install"], ["networks", "verify"], ["networks", "repair"], ["networks", "remove"],
    ["networks", "export"], ["networks", "import"], ["bench"], ["bench", "startup"], ["bench", "lag"],
    ["bench", "rivals"], ["bench", "workshop"], ["bench", "grade"], ["bench", "canvas"], ["drawings"], ["replay"],
    ["timelapse"], ["test"],
]  # fmt: skip


@pytest.mark.parametrize("subcommand", SUBCOMMANDS, ids=" ".join)
def test_every_subcommand_explains_itself(subcommand: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*subcommand, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr()
    assert " ".join(subcommand) in said.out
    assert said.err == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dance"], "dance"),
        (["duel"], "--content"),
        (["duel", "--content", "a", "--style", "b", "--drawing", "c"], "--out"),
        (["stylize", "a", "b", "c.png"], "--rival"),
        (["stylize", "--rival", "picasso", "a", "b", "c.png"], "picasso"),
        (["stylize", "--rival", "magenta", "--strength", "1.5", "a", "b", "c.png"], "0 to 1"),
        (["stylize", "--rival", "magenta", "--strength", "nan", "a", "b", "c.png"], "0 to 1"),
        (["stylize", "--rival", "magenta", "--size", "9999999999999", "a", "b", "c.png"], "32 to 4096"),
        (["stylize", "--rival", "magenta", "--size", "-5", "a", "b", "c.png"], "32 to 4096"),
        (["stylize", "--rival", "magenta", "a", "b", "c.pdf"], "c.pdf"),
        (["stylize", "--rival", "classic", "--colours", "mine", "a", "b", "c.png"], "mine"),
        (["stylize", "--rival", "classic", "--style-scale", "5", "a", "b", "c.png"], "0.25 to 4"),
        (["stylize", "--rival", "classic", "--also", "d.png:-1", "a", "b", "c.png"], "at least 0"),
        (["stylize", "--rival", "classic", "--also", "d.png:inf", "a", "b", "c.png"], "at least 0"),
        (["stylize", "--rival", "classic", "--weight", "some", "a", "b", "c.png"], "some"),
        (["stylize", "--rival", "classic", "--start", "anywhere", "a", "b", "c.png"], "anywhere"),
        (["stylize", "--rival", "classic", "--seed", "-1", "a", "b", "c.png"], "0 to 2147483647"),
        (["stylize", "--rival", "classic", "--statistics", "mode", "a", "b", "c.png"], "mode"),
        (["stylize", "--rival", "classic", "--optimizer", "sgd", "a", "b", "c.png"], "sgd"),
        (["stylize", "--rival", "classic", "--steps", "0", "a", "b", "c.png"], "1 to 10000"),
        (["duel", "--content", "a", "--style", "b", "--drawing", "c", "--out", "d", "--size", "4097"], "32 to 4096"),
        (["paint", "a.png", "b.png"], "--strokes"),
        (["paint", "a.png", "b.png", "--strokes", "0"], "1 to 100000"),
        (["paint", "a.png", "b.png", "--strokes", "many"], "many"),
        (["replay", "a.duel"], "OUT"),
        (["replay", "a.duel", "b.gif"], "b.gif"),
        (["replay", "a.duel", "b.png", "--size", "9000"], "16 to 8192"),
        (["timelapse", "a.duel", "b.png"], ".gif, .mp4"),
        (["timelapse", "a.duel", "b.mp4", "--seconds", "nan"], "1 to 600"),
        (["timelapse", "a.duel", "b.mp4", "--seconds", "0.5"], "1 to 600"),
        (["drawings", "--jsonn"], "--jsonn"),
        (["networks"], "ACTION"),
        (["networks", "install"], "NAME"),
        (["networks", "install", "deepdream"], "deepdream"),
        (["bench"], "FIGURE"),
        (["bench", "rivals", "--parts", "magenta,monet"], "'monet' is none of magenta, classic"),
        (["grade", "a", "b", "c"], "c"),
    ],
)
def test_wrong_use_is_told_in_one_sentence(arguments: list[str], said: str, capsys) -> None:
    assert cli.main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert told.err.count("\n") == 1


def test_without_arguments_the_window_is_meant() -> None:
    assert parser.parse([]).command == "play"


def test_a_surprise_is_a_sentence_and_no_traceback(monkeypatch, capsys) -> None:
    def surprise(request):
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr(cli, "_do", surprise)
    monkeypatch.delenv("PASTICHE_DEBUG", raising=False)
    assert cli.main(["networks", "list"]) == 1
    assert capsys.readouterr().err == "This went wrong unexpectedly (ZeroDivisionError: division by zero).\n"
    monkeypatch.setenv("PASTICHE_DEBUG", "1")
    cli.main(["networks", "list"])
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError()])
def test_being_stopped_is_no_traceback_either(monkeypatch, capsys, error: BaseException) -> None:
    def stop(request):
        raise error

    monkeypatch.setattr(cli, "_do", stop)
    assert cli.main(["networks", "list"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_with_json_what_is_printed_on_the_way_is_left_out(monkeypatch, capsys) -> None:
    from app.cli.answer import Answer

    def chatty(request):
        print("on the way")
        return Answer({"title": "Café"}, code=1)

    monkeypatch.setattr(cli, "_do", chatty)
    assert cli.main(["networks", "list", "--json"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out) == {"title": "Café"}
    assert told.out.count("\n") == 1
    assert cli.main(["networks", "list"]) == 1
    assert capsys.readouterr().out == "on the way\n"
