"""What a start shows: where the service answers, and the first login and key."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

ADMIN_EMAIL: Final = "admin@localhost"


@dataclass(frozen=True, slots=True)
class Access:
    """Where the service answers, and the first key and login.  Secrets are known only when they were just made."""

    url: str
    api_key: str = ""
    admin_email: str = ADMIN_EMAIL
    admin_password: str = ""


def announce(access: Access) -> None:
    """Print it; the secrets are shown this once."""
    from rich.console import Console  # noqa: PLC0415 - printed once, held for weeks otherwise

    console = Console()
    lines = [("审核台 Review desk", f"{access.url}/"), ("接口 API", f"{access.url}/docs")]
    if access.admin_password:
        lines += [
            ("登录 Login", f"{access.admin_email}  {access.admin_password}"),
            ("密钥 API key", access.api_key),
        ]
    console.rule("moderation")
    for name, value in lines:
        # Never wrapped: a key that is broken over two lines is copied wrong.
        console.print(f"{name}: {value}", soft_wrap=True, highlight=False, markup=False)
    if access.admin_password:
        console.print(
            "登录与密钥只显示这一次,请记下。 Login and key are shown this once: note them.", soft_wrap=True
        )
    console.rule()


def write_bootstrap(path: Path, access: Access) -> None:
    """Write it as JSON for its owner alone; whoever reads sees the old file or the new one."""
    body = {
        "url": access.url,
        "api_key": access.api_key,
        "admin_email": access.admin_email,
        "admin_password": access.admin_password or None,
    }
    partial = path.with_name(f"{path.name}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(body, stream)
    partial.replace(path)
