"""The import contracts speak of the whole package: a new module cannot be forgotten."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
MODULES = {
    f"moderation.{path.stem}"
    for path in (ROOT / "moderation").iterdir()
    if path.name != "__init__.py" and (path.suffix == ".py" or (path / "__init__.py").exists())
}
READ_SETTINGS = {f"moderation.{name}" for name in ("cli", "commands", "serving", "settings", "wiring")}


@pytest.mark.parametrize(
    ("contract", "field", "free"),
    [
        ("layers", "layers", set()),
        ("domain", "forbidden_modules", {"moderation.domain"}),
        ("settings", "source_modules", READ_SETTINGS),
        ("training", "source_modules", {"moderation.cli", "moderation.training"}),
    ],
)
def test_a_contract_names_every_module(contract: str, field: str, free: set[str]) -> None:
    named = {name for line in a_contract(contract)[field] for name in re.findall(r"moderation\.\w+", line)}
    assert named == MODULES - free


def a_contract(name: str) -> dict[str, Any]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    return next(one for one in contracts if one["id"] == name)
