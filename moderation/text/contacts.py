"""Ways to be reached that a text names: WeChat, QQ, phone, address of a site or of mail, disguised ones too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.domain.evidence import Contact, ContactKind, Field
from moderation.text.addresses import is_phone, is_site
from moderation.text.restore import Reading
from moderation.text.substitution import CHINESE
from moderation.text.surface import surface_families

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moderation.text.normalise import Normalised

_GAP: Final = (
    r"(?:同?号码?|同步|群|是|为|账号|帐号|id|搜索?|"
    r"[\s:：;=()（）\[\]【】「」〔〕~*|·\-_.,，、→>✔☞⬇↓\"'“”]){0,6}"
)
_NUMBER: Final = r"[1-9][0-9](?:[ \-.]?[0-9]){3,9}(?![0-9])"
_WECHAT: Final = re.compile(
    r"(?:微信|[加+][我下个小妹]{0,2}微|(?<![a-z0-9])(?:vx|wx|wechat|weixin)(?![a-z])|"
    r"(?<=[加+我])[vw](?![a-z])|(?<![a-z0-9])[vw](?=[:： ]))"
    rf"{_GAP}(?P<value>[a-z][a-z0-9_\-]{{5,19}}(?![a-z0-9@.])|1[3-9][0-9](?:[ \-]?[0-9]){{8}}(?![0-9])|{_NUMBER})"
)
_ADD_ME: Final = re.compile(
    rf"加我{_GAP}(?P<value>(?=[a-z_\-]{{0,19}}[0-9])[a-z][a-z0-9_\-]{{5,19}}(?![a-z0-9@.]))"
)
_QQ: Final = re.compile(
    rf"(?:(?<![a-z0-9])(?:qq|q)(?![a-z])|[加+请]扣|扣号|(?<![{CHINESE}])扣(?=[:：])|[qQ裙]群|(?<=[加进])[裙羣群])"
    rf"{_GAP}(?P<value>{_NUMBER})"
)
_TELEGRAM: Final = re.compile(
    r"(?:(?:telegram|(?<![a-z0-9])tg(?![a-z]))(?:号|群|频道|联系|[\s:：]){0,3}@?(?=[a-z]|\b)|"
    r"(?:电报|飞机)(?:号|群|频道|联系|[\s:：]){0,3}(?:@|(?<=[:：])))"
    r"(?P<value>(?=[a-z0-9_]{0,31}[0-9_])[a-z][a-z0-9_]{4,31})(?![a-z0-9_@.])"
)
"""Names in Telegram hold a digit or an underscore here: ``tg: hello`` may be anything."""

_PHONE: Final = re.compile(
    r"(?<![0-9a-z_\-.])(?P<value>(?:\+?86[ \-]?)?1[3-9][0-9](?:[ \-.]?[0-9]){8}|0[1-9][0-9]{1,2}[ \-]?[2-9][0-9]{6,7}|"
    r"400[ \-]?[0-9]{3,4}[ \-]?[0-9]{3,4}|\(0[1-9][0-9]{1,2}\)[ \-]?[2-9][0-9]{6,7})(?![0-9a-z_\-])"
)
_NOT_PHONE: Final = re.compile(
    r"(?:单号|编号|订单|运单|快递|货号|型号|验证码|学号|工号|身份证|卡号|账号|帐号|股|基金|代码)[\s:：是为#no.]{0,4}$"
)
_URL: Final = re.compile(
    r"(?<![a-z0-9@._\-])(?P<value>(?P<scheme>(?:https?|ftp):/{1,3})?"
    r"(?P<host>(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.){1,8}[a-z][a-z0-9\-]{1,23}|(?<=/)[0-9]{1,3}(?:\.[0-9]{1,3}){3})"
    r"(?P<port>:[0-9]{2,5})?(?P<path>[/?#][a-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*)?)(?![a-z0-9@])"
)
_EMAIL: Final = re.compile(
    r"(?<![a-z0-9._%+\-])(?P<value>[a-z0-9][a-z0-9._%+\-]{0,63}\s?(?:@|#|艾特|\(at\)|\[at\])\s?"
    r"(?P<host>(?:[a-z0-9\-]{1,63}\.){1,4}[a-z]{2,24}))(?![a-z0-9])"
)
_GAPS: Final = re.compile(r"[ \-.()]")
_TRAILING: Final = ".,;:!?)]'"
_BEFORE: Final = 8


@dataclass(frozen=True, slots=True)
class _Found:
    """A contact in one text; ``named`` is where the name of its messenger begins, ``sign`` tells of ``#`` for ``@``."""

    kind: ContactKind
    value: str
    start: int
    end: int
    named: int
    sign: bool = False


def find_contacts(
    normalised: Normalised, readings: Sequence[Reading] = (), *, field: Field = Field.TEXT
) -> list[Contact]:
    """Contacts in order of place, each once, with its place in code points of the submitted text.

    ``obfuscated`` are those that only a reading shows, or that are written with invisible or styled characters.
    Short service numbers (110, 12315), prices, dates, order numbers and versions are none.
    """
    found: list[Contact] = []
    sources: tuple[Normalised | Reading, ...] = (normalised, *readings)
    for source in sources:
        disguised = isinstance(source, Reading)
        for each in _contacts(source.text):
            first, last = source.span(each.start, each.end)
            if any(other.start < last and first < other.end for other in found):
                continue
            surface = normalised.original[source.span(each.named, each.end)[0] : last]
            obfuscated = disguised or each.sign or bool(surface_families(surface))
            found.append(Contact(each.kind, each.value, first, last, obfuscated, field))
    return sorted(found, key=lambda each: (each.start, each.end))


def _contacts(text: str) -> list[_Found]:
    """Contacts of one text; where two kinds claim the same characters, the one named earlier below has them."""
    if not _may_have_any(text):
        return []
    taken: list[_Found] = []
    for finder in (_emails, _urls, _named, _phones):
        for each in finder(text):
            if all(each.end <= other.start or other.end <= each.start for other in taken):
                taken.append(each)
    return taken


_SIGN: Final = re.compile(r"[0-9]{2}[ \-.]?[0-9]{2}|[a-z0-9]\.[a-z]|[a-z][a-z0-9_\-]{5}|://|@")


def _may_have_any(text: str) -> bool:
    return _SIGN.search(text) is not None


def _emails(text: str) -> Iterator[_Found]:
    if "@" in text or "#" in text or "艾特" in text or "at" in text:
        for match in _EMAIL.finditer(text):
            if is_site(match["host"], sure=True):
                value = re.sub(r"\s?(?:#|艾特|\(at\)|\[at\]|@)\s?", "@", match["value"])
                start, end = match.span("value")
                yield _Found(ContactKind.EMAIL, value, start, end, start, sign="@" not in match["value"])


def _urls(text: str) -> Iterator[_Found]:
    if "." not in text:
        return
    for match in _URL.finditer(text):
        sure = bool(match["scheme"] or match["path"] or match["host"].startswith("www."))
        if is_site(match["host"], sure=sure):
            value = match["value"].rstrip(_TRAILING)
            start = match.start("value")
            yield _Found(ContactKind.URL, value, start, start + len(value), start)


def _named(text: str) -> Iterator[_Found]:
    """Accounts that stand after the name of a messenger."""
    for kind, pattern in (
        (ContactKind.WECHAT, _WECHAT),
        (ContactKind.QQ, _QQ),
        (ContactKind.WECHAT, _ADD_ME),
    ):
        for match in pattern.finditer(text):
            value = match["value"] if match["value"][0].isalpha() else _GAPS.sub("", match["value"])
            yield _Found(kind, value, *match.span("value"), match.start())
    for match in _TELEGRAM.finditer(text):
        # A name there is a public address, so it is given as one.
        yield _Found(ContactKind.URL, f"t.me/{match['value']}", *match.span("value"), match.start())


def _phones(text: str) -> Iterator[_Found]:
    for match in _PHONE.finditer(text):
        value = _GAPS.sub("", match["value"])
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        if _NOT_PHONE.search(before) is None and is_phone(value):
            start, end = match.span("value")
            yield _Found(ContactKind.PHONE, value, start, end, start)
