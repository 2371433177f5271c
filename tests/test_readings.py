"""Texts of others that were read by our convention."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Final

import torch

from moderation.classifiers.network import _place
from moderation.classifiers.tokenise import TARGET_END, TARGET_START
from moderation.domain.convention import Category
from moderation.training.corpus import Corpus, read_posts
from moderation.training.readings import (
    Reading,
    key,
    labels_of,
    read_lines_among,
    read_readings,
    with_readings,
)
from moderation.training.sources import examples_of
from moderation.training.tokenised import read_lines

_ROOT: Final = Path(__file__).parents[1]
ADVERT, CHAT = "真人荷官在线 首存送88 联系电报 @lucky", "晚上谁有空去江边跑步"


def spam_file(folder: Path) -> None:
    rows = [
        {"id": f"s{n}", "text": text, "split": split, "ad": ad, "weight": 1.0, "category": "spam"}
        for n, (text, ad, split) in enumerate([(ADVERT, 1, "train"), (CHAT, 0, "train"), ("看看", 0, "test")])
    ]
    with lzma.open(folder / "tg_spam.jsonl.xz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)


def posts_file(folder: Path, readings: dict[str, list[str]]) -> Path:
    lines = [json.dumps({"text": key(text), "categories": own}) for text, own in readings.items()]
    (folder / "readings.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "posts.jsonl").write_text("", encoding="utf-8")
    return folder / "posts.jsonl"


def test_a_reading_says_every_category_and_offence() -> None:
    labels = labels_of(Reading(frozenset({"abuse"})))
    assert labels["abuse"] == (1.0, 1.0)
    assert labels["offence"] == (1.0, 1.0)
    assert labels["gambling"] == (0.0, 1.0)
    assert set(labels) == {"offence", *(each.value for each in Category)}


def test_a_source_keeps_its_own_word_on_adverts() -> None:
    row = {"text": ADVERT, "ad": 1, "weight": 0.6, "category": "spam"}
    (example,) = with_readings(
        list(examples_of("tg_spam", row)), {key(ADVERT): Reading(frozenset({"gambling"}))}
    )
    assert example.binary["ad"] == (1.0, 0.6)
    assert example.binary["gambling"] == (1.0, 1.0)
    assert example.binary["porn"] == (0.0, 1.0)


def test_a_reading_may_replace_the_word_on_offence() -> None:
    text = "这群人就是懒"
    row = {"text": text, "offence": 0, "weight": 0.8}
    readings = {key(text): Reading(frozenset({"hate"}), offence=1.0)}
    (example,) = with_readings(list(examples_of("cold", row)), readings)
    assert example.binary["offence"] == (1.0, 1.0)
    assert example.binary["hate"] == (1.0, 1.0)
    (kept,) = with_readings(list(examples_of("cold", row)), {key(text): Reading(frozenset({"hate"}))})
    assert kept.binary["offence"] == (0.0, 1.0)


def test_a_source_read_whole_is_not_repeated(tmp_path: Path) -> None:
    spam_file(tmp_path)
    posts = posts_file(tmp_path, {})
    line = {"text": key(CHAT), "categories": [], "offence": 0.0}
    (tmp_path / "readings.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    one = Corpus(tmp_path, posts).one_pass(0, posts_times=3)
    assert [each.source for each in one if each.text == CHAT] == ["tg_spam"]


def test_brands_in_unlabelled_lines_are_examples_of_their_own(tmp_path: Path) -> None:
    posts = posts_file(tmp_path, {})
    text = "库迪比瑞幸便宜"
    line = {
        "text": key(text),
        "targets": [[0, 2, "positive"], [3, 5, "negative"]],
        "intent": "sharing",
        "sentiment": "neutral",
    }
    (tmp_path / "readings.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    whole, first, second = read_lines_among([text, "别的"], read_readings(posts))
    assert (whole.sentiment, whole.target, whole.binary) == (1, None, {})
    assert whole.intent is not None
    assert (first.span, first.target) == ((0, 2), 2)
    assert (second.span, second.target) == ((3, 5), 0)


def test_what_was_read_comes_as_often_as_our_own_posts(tmp_path: Path) -> None:
    spam_file(tmp_path)
    posts = posts_file(tmp_path, {ADVERT: ["ad", "gambling"], "这破车": []})
    read = read_lines_among(["这破车", "没人读过"], read_readings(posts))
    corpus = Corpus(tmp_path, posts, ["这破车", "没人读过"], read)
    one = corpus.one_pass(0, posts_times=3, weak=10)
    assert sum(each.text == ADVERT for each in one) == 4
    assert [each.source for each in one if each.text == "这破车"] == ["readings"] * 3
    assert [each.source for each in one if each.text == "没人读过"] == ["unlabelled"]
    assert read_posts(posts, "train") == []


def test_no_readings_change_nothing(tmp_path: Path) -> None:
    spam_file(tmp_path)
    assert read_readings(None) == {}
    assert read_readings(tmp_path / "posts.jsonl") == {}
    assert len(Corpus(tmp_path, None).one_pass(0)) == 2


def test_labelled_files_lend_the_texts_of_their_train_rows(tmp_path: Path) -> None:
    spam_file(tmp_path)
    assert list(read_lines(tmp_path / "tg_spam.jsonl.xz")) == [ADVERT, CHAT]


def test_shipped_readings_name_known_categories_and_hold_no_text() -> None:
    found = read_readings(_ROOT / "models/corpus/posts.jsonl")
    assert len(found) > 2000
    assert set().union(*(each.categories or () for each in found.values())) <= set(Category)
    assert all(0 <= each.offence <= 1 for each in found.values() if each.offence is not None)
    assert all(start < end for each in found.values() for start, end, _ in each.targets)
    assert all(len(name) == 20 and set(name) <= set("0123456789abcdef") for name in found)


def test_a_text_with_a_target_is_read_at_its_mark() -> None:
    hidden = torch.arange(2 * 8 * 3, dtype=torch.float32).reshape(2, 8, 3)
    ids = torch.tensor([[2, 40, 41, 42, 43, 44, 45, 3], [2, 40, TARGET_START, 42, TARGET_END, 44, 45, 3]])
    first, near = _place(ids, hidden)
    assert torch.equal(first[0], hidden[0, 0])
    assert torch.equal(first[1], hidden[1, 2])
    assert (near[0] == 1).all()
    assert near[1, 2] == 1
    assert (near[1, 2:-1, 0].diff() < 0).all()
