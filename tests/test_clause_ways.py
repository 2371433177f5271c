"""What finds a clause today, by the policy's rules and the words in force."""

from __future__ import annotations

import html
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from moderation.domain.clause_ways import Found, Way, people_only, ways
from moderation.domain.convention import clause
from moderation.domain.evidence import Level
from moderation.policy_file.document import parse_policy
from moderation.text.entries import Entry, Kind
from tests.factories import DAY, NOW
from tests.fakes import StoppedClock
from tests.policy_desk import SHIPPED, PolicyDesk, policy_parts

if TYPE_CHECKING:
    from pathlib import Path

POLICY = parse_policy(SHIPPED).policy

CASES: tuple[tuple[str, dict[str, int], list[Found], bool], ...] = (
    # clause, words by clause, ways, only people
    ("1.1", {}, [Found(Way.NO_WORDS), Found(Way.REPORT)], True),
    ("1.1", {"1.1": 3}, [Found(Way.LEXICON), Found(Way.REPORT)], False),
    ("1.5", {}, [Found(Way.NEARBY, ("2.7",)), Found(Way.NO_WORDS)], False),
    ("2.1", {"2.1": 1}, [Found(Way.NEARBY, ("2.6",)), Found(Way.LEXICON)], False),
    ("3.1", {}, [Found(Way.MODEL), Found(Way.BEHAVIOUR)], False),
    ("3.5", {}, [Found(Way.NO_WORDS), Found(Way.REPORT)], True),
    ("3.8", {}, [Found(Way.RULE)], False),
    ("1.8", {"1.8.2": 1}, [Found(Way.NEARBY, ("1.8.2", "1.8.1")), Found(Way.LEXICON)], False),
    ("1.1", {"1.10": 1}, [Found(Way.NO_WORDS), Found(Way.REPORT)], True),
    ("4.3", {}, [Found(Way.REPORT)], True),
    ("7.3", {}, [Found(Way.NEARBY, ("7.1",)), Found(Way.RULE)], False),
)  # fmt: skip


@pytest.mark.parametrize(("number", "words", "found", "only"), CASES)
def test_what_finds_a_clause_is_what_is_there(
    number: str, words: dict[str, int], found: list[Found], *, only: bool
) -> None:
    told = ways(clause(number), POLICY, words)
    assert list(told) == found
    assert people_only(told) is only


def test_a_rule_that_is_off_finds_nothing() -> None:
    off = parse_policy(SHIPPED.replace("switched_off = []", 'switched_off = ["2.7"]')).policy
    assert Way.NEARBY not in {one.way for one in ways(clause("1.5"), off, {})}
    assert people_only(ways(clause("2.7"), off, {}))


@pytest.fixture
def at(sqlite_template: Path, tmp_path: Path) -> PolicyDesk:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    made = PolicyDesk(policy_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock), clock)
    made.log_in()
    return made


def test_rules_that_only_review_are_not_said_to_block(at: PolicyDesk) -> None:
    page = html.unescape(at.get("/policy").text)
    for name in ("headline", "codes"):
        row = re.search(rf'data-list="{name}">.*?</tr>', page, re.DOTALL)
        assert name == "codes" or row, "the headline rule was measured"
        if row:
            assert "否：只送审，没有拦截级" in row[0]
    assert "本社区自定，语料没有证明" not in page, "the shipped policy is nobody's own"


def own(word: str, number: str, kind: Kind = Kind.NORMAL, ends: int | None = None) -> Entry:
    return Entry(word, kind, number, Level.REVIEW, "own", None, ends)


def line(page: str, name: str) -> str:
    found = re.search(rf'<span class="clause-name">{re.escape(name)} .*?</li>', page, re.DOTALL)
    assert found, name
    return found[0]


def test_the_page_counts_what_only_people_find_by_the_words_in_force(at: PolicyDesk) -> None:
    page = html.unescape(at.get("/policy").text)
    for number in ("1.1", "1.2", "1.3", "1.5", "1.9", "3.5", "5.3", "9.1", "9.2", "9.3", "9.4"):
        assert "词库（需自备，尚无词条）" in line(page, number), number
        assert 'data-way="lexicon"' not in line(page, number), number
    before = int(re.search(r"条里有 (\d+) 条目前只有人能发现", page)[1])  # type: ignore[index]
    assert page.count('class="way way-only"') == before
    words = [own("清平镇大集", "9.2"), own("旧词", "9.3", ends=NOW - DAY), own("好词", "9.4", Kind.ALLOW)]
    at.parts.wordlists.add(at.community, "own", words, author="t", now=NOW)
    page = html.unescape(at.get("/policy").text)
    assert 'data-way="lexicon"' in line(page, "9.2")
    assert "只有人能发现" not in line(page, "9.2")
    assert "只有人能发现" in line(page, "9.3"), "a word that has run out finds nothing"
    assert "只有人能发现" in line(page, "9.4"), "a word that protects finds nothing"
    assert f"条里有 {before - 1} 条目前只有人能发现" in page
