from pathlib import Path

import numpy as np
import pytest

from app import images, places
from app.errors import PictureError, UsageError
from app.game.deck import DEALT_SIDE_PX, Card, Deal, Deck, title_of


def fill(folder: Path, *names: str) -> list[Path]:
    for shade, name in enumerate(names, start=1):
        images.write_picture(folder / name, np.full((24, 32, 3), shade / 10, dtype=np.float32))
    return [folder / name for name in names]


@pytest.fixture
def deck(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Deck:
    monkeypatch.setattr(places, "contents", lambda: tmp_path / "contents")
    monkeypatch.setattr(places, "styles", lambda: tmp_path / "styles")
    fill(tmp_path / "contents", "a.png", "b.png", "c.png")
    fill(tmp_path / "styles", "x.png", "y.png")
    return Deck.load()


def test_our_own_deck_has_enough_to_play_today() -> None:
    deck = Deck.load()
    assert len(deck.contents) >= 6
    assert len(deck.styles) >= 8
    for cards in (deck.contents, deck.styles):
        assert len({card.title for card in cards}) == len(cards)
        assert all(card.picture(max_side_px=64).shape[2] == 3 for card in cards)


def test_the_players_pictures_are_dealt_too(deck: Deck) -> None:
    fill(places.own_contents(), "my_dog-at sea.jpg")
    fill(places.own_styles(), "mine.webp")
    (places.own_styles() / "notes.txt").write_text("not a picture")
    (places.own_styles() / ".hidden.png").write_bytes(b"")
    grown = Deck.load()
    assert [card.title for card in grown.contents] == ["A", "B", "C", "My dog at sea"]
    assert [card.title for card in grown.styles] == ["X", "Y", "Mine"]


def test_titles_come_from_the_list_beside_the_pictures(deck: Deck, tmp_path: Path) -> None:
    images.write_json(tmp_path / "styles" / "deck.json", {"pictures": [{"file": "x.png", "title": "The red wave"}]})
    assert [card.title for card in Deck.load().styles] == ["The red wave", "Y"]
    assert title_of(tmp_path / "styles" / "x.png") == "The red wave"
    for damaged in ("{cut off", "[]", '{"pictures": 3}', '{"pictures": [{"file": "x.png"}]}'):
        (tmp_path / "styles" / "deck.json").write_text(damaged)
        assert [card.title for card in Deck.load().styles] == ["X", "Y"]


def test_a_seed_deals_the_same_again_and_all_cards_come_up(deck: Deck) -> None:
    assert all(deck.deal(seed) == deck.deal(seed) for seed in range(5))
    deals = [deck.deal(seed) for seed in range(60)]
    assert {deal.content.title for deal in deals} == {"A", "B", "C"}
    assert {deal.style.title for deal in deals} == {"X", "Y"}


def test_rolling_again_keeps_one_side_and_changes_the_other(deck: Deck) -> None:
    first = deck.deal(1)
    for seed in range(20):
        again = deck.deal(seed, content=first.content, after=first)
        assert again.content == first.content
        assert again.style != first.style


def test_unreadable_pictures_are_skipped_and_named(deck: Deck, tmp_path: Path) -> None:
    (tmp_path / "contents" / "a.png").write_bytes(b"this is no picture")
    (tmp_path / "contents" / "b.png").write_bytes(b"")
    for seed in range(20):
        assert deck.deal(seed).content.title == "C"
    assert {path.name for path in deck.skipped} == {"a.png", "b.png"}
    assert all("." in why for why in deck.skipped.values())


def test_a_deck_with_nothing_readable_says_where_to_put_a_picture(deck: Deck, tmp_path: Path) -> None:
    for path in (tmp_path / "styles").glob("*.png"):
        path.write_bytes(b"broken")
    with pytest.raises(UsageError, match="no painting to deal"):
        deck.deal(0)


def test_a_chosen_file_that_cannot_be_read_is_refused(deck: Deck, tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"broken")
    with pytest.raises(PictureError, match=r"bad\.png"):
        deck.deal(0, content=Card(bad, "Bad", "content"))
    with pytest.raises(PictureError, match=r"bad\.png"):
        Deal.of_files(bad, tmp_path / "styles" / "x.png")


def test_a_deal_reads_its_pictures_once_and_not_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    images.write_picture(path, np.zeros((300, 2400, 3), dtype=np.float32))
    deal = Deal.of_files(path, path)
    assert deal.content_picture.shape == (128, DEALT_SIDE_PX, 3)
    assert deal.content_picture is deal.content_picture
