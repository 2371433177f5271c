"""Words that came in together: one id, taken back as a whole, on both databases, over HTTP, at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from moderation.domain.evidence import Level
from moderation.services.word_imports import ImportUndoneError, UnknownImportError, WordImports
from moderation.services.wordlists import WordLists
from moderation.text import listing
from moderation.text.entries import EntryError
from moderation.text.listing import load_rows
from tests.factories import NOW, a_community, a_scoring, a_submission, an_entry, keep
from tests.http_api import an_api, problem
from tests.test_policy_versions import suggestion_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moderation.store.engine import Sessions
    from tests.http_api import Api

HEADER = "word,kind,level,clause\n"
NOBODY = {"block": 0, "review": 0, "complete": True, "verdicts": []}


@pytest.fixture
def words(sessions: Sessions) -> WordLists:
    return WordLists(sessions)


@pytest.fixture
def imports(sessions: Sessions) -> WordImports:
    return WordImports(sessions)


def levels(words: WordLists, community_id: int) -> dict[str, str]:
    return {row.word: row.level for row in words.entries(community_id)}


def bring(imports: WordImports, community_id: int, level: Level, *texts: str, now: int = NOW) -> int:
    """Import some words; answers the import's id."""
    given = [an_entry(one, level=level) for one in texts]
    return imports.keep(community_id, "糖", given, author="王", now=now).id


def test_an_import_is_taken_back_as_a_whole(
    sessions: Sessions, community_id: int, words: WordLists, imports: WordImports
) -> None:
    words.add(community_id, "糖", [an_entry("龙须糖"), an_entry("麦芽糖")], author="李", now=NOW)
    made = bring(imports, community_id, Level.BLOCK, "龙须糖", "花生酥")
    scoring = a_scoring(sessions)
    keep(sessions, community_id, a_submission("with", "来一份花生酥"))
    scoring.score_pending()
    row = imports.undo_import(community_id, made, author="赵", now=NOW + 2)
    with_it = row.undone.pop("resting")
    assert row.undone == {"removed": 1, "put_back": 1, "left": 0}
    assert (with_it["block"], with_it["review"], with_it["complete"]) == (1, 0, True)
    assert (row.undone_by, row.undone_at) == ("赵", NOW + 2)
    assert levels(words, community_id) == {"龙须糖": "review", "麦芽糖": "review"}
    keep(sessions, community_id, a_submission("without", "再来一份花生酥"))
    scoring.score_pending()
    assert [suggestion_of(sessions, community_id, one) for one in ("with", "without")] == ["block", "pass"]


def test_what_was_changed_since_stays(community_id: int, words: WordLists, imports: WordImports) -> None:
    made = bring(imports, community_id, Level.BLOCK, "龙须糖", "花生酥", "麦芽糖")
    words.add(community_id, "糖", [an_entry("龙须糖")], author="李", now=NOW + 1)
    gone = next(row for row in words.entries(community_id) if row.word == "麦芽糖")
    words.remove(community_id, gone.id)
    (listed,) = imports.imports(community_id)
    assert (listed.row.words, listed.standing) == (3, 1)
    assert imports.undo_import(community_id, made, author="赵", now=NOW + 2).undone == {
        "removed": 1, "put_back": 0, "left": 2, "resting": NOBODY,
    }  # fmt: skip
    assert levels(words, community_id) == {"龙须糖": "review"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_imports_over_each_other_are_taken_back_in_any_order(
    community_id: int, words: WordLists, imports: WordImports, order: tuple[int, int]
) -> None:
    words.add(community_id, "糖", [an_entry("龙须糖")], author="李", now=NOW)
    made = [
        bring(imports, community_id, Level.BLOCK, "龙须糖", "花生酥", now=NOW + 1),
        bring(imports, community_id, Level.REVIEW, "龙须糖", "花生酥", "麦芽糖", now=NOW + 2),
    ]
    for place in order:
        imports.undo_import(community_id, made[place], author="赵", now=NOW + 3)
    assert levels(words, community_id) == {"龙须糖": "review"}
    (row,) = words.entries(community_id)
    assert (row.author, row.import_id) == ("李", None)


def test_an_import_is_taken_back_once_and_by_its_community_alone(
    sessions: Sessions, community_id: int, imports: WordImports
) -> None:
    made, other = bring(imports, community_id, Level.BLOCK, "龙须糖"), a_community(sessions, "other").id
    for community, library in ((other, None), (community_id, "别的")):
        with pytest.raises(UnknownImportError):
            imports.undo_import(community, made, library=library, author="赵", now=NOW)
    assert imports.imports(other) == []
    imports.undo_import(community_id, made, author="赵", now=NOW)
    with pytest.raises(ImportUndoneError):
        imports.undo_import(community_id, made, author="赵", now=NOW)
    assert [one.row.undone_by for one in imports.imports(community_id)] == ["赵"]


def test_a_large_import_replaces_and_goes_back(
    community_id: int, words: WordLists, imports: WordImports
) -> None:
    """More words than one statement takes."""
    texts = [f"糖果{number}号" for number in range(6_001)]
    first = bring(imports, community_id, Level.REVIEW, *texts)
    second = bring(imports, community_id, Level.BLOCK, *texts, "新词", now=NOW + 1)
    assert [one.row.replaced for one in imports.imports(community_id)] == [6_001, 0]
    found = imports.undo_import(community_id, second, author="赵", now=NOW + 2).undone
    assert found == {"removed": 1, "put_back": 6_001, "left": 0, "resting": NOBODY}
    assert set(levels(words, community_id).values()) == {"review"}
    imports.undo_import(community_id, first, author="赵", now=NOW + 3)
    assert words.entries(community_id) == []


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("龙须糖,,review,3.1\n茶,,,3.1\n龙须糖,,block,3.1\n", "line 4, field level: the same word is review in line 2"),
        ("龙须糖,,,3.1\n龙须糖,,,3.6\n", "line 3, field clause: the same word has another one in line 2"),
    ],
)  # fmt: skip
def test_a_word_that_says_two_things_is_named_by_its_line(rows: str, said: str) -> None:
    with pytest.raises(EntryError) as caught:
        load_rows(HEADER + rows)
    assert str(caught.value) == said


def test_a_row_twice_counts_once_and_two_kinds_are_two_words() -> None:
    found = load_rows(HEADER + "龙须糖,,,3.1\n龙须糖,,,3.1\n龙须糖,pinyin,block,3.1\n")
    assert [(line, one.word, one.kind.value) for line, one in found] == [
        (2, "龙须糖", "normal"), (4, "龙须糖", "pinyin"),
    ]  # fmt: skip


# ---------------------------------------------------------------- over HTTP


@pytest.fixture
def api(sessions: Sessions, community_id: int) -> Iterator[Api]:
    yield from an_api(sessions, community_id, "unix:///nowhere/redis.sock")


def send(api: Api, body: Any) -> Any:
    if isinstance(body, str):
        return api.ask("POST", "/v1/lexicons/own/entries", data=body.encode(), content_type="text/csv")
    return api.ask("POST", "/v1/lexicons/own/entries", {"entries": body})


def test_an_import_over_http_is_listed_and_taken_back(api: Api) -> None:
    made = send(api, HEADER + "龙须糖,,,3.1\n花生酥,,,3.1\n")
    assert made.status_code == 201
    number = made.json["import"]
    assert made.json == {"kept": 2, "replaced": 0, "import": number}
    (one,) = api.get("/v1/lexicons/own/imports").json["imports"]
    assert (one["id"], one["words"], one["standing"], one["undone"]) == (number, 2, 2, None)
    assert api.get("/v1/lexicons/other/imports").json == {"imports": []}
    problem(api.ask("POST", f"/v1/lexicons/other/imports/{number}/undo"), 404)
    undone = api.ask("POST", f"/v1/lexicons/own/imports/{number}/undo")
    assert (undone.status_code, undone.json["undone"]["removed"]) == (200, 2)
    assert undone.json["undone"]["by"].startswith("key ")
    assert api.get("/v1/lexicons/own/entries").json == {"entries": []}
    problem(api.ask("POST", f"/v1/lexicons/own/imports/{number}/undo"), 409, "taken back before")
    problem(api.ask("POST", "/v1/lexicons/own/imports/999/undo"), 404)


@pytest.mark.parametrize(
    ("entries", "pointer"),
    [
        ([{"word": "好的", "clause": "3.1"}, {"word": "坏的", "clause": "3.99"}], "/entries/1/clause"),
        ([{"word": "x(", "clause": "3.1", "kind": "regex"}], "/entries/0/word"),
        ([{"word": "好的", "clause": "3.1"}, {"word": "茶", "clause": "3.1", "kind": "x"}], "/entries/1/kind"),
        ([{"word": "茶", "clause": "3.1"}, {"word": "茶", "clause": "3.1", "level": "block"}], "/entries/1/level"),
        ([{"clause": "3.1"}], "/entries/0/word"),
    ],
)  # fmt: skip
def test_a_bad_word_is_pointed_at(api: Api, entries: list[dict[str, str]], pointer: str) -> None:
    body = problem(send(api, entries), 422, pointer)
    assert body["pointer"] == pointer
    assert "line" not in body["detail"]
    assert api.get("/v1/lexicons/own/imports").json == {"imports": []}


def test_a_table_names_line_and_field_and_its_limit(api: Api) -> None:
    body = problem(send(api, HEADER + "龙须糖,,,3.1\n花生酥,,,3.99\n"), 422, "line 3")
    assert (body["line"], body["field"]) == (3, "clause")
    problem(send(api, HEADER), 422, "no words")
    long = HEADER + "".join(f"糖{number},,,3.1\n" for number in range(listing.MOST_ROWS + 1))
    body = problem(send(api, long), 422, "more than 100000 words in one table")
    assert body["line"] == listing.MOST_ROWS + 2
    assert api.get("/v1/lexicons/own/imports").json == {"imports": []}
