"""Build hook: the wheel carries the default bundle, so that an installed service can score without a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DEFAULT_BUNDLE = "zh-base"


class DefaultBundle(BuildHookInterface[Any]):
    """Adds models/zh-base as moderation/_models/zh-base where the checkout has it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folder to add; an editable install reads the checkout's own."""
        bundle = Path(self.root) / "models" / DEFAULT_BUNDLE
        if self.target_name == "wheel" and version != "editable" and bundle.is_dir():
            build_data["force_include"][str(bundle)] = f"moderation/_models/{DEFAULT_BUNDLE}"
