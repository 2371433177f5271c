"""Stand-ins for ports of ours: the model, the clock and, where Redis is not the point, the bell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.domain.policy import Threshold
from moderation.domain.scores import NEUTRAL, Polarity, Scores, TargetSentiment
from moderation.outbound.announcements import Announcer
from moderation.outbound.bell import Bell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from moderation.outbound.bell import QueueName


class UnreadableTextError(Exception):
    """The fake classifier was told to fail on this text."""


class FakeClassifier:
    """A classifier that knows a few words: a text has the scores of the first word that stands in it.

    A text with one of the words ``fails_on`` makes the whole batch fail, as a real one would.
    ``before`` is called with the texts of every batch: the world may change while the model works.
    """

    version = "fake-1"

    def __init__(
        self,
        scores: Mapping[str, Scores] | None = None,
        *,
        fails_on: Iterable[str] = (),
        before: Callable[[Sequence[str]], object] | None = None,
    ) -> None:
        self.scores = dict(scores or {})
        self.fails_on = list(fails_on)
        self.before = before
        self.batches: list[int] = []

    @property
    def thresholds(self) -> Mapping[str, Threshold]:
        return dict.fromkeys(("ad", "diversion", "negativity", "abuse"), Threshold(0.5, 0.9))

    def score(self, texts: Sequence[str], titles: Sequence[str | None] | None = None) -> list[Scores]:
        assert titles is None or len(titles) == len(texts)
        self.batches.append(len(texts))
        if self.before is not None:
            self.before(texts)
        for text in texts:
            if any(word in text for word in self.fails_on):
                message = "a text that the model cannot read"
                raise UnreadableTextError(message)
        whole = [f"{text}\n{title or ''}" for text, title in zip(texts, titles or texts, strict=True)]
        return [self._score(text) for text in whole]

    def _score(self, text: str) -> Scores:
        calm = Scores(ad=0.01, negativity=0.05, sentiment=NEUTRAL)
        return next((scores for word, scores in self.scores.items() if word in text), calm)

    def target_sentiment(self, items: Sequence[tuple[str, int, int]]) -> list[TargetSentiment]:
        """Good after the target is positive, bad negative, up to the next comma."""
        return [_feeling(text[end:].partition(",")[0]) for text, _, end in items]


def _feeling(text: str) -> TargetSentiment:
    if "差" in text:
        return TargetSentiment(Polarity.NEGATIVE, 0.9)
    return TargetSentiment(Polarity.POSITIVE if "好" in text else Polarity.NEUTRAL, 0.8)


class StoppedClock:
    """A clock that moves when it is told to."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def forward(self, micros: int) -> None:
        self.now += micros


class RecordingBell(Bell):
    """A bell that nobody hears; ``rung`` says which queues were rung."""

    def __init__(self) -> None:
        self.failures = 0
        self.rung: list[QueueName] = []

    def ring(self, queue: QueueName) -> None:
        self.rung.append(queue)

    def answer(self, queue: QueueName) -> None:
        """Nobody waits for an answer."""


class RecordingAnnouncer(Announcer):
    """An announcer that keeps what it says."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def decided(self, post_ids: Iterable[str]) -> None:
        self.said.extend(post_ids)
