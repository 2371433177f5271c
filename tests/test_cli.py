"""The command line: every command explains itself, and what the user got wrong is one line, never a traceback."""

from __future__ import annotations

import json
import socket
import stat
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner

from moderation.cli import main
from moderation.domain.convention import Category
from moderation.settings import Settings, default_bundle
from moderation.store import identities, schema
from moderation.store.engine import Sessions
from tests.conftest import skip_unless_ci
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

PLANNED = "not in this version"


def run(
    *arguments: str | Path, env: dict[str, str] | None = None, given: str | bytes | None = None
) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments], env=env, input=given)


def refused(answer: Result, named: str, status: int = 1) -> str:
    """One line on standard error, and a status that says no."""
    assert answer.exit_code == status, answer.output
    assert isinstance(answer.exception, SystemExit), answer.exception
    lines = answer.stderr.strip().splitlines()
    assert named in lines[-1], answer.stderr
    assert lines[-1].startswith("Error: ")
    assert status == 2 or len(lines) == 1
    assert "Traceback" not in answer.output
    return lines[-1]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder as ``moderation up`` leaves it: a database with its community."""
    folder = tmp_path / "data"
    folder.mkdir()
    sessions = Sessions(f"sqlite:///{folder / 'moderation.sqlite3'}")
    schema.upgrade(sessions)
    with sessions.write.begin() as session:
        identities.add_community(session, slug="default", name="社区", now=NOW)
    sessions.close()
    return folder


@pytest.fixture(scope="session")
def bundle() -> Path:
    folder = default_bundle()
    if not (folder / "bundle.json").is_file():
        skip_unless_ci("the shipped bundle models/zh-base is not there")
    return folder


# ---------------------------------------------------------------- help


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in sorted(group.commands.items()):
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_help_has_an_example(path: tuple[str, ...]) -> None:
    answer = run(*path, "--help")
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("Usage: ")
    shown = " ".join(answer.output.split())
    if PLANNED not in shown and "Commands:" not in shown:
        assert f"moderation {' '.join(path)}" in shown.partition("Example: ")[2], answer.output


def test_help_of_the_whole_lists_every_command() -> None:
    output = run("--help").output
    wanted = "up score mentions behaviour train evaluate backtest keys users brands lexicons audit privacy db archive"
    assert all(f"  {name} " in output for name in wanted.split()), output
    assert run("-h").output == output
    assert run("--version").output.startswith("moderation, version ")


def test_commands_to_come_refuse_clearly() -> None:
    planned = [path for path in commands() if PLANNED in " ".join(run(*path, "--help").output.split())]
    assert planned
    for path in planned:
        answer = run(*path, "input.jsonl", "--whatever")
        assert answer.exit_code == 2
        assert "is not in version" in answer.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["up", "--colour"],
        ["up", "--port", "0"],
        ["up", "--port", "x"],
        ["up", "--workers", "0"],
        ["keys", "revoke", "x"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    refused(run(*arguments), "", status=2)


# ---------------------------------------------------------------- settings, database, data folder


@pytest.mark.parametrize(
    ("variable", "value"),
    [("WORKERS", "0"), ("WORKERS", "many"), ("WEB_THREADS", "1"), ("SECURE_COOKIES", "perhaps")],
)
@pytest.mark.parametrize(
    "arguments", [["keys", "list"], ["up", "--port", "1"], ["score", "--text", "x"]], ids=" ".join
)
def test_wrong_setting_is_named(arguments: list[str], variable: str, value: str) -> None:
    refused(run(*arguments, env={f"MODERATION_{variable}": value}), f"MODERATION_{variable}")


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("nonsense", "MODERATION_DATABASE_URL"),
        ("oracle9i://x/y", "MODERATION_DATABASE_URL"),
        ("postgresql+psycopg://nobody@/none?host=/nowhere", "the database cannot be used"),
        ("sqlite:////no/such/folder/x.db", "the database cannot be used"),
    ],
)
def test_wrong_database(url: str, named: str) -> None:
    refused(run("keys", "list", env={"MODERATION_DATABASE_URL": url}), named)


def test_no_data_folder(tmp_path: Path) -> None:
    refused(run("keys", "list", "--data-dir", tmp_path / "none"), "moderation up")


def test_data_folder_without_a_community(tmp_path: Path) -> None:
    refused(run("keys", "list", "--data-dir", tmp_path), "no community yet")


def test_upgrade(tmp_path: Path) -> None:
    answer = run("db", "upgrade", "--data-dir", tmp_path)
    assert (answer.exit_code, schema.newest() or "?") == (0, answer.output.split()[-1])
    assert run("db", "upgrade", "--data-dir", tmp_path).output == answer.output


def test_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused(run("up", "--port", str(port), "--data-dir", tmp_path / "data"), "--port")
    assert not (tmp_path / "data").exists()


def test_bootstrap_file_needs_its_folder(tmp_path: Path) -> None:
    answer = run("up", "--data-dir", tmp_path / "data", "--bootstrap", tmp_path / "none" / "file.json")
    refused(answer, "none")
    assert not (tmp_path / "data").exists()


def test_policy_that_is_wrong_stops_the_start(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('version = "x"', encoding="utf-8")
    answer = run("up", "--port", "1", "--data-dir", tmp_path, env={"MODERATION_POLICY": str(policy)})
    refused(answer, "rules")


# ---------------------------------------------------------------- keys, users, brands


def test_keys(data_dir: Path) -> None:
    made = run("keys", "create", "--name", "论坛", "--scope", "posts:write", "--data-dir", data_dir)
    assert made.exit_code == 0, made.output
    secret = made.output.splitlines()[0]
    assert secret.startswith("mod_live_")
    listed = run("keys", "list", "--data-dir", data_dir).output
    assert secret not in listed
    assert "live\t论坛\tposts:write" in listed
    header, first = listed.splitlines()
    assert header.startswith("id\tkey")
    key_id = first.partition("\t")[0]
    assert run("keys", "revoke", key_id, "--data-dir", data_dir).exit_code == 0
    assert "revoked\t论坛" in run("keys", "list", "--data-dir", data_dir).output
    refused(run("keys", "revoke", key_id, "--data-dir", data_dir), f"no live key {key_id}")


def test_key_without_scopes_gets_all_but_admin(data_dir: Path) -> None:
    run("keys", "create", "--name", "forum", "--data-dir", data_dir)
    listed = run("keys", "list", "--data-dir", data_dir).output
    assert "posts:write" in listed
    assert "admin" not in listed


def test_unknown_scope(data_dir: Path) -> None:
    answer = run("keys", "create", "--name", "x", "--scope", "posts:burn", "--data-dir", data_dir)
    refused(answer, "posts:write")


def create_user(data_dir: Path, *more: str, password: str = "eine lange Losung") -> Result:  # noqa: S107 - made up
    options = ["--email", "wang@example.com", "--name", "王审核", "--password", password]
    return run("users", "create", *options, *more, "--data-dir", data_dir)


def test_users(data_dir: Path) -> None:
    assert create_user(data_dir, "--role", "senior").exit_code == 0
    assert "wang@example.com\tsenior\t王审核\tactive" in run("users", "list", "--data-dir", data_dir).output
    refused(create_user(data_dir), "wang@example.com")


def test_wrong_users(data_dir: Path) -> None:
    refused(create_user(data_dir, "--role", "king"), "moderator")
    refused(create_user(data_dir, password="short"), "12 characters")
    assert run("users", "list", "--data-dir", data_dir).output == ""


def test_brands(data_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "brands.json"
    path.write_text('{"brands": [{"name": "小米"}, {"name": "华为", "aliases": ["hw"]}]}', encoding="utf-8")
    answer = run("brands", "load", path, "--data-dir", data_dir)
    assert (answer.exit_code, answer.output) == (0, "2 brands are kept\n")
    path.write_text('{"brands": [{"aliases": []}]}', encoding="utf-8")
    refused(run("brands", "load", path, "--data-dir", data_dir), "brands.0.name")
    refused(run("brands", "load", tmp_path / "none", "--data-dir", data_dir), "cannot be read")


def test_words(data_dir: Path, tmp_path: Path) -> None:
    table = tmp_path / "words.csv"
    table.write_text("word,kind,level,clause\n秘密活动,normal,review,1.9\n", encoding="utf-8")
    assert run("lexicons", "import", table, "--data-dir", data_dir).exit_code == 0
    exported = run("lexicons", "export", "--data-dir", data_dir).output
    assert "秘密活动,normal,review,1.9" in exported
    table.write_text(exported, encoding="utf-8")
    assert run("lexicons", "import", table, "--data-dir", data_dir).exit_code == 0
    table.write_text("word,kind,level,clause\nx,normal,review,9.99\n", encoding="utf-8")
    refused(run("lexicons", "import", table, "--data-dir", data_dir), "clause")
    refused(run("lexicons", "import", tmp_path / "none.csv", "--data-dir", data_dir), "cannot be read")


def test_an_import_is_taken_back(data_dir: Path, tmp_path: Path) -> None:
    table = tmp_path / "words.csv"
    table.write_text("word,level,clause\n秘密活动,review,1.9\n", encoding="utf-8")
    made = run("lexicons", "import", table, "--data-dir", data_dir).output
    number = made.rpartition(" ")[2].strip()
    assert made.startswith("1 words are kept in the list own (0 of them replaced)\n")
    listed = run("lexicons", "imports", "--data-dir", data_dir).output.strip().split("\t")
    assert (listed[0], listed[2:]) == (number, ["own", "1", "0", "command line", "1 stand"])
    undone = run("lexicons", "undo", number, "--data-dir", data_dir)
    assert undone.output == (
        "removed 1, put back 0, left alone because changed since 0\n"
        "posts that rest on these words and stay as they are: 0 blocked, 0 for review\n"
    )
    assert "taken back by command line" in run("lexicons", "imports", "--data-dir", data_dir).output
    refused(run("lexicons", "undo", number, "--data-dir", data_dir), "taken back before")
    refused(run("lexicons", "undo", "999", "--data-dir", data_dir), "no import 999")
    table.write_text("word,level,clause\n茶,review,1.9\n茶,block,1.9\n", encoding="utf-8")
    refused(run("lexicons", "import", table, "--data-dir", data_dir), "line 3, field level")


def test_a_policy_that_covers_less_is_warned_of(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.toml"
    file.write_text('version = "one"\n[[rules]]\nhead = "ad"\nclause = "3.1"\n', encoding="utf-8")
    for more in (["--data-dir", data_dir], ["--shipped"]):
        answer = run("policy", "check", file, *more)
        assert answer.exit_code == 3
        assert "one: 1 rules, can be used" in answer.stdout
        assert "no longer covered" in answer.stderr
        assert "negativity (clause 2.6)" in answer.stderr
    tried = run("backtest", file, "--data-dir", data_dir)
    assert (tried.exit_code, "negativity (clause 2.6)" in tried.stderr) == (0, True)
    body = json.loads(run("backtest", file, "--json", "--data-dir", data_dir).stdout)
    assert {"head": "negativity", "clauses": ["2.6"]} in body["no_longer_covered"]
    same = run("policy", "check", Settings().policy, "--data-dir", data_dir)
    assert (same.exit_code, same.stderr) == (0, "")


# ---------------------------------------------------------------- score and mentions


def results(answer: Result) -> list[dict[str, Any]]:
    assert answer.exit_code == 0, (answer.output, answer.exception)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_score_a_text(bundle: Path) -> None:
    (result,) = results(run("score", "--text", "今天天气不错,大家周末去哪儿玩?"))
    assert result["id"] == "1"
    assert result["suggestion"] in {"pass", "review", "block"}
    assert set(result["categories"]) == {category.value for category in Category}
    assert result["versions"]["model"]


def test_score_keeps_order_and_count(bundle: Path, tmp_path: Path) -> None:
    texts = [
        "加薇信领取兼职日结300",
        "今天天气不错",
        "",
        "\u200b",
        "长" * 10_000,
        "😀😀",
        "x\ud800y",
        "小米手机",
    ]
    lines = [
        json.dumps({"id": f"t{number}", "text": text, "title": "题"}) for number, text in enumerate(texts)
    ]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(lines), encoding="utf-8")
    answer = run("score", source, "--output", target)
    assert (answer.exit_code, answer.output) == (0, "")
    written = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [one["id"] for one in written] == [f"t{number}" for number in range(len(texts))]
    assert results(run("score", given="\n".join(lines))) == written
    assert results(run("score", "-", given="")) == []


def test_score_of_one_text_does_not_depend_on_its_neighbours(bundle: Path) -> None:
    texts = ["加薇信领取兼职日结300", "你这个混蛋", "今天天气不错"]
    together = results(run("score", given="\n".join(json.dumps({"text": text}) for text in texts)))
    for text, found in zip(texts, together, strict=True):
        (alone,) = results(run("score", "--text", text))
        assert (alone["suggestion"], alone["clause"]) == (found["suggestion"], found["clause"])
        assert alone["ad"] == pytest.approx(found["ad"], abs=0.02)


def test_an_ad_and_abuse_stand_out(bundle: Path) -> None:
    ad, abuse, calm = (
        results(run("score", "--text", text))[0]
        for text in (
            "加薇信领取兼职日结300,名额有限速来",
            "你就是个傻逼,滚出去死吧",
            "今天和家人去公园散步,天气很好",
        )
    )
    assert ad["ad"] > calm["ad"]
    assert abuse["negativity"] > calm["negativity"]
    assert calm["suggestion"] == "pass"


def test_mentions(bundle: Path, tmp_path: Path) -> None:
    brands, source = tmp_path / "brands.json", tmp_path / "posts.jsonl"
    brands.write_text('{"brands": [{"name": "小米", "aliases": ["Xiaomi"]}]}', encoding="utf-8")
    texts = ["我的小米手机很好用", "没有品牌", "XIAOMI真不错"]
    source.write_text(
        "\n".join(json.dumps({"id": str(n), "text": t}) for n, t in enumerate(texts)), encoding="utf-8"
    )
    found = results(run("mentions", source, "--brands", brands))
    assert [one["id"] for one in found] == ["0", "1", "2"]
    assert [[each["surface"] for each in one["mentions"]] for one in found] == [["小米"], [], ["XIAOMI"]]
    keys = {"brand", "surface", "start", "end", "sentiment", "probability", "link_confidence"}
    for text, one in zip(texts, found, strict=True):
        assert isinstance(one["spam"], bool)
        for mention in one["mentions"]:
            assert keys <= set(mention)
            assert text[mention["start"] : mention["end"]] == mention["surface"]


@pytest.mark.parametrize("command", ["score", "mentions"])
def test_wrong_input(command: str, tmp_path: Path) -> None:
    brands, source = tmp_path / "brands.json", tmp_path / "posts.jsonl"
    brands.write_text('{"brands": [{"name": "小米"}]}', encoding="utf-8")
    more: list[str | Path] = ["--brands", brands] if command == "mentions" else []
    refused(run(command, tmp_path / "none.jsonl", *more), "cannot be read")
    source.write_text('{"text": "x"}\nno json\n', encoding="utf-8")
    refused(run(command, source, *more), "line 2: is not JSON")
    refused(run(command, "-", *more, given="小米".encode("gbk")), "not UTF-8")
    source.write_text('{"text": "x"}\n', encoding="utf-8")
    refused(run(command, source, "--output", tmp_path / "no" / "such.jsonl", *more), "cannot be written")


def test_wrong_brands(tmp_path: Path) -> None:
    brands = tmp_path / "brands.toml"
    brands.write_text("brands = 3", encoding="utf-8")
    refused(run("mentions", "-", "--brands", brands, given='{"text": "x"}'), "brands")


def test_wrong_scene(bundle: Path) -> None:
    refused(run("score", "--text", "x", "--scene", "wall"), "comment")


def test_missing_and_damaged_bundle(bundle: Path, tmp_path: Path) -> None:
    refused(run("score", "--text", "x", "--bundle", tmp_path / "none"), "none")
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in bundle.iterdir():
        if path.name != "model.onnx":
            (copy / path.name).write_bytes(path.read_bytes())
    model = (bundle / "model.onnx").read_bytes()
    (copy / "model.onnx").write_bytes(model[:-1] + bytes([model[-1] ^ 1]))
    refused(run("score", "--text", "x", "--bundle", copy), "model.onnx")


def test_wrong_lexicons_and_policy(bundle: Path, tmp_path: Path) -> None:
    refused(run("score", "--text", "x", env={"MODERATION_LEXICONS": str(tmp_path / "none")}), "none")
    (tmp_path / "bad.csv").write_text("word,kind,level,clause\nx,normal,review,9.99\n", encoding="utf-8")
    refused(run("score", "--text", "x", env={"MODERATION_LEXICONS": str(tmp_path)}), "bad.csv")
    refused(run("score", "--text", "x", env={"MODERATION_POLICY": str(tmp_path / "none.toml")}), "none.toml")


def test_bootstrap_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    from moderation.commands.access import Access, write_bootstrap  # noqa: PLC0415 - as every command here

    path = tmp_path / "bootstrap.json"
    write_bootstrap(path, Access("http://x", "key", "a@x", ""))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == {
        "url": "http://x",
        "api_key": "key",
        "admin_email": "a@x",
        "admin_password": None,
    }
