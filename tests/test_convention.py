"""The convention: every clause of the page is there, once, and can be named by number or code."""

from __future__ import annotations

import re

import pytest

from moderation.domain.convention import (
    CATEGORY_NAMES_ZH,
    CLAUSES,
    LABEL_NAMES_ZH,
    Category,
    Clause,
    Label,
    UnknownClauseError,
    clause,
    clause_exists,
    clauses_of,
)

CHAPTERS = {
    Label.ILLEGAL: ("1", 13),
    Label.UNFRIENDLY: ("2", 8),
    Label.SPAM_ADS: ("3", 8),
    Label.PORN_VULGAR: ("4", 7),
    Label.MISINFORMATION: ("5", 3),
    Label.SUPERSTITION: ("6", 4),
    Label.CLICKBAIT: ("7", 3),
    Label.FAN_CIRCLE: ("8", 5),
    Label.OTHER_HARM: ("9", 4),
    Label.QUALITY: ("0", 2),
}


@pytest.mark.parametrize("label", CHAPTERS)
def test_chapter_has_all_its_clauses(label: Label) -> None:
    chapter, size = CHAPTERS[label]
    top = [each.number for each in clauses_of(label) if each.number.count(".") == 1]
    assert top == [f"{chapter}.{number}" for number in range(1, size + 1)]


def test_every_clause_belongs_to_a_chapter() -> None:
    assert sum(len(clauses_of(label)) for label in Label) == len(CLAUSES)
    assert not clauses_of(Label.NONE)


def test_numbers_and_codes_are_unique() -> None:
    assert len({each.number for each in CLAUSES}) == len(CLAUSES)
    assert len({each.code for each in CLAUSES}) == len(CLAUSES)


@pytest.mark.parametrize("each", CLAUSES, ids=lambda each: each.number)
def test_clause_is_complete(each: Clause) -> None:
    found = clause(each.number)
    assert found is each
    assert found is clause(found.code)
    assert clause_exists(found.number)
    assert clause_exists(found.code)
    assert re.search("[一-鿿]", found.zh)
    assert found.en.isascii()
    assert found.found_by


@pytest.mark.parametrize("name", ["", "3", "3.9", "3.8 ", "spam_ads", "evasion", "9.5", "１.1"])
def test_unknown_clause_is_refused(name: str) -> None:
    assert not clause_exists(name)
    with pytest.raises(UnknownClauseError, match="no clause"):
        clause(name)


def test_labels_and_categories_have_chinese_names() -> None:
    assert set(LABEL_NAMES_ZH) == set(Label)
    assert set(CATEGORY_NAMES_ZH) == set(Category)
