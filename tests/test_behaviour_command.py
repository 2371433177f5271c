"""`moderation behaviour` without server or database: files in, JSON lines out, one clear error for bad input."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from moderation.commands.behaviour import BehaviourFileError, find_behaviour, read_scenarios
from moderation.settings import Settings, default_bundle
from tests.conftest import skip_unless_ci

if TYPE_CHECKING:
    from collections.abc import Callable

ADVERT = "高薪诚聘线上兼职,在家就能做,日结300,有意加微信abc12345详聊"


def post(author: str, text: str, minute: float, **more: Any) -> dict[str, Any]:
    return {"author": author, "text": text, "minute": minute, **more}


REPEATED = {"id": "s1", "posts": [post("u1", ADVERT, place * 20, thread=f"t{place}") for place in range(3)]}
INSULTS = ["傻逼,滚出去", "废物,去死", "你真恶心,不要脸", "脑残,滚吧", "人渣,你有病吧"]
PILE = {
    "id": "s2",
    "posts": [post(f"a{place}", text, place, target_author="小林") for place, text in enumerate(INSULTS)],
}
QUIET = {"id": "s3", "posts": [post("u1", "早上好", 0), post("u2", "早", 1, thread=None, target_author=None)]}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def lines(*records: object) -> str:
        path = tmp_path / "posts.jsonl"
        texts = (each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in records)
        path.write_text("\n".join(texts), encoding="utf-8")
        return str(path)

    return lines


def results(source: str, bundle: Path = Path("nowhere")) -> list[dict[str, Any]]:
    output = io.StringIO()
    find_behaviour(Settings(bundle=bundle), source, output)
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_one_result_a_line_in_order(write: Callable[..., str]) -> None:
    first, second, third = results(write(REPEATED, PILE, QUIET))
    assert [first["id"], second["id"], third["id"]] == ["s1", "s2", "s3"]
    (repeat,) = first["findings"]
    assert {name: repeat[name] for name in ("kind", "authors", "post_indexes", "clauses")} == {
        "kind": "repeat_ads",
        "authors": ["u1"],
        "post_indexes": [0, 1, 2],
        "clauses": ["3.2", "3.1"],
    }
    (pile,) = second["findings"]
    assert pile["kind"] == "pile_on"
    assert pile["target"] == "小林"
    assert pile["shield"]["hours"] > 0
    assert pile["evidence"][0] == {"post_index": 0, "author": "a0", "minute": 0}
    assert third["findings"] == []


def test_posts_of_two_lines_are_not_mixed(write: Callable[..., str]) -> None:
    apart = [{"id": str(place), "posts": [each]} for place, each in enumerate(REPEATED["posts"])]
    assert all(not each["findings"] for each in results(write(*apart)))


def test_a_line_without_id_takes_its_number(write: Callable[..., str]) -> None:
    assert [each["id"] for each in results(write({"posts": []}, "", {"posts": []}))] == ["1", "3"]


def test_the_missing_bundle_is_said(write: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    results(write(QUIET))
    assert "no model bundle" in capsys.readouterr().err


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(REPEATED)))
    assert [each.id for each in read_scenarios("-")] == ["s1"]


def test_half_a_surrogate_pair_is_marked(write: Callable[..., str]) -> None:
    (result,) = results(
        write('{"id": "\\ud800", "posts": [{"author": "a", "text": "\\udc00", "minute": 0}]}')
    )
    assert result == {"id": "\ufffd", "findings": []}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("not json", "line 2: is not JSON"),
        ("[1]", "line 2: is not a JSON object"),
        ('{"id": 1}', "line 2: has no list «posts»"),
        ('{"posts": [3]}', "line 2: posts[0]: is not a JSON object"),
        ('{"posts": [{"text": "x", "minute": 0}]}', "line 2: posts[0]: has no «author»"),
        ('{"posts": [{"author": "a", "minute": 0}]}', "line 2: posts[0]: has no «text»"),
        ('{"posts": [{"author": "a", "text": "x"}, 1]}', "line 2: posts[0]: has no «minute»"),
        ('{"posts": [{"author": "a", "text": "x", "minute": "3"}]}', "posts[0]: «minute» is no number"),
        ('{"posts": [{"author": "a", "text": "x", "minute": NaN}]}', "posts[0]: «minute» is no number"),
        (
            '{"posts": [{"author": "a", "text": "x", "minute": 1' + "0" * 400 + "}]}",
            "posts[0]: «minute» is no number",
        ),
        ('{"posts": [{"author": ["a"], "text": "x", "minute": 1}]}', "posts[0]: «author» is no text"),
        ('{"posts": [{"author": "a", "text": "x", "minute": 1, "thread": {}}]}', "«thread» is no text"),
        ("[" * 100_000, "line 2: is not JSON"),
    ],
)
def test_bad_lines_are_named(write: Callable[..., str], line: str, words: str) -> None:
    with pytest.raises(BehaviourFileError) as caught:
        read_scenarios(write(QUIET, line))
    assert words in str(caught.value)


def test_a_text_that_is_too_long_is_named(write: Callable[..., str]) -> None:
    with pytest.raises(BehaviourFileError, match="10001 characters; at most 10000"):
        read_scenarios(write({"posts": [post("a", "长" * 10_001, 0)]}))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BehaviourFileError, match="cannot be read"):
        read_scenarios(str(tmp_path / "none.jsonl"))


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "gbk.jsonl"
    path.write_bytes("中文".encode("gbk"))
    with pytest.raises(BehaviourFileError, match="is not UTF-8"):
        read_scenarios(str(path))


def test_a_damaged_bundle_is_one_clear_line(write: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "bundle.json").write_text("{}", encoding="utf-8")
    with pytest.raises(BehaviourFileError):
        results(write(QUIET), tmp_path)


def test_with_the_shipped_bundle(write: Callable[..., str]) -> None:
    if not (default_bundle() / "bundle.json").is_file():
        skip_unless_ci("no bundle under models/")
    found = results(write(REPEATED, PILE, QUIET), default_bundle())
    assert [[one["kind"] for one in each["findings"]] for each in found] == [["repeat_ads"], ["pile_on"], []]
