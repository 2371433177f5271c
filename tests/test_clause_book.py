"""Strikes, notices and retention: every clause has them, a community may change them, wrong ones are named."""

from __future__ import annotations

import re

import pytest

from moderation.domain.clause_book import LEAST_DAYS, MAX_NOTICE, MAX_STRIKES, Retention, notice_problem
from moderation.domain.convention import CLAUSES, Label
from moderation.policy_file.document import (
    CLAUSE_BOOK,
    PolicyDocumentError,
    clause_book,
    parse_book,
    parse_policy,
)
from moderation.policy_file.writing import write_policy

LEAST = 'version = "v1"\nrules = []\n'


def test_every_clause_is_in_the_shipped_book() -> None:
    book = clause_book()
    assert set(book.rules) == {one.number for one in CLAUSES}
    for rule in book.rules.values():
        assert 0 <= rule.strikes <= MAX_STRIKES
        assert notice_problem(rule.notice_zh) == notice_problem(rule.notice_en) == ""
    assert all(book.days[kind] >= least for kind, least in LEAST_DAYS.items())


def test_the_weights_follow_the_convention() -> None:
    rules = clause_book().rules
    assert rules["3.1"].strikes == 0, "a first plain advert is removed with a reminder"
    assert all(rules[number].strikes > 0 for number in ("3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8"))
    illegal = [one.number for one in CLAUSES if one.label is Label.ILLEGAL]
    assert {rules[number].retention for number in illegal} == {Retention.LEGAL}
    assert min(rules[number].strikes for number in ("1.11", "1.12")) == MAX_STRIKES, "minors weigh heaviest"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_notice_reads_whole_and_calm(language: str) -> None:
    book = clause_book()
    for one in CLAUSES:
        said = book.written(one.number, language, clause=f"{one.number} {one.zh}", action="移除")
        assert one.number in said
        assert "移除" in said
        assert (book.appeal_zh if language == "zh" else book.appeal_en) in said
        assert not re.search(r"[{}!！]|严重警告|后果自负", said), said
        assert len(said) < MAX_NOTICE


@pytest.mark.parametrize(
    ("strikes", "zh", "en"),
    [(0, "只是提醒", "reminder"), (1, "计 1 次", "one strike"), (3, "计 3 次", "3 strikes")],
)
def test_a_notice_says_what_it_weighs_under_the_weight_that_holds(strikes: int, zh: str, en: str) -> None:
    book = parse_policy(f'{LEAST}[clauses."2.1"]\nstrikes = {strikes}\n').clauses
    assert zh in book.written("2.1", "zh-Hans", clause="2.1", action="移除")
    assert en in book.written("2.1", "en", clause="2.1", action="removed")


def test_a_community_changes_single_entries() -> None:
    text = "您好：{clause}，已{action}。{appeal}{excerpt}"
    book = parse_policy(
        f'{LEAST}[clauses."3.1"]\nstrikes = 2\nretention = "evidence"\nnotice_zh = "{text}"\n'
        '[clauses."spam_ads.evasion"]\nstrikes = 4\n[retention]\nlegal = 400\n[appeal]\nzh = "请回帖说明。"\n'
    ).clauses
    shipped = clause_book()
    assert (book.rules["3.1"].strikes, book.kept_for("3.1")) == (2, shipped.days[Retention.EVIDENCE])
    assert book.rules["3.1"].notice_en == shipped.rules["3.1"].notice_en
    assert book.rules["3.8"].strikes == 4
    assert book.kept_for("1.1") == 400
    assert (
        book.written("3.1", "zh", clause="3.1", action="移除", excerpt="“卖”")
        == "您好：3.1，已移除。请回帖说明。“卖”"
    )
    assert book.rules["2.6"] == shipped.rules["2.6"]


@pytest.mark.parametrize(
    ("lines", "line", "field", "said"),
    [
        ('[clauses."3.99"]\nstrikes = 1', 3, "clauses.3.99", "no clause '3.99'"),
        ('[clauses."3.1"]\n\nstrikes = 7', 5, "clauses.3.1.strikes", "less than or equal to 6"),
        ('[clauses."3.1"]\nstrikes = -1', 4, "clauses.3.1.strikes", "greater than or equal to 0"),
        ('[clauses."3.1"]\nstrikes = 1.5', 4, "clauses.3.1.strikes", "integer"),
        ('[clauses."3.1"]\nstrikes = true', 4, "clauses.3.1.strikes", "integer"),
        ('[clauses."3.1"]\nretention = "forever"', 4, "clauses.3.1.retention", "'ordinary', 'evidence' or 'legal'"),
        ('[clauses."3.1"]\nnotice_zh = "违反{clause}，已{action}"', 4, "clauses.3.1.notice_zh", "{appeal} is missing"),
        (
            '[clauses."3.1"]\nnotice_en = "{clause} {action} {appeal} {author}"',
            4,
            "clauses.3.1.notice_en",
            "called {author}",
        ),
        ('[clauses."3.1"]\nnotice_zh = "{clause {action} {appeal}"', 4, "clauses.3.1.notice_zh", ""),
        ('[clauses."3.1"]\nnotice_zh = "{clause!r} {action} {appeal}"', 4, "clauses.3.1.notice_zh", "name in braces"),
        ('[clauses."3.1"]\nnotice_zh = """\n[clauses]\nstrikes = 3"""', 4, "clauses.3.1.notice_zh", "missing"),
        ('[clauses."3.1"]\nweight = 1', 4, "clauses.3.1.weight", "not permitted"),
        ("[retention]\nordinary = 30", 3, "retention", "60 to 3650"),
        ("[retention]\nforever = 400", 4, "retention.forever", "ordinary"),
        ('[appeal]\nzh = ""', 4, "appeal.zh", "at least 1"),
    ],
)  # fmt: skip
def test_one_error_names_line_and_field(lines: str, line: int, field: str, said: str) -> None:
    with pytest.raises(PolicyDocumentError) as caught:
        parse_policy(LEAST + lines, "my.toml")
    error = caught.value
    assert (error.line, error.field) == (line, field)
    assert said in error.reason
    assert str(error).startswith(f"my.toml: line {line}: {field}: ")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('[clauses."3.8"]', '[clauses."3.7"]', "not TOML"),
        ("legal = 1095", "", "retention.legal"),
        ("strikes = 0", 'strikes = "none"', "strikes"),
    ],
)
def test_a_book_that_lacks_something_is_refused(old: str, new: str, field: str) -> None:
    with pytest.raises(PolicyDocumentError, match=re.escape(field)):
        parse_book(CLAUSE_BOOK.read_text(encoding="utf-8").replace(old, new, 1))


def test_a_book_without_a_clause_is_refused() -> None:
    text = CLAUSE_BOOK.read_text(encoding="utf-8")
    start = text.index('[clauses."9.4"]')
    without = text[:start] + text[text.index("[clauses.", start + 1) :]
    with pytest.raises(PolicyDocumentError, match=r"clauses\.9\.4"):
        parse_book(without)


def test_changes_are_written_and_read_back() -> None:
    text = (
        f'{LEAST}[clauses."3.1"]\nstrikes = 0\nnotice_zh = "“{{clause}}”\\n{{action}}{{appeal}}"\n'
        '[retention]\nlegal = 400\n[appeal]\nen = "Write to us."\n'
    )
    read = parse_policy(text)
    again = parse_policy(write_policy(read.policy, read.publishing, read.timeout, read.change))
    assert again.change == read.change
    assert again.clauses == read.clauses
