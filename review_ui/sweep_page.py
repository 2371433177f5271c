"""Gathers what the page of one sweep shows: how far it is, its picture, its samples marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask_babel import gettext

from moderation.domain.evidence import Field
from moderation.domain.sweeps import WORKING, SweepKind, SweepState, Swept
from moderation.domain.verdict import Suggestion
from moderation.sweeps.judging import LIBRARY
from moderation.sweeps.working import stalled
from review_ui.marks import Group, Span, Tone, excerpt, lay_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moderation.store.tables import PostRow, SweepPostRow
    from moderation.sweeps.pages import SweepPage

WIDTH: Final = 320
"""Units of the picture's bars."""


@dataclass(frozen=True, slots=True)
class ClauseBar:
    """Posts of one clause: (suggestion after, posts, x, width) each, in units of the picture."""

    clause: str
    posts: int
    parts: list[tuple[str, int, float, float]]


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A sample with what strikes it marked."""

    row: SweepPostRow
    post: PostRow
    title: list[str | Group]
    text: list[str | Group]


@dataclass(frozen=True, slots=True)
class ShownSweep:
    """Everything on the page of one sweep."""

    page: SweepPage

    @property
    def working(self) -> bool:
        """Whether a worker is at it, or will be."""
        return self.page.sweep.state in WORKING and not self.stalled

    @property
    def stalled(self) -> bool:
        """Whether it stopped half-way."""
        return stalled(self.page.sweep)

    @property
    def release(self) -> bool:
        """Whether it gives back what words alone had decided."""
        return self.page.sweep.kind == SweepKind.RELEASE.value

    @property
    def can_apply(self) -> bool:
        """Whether it was seen, and would change something."""
        return self.page.sweep.state == SweepState.PREVIEW.value and self.page.tally.count(Swept.PLANNED) > 0

    @property
    def can_undo(self) -> bool:
        """Whether there is something to put back."""
        undone = self.page.sweep.state == SweepState.UNDONE.value
        return self.page.sweep.applied_at is not None and not self.working and (
            not undone or self.page.tally.count(Swept.KEPT) > 0
        )  # fmt: skip

    @property
    def bars(self) -> list[ClauseBar]:
        """The picture: posts by clause, and what becomes of them."""
        counts: dict[str, dict[str, int]] = {}
        for (_before, after, clause), posts in self.page.tally.by_change().items():
            mine = counts.setdefault(clause, {})
            mine[after] = mine.get(after, 0) + posts
        most = max((sum(each.values()) for each in counts.values()), default=1)
        return [
            ClauseBar(clause, sum(each.values()), _parts(each, most))
            for clause, each in sorted(counts.items(), key=lambda one: -sum(one[1].values()))
        ]

    @property
    def moves(self) -> list[tuple[str, str, int]]:
        """Posts by (suggestion before, suggestion after)."""
        found: dict[tuple[str, str], int] = {}
        for (before, after, _clause), posts in self.page.tally.by_change().items():
            found[before, after] = found.get((before, after), 0) + posts
        return [(*key, posts) for key, posts in found.items()]

    @property
    def samples(self) -> list[ShownPost]:
        """Some of the posts."""
        bodies = self.page.bodies
        return [
            _shown(row, post, bodies.get(row.post_id, {}), whole=self.release)
            for row, post in self.page.samples
        ]


def _parts(counts: Mapping[str, int], most: int) -> list[tuple[str, int, float, float]]:
    found, x = [], 0.0
    for after in (Suggestion.PASS.value, Suggestion.REVIEW.value, Suggestion.BLOCK.value):
        width = counts.get(after, 0) / most * WIDTH
        if width:
            found.append((after, counts[after], x, max(width, 2.0)))
            x += width
    return found


def _shown(row: SweepPostRow, post: PostRow, body: Mapping[str, Any], *, whole: bool) -> ShownPost:
    """A post with what the sweep struck marked; ``whole``: with all that had struck it before."""
    spans: dict[Field, list[Span]] = {Field.TITLE: [], Field.TEXT: []}
    # What was read in an image has no place in title or text.
    hits = [hit for hit in body.get("hits", ()) if not hit["suppressed"] and hit["field"] in spans]
    fresh = [hit for hit in hits if hit["library"] == LIBRARY or hit["type"] == "contact"]
    if post.revision == row.revision:
        for index, hit in enumerate(hits if whole else fresh or hits):
            tone = Tone.BLOCK if Suggestion.BLOCK.value in (row.before, row.after) else Tone.REVIEW
            spans[Field(hit["field"])].append(Span(hit["start"], hit["end"], tone, index))
    title = lay_out(*excerpt(post.title, spans[Field.TITLE], width=60))
    return ShownPost(row, post, title, lay_out(*excerpt(post.text, spans[Field.TEXT], width=140)))


def sought(kind: str, criteria: Mapping[str, Any]) -> str:
    """What a sweep looks for, in one line."""
    if kind == SweepKind.POLICY.value:
        return f"v{criteria.get('policy')}"
    if kind == SweepKind.RELEASE.value:
        return _released(criteria["released"])
    return _quoted(criteria.get("words") or criteria.get("contact") or ())


def _released(found: Mapping[str, Any]) -> str:
    """The words that are gone, or the import that was taken back."""
    if "import" in found:
        return str(gettext("已撤销的第 %(n)s 批导入", n=found["import"]))
    return _quoted(found["words"])


def _quoted(found: Sequence[Mapping[str, Any]]) -> str:
    words = [one["word"] for one in found]
    shown = "、".join(f"「{word[:20]}」" for word in words[:5])
    return shown if len(words) <= 5 else str(gettext("%(words)s 等 %(n)s 个", words=shown, n=len(words)))  # noqa: PLR2004
