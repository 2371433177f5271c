"""A community with something to do on the review desk: users, posts with evidence, brands with mentions."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher
from redis import Redis

from moderation.domain.brands import Mention
from moderation.domain.convention import Category, clause
from moderation.domain.evidence import Contact, ContactKind, Field, Hit, HitType, Level, Source
from moderation.domain.post import content_hash
from moderation.domain.review import needs_human, priority, queue_of
from moderation.domain.scores import Polarity, Scores, Sentiment
from moderation.domain.verdict import Action, Finding, RiskLevel, Suggestion, Verdict, Versions
from moderation.domain.wire import verdict_json
from moderation.images.keeping import Pictures
from moderation.outbound.announcements import Waiters
from moderation.outbound.bell import Bell
from moderation.services.access import Keys
from moderation.services.brand_statistics import BrandStatistics
from moderation.services.guidance import Guidance
from moderation.services.intake import Intake, new_post_id
from moderation.services.policies import Policies
from moderation.services.queues import Queues
from moderation.services.reviewing import Reviewing
from moderation.services.trials import Trials
from moderation.services.users import Role, Users
from moderation.settings import Settings
from moderation.store import brands, identities
from moderation.store.engine import Sessions
from moderation.store.tables import (
    BrandRow,
    CommunityRow,
    PostKeyRow,
    PostRow,
    ReviewItemRow,
    UserRow,
    VerdictRow,
)
from moderation.wiring.guidance_file import read_guidance
from moderation.wiring.web import WebParts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PASSWORD = "correct horse battery"
# The parameters of the product, so that a log-in does not hash anew; made once, since each costs 20 ms.
HASH = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(PASSWORD)
MINUTE = 60 * 1_000_000
DAY = 24 * 60 * MINUTE

SHIPPED_GUIDANCE = read_guidance()

_numbers = itertools.count(1)


def web_parts(url: str, clock: Callable[[], int], redis_url: str = "unix:///nowhere/redis.sock") -> WebParts:
    """The parts that the desk asks, over a database with tables; without a Redis they get along."""
    sessions = Sessions(url)
    redis = Redis.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1)
    bell = Bell(redis)
    made: dict[str, Any] = dict.fromkeys(field.name for field in fields(WebParts)) | {
        "settings": Settings(),
        "sessions": sessions,
        "redis": redis,
        "bell": bell,
        "waiters": Waiters(Redis.from_url(redis_url, socket_connect_timeout=1)),
        "keys": Keys(sessions, clock),
        "users": Users(sessions, clock),
        "intake": Intake(sessions, bell),
        "pictures": Pictures(sessions, clock),
        "queues": Queues(sessions),
        "policies": Policies(sessions, ""),
        "reviewing": Reviewing(sessions, bell),
        "statistics": BrandStatistics(sessions, bell),
        "trials": Trials(sessions, bell),
        "guidance": Guidance(sessions, SHIPPED_GUIDANCE),
        "clock": clock,
        "secret_key": "0" * 64,
    }
    return WebParts(**made)


def community(parts: WebParts, slug: str = "default") -> CommunityRow:
    with parts.sessions.write.begin() as session:
        return identities.add_community(session, slug=slug, name="社区", now=parts.clock())


def person(
    parts: WebParts, community_id: int, role: Role = Role.MODERATOR, email: str = "", name: str = "王审核"
) -> UserRow:
    """A user whose password is ``PASSWORD``."""
    number = next(_numbers)
    row = UserRow(
        community_id=community_id,
        email=email or f"{role.value}{number}@example.com",
        name=name,
        password_hash=HASH,
        role=role.value,
        active=True,
        session_id=f"session-{number}",
        locale="zh",
        created_at=parts.clock(),
    )
    with parts.sessions.write.begin() as session:
        session.add(row)
    return row


@dataclass(frozen=True)
class Told:
    """What a made-up post is: its text and what the machine said about it."""

    text: str
    suggestion: Suggestion = Suggestion.PASS
    number: str = ""
    ad: float = 0.02
    negativity: float = 0.05
    words: tuple[tuple[str, str, str], ...] = ()
    """(word as it stands, reading, library); a library with ! at its end suppresses."""
    contact: str = ""
    title: str = ""
    author: str = "阿良"
    source: str = "贴吧"
    scene: str = "post"
    feeling: Polarity = Polarity.NEUTRAL
    reply_to: str = ""
    related: tuple[str, ...] = ()
    reason: str = ""
    brand: str = ""


def hits_of(told: Told) -> tuple[Hit, ...]:
    found = []
    for word, reading, library in told.words:
        where = Field.TITLE if word in told.title else Field.TEXT
        start = (told.title if where is Field.TITLE else told.text).index(word)
        quiet = library.endswith("!")
        found.append(
            Hit(
                type=HitType.KEYWORD,
                value=word,
                normalised=reading,
                field=where,
                start=start,
                end=start + len(word),
                clause=told.number or "3.1",
                library=library.rstrip("!"),
                level=Level.BLOCK if told.suggestion is Suggestion.BLOCK else Level.REVIEW,
                suppressed=quiet,
                reason="词语边界不符" if quiet else "",
            )
        )
    return tuple(found)


def verdict_of(told: Told, brand: BrandRow | None = None) -> Verdict:
    risk = {
        Suggestion.PASS: RiskLevel.NONE,
        Suggestion.REVIEW: RiskLevel.MEDIUM,
        Suggestion.BLOCK: RiskLevel.HIGH,
    }
    action = {Suggestion.PASS: Action.SHOW, Suggestion.REVIEW: Action.HOLD, Suggestion.BLOCK: Action.REMOVE}
    probability = max(told.ad, told.negativity)
    finding = (
        (Finding(told.number, clause(told.number).label, probability, Source.MODEL, told.suggestion),)
        if told.number
        else ()
    )
    at = told.text.find(told.contact) if told.contact else 0
    name = brand.name if brand and told.brand in told.text else ""
    return Verdict(
        suggestion=told.suggestion,
        risk_level=risk[told.suggestion],
        action=action[told.suggestion],
        findings=finding,
        scores=Scores(
            ad=told.ad,
            negativity=told.negativity,
            sentiment=_sentiment(told.feeling),
            categories=dict.fromkeys(Category, 0.01)
            | {Category.DIVERSION: told.ad * 0.9, Category.ABUSE: told.negativity * 0.9},
        ),
        hits=hits_of(told),
        contacts=(Contact(ContactKind.WECHAT, told.contact, at, at + len(told.contact), obfuscated=True),)
        if told.contact
        else (),
        mentions=(_mention(told, brand),) if brand is not None and name else (),
        versions=Versions("zh-base-1", "default-1", "2026-11"),
        reason=told.reason,
    )


def _sentiment(feeling: Polarity) -> Sentiment:
    return {
        Polarity.NEGATIVE: Sentiment(0.81, 0.14, 0.05),
        Polarity.POSITIVE: Sentiment(0.04, 0.16, 0.80),
    }.get(feeling, Sentiment(0.1, 0.8, 0.1))


def _mention(told: Told, brand: BrandRow) -> Mention:
    start = told.text.index(told.brand)
    return Mention(
        brand.id, brand.name, told.brand, start, start + len(told.brand), Field.TEXT, told.feeling, 0.9, 0.95
    )


def tell(
    parts: WebParts,
    community_id: int,
    told: Told,
    *,
    ago: int = 5 * MINUTE,
    data_id: str = "",
    brand: BrandRow | None = None,
) -> tuple[PostRow, ReviewItemRow | None]:
    """Insert a post with its verdict, and a review item or mention where the verdict asks for one."""
    at = parts.clock() - ago
    verdict = verdict_of(told, brand)
    post = _post_row(community_id, told, at, data_id or f"demo-{next(_numbers)}")
    item = None
    with parts.sessions.write.begin() as session:
        session.add(post)
        session.add(
            PostKeyRow(
                community_id=community_id,
                data_id=post.data_id,
                post_id=post.id,
                content_hash=post.content_hash,
            )
        )
        session.add(_verdict_row(post, verdict, at))
        if needs_human(verdict):
            item = ReviewItemRow(
                community_id=community_id, post_id=post.id, revision=1, queue=queue_of(verdict).value,
                priority=priority(verdict), state="open", version=1, reason=told.reason, opened_at=at,
            )  # fmt: skip
            session.add(item)
        if verdict.mentions:
            assert brand is not None
            brands.add_mentions(
                session,
                [
                    _mention_columns(
                        post, verdict.mentions[0], clean=verdict.suggestion is not Suggestion.BLOCK
                    )
                ],
            )
    return post, item


def _post_row(community_id: int, told: Told, at: int, data_id: str) -> PostRow:
    values: dict[str, Any] = {
        "id": new_post_id(at),
        "community_id": community_id,
        "data_id": data_id,
        "state": "decided",
        "text": told.text,
        "title": told.title,
        "images": [],
        "scene": told.scene,
        "source": told.source,
        "mode": "post",
        "author_id": told.author,
        "author": {"id": told.author, "nickname": told.author, "followers": 3, "registered_at": at - 2 * DAY},
        "device": {},
        "context": {"reply_to_author": told.reply_to, "related": list(told.related)}
        if told.reply_to or told.related
        else {},
        "metrics": {},
        "extra": {},
        "content_hash": content_hash(told.text, told.title, []),
        "posted_at": at,
        "received_at": at,
        "cost": len(told.text) + 1,
    }
    return PostRow(**values)


def _verdict_row(post: PostRow, verdict: Verdict, at: int) -> VerdictRow:
    return VerdictRow(
        post_id=post.id, community_id=post.community_id, number=1, revision=1, source="machine",
        suggestion=verdict.suggestion.value, risk_level=verdict.risk_level.value, label=verdict.label.value,
        clause=verdict.clause, action=verdict.action.value, body=verdict_json(verdict), created_at=at,
    )  # fmt: skip


def _mention_columns(post: PostRow, mention: Mention, *, clean: bool) -> dict[str, Any]:
    return {
        "community_id": post.community_id,
        "brand_id": mention.brand_id,
        "post_id": post.id,
        "surface": mention.surface,
        "field": mention.field.value,
        "start": mention.start,
        "end": mention.end,
        "polarity": mention.polarity.value,
        "probability": mention.probability,
        "link_confidence": mention.link_confidence,
        "clean": clean,
        "content_hash": post.content_hash,
        "author_id": post.author_id,
        "source": post.source,
        "posted_at": post.posted_at,
    }


def a_brand(parts: WebParts, community_id: int, name: str, **dossier: list[str]) -> BrandRow:
    return parts.statistics.save(community_id, name=name, dossier=dossier, now=parts.clock())


# ---------------------------------------------------------------- a few dozen posts

_R, _B = Suggestion.REVIEW, Suggestion.BLOCK

ADVERT = Told(
    "想兼职的姐妹 【加𝐕】 ：abc··123 ，日结300,不收押金,宝妈学生都能做,名额有限先到先得。",
    _R,
    "3.8",
    ad=0.97,
    words=(
        ("加𝐕", "加微", "导流"),
        ("兼职", "兼职", "招工广告"),
        ("日结300", "日结300", "招工广告"),
        ("学生", "学生", "未成年人!"),
    ),
    contact="abc··123",
    source="小红书",
    scene="comment",
    reply_to="某某",
    related=("楼主: 求推荐一款适合敏感肌的护肤品,最近换季脸又红又痒。",),
)

POSTS: Sequence[Told] = (
    ADVERT,
    Told(
        "这人脑子是不是被门夹了,说话跟放屁一样,建议回炉重造。",
        _R,
        "2.6",
        negativity=0.83,
        words=(("脑子是不是被门夹了", "脑子是不是被门夹了", "辱骂"),),
        author="路人甲",
        scene="comment",
        reply_to="小鹿",
    ),
    Told(
        "专业代刷小红书点赞收藏,真人账号不掉赞,量大从优,需要的私我\u200b。",
        _R,
        "3.6",
        ad=0.88,
        words=(("代刷", "代刷", "刷量"), ("私我", "私我", "导流")),
        title="新号快速涨粉",
    ),
    Told(
        "八字看姻缘,六爻断吉凶,不准不收钱,想看的评论区扣1。",
        _R,
        "6.1",
        ad=0.55,
        words=(("八字", "八字", "占卜"), ("六爻", "六爻", "占卜")),
        author="清风道人",
    ),
    Told(
        "震惊!喝这个三天瘦十斤,医生看了都沉默",
        _R,
        "7.1",
        ad=0.61,
        title="震惊!喝这个三天瘦十斤",
        words=(("三天瘦十斤", "三天瘦十斤", "夸张标题"),),
        author="健康小站",
        source="头条号",
    ),
    Told(
        "河南人没一个好东西,谁信谁傻。",
        _R,
        "2.7",
        negativity=0.78,
        words=(("河南人没一个好东西", "河南人没一个好东西", "地域歧视"),),
        author="键盘侠007",
        scene="comment",
    ),
    Told(
        "家人们给哥哥打榜冲啊,集资链接在主页,差 3000 就能上大屏!",
        _R,
        "8.1",
        ad=0.44,
        words=(("打榜", "打榜", "饭圈"), ("集资", "集资", "饭圈")),
        author="月亮后援会",
        source="超话",
    ),
    Told(
        "听说明天全市停水三天,大家快去抢水,别怪我没提醒。",
        _R,
        "5.1",
        negativity=0.31,
        author="热心市民",
        source="微信群",
        scene="chat",
    ),
    Told("模型读不出这一条", _R, "", reason="三次机审失败: 编码错误", author="未知"),
    Told("今天天气不错,大家周末去哪儿玩?"),
    Told("求推荐一款适合油皮的防晒,预算两百以内。", author="小鹿"),
    Told(
        "加薇信领取兼职日结300",
        _B,
        "3.8",
        ad=0.99,
        words=(("加薇信", "加微信", "导流"), ("兼职日结", "兼职日结", "招工广告")),
    ),
    Told(
        "澳门新葡京上线啦,首存送彩金,百家乐真人荷官在线发牌 www.xpj-example.com",
        _B,
        "1.8.2",
        ad=0.98,
        words=(
            ("澳门新葡京", "澳门新葡京", "赌博"),
            ("百家乐", "百家乐", "赌博"),
            ("首存送彩金", "首存送彩金", "赌博"),
        ),
        author="客服小美",
    ),
    Told(
        "办证刻章,学历可查,加扣扣 1 2 3 4 5 6 7 8",
        _B,
        "1.13",
        ad=0.97,
        words=(("办证刻章", "办证刻章", "违禁品"), ("加扣扣", "加QQ", "导流")),
        contact="1 2 3 4 5 6 7 8",
        author="小广告",
    ),
)

FEELINGS = (
    ("瑞幸今天又下单失败,扣了钱也没出单,客服半天不回。", Polarity.NEGATIVE),
    ("瑞幸新出的橙C美式真的好喝,夏天必备。", Polarity.POSITIVE),
    ("路过瑞幸看到排了好长的队。", Polarity.NEUTRAL),
    ("瑞幸的杯子质量变差了,拿回家漏了一包。", Polarity.NEGATIVE),
    ("用券九块九一杯瑞幸,打工人续命水。", Polarity.POSITIVE),
)


def fill(parts: WebParts, community_id: int, *, times: int = 3) -> list[ReviewItemRow]:
    """Some dozens of posts; gives the open items."""
    items = []
    for turn in range(times):
        for place, told in enumerate(POSTS):
            _, item = tell(parts, community_id, told, ago=(turn * 40 + place * 3 + 2) * MINUTE)
            if item:
                items.append(item)
    brand = a_brand(parts, community_id, "瑞幸咖啡", aliases=["瑞幸", "小蓝杯"])
    for number in range(70):
        text, feeling = FEELINGS[(number * 7 + number // 11) % len(FEELINGS)]
        told = Told(
            text,
            feeling=feeling,
            brand="瑞幸",
            author=f"用户{number % 23}",
            source=("小红书", "微博", "贴吧")[number % 3],
        )
        tell(
            parts, community_id, told, ago=(number * number * 3 % 13) * DAY + number * 7 * MINUTE, brand=brand
        )
    few = a_brand(parts, community_id, "喜茶")
    for number in range(4):
        tell(
            parts,
            community_id,
            Told(f"喜茶第{number}次踩雷", feeling=Polarity.NEGATIVE, brand="喜茶"),
            ago=number * DAY,
            brand=few,
        )
    a_brand(parts, community_id, "蜜雪冰城")
    parts.statistics.recount()
    return items
