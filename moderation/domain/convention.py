"""The community convention (管理公约): its labels, its clauses, and the categories a classifier can score.

Clause numbers are the convention's own.  A clause that no detector covers still exists here, because
reports, human decisions, notices and statistics name clauses too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Label(StrEnum):
    """First part of a clause code: the chapter of the convention."""

    ILLEGAL = "illegal"
    UNFRIENDLY = "unfriendly"
    SPAM_ADS = "spam_ads"
    PORN_VULGAR = "porn_vulgar"
    MISINFORMATION = "misinformation"
    SUPERSTITION = "superstition"
    CLICKBAIT = "clickbait"
    FAN_CIRCLE = "fan_circle"
    OTHER_HARM = "other_harm"
    QUALITY = "quality"
    NONE = "none"


LABEL_NAMES_ZH: Final[dict[Label, str]] = {
    Label.ILLEGAL: "违法违规",
    Label.UNFRIENDLY: "不友善",
    Label.SPAM_ADS: "垃圾广告",
    Label.PORN_VULGAR: "色情低俗",
    Label.MISINFORMATION: "不实信息",
    Label.SUPERSTITION: "封建迷信",
    Label.CLICKBAIT: "标题党",
    Label.FAN_CIRCLE: "饭圈乱象",
    Label.OTHER_HARM: "其他危害",
    Label.QUALITY: "内容质量",
    Label.NONE: "无",
}


class Category(StrEnum):
    """What a classifier head scores.  Every key is present in every result."""

    AD = "ad"
    DIVERSION = "diversion"
    FRAUD = "fraud"
    GAMBLING = "gambling"
    PORN = "porn"
    ILLICIT_GOODS = "illicit_goods"
    ABUSE = "abuse"
    HATE = "hate"
    THREAT = "threat"
    SUPERSTITION = "superstition"
    CLICKBAIT = "clickbait"
    FAN_CIRCLE = "fan_circle"
    RUMOUR = "rumour"
    MINOR_HARM = "minor_harm"
    FLOOD = "flood"


CATEGORY_NAMES_ZH: Final[dict[Category, str]] = {
    Category.AD: "广告",
    Category.DIVERSION: "导流",
    Category.FRAUD: "诈骗",
    Category.GAMBLING: "赌博",
    Category.PORN: "色情",
    Category.ILLICIT_GOODS: "违禁品",
    Category.ABUSE: "谩骂",
    Category.HATE: "歧视",
    Category.THREAT: "威胁",
    Category.SUPERSTITION: "迷信",
    Category.CLICKBAIT: "标题党",
    Category.FAN_CIRCLE: "饭圈",
    Category.RUMOUR: "谣言",
    Category.MINOR_HARM: "危害未成年人",
    Category.FLOOD: "灌水",
}


class FoundBy(StrEnum):
    """How a clause can be found."""

    MODEL = "model"
    LEXICON = "lexicon"
    BEHAVIOUR = "behaviour"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the convention."""

    number: str
    code: str
    zh: str
    en: str
    found_by: tuple[FoundBy, ...]

    @property
    def label(self) -> Label:
        """Chapter of the clause: the part of the code before the first dot."""
        return Label(self.code.partition(".")[0])


class UnknownClauseError(LookupError):
    """A clause number or code that the convention does not have."""


_M, _L, _B, _R = FoundBy.MODEL, FoundBy.LEXICON, FoundBy.BEHAVIOUR, FoundBy.REPORT

CLAUSES: Final[tuple[Clause, ...]] = (
    Clause("1.1", "illegal.constitution", "反对宪法基本原则", "Against the constitution", (_R, _L)),
    Clause("1.2", "illegal.national_security", "危害国家安全", "National security", (_R, _L)),
    Clause("1.3", "illegal.heroes", "侮辱英烈", "Insulting heroes and martyrs", (_R, _L, _M)),
    Clause("1.4", "illegal.terror_extremism", "恐怖主义、极端主义", "Terrorism and extremism", (_L, _R)),
    Clause("1.5", "illegal.ethnic_hatred", "民族仇恨、民族歧视", "Ethnic hatred", (_M, _L)),
    Clause("1.6", "illegal.cult", "邪教与违法封建迷信", "Cults", (_L, _R)),
    Clause(
        "1.7", "illegal.rumour_disorder", "散布谣言、扰乱秩序", "Rumours disturbing public order", (_R, _M)
    ),
    Clause("1.8", "illegal.vice_crime", "淫秽、色情、赌博、暴力、凶杀、教唆犯罪", "Vice and crime", (_M, _L)),
    Clause("1.8.1", "illegal.vice_crime.porn", "淫秽色情", "Pornography", (_M, _L)),
    Clause("1.8.2", "illegal.vice_crime.gambling", "赌博", "Gambling", (_M, _L)),
    Clause("1.8.3", "illegal.vice_crime.violence", "暴力凶杀", "Violence", (_M, _L)),
    Clause("1.8.4", "illegal.vice_crime.crime", "教唆犯罪", "Incitement to crime", (_M, _L)),
    Clause("1.9", "illegal.assembly", "非法集会、聚众扰序", "Unlawful assembly", (_R, _L)),
    Clause(
        "1.10", "illegal.defamation_privacy", "侮辱诽谤、侵害名誉隐私", "Defamation and privacy", (_L, _M, _B)
    ),
    Clause("1.11", "illegal.minor_bullying", "对未成年人网络欺凌", "Bullying of minors", (_M, _B)),
    Clause("1.12", "illegal.minor_harm", "危害未成年人身心健康", "Harm to minors", (_L, _R)),
    Clause(
        "1.13", "illegal.other", "其他违法内容(诈骗、证件、毒品、武器)", "Fraud and illicit goods", (_M, _L)
    ),
    Clause("2.1", "unfriendly.contempt", "轻蔑", "Contempt", (_M,)),
    Clause("2.2", "unfriendly.slander", "诽谤", "Slander", (_R, _M)),
    Clause("2.3", "unfriendly.mockery", "嘲讽", "Mockery", (_M, _B)),
    Clause("2.4", "unfriendly.provocation", "挑衅、引战", "Provocation", (_M,)),
    Clause("2.5", "unfriendly.humiliation", "羞辱", "Humiliation", (_M,)),
    Clause("2.6", "unfriendly.abuse", "谩骂", "Abuse", (_M, _L, _B)),
    Clause("2.7", "unfriendly.discrimination", "歧视", "Discrimination", (_M,)),
    Clause("2.8", "unfriendly.threat", "威胁", "Threat", (_M, _L, _B)),
    Clause("3.1", "spam_ads.repeated_promotion", "多次发布推广", "Repeated promotion", (_M, _B)),
    Clause("3.2", "spam_ads.single_account", "单个账号多次发广告", "One account, many ads", (_B,)),
    Clause("3.3", "spam_ads.coordinated", "多账号配合发布广告", "Coordinated ads", (_B,)),
    Clause("3.4", "spam_ads.deceptive_link", "欺骗性外链", "Deceptive links", (_L, _B)),
    Clause("3.5", "spam_ads.seo_exposure", "大量推广链接博曝光", "Link and keyword stuffing", (_L,)),
    Clause("3.6", "spam_ads.fake_engagement", "买卖虚假互动", "Trade in fake engagement", (_M, _L, _B)),
    Clause("3.7", "spam_ads.deceptive_marketing", "欺骗性恶意营销", "Deceptive marketing", (_M, _R)),
    Clause("3.8", "spam_ads.evasion", "特殊符号、图片等规避审核", "Evading moderation", (_L,)),
    Clause("4.1", "porn_vulgar.explicit", "直接描写性行为", "Explicit description", (_M, _L)),
    Clause("4.2", "porn_vulgar.vulgar_joke", "低俗性玩笑", "Vulgar jokes", (_M, _L)),
    Clause("4.3", "porn_vulgar.provocative_image", "挑逗性图片", "Provocative images", (_R,)),
    Clause("4.4", "porn_vulgar.suggestive", "性暗示", "Sexual innuendo", (_M, _L)),
    Clause("4.5", "porn_vulgar.gore", "血腥惊悚", "Gore", (_M, _L)),
    Clause("4.6", "porn_vulgar.scandal", "炒作绯闻丑闻", "Scandal hype", (_M, _L)),
    Clause("4.7", "porn_vulgar.kitsch", "宣扬低俗庸俗媚俗", "Kitsch", (_M, _L)),
    Clause("5.1", "misinformation.rumour", "谣言", "Rumour", (_R, _M)),
    Clause("5.2", "misinformation.fabricated_experience", "捏造经历", "Fabricated experience", (_R, _M)),
    Clause("5.3", "misinformation.impersonation", "冒充身份", "Impersonation", (_R, _L)),
    Clause("6.1", "superstition.divination", "占卜算命", "Divination", (_L, _M)),
    Clause("6.2", "superstition.ask_diviner", "求推荐大师", "Asking for diviners", (_L, _M)),
    Clause("6.3", "superstition.fengshui", "风水改运", "Feng shui", (_L, _M)),
    Clause("6.4", "superstition.horoscope_fate", "八字六爻论命", "Fate by horoscope", (_L, _M)),
    Clause("7.1", "clickbait.exaggerated", "夸张标题", "Exaggerated title", (_L, _M)),
    Clause("7.2", "clickbait.distorted", "歪曲标题", "Distorted title", (_L, _M)),
    Clause("7.3", "clickbait.mismatch", "题文不符", "Title does not match", (_L, _M)),
    Clause("8.1", "fan_circle.fundraising", "应援集资、打榜", "Fan fundraising", (_L, _M)),
    Clause("8.2", "fan_circle.fan_war", "互撕拉踩、人肉", "Fan wars", (_L, _M)),
    Clause("8.3", "fan_circle.wealth_flaunting", "炫富攀比", "Flaunting wealth", (_L, _M)),
    Clause("8.4", "fan_circle.vote_manipulation", "水军控评、刷量养号", "Vote manipulation", (_L, _M, _B)),
    Clause("8.5", "fan_circle.hot_topic_hijack", "蹭热点", "Hijacking hot topics", (_L, _M)),
    Clause("9.1", "other_harm.minor_imitation", "诱导未成年人模仿危险行为", "Imitation by minors", (_R, _L)),
    Clause("9.2", "other_harm.disaster_comment", "灾难不当评论", "Comments on disasters", (_R, _L)),
    Clause("9.3", "other_harm.glorify_aggression", "美化侵略", "Glorifying aggression", (_R, _L)),
    Clause("9.4", "other_harm.other", "其他危害", "Other harm", (_R, _L)),
    Clause("0.1", "quality.flood", "灌水", "Flooding", (_B, _L)),
    Clause("0.2", "quality.low", "低质内容", "Low quality", (_M, _L)),
)

_BY_NUMBER: Final = {clause.number: clause for clause in CLAUSES}
_BY_CODE: Final = {clause.code: clause for clause in CLAUSES}


def clause(name: str) -> Clause:
    """Find a clause by number ("3.8") or code ("spam_ads.evasion").

    Raises:
        UnknownClauseError: the convention has no such clause.
    """
    found = _BY_NUMBER.get(name) or _BY_CODE.get(name)
    if found is None:
        message = f"the convention has no clause {name!r}; clauses run from 0.1 to 9.4"
        raise UnknownClauseError(message)
    return found


def clause_exists(name: str) -> bool:
    """Tell whether a number or code names a clause."""
    return name in _BY_NUMBER or name in _BY_CODE


def clauses_of(label: Label) -> tuple[Clause, ...]:
    """Clauses of one chapter, in the convention's order."""
    return tuple(each for each in CLAUSES if each.label is label)
