"""Tables as bytes: which encoding they are written in."""

from __future__ import annotations

from typing import Final

UTF_8: Final = "UTF-8"
GB18030: Final = "GB18030"


def decode_table(raw: bytes) -> tuple[str, str] | None:
    """The text of a table without its mark, and the name of its encoding; None where it is neither of the two.

    UTF-8 is tried first, since next to no text in GB18030 reads as UTF-8 by chance.  GB18030 holds GBK and GB2312, and
    is what a Chinese Excel writes as plain CSV.
    """
    try:
        return raw.decode("utf-8-sig"), UTF_8
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("gb18030"), GB18030
    except UnicodeDecodeError:
        return None
