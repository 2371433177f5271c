"""``moderation sweep``, ``radar`` and ``gangs`` at the keyboard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from moderation.cli import main
from moderation.wiring.common import clock
from tests.factories import DAY, a_scoring, a_submission, an_author, keep

if TYPE_CHECKING:
    from pathlib import Path

    from moderation.store.engine import Sessions


@pytest.fixture
def filled(
    sessions: Sessions, community_id: int, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Sessions:
    """A configured database with posts of the last days: adverts of two accounts, and talk."""
    monkeypatch.setenv("MODERATION_DATABASE_URL", database_url)
    adverts = [
        a_submission(f"ad{n}", f"第{n}批笼虚塘到货,加微信 sugar888", author=an_author(f"u{n % 2}"))
        for n in range(6)
    ]
    talk = [
        a_submission(f"t{n}", f"今天天气不错,吃了龙须酥{n}", author=an_author(f"t{n}")) for n in range(20)
    ]
    keep(sessions, community_id, *adverts, *talk, now=clock() - DAY)
    a_scoring(sessions).score_pending()
    return sessions


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == code, result.output
    return result.output


def read(*words: str) -> Any:
    return json.loads(run(*words, "--json"))


def test_a_sweep_from_preview_to_undo(filled: Sessions) -> None:
    assert "20 to change" in run(
        "sweep", "preview", "--word", "龙须酥", "--clause", "3.6", "--why", "专项整治"
    )
    assert read("sweep", "apply", "1")["changed"] == 20
    receipt = run("sweep", "receipt", "1")
    assert "改动 20 条" in receipt
    assert "专项整治" in receipt
    assert read("sweep", "receipt", "1")["posts_changed"] == 20
    assert "20 restored" in run("sweep", "undo", "1")


def test_words_from_a_table_and_a_contact(filled: Sessions, tmp_path: Path) -> None:
    table = tmp_path / "words.csv"
    table.write_text("word,kind,level,clause,library\n龙须酥,normal,block,3.6,own\n")
    assert read("sweep", "preview", "--words", str(table), "--may-block")["changes"] == [
        {"before": "pass", "after": "block", "clause": "3.6", "posts": 20}
    ]
    assert read("sweep", "preview", "--contact", "sugar888")["matched"] == 6


def test_a_table_is_read_as_an_import_reads_it(filled: Sessions, tmp_path: Path) -> None:
    """As a Chinese spreadsheet writes it; a word that says two things is refused."""
    table = tmp_path / "words.csv"
    table.write_text("词,级别,条款\n龙须酥,拦截,3.6\n龙须酥,拦截,3.6\n", encoding="gb18030")
    assert read("sweep", "preview", "--words", str(table))["matched"] == 20
    table.write_text("词,级别,条款\n龙须酥,拦截,3.6\n龙须酥,送审,3.6\n", encoding="gb18030")
    output = run("sweep", "preview", "--words", str(table), code=1)
    assert f"{table}: line 3, field level: " in output
    table.write_bytes(b"\xff\xff")
    assert "neither UTF-8 nor GB18030" in run("sweep", "preview", "--words", str(table), code=1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["preview"], "one thing"),
        (["preview", "--policy", "3"], "no policy version 3"),
        (["preview", "--word", "糖", "--clause", "99"], "clause"),
        (["preview", "--words", "nowhere.csv"], "cannot be read"),
        (["apply", "9"], "no sweep 9"),
    ],
)
def test_errors_are_one_line(filled: Sessions, words: list[str], said: str) -> None:
    output = run("sweep", *words, code=1)
    assert said in output
    assert output.startswith("Error: ")
    assert output.count("\n") == 1


def test_radar_and_gangs(filled: Sessions) -> None:
    assert "wechat:sugar888" in {one["text"] for one in read("radar", "--limit", "500")["candidates"]}
    assert run("radar").startswith("6 posts blocked, 20 passed")
    (gang,) = read("gangs")["gangs"]
    assert gang["authors"] == ["u0", "u1"]
    assert run("gangs").startswith("1 groups")


def test_emergency_words(filled: Sessions) -> None:
    assert "2 words are in force for 24 hours" in run(
        "emergency", "add", "龙须酥", "凤梨酥", "--clause", "3.6"
    )
    assert run("emergency", "prolong", "龙须酥") == "prolong: 龙须酥\n"
    assert "in force already: 龙须酥" in run("emergency", "add", "龙须酥", code=1)
    assert run("emergency", "confirm", "龙须酥") == "confirm: 龙须酥\n"
    assert run("emergency", "withdraw", "凤梨酥") == "withdraw: 凤梨酥\n"
    assert [(one["word"], one["state"]) for one in read("emergency", "list")["words"]] == [
        ("凤梨酥", "withdrawn"), ("龙须酥", "confirmed"),
    ]  # fmt: skip
    assert "confirmed" in run("emergency", "list")
    assert "no emergency word holds now: 凤梨酥" in run("emergency", "confirm", "凤梨酥", code=1)
    assert "clause" in run("emergency", "add", "糖", "--clause", "99", code=1)


@pytest.mark.parametrize(
    "words",
    [
        ["sweep"],
        ["sweep", "preview"],
        ["sweep", "apply"],
        ["sweep", "undo"],
        ["radar"],
        ["gangs"],
        ["emergency"],
        ["emergency", "add"],
        ["emergency", "confirm"],
        ["emergency", "withdraw"],
    ],
)
def test_help(words: list[str]) -> None:
    output = run(*words, "--help")
    assert "Usage:" in output
    assert len(words) == 1 or "Example: moderation" in output
