"""The made-up community: every line is a valid post, and there is enough of everything to show."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest

from moderation.assessment import Subject
from moderation.brand_finder import BrandFinder
from moderation.commands.demo import _dated
from moderation.domain.post import Scene
from moderation.endpoints.schemas import BrandModel, PostModel, submission
from moderation.settings import Settings
from moderation.text.lexicon import Lexicon
from moderation.text.segment import default_segmenter
from moderation.text.understand import understand
from moderation.wiring.lexicon_files import read_lexicons
from tests.factories import DAY, NOW, a_brand, a_policy, an_assessor

FOLDER = files("moderation.demo")
LINES = [line for line in (FOLDER / "posts.jsonl").read_text(encoding="utf-8").splitlines() if line.strip()]
POSTS: list[dict[str, Any]] = [json.loads(line) for line in LINES]
BRANDS: list[dict[str, Any]] = tomllib.loads((FOLDER / "brands.toml").read_text(encoding="utf-8"))["brands"]


@pytest.mark.parametrize("number", range(len(POSTS)))
def test_line_is_a_valid_post(number: int) -> None:
    model = PostModel.model_validate(_dated(POSTS[number], NOW))
    assert submission(model.data_id, model).posted_at is not None


def test_there_are_enough_posts_and_each_is_itself() -> None:
    assert len(POSTS) >= 200
    assert len({post["data_id"] for post in POSTS}) == len(POSTS)
    repeated = Counter(post["text"] for post in POSTS)
    assert len(repeated) >= len(POSTS) * 0.9


def test_times_cover_fourteen_days() -> None:
    moments = [PostModel.model_validate(_dated(post, NOW)).posted_at for post in POSTS]
    instants = [int(moment.timestamp()) * 1_000_000 for moment in moments if moment is not None]
    assert all(instant <= NOW for instant in instants)
    assert {(NOW - instant) // DAY for instant in instants} >= set(range(13))
    assert max(NOW - instant for instant in instants) >= 13 * DAY


def test_the_same_anchor_gives_the_same_posts() -> None:
    assert [_dated(post, NOW) for post in POSTS] == [_dated(post, NOW) for post in POSTS]
    assert all("days_ago" not in _dated(post, NOW) for post in POSTS)


def test_brands_are_valid_and_mentioned() -> None:
    assert len(BRANDS) >= 10
    dossiers = [BrandModel.model_validate(brand) for brand in BRANDS]
    finder = BrandFinder(
        [
            a_brand(
                number,
                one.name,
                aliases=tuple(one.aliases),
                exclusions=tuple(one.exclusions),
                context=tuple(one.context),
            )
            for number, one in enumerate(dossiers, 1)
        ]
    )
    lexicon = Lexicon.compile(())
    subjects = [Subject(post["text"], a_policy(), lexicon, brands=finder) for post in POSTS]
    found = Counter(
        mention.brand
        for assessment in an_assessor().assess(subjects, now=NOW)
        for mention in assessment.verdict.mentions
    )
    assert len(found) >= 10, {one.name for one in dossiers} - set(found)


def test_posts_are_varied() -> None:
    assert len({post.get("scene", "post") for post in POSTS}) >= 4
    assert {post.get("scene", "post") for post in POSTS} <= {scene.value for scene in Scene}
    assert len({post.get("source", "") for post in POSTS}) >= 3
    assert len({(post.get("author") or {}).get("id") for post in POSTS}) >= 20
    assert sum(bool(post.get("title")) for post in POSTS) >= 10


def test_most_posts_are_ordinary() -> None:
    """The shipped words alone must not condemn the demo's ordinary talk."""
    lexicon = Lexicon.compile(read_lexicons(Settings().lexicons))
    found = understand(
        [post["text"] for post in POSTS], lexicon=lexicon, segmenter=default_segmenter(), now=NOW
    )
    struck = [one for one in found if any(not hit.suppressed for hit in one.hits)]
    assert len(struck) < len(POSTS) * 0.6
