"""What was read in a post's images, and where the codes in them lead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

UNREAD: Final = "nothing but images, and not all of them were read"
"""Why a person looks at a post without a text: a machine has seen nothing of it, or not everything."""

UNREAD_LINES: Final = "the text in it was not read"
"""Of an image that was only searched for codes: there is no reader."""

UNLISTED_HOST: Final = "not fetched: its host is not listed"
"""Of an image at an address that nobody is to ask."""

UNASKED: Final = (UNREAD_LINES, UNLISTED_HOST)
"""Why an image may be unchecked without anything having failed."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One image of a post: its place among them (from 1), the texts of its codes, and the lines read in it."""

    number: int
    codes: tuple[str, ...] = ()
    text: str = ""


_MESSENGERS: Final = (
    (
        "微信",
        re.compile(
            r"^(?:wxp://|weixin://|https?://(?:u\.wechat\.com|weixin\.qq\.com/[gr]/|work\.weixin\.qq\.com/))",
            re.IGNORECASE,
        ),
    ),
    ("QQ", re.compile(r"^https?://(?:qm|jq|qun|wpa)\.(?:b\.)?qq\.com", re.IGNORECASE)),
    ("支付宝", re.compile(r"^(?:alipays?://|https?://(?:qr|u)\.alipay\.com)", re.IGNORECASE)),
    ("Telegram", re.compile(r"^(?:tg://|https?://(?:t|telegram)\.me/)", re.IGNORECASE)),
    ("WhatsApp", re.compile(r"^https?://(?:wa\.me|chat\.whatsapp\.com)", re.IGNORECASE)),
    ("LINE", re.compile(r"^https?://(?:line\.me|lin\.ee)/", re.IGNORECASE)),
)


def messenger_of(code: str) -> str:
    """Name the messenger or wallet that a code's text opens, or answer an empty string.

    The text alone is judged; nothing is fetched.
    """
    return next((name for name, pattern in _MESSENGERS if pattern.match(code)), "")
