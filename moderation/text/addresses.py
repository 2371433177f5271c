"""Whether a host can be a site, and a number a telephone: by the public suffix list and by numbering plans."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tldextract import TLDExtract

_BARE: Final = frozenset(
    """
    com cn net org top xyz cc vip me tv io co info club shop site online app link pw win fun icu live ltd store tech
    wang ink asia biz pro mobi work cloud ren group love la hk tw tk ml ga cf gq us uk jp kr ru de ws im be ly gd red
    mom bid loan date men trade space website press host gov edu ai eu ca au sg my th vn ph fr it es in id
    """.split()  # noqa: SIM905 - a list literal would fill the page
)
"""Suffixes that make a bare name an address; others (``readme.md``, ``main.py``) need a scheme, ``www.`` or a path."""

_LOCAL_LENGTH: Final = 8


def is_site(host: str, *, sure: bool) -> bool:
    """Tell whether ``host`` ends in a public suffix; a bare name must end in a usual one.

    The list is the one inside tldextract: nothing is fetched.
    """
    if host[-1].isdigit():
        parts = host.split(".")
        return len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts)  # noqa: PLR2004
    found = _suffixes()(host)
    if not found.suffix or not found.domain:
        return False
    return sure or found.suffix.rpartition(".")[2] in _BARE


def is_phone(number: str) -> bool:
    """Tell whether digits alone are a valid Chinese telephone number.  400 numbers count, short codes do not."""
    import phonenumbers  # noqa: PLC0415 - its tables load only where something looks like a number

    if number.startswith("400"):
        return len(number) == 10  # noqa: PLR2004
    if len(number) < _LOCAL_LENGTH:
        return False
    try:
        parsed = phonenumbers.parse(number, "CN")
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_valid_number(parsed))


@cache
def _suffixes() -> TLDExtract:
    from tldextract import TLDExtract  # noqa: PLC0415 - its list loads only where something looks like a host

    return TLDExtract(suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True)
