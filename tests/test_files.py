"""Files that ``moderation score`` and ``mentions`` read: JSON lines, CSV, standard input; one clear error each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moderation.commands.files import GivenText, InputFileError, read_texts
from moderation.domain.post import MAX_TEXT

if TYPE_CHECKING:
    from pathlib import Path


def written(tmp_path: Path, content: str | bytes, name: str = "posts.jsonl") -> str:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("", []),
        ("\n\n", []),
        ('{"id": "a", "text": "你好"}', [GivenText("a", "你好")]),
        ('{"id": 7, "text": "x", "title": "题", "more": 1}\n', [GivenText("7", "x", "题")]),
        ('{"text": "x"}\n\n{"text": "y"}', [GivenText("1", "x"), GivenText("3", "y")]),
        ('\ufeff{"id": "a", "text": "x"}\r\n', [GivenText("a", "x")]),
        ('{"id": "a", "text": "x", "title": null}', [GivenText("a", "x", "")]),
        ('{"id": null, "text": "x"}', [GivenText("1", "x")]),
        ('{"id": "a", "text": ""}', [GivenText("a", "")]),
        ('{"id": "a", "text": "x\\u2028y"}', [GivenText("a", "x\u2028y")]),
        ('{"id": "a", "text": "x\u2028y"}', [GivenText("a", "x\u2028y")]),
        ('{"id": "a", "text": "x\\ud800y"}', [GivenText("a", "x\ufffdy")]),
        ('{"id": "a\\ud800", "text": "x", "title": "t\\udfff"}', [GivenText("a\ufffd", "x", "t\ufffd")]),
    ],
)
def test_json_lines(tmp_path: Path, content: str, texts: list[GivenText]) -> None:
    assert read_texts(written(tmp_path, content)) == texts


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("id,text,title\na,你好,题\n", [GivenText("a", "你好", "题")]),
        ("\ufefftext,id\r\nx,a\r\n", [GivenText("a", "x")]),
        ("text\nx\ny\n", [GivenText("2", "x"), GivenText("3", "y")]),
        ('id,text\na,"两行\n一格,逗号"\n', [GivenText("a", "两行\n一格,逗号")]),
        ("id,text\n", []),
    ],
)
def test_csv(tmp_path: Path, content: str, texts: list[GivenText]) -> None:
    assert read_texts(written(tmp_path, content, "posts.CSV")) == texts


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("a.jsonl", "no json", "line 1: is not JSON"),
        ("a.jsonl", '{"text": "x"}\n[1]', "line 2: is not a JSON object"),
        ("a.jsonl", '{"text": "x"}\n\n{"id": "b"}', "line 3: has no «text»"),
        ("a.jsonl", '{"text": 5}', "line 1: has no «text»"),
        ("a.jsonl", '{"text": "' + "长" * (MAX_TEXT + 1) + '"}', "10001 characters"),
        ("a.jsonl", '{"text": "x", "title": ["y"]}', "line 1: «title» is no text"),
        ("a.jsonl", "[" * 100_000, "line 1: is not JSON"),
        ("a.jsonl", '{"text": "小米"}'.encode("gbk"), "is not UTF-8"),
        ("a.csv", "id,body\na,x\n", "line 2: has no «text»"),
        ("a.csv", "id,text\na\n", "line 2: has no «text»"),
        ("a.csv", "id,text\n" + "a," + "x" * 200_000 + "\n", "line 2"),
        ("a.csv", "text\n小米".encode("gbk"), "is not UTF-8"),
    ],
)
def test_one_error_names_the_line(tmp_path: Path, name: str, content: str | bytes, named: str) -> None:
    path = written(tmp_path, content, name)
    with pytest.raises(InputFileError) as caught:
        read_texts(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert named in message
    assert "\n" not in message


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="cannot be read"):
        read_texts(str(tmp_path / "none.jsonl"))
    with pytest.raises(InputFileError, match="cannot be read"):
        read_texts(str(tmp_path))
