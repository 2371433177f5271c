"""What each labelled source's labels mean for our heads, and how much of it one pass uses.

Rows come as the data folder's JSON lines; see its README for the traps that the comments name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.convention import Category
from moderation.training.labels import NOT_NEGATIVE, SENTIMENTS, Example

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Row = dict[str, Any]
Labels = dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class SourceUse:
    """How a source is used: rows of one pass at most, whether its licence is open.

    A ``core`` source is used whole even in a shortened pass.
    """

    rows: int
    permissive: bool = False
    core: bool = False


USES: Final[Mapping[str, SourceUse]] = {
    "cold": SourceUse(26_000, permissive=True, core=True),
    "swsr": SourceUse(8_000, permissive=True),
    "chnci": SourceUse(8_000),
    "stoneskipping": SourceUse(8_000),
    "chsd_hate": SourceUse(7_100),
    "ewect": SourceUse(33_000, core=True),
    "weibo_8moods": SourceUse(18_000),
    "finfe": SourceUse(6_000),
    "chnsenticorp": SourceUse(7_600, permissive=True, core=True),
    "sophonplus_shopping": SourceUse(40_000, core=True),
    "sophonplus_hotel": SourceUse(500),
    "sophonplus_waimai": SourceUse(6_000),
    "weibo2018": SourceUse(6_000),
    "covid19_weibo": SourceUse(4_600),
    "conv_sentiment": SourceUse(4_000),
    "tg_spam": SourceUse(15_000, core=True),
    "variant_sms": SourceUse(5_400, core=True),
    "fbs_sms": SourceUse(7_000),
    "game_ads": SourceUse(8_000),
    "mc_qq_ads": SourceUse(2_100, permissive=True, core=True),
    "trec06c": SourceUse(3_000),
    "bdci_car": SourceUse(8_000),
    "finnsp": SourceUse(3_400),
    "nlpcc2016_stance": SourceUse(3_000),
}
_ABUSIVE: Final = (Category.ABUSE, Category.HATE, Category.THREAT)
_COMMERCIAL: Final = (
    Category.AD, Category.DIVERSION, Category.FRAUD, Category.GAMBLING, Category.ILLICIT_GOODS,
    Category.SUPERSTITION, Category.FAN_CIRCLE, Category.MINOR_HARM,
)  # fmt: skip
_REVIEWS: Final = {"chnsenticorp", "sophonplus_shopping", "sophonplus_hotel", "sophonplus_waimai", "finfe"}
REVIEWS: Final = frozenset(_REVIEWS - {"finfe"})
_FBS_ADS: Final = {"ad_retail", "ad_network_service", "ad_real_estate"}
_FBS: Final = {
    "illegal_gambling": Category.GAMBLING,
    "illegal_escort": Category.PORN,
    "illegal_fake_id_invoice": Category.ILLICIT_GOODS,
    "fraud_phishing_bank": Category.FRAUD,
    "fraud_phishing_other": Category.FRAUD,
    "fraud_other": Category.FRAUD,
    "fraud_financial": Category.FRAUD,
}


def absent(categories: tuple[Category, ...], weight: float) -> Labels:
    """These categories do not apply, as sure as ``weight``."""
    return {category.value: (0.0, weight) for category in categories}


_SHARED: Final[dict[tuple[tuple[str, tuple[float, float]], ...], Labels]] = {}


def shared(labels: Labels) -> Labels:
    """One object for all equal labels: half a million examples have some hundred kinds."""
    return _SHARED.setdefault(tuple(labels.items()), labels)


def _ordinary(weight: float, *, angry: bool) -> Labels:
    """A row of a source of ordinary posts: no advert, and unless it is angry no abuse either."""
    labels = absent(_COMMERCIAL, weight) | absent((Category.PORN, Category.FLOOD), weight / 2)
    return labels if angry else labels | absent(_ABUSIVE, weight)


def _offence_labels(name: str, row: Row) -> Labels:
    """Offence means something else in every source: COLD teaches the main head, each other one its own."""
    value, weight = float(row["offence"]), float(row["weight"])
    clean = absent((Category.AD, Category.FRAUD, Category.GAMBLING), 0.2)
    if name == "cold":
        return {"offence": (value, 1.0)} | clean | (absent(_ABUSIVE, 0.5) if not value else {})
    if name == "swsr":
        return {"aux_swsr": (value, 1.0), "hate": (value, 0.5)} | clean
    if name == "chnci":
        return {"aux_chnci": (value, weight), "offence": (value, 0.1)} | clean
    labels: Labels = {"aux_stoneskipping": (value, 0.5), "offence": (value, 0.15), "abuse": (value, 0.2)}
    return labels | (_ordinary(0.3, angry=False) if not value else clean)


def _ad_labels(name: str, row: Row) -> Labels:
    value, weight, kind = float(row["ad"]), float(row["weight"]), row.get("category", "")
    labels: Labels = {"ad": (value, weight)}
    if name == "fbs_sms":
        labels |= absent((Category.GAMBLING, Category.PORN, Category.ILLICIT_GOODS, *_ABUSIVE), 0.5)
        labels |= absent(
            (Category.SUPERSTITION, Category.FAN_CIRCLE, Category.RUMOUR, Category.CLICKBAIT), 0.3
        )
        if kind in _FBS:
            labels[_FBS[kind].value] = (1.0, 1.0)
        elif kind in _FBS_ADS:
            labels["fraud"] = (0.0, 0.5)
        return labels
    if not value:
        labels |= absent(_COMMERCIAL[1:], 0.4)
    elif name == "game_ads":
        labels |= absent((Category.GAMBLING, Category.PORN, *_ABUSIVE), 0.4)
    return labels


def _targets(name: str, row: Row) -> Iterator[Example]:
    known = {"negative": 0, "neutral": 1, "positive": 2, "not_negative": NOT_NEGATIVE}
    for target in row.get("targets", ()):
        polarity = known.get(target.get("sentiment") or "")
        if polarity is None:
            continue
        if target["start"] is not None:
            span = (int(target["start"]), int(target["end"]))
            yield Example(row["text"], name, target=polarity, span=span)
        elif name == "bdci_car" and len(row["targets"]) == 1:
            yield Example(row["text"], name, target=polarity)


def examples_of(name: str, row: Row) -> Iterator[Example]:
    """Examples that one row of a source gives (several for several targets, none if it has no label of ours)."""
    if name in ("bdci_car", "finnsp", "nlpcc2016_stance"):
        yield from _targets(name, row)
        return
    labels: Labels = {}
    sentiment: int | None = None
    if row.get("offence") is not None:
        labels |= _offence_labels(name, row)
    if row.get("ad") is not None:
        labels |= _ad_labels(name, row)
    if name == "chsd_hate":
        hateful = float(row["category"] == "hate")
        labels |= {"aux_chsd": (hateful, 1.0), "hate": (hateful, 0.7)}
    if row.get("sentiment") is not None:
        sentiment = SENTIMENTS.index(row["sentiment"])
        angry = row["sentiment"] == "negative" and name not in _REVIEWS
        labels |= _ordinary(0.4, angry=angry)
        if name in _REVIEWS:
            labels["offence"] = (0.0, 0.2)
    if not labels and sentiment is None:
        return
    yield Example(
        row["text"],
        name,
        binary=shared(labels),
        sentiment=sentiment,
        poles=row.get("sentiment_scheme") == "binary",
        sentiment_weight=float(row["weight"]),
        group=str(row.get("category") or row.get("subset") or ""),
        cloakable=name != "variant_sms",
    )
