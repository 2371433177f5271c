"""Tables of words as people have them: a Chinese Excel, common words, words that are taken back."""

from __future__ import annotations

import html
import io
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from moderation.domain.evidence import Level
from moderation.services import word_imports
from moderation.services.table_preview import FEW, preview_table
from moderation.services.word_imports import WordImports
from moderation.services.word_preview import preview_word
from moderation.services.wordlists import WordLists
from moderation.text.citing import Cited
from moderation.text.entries import EntryError, Kind
from moderation.text.listing import load_csv, load_rows
from tests.factories import NOW, a_scoring, a_submission, an_entry, keep
from tests.fakes import StoppedClock
from tests.http_api import an_api, problem
from tests.policy_desk import PolicyDesk, policy_parts
from tests.test_policy_versions import suggestion_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from werkzeug.test import TestResponse

    from moderation.store.engine import Sessions
    from tests.http_api import Api

CHINESE = """词,类型,级别,条款,起,止
龙须糖,普通词,拦截,3.1,2026-01-01T08:00+08:00,
花生酥,,送审,3.1,,
老牌龙须糖,,放行,3.1,,
"""


@pytest.fixture
def api(sessions: Sessions, community_id: int) -> Iterator[Api]:
    yield from an_api(sessions, community_id, "unix:///nowhere/redis.sock")


@pytest.fixture
def at(sqlite_template: Path, tmp_path: Path) -> PolicyDesk:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    clock = StoppedClock(NOW)
    made = PolicyDesk(policy_parts(f"sqlite:///{tmp_path / 'desk.db'}", clock), clock)
    made.log_in()
    return made


def text(answer: TestResponse) -> str:
    return html.unescape(answer.text)


def send(at: PolicyDesk, table: str, step: str = "check", **more: str) -> TestResponse:
    return at.post("/lexicons/import", table=table, library="own", step=step, **more)


def send_file(at: PolicyDesk, raw: bytes, step: str = "check") -> TestResponse:
    return at.post("/lexicons/import", file=(io.BytesIO(raw), "words.csv"), library="own", step=step)


# ---------------------------------------------------------------- a Chinese Excel


def test_chinese_columns_and_values() -> None:
    first, second, third = load_csv(CHINESE)
    assert (first.word, first.kind, first.level, first.clause) == ("龙须糖", Kind.NORMAL, Level.BLOCK, "3.1")
    assert first.effective_from == 1_767_225_600_000_000
    assert (second.kind, second.level) == (Kind.NORMAL, Level.REVIEW)
    assert third.kind is Kind.ALLOW


def test_a_clause_may_stand_with_its_name() -> None:
    (found,) = load_csv("词,条款\n糖,1.10 侮辱诽谤、侵害名誉隐私\n")
    assert found.clause == "1.10"
    with pytest.raises(EntryError, match="no clause"):
        load_csv("词,条款\n糖,1.10 别的\n")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("词,word,条款\n糖,糖,3.1\n", "line 1, field word: the column is there twice"),
        ("词,颜色,条款\n糖,红,3.1\n", "line 1, field 颜色: unknown column"),
        ("词,类型,级别,条款\n糖,普通词,放行,3.1\n", "line 2, field level: '放行' is none of review, block"),
        ("词,级别,条款\n糖,爆,9.9\n", "line 2, field level: '爆' is none of review, block; field clause: the"),
        ("词,类型,条款\nx(,正则,9.9\n", "line 2, field clause: the convention has no clause '9.9'; field word: RE2"),
        ("词,级别,条款\n,爆,3.1\n", "line 2, field level: '爆' is none of review, block; field word: empty"),
    ],
)  # fmt: skip
def test_a_row_says_all_its_faults(table: str, said: str) -> None:
    with pytest.raises(EntryError) as caught:
        load_rows(table)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig"])
def test_files_of_a_chinese_excel_come_in_everywhere(at: PolicyDesk, encoding: str) -> None:
    raw = CHINESE.replace("\n", "\r\n").encode(encoding)
    checked = text(send_file(at, raw))
    assert "3 个词都能用：送审 1，拦截 1，允许 1" in checked
    guessed = encoding.startswith("gb")
    assert ('data-testid="lexicon-import-encoding"' in checked) is guessed
    assert send_file(at, raw, "keep").status_code == 303
    assert {row.word for row in at.parts.wordlists.entries(at.community)} == {
        "龙须糖",
        "花生酥",
        "老牌龙须糖",
    }


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig"])
def test_files_of_a_chinese_excel_over_http(api: Api, encoding: str) -> None:
    path = "/v1/lexicons/own/entries"
    sent = api.ask("POST", path, data=CHINESE.encode(encoding), content_type="text/csv")
    assert (sent.status_code, sent.json["kept"]) == (201, 3)
    exported = api.get(f"{path}.csv").get_data()
    assert exported.startswith(b"\xef\xbb\xbfword,kind")
    assert "龙须糖,normal,block,3.1".encode() in exported
    assert api.ask("POST", path, data=exported, content_type="text/csv").json["replaced"] == 3
    bad = api.ask("POST", path, data="词,级别,条款\n糖,爆,9.9\n".encode("gbk"), content_type="text/csv")
    body = problem(bad, 422, "field level: '爆'")
    assert "field clause: the convention has no clause '9.9'" in body["detail"]


def test_the_export_of_the_desk_has_the_mark(at: PolicyDesk) -> None:
    send(at, CHINESE, "keep")
    assert at.get("/lexicons/export.csv").get_data().startswith(b"\xef\xbb\xbfword,kind")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("词,级别,条款\n糖,爆,3.1\n", "'爆' 不在可选值里：送审、拦截"),
        ("词,颜色,条款\n糖,红,3.1\n", "没有这一列；可用的列：词、类型、级别、条款、词库、生效时间、失效时间"),
        ("词,类型,条款\nx(,正则,3.1\n", "正则不能用：左括号 ( 没有配对的右括号 )（RE2：missing ): x(）"),
        ("词,类型,条款\n(?=x),正则,3.1\n", "正则不能用：不支持前后断言等 (?…) 写法（RE2：invalid perl operator: (?=）"),
    ],
)  # fmt: skip
def test_the_page_says_it_in_chinese(at: PolicyDesk, table: str, said: str) -> None:
    assert said in text(send(at, table))


def test_two_faults_of_a_row_are_two_lines(at: PolicyDesk) -> None:
    page = text(send(at, "词,级别,条款\n糖,爆,9.9\n好,送审,3.1\n"))
    assert page.count('data-testid="lexicon-import-error"') == 2
    assert "<td>2</td><td>级别</td>" in page
    assert "<td>2</td><td>条款</td>" in page


def test_the_default_list_has_a_name(at: PolicyDesk) -> None:
    form = {"word": "龙须糖", "kind": "normal", "level": "review", "clause": "3.1", "library": "自己的词"}
    at.post("/lexicons/words", **form)
    at.post("/lexicons/import", table="词,条款\n花生酥,3.1\n", library="自己的词", step="keep")
    assert {row.library for row in at.parts.wordlists.entries(at.community)} == {"own"}
    page = text(at.get("/lexicons"))
    assert page.count("<bdi>自己的词</bdi>") == 3, "two words and an import"
    assert ">own<" not in page


# ---------------------------------------------------------------- what a table would hit


def test_each_word_counts_as_it_would_alone(sessions: Sessions, community_id: int) -> None:
    texts = ["我的龙须糖", "我的老龙须糖", "老龙须糖店", "花 生 酥", "加我微信做兼职", "没有"]
    keep(sessions, community_id, *(a_submission(text=one) for one in texts))
    allowed = [an_entry("老龙须糖店", kind=Kind.ALLOW)]
    entries = [
        an_entry("龙须糖"),
        an_entry("老龙须糖", level=Level.BLOCK),
        an_entry("花生酥", effective_to=1),
        an_entry("微信&兼职", kind=Kind.COMBINATION),
        an_entry("没.", kind=Kind.REGEX),
    ]
    found = preview_table(sessions, community_id, entries, since=0, allowed=allowed)
    alone = {
        one.word: preview_word(sessions, community_id, one, since=0, allowed=allowed).struck
        for one in entries
    }
    assert {one.word: n for one, n in found.worst} == alone == {
        "龙须糖": 2, "老龙须糖": 1, "花生酥": 1, "微信&兼职": 1, "没.": 1,
    }  # fmt: skip
    assert (found.struck, found.posts, found.complete) == (5, 6, True)
    assert [one.word for one, _ in found.worst[:2]] == ["龙须糖", "老龙须糖"]
    assert found.hot == []


def test_a_common_word_that_blocks_is_asked_about_once_more(at: PolicyDesk) -> None:
    at.score(*(f"我的第 {n} 个的" for n in range(FEW)), "今天天气不错")
    at.clock.forward(1_000_000)
    table = "word,level,clause\n的,block,3.1\n罕见词,block,3.1\n"
    page = text(send(at, table))
    hits = re.findall(r'data-testid="lexicon-import-hit">.*?<bdi>(.*?)</bdi>.*?>([^<]*条（[^<]*)<', page)
    assert hits == [("的", "3 条（75.0%）")]
    assert 'data-testid="lexicon-import-hot"' in page
    refused = send(at, table, "keep")
    assert refused.status_code == 422
    assert "还没有导入" in text(refused)
    assert send(at, table, "keep", accept="another").status_code == 422
    assert at.parts.wordlists.entries(at.community) == []
    found = re.search(r'name="accept" value="(\w+)"', refused.text)
    assert found
    other = "word,level,clause\n的,block,3.1\n第,block,3.1\n"
    assert send(at, other, "keep", accept=found[1]).status_code == 422, "the tick is for the words shown"
    assert send(at, table, "keep", accept=found[1]).status_code == 303
    assert len(at.parts.wordlists.entries(at.community)) == 2


TRIED = {
    "words": 2,
    "days": 7,
    "posts": 4,
    "read": 4,
    "complete": True,
    "struck": 3,
    "more": 0,
    "preview": True,
}
HIT = {"word": "的", "kind": "normal", "level": "block", "clause": "3.1", "posts": 3}


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_what_words_would_hit_over_http(api: Api, kind: str) -> None:
    for number, one in enumerate(("我的一", "我的二", "我的三", "没有")):
        api.post({"data_id": f"p{number}", "text": one})
    path = "/v1/lexicons/own/entries?preview=true"
    entries = [{"word": "的", "level": "block", "clause": "3.1"}, {"word": "罕见词", "clause": "3.1"}]
    table = "word,level,clause\n的,block,3.1\n罕见词,review,3.1\n".encode()
    answer = (
        api.ask("POST", path, {"entries": entries})
        if kind == "json"
        else api.ask("POST", path, data=table, content_type="text/csv")
    )
    assert (answer.status_code, answer.json) == (200, {**TRIED, "hits": [HIT], "block_much": [HIT]})
    assert api.get("/v1/lexicons/own/entries").json == {"entries": []}
    assert api.get("/v1/lexicons/own/imports").json == {"imports": []}
    problem(api.ask("POST", path, {"entries": [{"word": "糖", "clause": "9.9"}]}), 422, "clause")
    problem(api.ask("POST", f"{path}&days=91", {"entries": entries}), 422, "days")
    problem(
        api.ask("POST", path.replace("own", "emergency"), {"entries": entries}), 422, "place of their own"
    )


def test_a_common_word_for_review_is_shown_and_kept(at: PolicyDesk) -> None:
    at.score(*(f"我的第 {n} 个的" for n in range(FEW)))
    at.clock.forward(1_000_000)
    table = "词,级别,条款\n的,送审,3.1\n"
    page = text(send(at, table))
    assert 'data-testid="lexicon-import-hit"' in page
    assert 'data-testid="lexicon-import-hot"' not in page
    assert send(at, table, "keep").status_code == 303


# ---------------------------------------------------------------- what stays when an import goes


@pytest.mark.parametrize(
    ("entry", "hit", "made"),
    [
        (an_entry("龙须糖"), {"normalised": "龙须糖"}, True),
        (an_entry("龍鬚糖"), {"normalised": "龙须糖"}, True),
        (an_entry("龙须糖", kind=Kind.PINYIN), {"normalised": "龙须糖"}, True),
        (an_entry("龙须糖"), {"normalised": "龙须"}, False),
        (an_entry("龙须糖"), {"normalised": "龙须糖", "suppressed": True}, False),
        (an_entry("龙须糖"), {"normalised": "龙须糖", "library": "own 糖"}, True),
        (an_entry("龙须糖"), {"normalised": "龙须糖", "library": "别的"}, False),
        (an_entry("龙须糖", kind=Kind.ALLOW), {"normalised": "龙须糖"}, False),
        (an_entry("加|~家&微信", kind=Kind.COMBINATION), {"normalised": "家 & 微信", "type": "rule"}, True),
        (an_entry("加&微信", kind=Kind.COMBINATION), {"normalised": "微信 & 加", "type": "rule"}, False),
        (an_entry("糖.", kind=Kind.REGEX), {"normalised": "糖果", "type": "rule"}, True),
        (an_entry("糖.", kind=Kind.REGEX), {"normalised": "酥", "type": "rule"}, False),
    ],
)  # fmt: skip
def test_which_hit_a_word_made(entry: Any, hit: dict[str, Any], made: bool) -> None:  # noqa: FBT001
    kept = {"library": "糖", "suppressed": False, "type": "keyword", **hit}
    assert Cited.of("糖", [entry]).made(kept) is made


def bring(imports: WordImports, community_id: int, **levels: Level) -> int:
    given = [an_entry(one, level=level) for one, level in levels.items()]
    return imports.keep(community_id, "糖", given, author="王", now=NOW).id


def test_undo_counts_the_posts_that_rest_on_its_words(sessions: Sessions, community_id: int) -> None:
    imports, words = WordImports(sessions), WordLists(sessions)
    words.add(community_id, "糖", [an_entry("绿豆糕", level=Level.BLOCK)], author="李", now=NOW)
    made = bring(imports, community_id, 龙须糖=Level.BLOCK, 花生酥=Level.REVIEW)
    texts = {"a": "来一份龙须糖", "b": "龙 须 糖", "c": "花生酥", "d": "绿豆糕", "e": "没有"}
    keep(sessions, community_id, *(a_submission(name, one) for name, one in texts.items()))
    a_scoring(sessions).score_pending()
    resting = imports.undo_import(community_id, made, author="赵", now=NOW + 1).undone["resting"]
    assert (resting["block"], resting["review"], resting["complete"]) == (2, 1, True)
    _, found = imports.resting_posts(community_id, made, limit=10)
    assert {post.data_id for post, _ in found} == {"a", "b", "c"}
    keep(sessions, community_id, a_submission("f", "龙须糖"))
    a_scoring(sessions).score_pending()
    assert [suggestion_of(sessions, community_id, one) for one in ("a", "f")] == ["block", "pass"]


def test_what_was_not_read_is_not_denied(
    sessions: Sessions, community_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_imports, "MOST_READ", 2)
    imports = WordImports(sessions)
    made = bring(imports, community_id, 龙须糖=Level.BLOCK)
    keep(sessions, community_id, *(a_submission(text=f"龙须糖 {n}") for n in range(3)))
    a_scoring(sessions).score_pending()
    resting = imports.undo_import(community_id, made, author="赵", now=NOW + 1).undone["resting"]
    assert (resting["block"], resting["complete"]) == (2, False)


def test_undo_over_http_says_what_stays(api: Api, sessions: Sessions, community_id: int) -> None:
    made = bring(WordImports(sessions), community_id, 龙须糖=Level.BLOCK)
    keep(sessions, community_id, a_submission("a", "来一份龙须糖"))
    a_scoring(sessions).score_pending()
    undone = api.ask("POST", f"/v1/lexicons/糖/imports/{made}/undo").json["undone"]
    assert undone["resting"] == {
        "block": 1, "review": 0, "complete": True, "see": f"/lexicons/imports/{made}/posts",
    }  # fmt: skip
    assert api.get("/v1/lexicons/糖/imports").json["imports"][0]["undone"]["resting"] == undone["resting"]


def test_the_desk_says_what_stays_and_leads_there(at: PolicyDesk) -> None:
    send(at, "词,级别,条款\n龙须糖,拦截,3.1\n花生酥,送审,3.1\n", "keep")
    blocked, waits = at.score("来一份龙须糖", "花生酥一盒")
    (made,) = at.parts.word_imports.imports(at.community)
    assert 'data-testid="words-gone"' not in at.get(f"/posts/{blocked}").text
    answer = at.post(f"/lexicons/imports/{made.row.id}/undo")
    page = text(at.client.get(answer.location))
    assert page.count("还有 1 条被拦截、1 条待审的帖子引用了这批词：保持现状") == 2, "the notice and the list"
    path = f"/lexicons/imports/{made.row.id}/posts"
    assert f'href="{path}"' in page
    listed = at.get(path).text
    assert listed.count('data-testid="import-post"') == 2
    for one in (blocked, waits):
        shown = at.get(f"/posts/{one}").text
        assert 'data-testid="words-gone"' in shown
        assert shown.count('data-testid="word-gone"') == 1
    item = at.post(f"/posts/{blocked}/ask")
    assert item.status_code == 303, "the way to release it"
    assert at.get("/lexicons/imports/99/posts").status_code == 404


def test_a_word_that_stands_again_is_not_called_gone(at: PolicyDesk) -> None:
    send(at, "词,级别,条款\n龙须糖,拦截,3.1\n", "keep")
    (post,) = at.score("来一份龙须糖")
    (row,) = at.parts.wordlists.entries(at.community)
    at.parts.wordlists.remove(at.community, row.id)
    assert 'data-testid="word-gone"' in at.get(f"/posts/{post}").text
    send(at, "词,级别,条款\n龙須糖,送审,3.1\n", "keep")
    assert 'data-testid="word-gone"' not in at.get(f"/posts/{post}").text
