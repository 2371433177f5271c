"""A file of dossiers: TOML or JSON; one clear error that names the field."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from moderation.wiring.brand_file import BrandFileError, read_brands

if TYPE_CHECKING:
    from pathlib import Path

TOML = """
[[brands]]
name = "小米"
aliases = ["Xiaomi", "mi"]
exclusions = ["小米粥"]
context = ["手机"]
competitors = ["华为"]

[[brands]]
name = "华为"
"""


@pytest.mark.parametrize("form", ["toml", "json", "json with a mark", "the least"])
def test_forms(tmp_path: Path, form: str) -> None:
    path = tmp_path / "brands"
    brands = [
        {
            "name": "小米",
            "aliases": ["Xiaomi", "mi"],
            "exclusions": ["小米粥"],
            "context": ["手机"],
            "competitors": ["华为"],
        },
        {"name": "华为"},
    ]
    text = {
        "toml": TOML,
        "json": json.dumps({"brands": brands}, ensure_ascii=False),
        "json with a mark": "\ufeff \n" + json.dumps({"brands": brands, "comment": "kept by others"}),
        "the least": json.dumps(
            {"brands": [{"name": "小米", "aliases": ["Xiaomi", "mi"]}, {"name": "华为"}]}
        ),
    }[form]
    path.write_text(text, encoding="utf-8")
    first, second = read_brands(path)
    assert (first.name, first.aliases, second.name, second.aliases) == ("小米", ["Xiaomi", "mi"], "华为", [])
    if form != "the least":
        assert (first.exclusions, first.context, first.competitors) == (["小米粥"], ["手机"], ["华为"])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "brands"),
        ("{}", "brands"),
        ("[brands]\nname = 'x'", "brands"),
        ('{"brands": [{"aliases": ["x"]}]}', "brands.0.name"),
        ('{"brands": [{"name": ""}]}', "brands.0.name"),
        ('{"brands": [{"name": "x"}, {"name": "y", "aliases": "z"}]}', "brands.1.aliases"),
        ('{"brands": [{"name": "x", "aliases": [1]}]}', "brands.0.aliases.0"),
        ('{"brands": [{"name": "x", "alias": ["y"]}]}', "brands.0.alias"),
        ('[[brands]]\nname = "x"\nexclusion = []', "brands.0.exclusion"),
        ('{"brands": [', "neither TOML nor JSON"),
        ("brands = [", "neither TOML nor JSON"),
        ('[{"name": "x"}]', "neither TOML nor JSON"),
    ],
)
def test_one_error_names_the_field(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "brands.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BrandFileError) as caught:
        read_brands(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert named in message
    assert "\n" not in message


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(BrandFileError, match="cannot be read"):
        read_brands(tmp_path / "none.toml")
    with pytest.raises(BrandFileError, match="cannot be read"):
        read_brands(tmp_path)
    path = tmp_path / "gbk.toml"
    path.write_bytes('[[brands]]\nname = "小米"'.encode("gbk"))
    with pytest.raises(BrandFileError):
        read_brands(path)
