"""From the authors' short lines to the corpus of our own: full keys, fixed split, near-duplicates removed."""

# ruff: noqa: PLR2004 - shares and sizes read best where they are used
from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.convention import Category, clause_exists
from moderation.training.corpus import bucket

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_SIGNS: Final = {"-": "negative", "0": "neutral", "+": "positive"}
_OFFENSIVE: Final = {Category.ABUSE, Category.HATE, Category.THREAT}
_GRAM: Final = 5
_ALIKE: Final = 0.8


class PostError(ValueError):
    """A line of the authors that cannot be used."""


@dataclass(frozen=True, slots=True)
class Target:
    """A brand named in a post; ``[start, end)`` in code points of the text."""

    text: str
    start: int
    end: int
    sentiment: str


@dataclass(frozen=True, slots=True)
class Post:
    """One post of the corpus; ``clauses`` are broken, ``near_miss`` only look broken."""

    id: str
    text: str
    title: str | None
    clauses: tuple[str, ...]
    near_miss: tuple[str, ...]
    categories: tuple[str, ...]
    ad: int
    offence: int
    sentiment: str
    intent: str
    form: str
    targets: tuple[Target, ...]
    split: str


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.replace("，", ",").split(",") if part.strip())


def _spans(text: str, brands: Sequence[Sequence[str]]) -> tuple[Target, ...]:
    """Where the brands stand: the n-th entry of a surface is its n-th occurrence."""
    seen: Counter[str] = Counter()
    out: list[Target] = []
    for surface, sign in brands:
        start = -1
        for _ in range(seen[surface] + 1):
            start = text.find(surface, start + 1)
        seen[surface] += 1
        if start >= 0:
            out.append(Target(surface, start, start + len(surface), _SIGNS[sign]))
    return tuple(out)


def _split(key: str) -> str:
    place = bucket(key)
    return "train" if place < 80 else "dev" if place < 90 else "test"


def to_post(row: dict[str, Any], name: str) -> Post:
    """One author's line as a post.

    Raises:
        PostError: it has no text, or names a category or clause that does not exist.
    """
    text = str(row.get("t", ""))
    if not text.strip():
        message = f"{name}: a line without text"
        raise PostError(message)
    clauses, near = _listed(row.get("c", "")), _listed(row.get("m", ""))
    categories = _listed(row.get("k", ""))
    unknown = [each for each in (*clauses, *near) if not clause_exists(each)]
    unknown += [each for each in categories if each not in set(Category)]
    if unknown:
        message = f"{name}: unknown clause or category {unknown[0]!r}"
        raise PostError(message)
    return Post(
        id=name,
        text=text,
        title=row.get("h") or None,
        clauses=clauses,
        near_miss=near,
        categories=categories,
        ad=int(Category.AD in categories),
        offence=int(bool(_OFFENSIVE & set(categories)) or any(each.startswith("2.") for each in clauses)),
        sentiment=_SIGNS.get(row.get("s", "0"), "neutral"),
        intent=row.get("i") or "other",
        form=row.get("f") or "comment",
        targets=_spans(text, row.get("b", ())),
        split=_split("".join(text.split())),
    )


def without_near_duplicates(posts: Iterable[Post]) -> list[Post]:
    """Drop each post whose 5-grams overlap an earlier one's by a Jaccard index of 0.8 or more."""
    kept: list[Post] = []
    grams_of: list[frozenset[str]] = []
    places: dict[str, list[int]] = defaultdict(list)
    for post in posts:
        plain = "".join(each for each in post.text.lower() if each.isalnum()) or post.text
        grams = frozenset(plain[n : n + _GRAM] for n in range(max(1, len(plain) - _GRAM + 1)))
        shared = Counter(n for gram in grams for n in places[gram])
        if any(count / (len(grams) + len(grams_of[n]) - count) >= _ALIKE for n, count in shared.items()):
            continue
        for gram in grams:
            places[gram].append(len(kept))
        kept.append(post)
        grams_of.append(grams)
    return kept


def _in_order(path: Path) -> tuple[int, str]:
    """Files by the number in their name: of two posts alike, the one of the earlier file stays."""
    digits = "".join(each for each in path.stem.partition("_")[0] if each.isdigit())
    return (int(digits or 0), path.name)


def build(files: Sequence[Path]) -> tuple[list[Post], list[str]]:
    """Posts of the authors' files, and what was wrong with the lines left out.

    Which part a post belongs to depends on its text alone, so further files leave earlier posts where they are.
    """
    posts: list[Post] = []
    problems: list[str] = []
    for path in sorted(files, key=_in_order):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            name = f"{path.stem.partition('_')[0]}-{number:05d}"
            try:
                posts.append(to_post(json.loads(line), name))
            except (ValueError, KeyError, TypeError) as error:
                problems.append(str(error))
    return without_near_duplicates(posts), problems


def write(posts: Sequence[Post], path: Path) -> None:
    """Write posts as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(asdict(post), ensure_ascii=False) + "\n" for post in posts)
    path.write_text("".join(lines), encoding="utf-8")


def counts(posts: Sequence[Post]) -> dict[str, dict[str, int]]:
    """How many posts there are by kind, split, category, clause, intent, form, sentiment and target polarity."""
    kinds = ("violation" if post.clauses else "near_miss" if post.near_miss else "ordinary" for post in posts)
    return {
        "kind": dict(Counter(kinds).most_common()),
        "split": dict(Counter(post.split for post in posts).most_common()),
        "category": dict(Counter(each for post in posts for each in post.categories).most_common()),
        "clause": dict(Counter(each for post in posts for each in post.clauses).most_common()),
        "near_miss": dict(Counter(each for post in posts for each in post.near_miss).most_common()),
        "intent": dict(Counter(post.intent for post in posts).most_common()),
        "form": dict(Counter(post.form for post in posts).most_common()),
        "sentiment": dict(Counter(post.sentiment for post in posts).most_common()),
        "target": dict(Counter(each.sentiment for post in posts for each in post.targets).most_common()),
    }
