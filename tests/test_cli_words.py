"""Words at the keyboard: tried before they are imported, released when they are gone, written out for spreadsheets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from moderation.cli import main
from moderation.wiring.common import clock
from tests.factories import a_scoring, a_submission, keep
from tests.test_policy_versions import suggestion_of

if TYPE_CHECKING:
    from pathlib import Path

    from moderation.store.engine import Sessions

TABLE = "词,级别,条款\n龙须糖,拦截,3.6\n罕见词,送审,3.6\n"


@pytest.fixture
def filled(
    sessions: Sessions, community_id: int, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Sessions:
    """A community with posts, at which the commands of this test are directed."""
    monkeypatch.setenv("MODERATION_DATABASE_URL", database_url)
    told(sessions, community_id, *(f"龙须糖{n}" for n in range(3)), "你好")
    return sessions


def told(sessions: Sessions, community_id: int, *texts: str) -> None:
    keep(sessions, community_id, *(a_submission(one, one) for one in texts), now=clock())
    while a_scoring(sessions, clock=clock).score_pending():
        pass


def run(*words: object, code: int = 0) -> str:
    answer: Result = CliRunner().invoke(main, [str(one) for one in words])
    assert answer.exit_code == code, answer.output
    return answer.output


def read(*words: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*words, "--json"))
    return found


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "words.csv"
    path.write_text(TABLE, encoding="gb18030")
    return path


@pytest.mark.usefixtures("filled")
def test_a_table_is_tried(table: Path) -> None:
    found = read("lexicons", "import", table, "--preview")
    assert (found["words"], found["posts"], found["struck"]) == (2, 4, 3)
    assert [(one["word"], one["posts"]) for one in found["block_much"]] == [("龙须糖", 3)]
    said = run("lexicons", "import", table, "--preview")
    assert said.startswith("nothing is kept: 2 words would have hit 3 of 4 posts of 7 days\n")
    assert "block and hit much: 龙须糖" in said
    assert run("lexicons", "imports") == ""
    assert "place of their own" in run(
        "lexicons", "import", table, "--preview", "--list", "emergency", code=1
    )


@pytest.mark.usefixtures("filled")
def test_an_export_has_the_mark(table: Path, tmp_path: Path) -> None:
    assert read("lexicons", "import", table)["kept"] == 2
    exported = run("lexicons", "export")
    assert exported.startswith("\ufeffword,kind,level")
    assert run("lexicons", "export", "--no-mark") == exported.removeprefix("\ufeff")
    again = tmp_path / "again.csv"
    again.write_text(exported, encoding="utf-8")
    assert read("lexicons", "import", again)["replaced"] == 2


def test_what_an_import_decided_is_released(filled: Sessions, community_id: int, table: Path) -> None:
    made = read("lexicons", "import", table)["import"]
    told(filled, community_id, "龙须糖再来", "没有糖")
    assert "take it back first" in run("lexicons", "release", "--import", made, code=1)
    assert f"lexicons release --import {made}" in run("lexicons", "undo", made)
    seen = run("lexicons", "release", "--import", made, "--why", "误伤")
    assert "1 posts read, 1 struck, 0 decided by people, 0 stay for another reason, 1 to change" in seen
    number = seen.rpartition(" ")[2].strip()
    assert seen.endswith(f"to release them: moderation sweep apply {number}\n")
    run("sweep", "apply", number)
    assert suggestion_of(filled, community_id, "龙须糖再来") == "pass"
    assert "放行原因：误伤" in run("sweep", "receipt", number)
    run("sweep", "undo", number)
    assert suggestion_of(filled, community_id, "龙须糖再来") == "block"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name the words that are gone"),
        (["龙须糖", "--import", "1"], "name the words that are gone"),
        (["--import", "9"], "no import 9"),
        (["(", "--kind", "regex"], "field word"),
    ],
)
@pytest.mark.usefixtures("filled")
def test_releases_that_cannot_be(words: list[str], said: str) -> None:
    output = run("lexicons", "release", *words, code=1)
    assert said in output
    assert output.count("\n") == 1


def test_help() -> None:
    assert "Example: moderation lexicons release" in run("lexicons", "release", "--help")
