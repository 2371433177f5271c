"""Titles whose bodies say something else: clause 7.3, only where the title lures."""

from __future__ import annotations

import pytest

from moderation.assessment import Assessor, Subject
from moderation.domain.evidence import Level
from moderation.text.headlines import shares_nothing
from moderation.text.lexicon import Lexicon
from moderation.text.segment import default_segmenter
from tests.factories import NOW, a_policy, an_entry, some_scores
from tests.fakes import FakeClassifier

LURE = "惊爆!江边昨夜传来一声巨响"
ELSEWHERE = "转让旺铺四十平,带设备,租金面议"
ABOUT = "江边的锅炉房炸了,没有人受伤"


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        (LURE, ELSEWHERE, True),
        (LURE, ABOUT, False),
        ("再见了,我的八年", "今天从工作八年的印刷厂离职", False),
        (LURE, "哈哈哈", False),
        ("!!!", ELSEWHERE, False),
        ("我和你", ELSEWHERE, False),
    ],
)
def test_words_in_common(title: str, body: str, expected: object) -> None:
    cut = default_segmenter().cut
    assert shares_nothing(cut(title), cut(body)) is expected


def clauses(title: str, body: str, *, clickbait: float = 0.0, word: str = "") -> list[tuple[str, str]]:
    classifier = FakeClassifier({body: some_scores(clickbait=clickbait)})
    lexicon = Lexicon.compile([an_entry(word, "7.1", Level.REVIEW)] if word else [])
    subject = Subject(body, a_policy(), lexicon, title=title)
    (found,) = Assessor(classifier, default_segmenter()).assess([subject], now=NOW)
    return [(hit.clause, hit.value) for hit in found.verdict.hits if hit.library == "headline"]


def test_a_title_that_lures_and_is_not_kept() -> None:
    assert clauses(LURE, ELSEWHERE, clickbait=0.7) == [("7.3", LURE)]
    assert clauses(LURE, ELSEWHERE, word="惊爆") == [("7.3", LURE)]


def test_a_title_that_does_not_lure_or_is_kept() -> None:
    assert clauses(LURE, ELSEWHERE, clickbait=0.3) == []
    assert clauses(LURE, ABOUT, clickbait=0.9) == []
    assert clauses("", ELSEWHERE, clickbait=0.9) == []
