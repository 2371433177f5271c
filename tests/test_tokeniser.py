"""The tokeniser: folding, masks, windows of special tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moderation.classifiers.tokenise import (
    CLS,
    RARE_HAN,
    RARE_SYMBOL,
    SEP,
    SPECIAL,
    TARGET_END,
    TARGET_START,
    Tokeniser,
    Vocabulary,
)

if TYPE_CHECKING:
    from pathlib import Path

CHARACTERS = "加微信你好的钱赌abcvx0123456789,!。☎"


@pytest.fixture
def tokeniser() -> Tokeniser:
    return Tokeniser(Vocabulary((*SPECIAL, *CHARACTERS), {"錢": "钱", "賭": "赌"}))


def spell(tokeniser: Tokeniser, text: str) -> list[str]:
    """Tokens of a text, for reading."""
    return [tokeniser.vocabulary.tokens[n] for n in tokeniser.ids(text)]


@pytest.mark.parametrize(
    ("cloaked", "plain"),
    [
        ("賭錢", "赌钱"),
        ("ＡＢＣ１２３", "abc123"),
        ("加\u200b微\u200d信", "加微信"),
        ("加 微 信", "加微信"),
        ("加　微", "加微"),
        ("𝐕𝐗", "vx"),
        ("ä", "a"),
        ("①②", "12"),
        ("VX", "vx"),
    ],
)
def test_cheap_cloaks_read_like_the_plain_text(tokeniser: Tokeniser, cloaked: str, plain: str) -> None:
    assert tokeniser.ids(cloaked) == tokeniser.ids(plain)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("13800138000", ["<phone>"]),
        ("加13800138000好", ["加", "<phone>", "好"]),
        ("https://a.b/c?d=1 好", ["<url>", "好"]),
        ("abc.com", ["<url>"]),
        ("a@b.com", ["<email>"]),
        ("123456789", ["<num>"]),
        ("123456", ["1", "2", "3", "4", "5", "6"]),
        ("<phone>好", ["<phone>", "好"]),
        ("@用户好", ["@用户", "好"]),
        ("@abc 好", ["@用户", "好"]),
    ],
)
def test_contacts_become_masks(tokeniser: Tokeniser, text: str, tokens: list[str]) -> None:
    assert spell(tokeniser, text) == tokens


def test_words_keep_their_space_and_runs_are_shortened(tokeniser: Tokeniser) -> None:
    assert spell(tokeniser, "你好 钱赌") == ["你", "好", " ", "钱", "赌"]
    assert spell(tokeniser, "ab 12") == ["a", "b", " ", "1", "2"]
    assert spell(tokeniser, "!" * 40) == ["!"] * 5


def test_unknown_characters_say_what_they_are(tokeniser: Tokeniser) -> None:
    assert tokeniser.ids("龘") == [RARE_HAN]
    assert tokeniser.ids("🐉") == [RARE_SYMBOL]
    assert spell(tokeniser, "ж") == ["[LETTER]"]


@pytest.mark.parametrize("text", ["", " ", "\u200b\u200d", "\x00\x01", "\ue00c\ue00d", "\ud800"])
def test_a_text_of_nothing_gives_no_ids_and_no_error(tokeniser: Tokeniser, text: str) -> None:
    assert tokeniser.ids(text) == []


def test_markers_cannot_be_forged(tokeniser: Tokeniser) -> None:
    assert TARGET_START not in tokeniser.ids("好\ue00c好[T]")


def test_a_target_stands_between_its_marks(tokeniser: Tokeniser) -> None:
    ids = tokeniser.ids_with_target("你好微信的", 2, 4)
    assert [tokeniser.vocabulary.tokens[n] for n in ids] == ["你", "好", "[T]", "微", "信", "[/T]", "的"]
    assert ids.index(TARGET_START) < ids.index(TARGET_END)


def test_encode_cuts_and_marks_the_title(tokeniser: Tokeniser) -> None:
    ids, types = tokeniser.encode("加微信" * 20, "你好" * 20, limit=16)
    assert len(ids) == len(types) == 16
    assert ids[0] == CLS
    assert ids[-1] == SEP
    assert types == [0, *[1] * 6, *[0] * 9]
    assert tokeniser.encode("加", limit=16) == ([CLS, tokeniser.lookup("加"), SEP], [0, 0, 0])


def test_a_vocabulary_survives_its_file(tmp_path: Path, tokeniser: Tokeniser) -> None:
    path = tmp_path / "vocab.json"
    tokeniser.vocabulary.write(path)
    assert Vocabulary.read(path) == tokeniser.vocabulary
    path.write_text('{"tokens": ["a"], "fold": {}}', encoding="utf-8")
    with pytest.raises(ValueError, match="not a vocabulary"):
        Vocabulary.read(path)


def test_the_form_for_transformers_gives_the_same_ids(tmp_path: Path, tokeniser: Tokeniser) -> None:
    pytest.importorskip("transformers")
    from moderation.training.character_tokenizer import CharacterTokenizer  # noqa: PLC0415 - needs transformers

    tokeniser.vocabulary.write(tmp_path / "vocab.json")
    CharacterTokenizer(str(tmp_path / "vocab.json")).save_pretrained(tmp_path / "saved")
    other = CharacterTokenizer.from_pretrained(tmp_path / "saved")
    for text in ("加微信13800138000 好", "Ａ賭錢!", "你 好", ""):
        assert other(text)["input_ids"] == tokeniser.encode(text)[0]
    pair = other("你好", "加微信")
    assert (pair["input_ids"], pair["token_type_ids"]) == tokeniser.encode("加微信", "你好")
