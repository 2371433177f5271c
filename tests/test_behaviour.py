# ruff: noqa: E501 - a scenario is easiest to read with one post a line
"""Scenarios written by hand: what behaviour is found in, and what it must not be found in."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.classifiers.behaviour import Observer, Posted, find
from moderation.classifiers.behaviour.links import find_links
from moderation.classifiers.behaviour.tricks import Trick
from moderation.domain.convention import clause_exists
from moderation.domain.policy import Threshold
from moderation.text.defaults import default_entries
from moderation.text.lexicon import Lexicon
from moderation.text.segment import default_segmenter
from tests.factories import DAY, NOW, some_scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.behaviour import BehaviourFinding
    from moderation.domain.scores import Scores

Row = tuple[str, float, str] | tuple[str, float, str, str] | tuple[str, float, str, str, str]


def posts(*rows: Row) -> list[Posted]:
    """Posts from (author, minute, text, thread, target)."""
    return [Posted(index, *_ordered(*row)) for index, row in enumerate(rows)]


def _ordered(
    author: str, minute: float, text: str, thread: str = "", target: str = ""
) -> tuple[str, str, float, str, str]:
    return author, text, minute, thread, target


def each(  # noqa: PLR0917 - a table reads better without names
    authors: str, start: float, step: float, texts: Sequence[str], thread: str = "", target: str = ""
) -> list[Row]:
    """One post an author (names apart by blanks), texts in turn."""
    return [
        (author, start + step * place, texts[place % len(texts)], thread, target)
        for place, author in enumerate(authors.split())
    ]


def same(author: str, minutes: Sequence[float], text: str, threads: str = "") -> list[Row]:
    """One account's copies; threads apart by blanks."""
    names = threads.split() or [""] * len(minutes)
    return [(author, minute, text, thread) for minute, thread in zip(minutes, names, strict=True)]


@cache
def observer() -> Observer:
    """Word lists, contacts and cues, as where there is no bundle."""
    return Observer(Lexicon.compile(default_entries()), default_segmenter())


def found_in(given_posts: Sequence[Posted], by: Observer | None = None) -> list[BehaviourFinding]:
    return find((by or observer()).observe(given_posts, now=NOW))


EIGHT = "甲 乙 丙 丁 戊 己 庚 辛"

# name: (kind, clause that must be among the clauses, posts, indexes that the finding must hold)
GUILTY: dict[str, tuple[str, str, list[Row], set[int]]] = {
    "the same job advert in three threads": (
        "repeat_ads", "3.2",
        same("u1", [0, 9, 31], "高薪诚聘线上兼职,在家就能做,日结300,有意加微信abc12345详聊", "t1 t2 t3"),
        {0, 1, 2},
    ),
    "a second copy in another thread": (
        "repeat_ads", "3.1",
        [
            ("u1", 0, "专业办理大额信用卡,不看征信,秒批秒放,咨询微信 kk778899", "t1"),
            ("u2", 3, "这周末有人去爬山吗", "t1"),
            ("u1", 140, "专业办理大额信用卡,不看征信,秒批秒放,咨询微信 kk778899", "t4"),
        ],
        {0, 2},
    ),
    "different words, one contact": (
        "repeat_ads", "3.2",
        [
            ("小美", 0, "姐妹们,我家新到一批高仿包包,支持验货,喜欢的加v mm520kk", "t1"),
            ("小美", 45, "莆田鞋一手货源,招代理,一件代发,详情咨询微信 mm520kk", "t2"),
            ("小美", 200, "手表复刻1:1,顶级工艺,看货+V:mm520kk", "t3"),
        ],
        {0, 1, 2},
    ),
    "cloaked copies, each written otherwise": (
        "repeat_ads", "3.2",
        [
            ("u9", 0, "兼职日结,每天两小时轻松300,加薇❤ hh77889", "a"),
            ("u9", 20, "兼 职 日 结,每天两小时轻松300,+V信 hh77889", "b"),
            ("u9", 44, "蒹职日結,每天两小时轻松300,加威信:hh77889", "c"),
            ("u9", 70, "【兼职日结】每天两小时轻松③00,➕🐧同步VX hh77889", "d"),
        ],
        {0, 1, 3},
    ),
    "loans by telephone over two days": (
        "repeat_ads", "3.2",
        same("贷款王经理", [0, 700, 1500, 2100], "急用钱找我!无抵押贷款,当天放款,黑户可做,电话13800138000", "a b c d"),
        {0, 1, 2, 3},
    ),
    "tutoring advert without contact": (
        "repeat_ads", "3.2",
        same("李老师", [0, 15, 33, 60], "初中数学一对一辅导班火热招生,暑假优惠价,名额有限,需要的家长私聊我", "a b c d"),
        {0, 1, 2, 3},
    ),
    "fake shoes by a shop with a link": (
        "repeat_ads", "3.2",
        [
            ("鞋库", 0, "AJ全系列现货特价,工厂直供,下单戳 https://shoes-8899.xyz/a1", "t1"),
            ("鞋库", 5, "椰子350补货了!特价包邮,工厂直供 下单戳 https://shoes-8899.xyz/a1", "t2"),
            ("鞋库", 12, "AF1库存清仓,工厂直供包邮,下单戳 https://shoes-8899.xyz/a1", "t5"),
        ],
        {0, 1, 2},
    ),
    "an advert among the same account's chat": (
        "repeat_ads", "3.2",
        [
            ("u1", 0, "早上好呀", "t1"),
            ("u1", 2, "代写论文,包过包查重,价格优惠,加qq 88776655", "t2"),
            ("u1", 8, "这个电影挺好看的", "t3"),
            ("u1", 30, "代写论文,包过包查重,价格优惠,加qq 88776655", "t4"),
            ("u1", 50, "专业代写论文,包过包查重,价格特别优惠,加qq 88776655", "t6"),
        ],
        {1, 3, 4},
    ),
    "traditional characters": (
        "repeat_ads", "3.2",
        same("u5", [0, 30, 90], "專業代開發票,各種行業都可以開,點數優惠,聯繫微信 fp665544", "a b c"),
        {0, 1, 2},
    ),
    "gambling in a chat room": (
        "repeat_ads", "3.2",
        [
            ("lucky", 0, "注册送88彩金,首存送100%,秒到账,进群领取 加q群 776655443", "room"),
            ("lucky", 14, "注册送88彩金,首存送100%!!秒到账!进群领取,加q群 776655443", "room"),
            ("lucky", 29, "新人注册送88彩金 首存送100% 秒到账 进群领取 加q群776655443", "room"),
        ],
        {0, 1, 2},
    ),
    "four accounts, one text": (
        "coordinated_ads", "3.3",
        each("a1 a2 a3 a4", 0, 12, ["免费领取考研资料包,历年真题押题卷都有,扫码进群领取,先到先得,微信 ky202611"]),
        {0, 1, 2, 3},
    ),
    "five accounts, padded and reordered": (
        "coordinated_ads", "3.3",
        each(
            "a1 a2 a3 a4 a5", 0, 25,
            [
                "在家兼职,日结200到500,手机操作,无需押金,有意加微信 jz10086a",
                "【急招】在家兼职,日结200-500,手机操作无需押金,有意加微信 jz10087b",
                "宝妈看过来~在家兼职,日结200到500,手机操作,无需押金,有意加微信 jz10088c!!!",
                "在家兼职啦,日结两百到五百,手机操作,无需押金,有意的加微信 jz10089d",
                "在家兼职 日结200到500 手机操作 无需押金 有意+微信 jz10090e",
            ],
        ),
        {0, 1, 2, 4},
    ),
    "three accounts, different texts, one contact": (
        "coordinated_ads", "3.3",
        [
            ("甲", 0, "想减肥的姐妹看过来,一个疗程瘦15斤,咨询微信 slim8866", "t1"),
            ("乙", 33, "我是靠它瘦下来的,产品正品包邮,加微信 slim8866 了解一下", "t2"),
            ("丙", 90, "减肥代理招募中,月入过万,联系微信slim8866", "t3"),
            ("丁", 95, "今天食堂的红烧肉不错", "t3"),
        ],
        {0, 1, 2},
    ),
    "two accounts share a disguised contact": (
        "coordinated_ads", "3.3",
        [
            ("甲", 0, "高额返佣,刷单日结,+薇❤ qian8899", "t1"),
            ("乙", 66, "手机兼职做任务,佣金日结,加V信 qian8899", "t2"),
        ],
        {0, 1},
    ),
    "one link from many": (
        "coordinated_ads", "3.3",
        each(
            "w1 w2 w3 w4", 0, 3,
            [
                "内部优惠券免费领,戳 http://quan-8.xyz/k 手慢无",
                "淘宝隐藏优惠券都在这,免费领 http://quan-8.xyz/k",
                "领券下单省一半 http://quan-8.xyz/k 名额有限",
                "免费领券 http://quan-8.xyz/k 先到先得",
            ],
        ),
        {0, 1, 2, 3},
    ),
    "cosmetics network": (
        "coordinated_ads", "3.3",
        each("m1 m2 m3", 5, 100, ["祛斑面膜厂家直销,祖传秘方七天见效,无效退款,诚招代理,联系电话13912345678"]),
        {0, 1, 2},
    ),
    "stock tips": (
        "coordinated_ads", "3.3",
        each(
            "股海1 股海2 股海3 股海4", 0, 40,
            ["老师带单,内幕牛股免费送,上周涨停三只,想跟的进群 加微信 gp99887", "老师带单,内幕牛股免费送,上周涨停三只,想跟的速进群 加微信 gp99887"],
        ),
        {0, 1, 2, 3},
    ),
    "mixed campaign in a busy forum": (
        "coordinated_ads", "3.3",
        [
            ("p1", 0, "今天股票又跌了", "a"),
            ("x1", 1, "游戏代练接单,王者上分,价格便宜,加qq 334455667", "a"),
            ("p2", 2, "有人知道图书馆几点关门吗", "b"),
            ("x2", 4, "游戏代练接单,王者上分,价格便宜,加qq 334455667", "b"),
            ("p3", 7, "附近新开的火锅店排队好久", "c"),
            ("x3", 9, "游戏代练接单!王者上分!价格便宜!加qq 334455667", "c"),
        ],
        {1, 3, 5},
    ),
    "the same sentence twelve times": (
        "flood", "0.1",
        same("闲人", [place * 0.4 for place in range(12)], "有没有人理我一下啊有没有人理我一下啊"),
        set(range(12)),
    ),
    "figures and signs": (
        "flood", "0.1",
        [("u1", place * 0.3, text, "t1") for place, text in enumerate(["111", "1111", "。。。", "666", "？？？", "11", ".", "2333", "!!!", "000"])],
        set(range(10)),
    ),
    "keyboard mash": (
        "flood", "0.1",
        [("猫踩键盘", place, text, "t1") for place, text in enumerate(["sdfghjk", "qwrtp", "zxcvb", "dfghj", "ghjkl", "cvbnm", "wsxdc", "rfvtgb", "yhnmj"])],
        set(range(9)),
    ),
    "forum water": (
        "flood", "0.1",
        [("水王", place * 0.9, text, f"t{place}") for place, text in enumerate(["顶", "沙发", "路过", "占楼", "前排", "飘过", "打酱油", "冒泡", "板凳", "mark"])],
        set(range(10)),
    ),
    "fills for points": (
        "flood", "0.1",
        [
            ("u1", 0, "凑字数凑字数凑字数凑够十五个字", "a"),
            ("u1", 6, "继续水经验,大家别介意", "b"),
            ("u1", 11, "水一贴混经验", "c"),
            ("u1", 20, "再来水个积分,刷经验", "d"),
        ],
        {0, 1, 2, 3},
    ),
    "two accounts push a thread": (
        "flood", "0.1",
        [(("甲", "乙")[place % 2], place * 2, ("顶", "顶顶", "up", "顶起", "自顶", "沉", "刷")[place % 7], "t1") for place in range(18)],
        set(range(18)),
    ),
    "a relay of water by many": (
        "flood", "0.1",
        each("a b c d e f", 0, 4, ["接着水,混经验", "水一水更健康", "一起水起来", "凑字数凑字数", "水经验中勿扰", "继续水"], "t1"),
        {0, 1, 2, 3, 4, 5},
    ),
    "one post every half an hour": (
        "flood", "0.1",
        same("u1", [place * 30 for place in range(12)], "为什么没有人喜欢我写的小说,你们都不懂艺术"),
        set(range(12)),
    ),
    "thirty posts in two minutes": (
        "flood", "0.1",
        [("刷屏怪", place / 15, f"刷屏刷屏第{place}次啦啦啦{'呀' * (place % 5)}", "直播间") for place in range(30)],
        set(range(30)),
    ),
    "a phrase stuffed into posts": (
        "flood", "0.1",
        same("u1", [0, 3, 8], "我要上电视啊快看我" * 30, "a b c"),
        {0, 1, 2},
    ),
    "a price for a thousand likes": (
        "fake_engagement", "3.6",
        [("u1", 0, "点赞评论转发一条龙,十块一千赞,量大从优")],
        {0},
    ),
    "sells followers": (
        "fake_engagement", "3.6",
        [("u1", 0, "抖音涨粉,真人粉不掉,1000粉18元,自助下单平台,秒到"), ("u2", 3, "今天好冷")],
        {0},
    ),
    "buys good reviews": (
        "fake_engagement", "3.6",
        [("店主", 0, "求购好评,有偿,找人刷好评,5元一条,长期合作私聊我")],
        {0},
    ),
    "hires trolls": (
        "fake_engagement", "3.6",
        [("x", 0, "专业水军团队,承接论坛顶帖,评论业务,价格便宜,联系qq 22334455")],
        {0},
    ),
    "swaps followers": (
        "fake_engagement", "3.6",
        [("a", 0, "互粉互赞!有粉必回,诚信,来的扣1"), ("b", 2, "互关吗 秒回关"), ("c", 5, "这个视频讲得真好")],
        {0, 1} - {1},
    ),
    "buys views in slang": (
        "fake_engagement", "3.6",
        [("a", 0, "谁有靠谱的刷播放量渠道?便宜稳定的来,量大")],
        {0},
    ),
    "sells votes": (
        "fake_engagement", "8.4",
        [("a", 0, "微信投票刷票,人工投票,0.3元一票,安全稳定,加微信 tp668899")],
        {0},
    ),
    "votes with spare accounts": (
        "fake_engagement", "8.4",
        [("组长", 0, "大家今晚给3号投票,用小号多投几次,换ip再投,不会的私信我"), ("路人", 1, "好的")],
        {0},
    ),
    "votes for money": (
        "fake_engagement", "8.4",
        [("a", 0, "帮我孩子投一票发红包2元,投完截图私我")],
        {0},
    ),
    "orders to control comments": (
        "fake_engagement", "8.4",
        [("后援会", 0, "姐妹们速去微博控评,文案在群里复制,每人至少五条,把哥哥顶到前排")],
        {0},
    ),
    "data work": (
        "fake_engagement", "8.4",
        [("数据组", 0, "今晚八点统一打投,小号也要登录,教程和链接在置顶,每人10票,完成打卡")],
        {0},
    ),
    "praise of a shop by script": (
        "fake_engagement", "8.4",
        each(
            "v1 v2 v3 v4 v5", 0, 9,
            [
                "这家店的服务态度真的太好了,菜品新鲜,性价比超高,强烈推荐大家来试试",
                "这家店的服务态度真的太好了,菜品很新鲜,性价比超高,强烈推荐大家来试试!",
                "这家店的服务态度真的太好了!菜品新鲜!性价比超高!强烈推荐大家来试试~",
            ],
        ),
        {0, 1, 2, 3, 4},
    ),
    "praise of an actor by script": (
        "fake_engagement", "8.4",
        each("f1 f2 f3 f4 f5 f6", 0, 2, ["这次演技真的炸裂,实力派演员无可挑剔,路人都被圈粉了"], "剧评"),
        {0, 1, 2, 3, 4, 5},
    ),
    "a digit for a letter": (
        "deceptive_link", "3.4",
        [("u1", 0, "双十一红包提前领 http://www.taoba0.com/hb"), ("u2", 1, "真的吗")],
        {0},
    ),
    "Cyrillic letters": (
        "deceptive_link", "3.4",
        [("u1", 0, "您的账号异常,请登录 https://www.аррӏе.com/signin 验证")],
        {0},
    ),
    "punycode": (
        "deceptive_link", "3.4",
        [("u1", 0, "活动入口:https://xn--80ak6aa92e.com/login")],
        {0},
    ),
    "a bank's name as subdomain": (
        "deceptive_link", "3.4",
        [("客服", 0, "尊敬的用户,您的工行积分即将到期,请点击 http://www.icbc.com.cn.jifen-dh.top 兑换")],
        {0},
    ),
    "user at host": (
        "deceptive_link", "3.4",
        [("u1", 0, "淘宝福利 https://www.taobao.com@45h.top/x 快领")],
        {0},
    ),
    "shown address is not the target": (
        "deceptive_link", "3.4",
        [("u1", 0, "请到[www.icbc.com.cn](http://icb-login.xyz/a)更新信息")],
        {0},
    ),
    "a name one slip away": (
        "deceptive_link", "3.4",
        [("u1", 0, "拼多多助力领现金 http://pinduodou.com/zl")],
        {0},
    ),
    "a borrowed name with a cheap suffix": (
        "deceptive_link", "3.4",
        [("u1", 0, "京东618内部红包领取 http://jd-618hongbao.top")],
        {0},
    ),
    "posing as ETC and a bank": (
        "deceptive_link", "3.4",
        [("u1", 0, "【建设银行】您的账户已冻结,请登录 http://c-cb.xyz/v 验证身份解冻")],
        {0},
    ),
    "an address of figures with bait": (
        "deceptive_link", "3.4",
        [("u1", 0, "免费领取会员,点击下载安装 http://47.98.13.22:8080/a.apk")],
        {0},
    ),
    "a number for a host": (
        "deceptive_link", "3.4",
        [("u1", 0, "看看这个 http://3627734734/x")],
        {0},
    ),
    "a shortener with an advert": (
        "deceptive_link", "3.4",
        [("u1", 0, "兼职日结300,免费领取名额,点击 http://dwz.cn/Abc12 加微信 kf776655")],
        {0},
    ),
    "a jump to a look-alike": (
        "deceptive_link", "3.4",
        [("u1", 0, "链接 https://link.zhihu.com/?target=https%3A//www.taoba0.com/hb")],
        {0},
    ),
    "insults at the thread's starter": (
        "pile_on", "2.6",
        [
            ("小林", 0, "第一次发自己的画,请大家多多指教", "t1"),
            *each(
                "a b c d e f", 5, 4,
                ["画的什么垃圾,滚出去吧你", "你也配画画?脑残", "恶心死了,别出来丢人现眼", "傻逼画成这样也敢发", "废物一个,你妈没教你吗", "滚吧,不要脸"],
                "t1", "小林",
            ),
        ],
        {1, 2, 3, 4, 5, 6},
    ),
    "no target given, the starter is meant": (
        "pile_on", "2.6",
        [
            ("阿雅", 0, "今天穿了新裙子,开心", "t1"),
            *each("a b c d e", 3, 6, ["你这么丑也敢发?丑八怪", "楼主真恶心", "楼主滚出去", "肥猪,你照照镜子", "这人有病吧,不要脸"], "t1"),
        ],
        {1, 2, 3, 4, 5},
    ),
    "mentions": (
        "pile_on", "2.6",
        each(EIGHT, 0, 7, ["@林小满 去死吧", "@林小满 滚出这个圈子", "@林小满 真恶心", "@林小满 人渣", "@林小满 你有病吧"]),
        set(range(8)),
    ),
    "classmates": (
        "pile_on", "1.11",
        each("a b c d e", 0, 3, ["你个丑八怪明天别来上学了", "全班都讨厌你,滚吧", "死胖子,初二最恶心的就是你", "没人想理你,怎么不去死", "转学吧废物"], "班级群", "小雨"),
        {0, 1, 2, 3, 4},
    ),
    "doxxing": (
        "pile_on", "1.10",
        each("a b c d e", 0, 10, ["已经人肉出来了,住址发群里了", "这种人渣就该开盒", "把她电话爆出来,贱人", "我知道她学校,放学等着", "不要脸的东西,去死"], "t", "微微"),
        {0, 1, 2, 3, 4},
    ),
    "mockery by many": (
        "pile_on", "2.3",
        each(EIGHT, 0, 9, ["笑话,你也配当老师", "真丢人,退网吧你", "就这水平还装什么", "脸皮真厚啊你", "你可笑不可笑"], "t", "王老师"),
        set(range(8)),
    ),
    "a wave among friendly posts": (
        "pile_on", "2.6",
        [
            ("小周", 0, "我的翻唱来啦", "t"),
            ("粉丝1", 1, "好听!支持", "t", "小周"),
            ("x1", 4, "难听死了,你这垃圾人滚吧", "t", "小周"),
            ("粉丝2", 5, "加油,我喜欢", "t", "小周"),
            ("x2", 7, "傻逼吧,这也叫唱歌", "t", "小周"),
            ("x3", 9, "恶心人的玩意,你不要脸", "t", "小周"),
            ("粉丝3", 12, "大家不要骂人呀", "t", "小周"),
            ("x4", 14, "废物,去死", "t", "小周"),
            ("x5", 16, "滚出去,小丑", "t", "小周"),
        ],
        {2, 4, 5, 7, 8},
    ),
    "disguised insults": (
        "pile_on", "2.6",
        each("a b c d e", 0, 5, ["你个傻 逼 滚 吧", "楼主就是脑 残", "nmsl,滚蛋", "廢物,滾出去", "你是真的贱人"], "t", "阿强"),
        {0, 1, 2, 3, 4},
    ),
}  # fmt: skip

HAPPY = "7号线体育馆见!粉丝见面会通知:11月28日下午2点,地点体育馆,凭票入场,请提前半小时到场"

INNOCENT: dict[str, list[Row]] = {
    "glad of a thousand likes": [("u1", 0, "第一次破一千赞,谢谢大家点赞评论转发,下一期讲价格")],
    "an event notice passed on by fans": each(EIGHT, 0, 15, [HAPPY, f"转发:{HAPPY}", f"{HAPPY} 大家不见不散!"]),
    "an official's notice in several threads": same("官方小助手", [0, 1, 2, 4], "【活动通知】本周六上午9点志愿者集合,地点东门,报名联系电话13812345678", "a b c d"),
    "a notice with an address to sign up": each(EIGHT, 0, 20, ["读书会活动报名:周日下午3点,市图书馆二楼,报名链接 https://www.wjx.cn/vm/abc123.aspx,咨询 010-62345678"]),
    "daily check-in": [("阿勤", day * 1440 + 3, f"第{day + 1}天打卡,背单词50个,听力30分钟", "学习") for day in range(14)],
    "the same check-in each day": [("阿勤", day * 1440, "今日学习打卡", "学习") for day in range(20)],
    "many check in": each(EIGHT, 0, 1, ["今日学习打卡", "打卡", "今日学习打卡!"], "学习"),
    "a typo mended": [("u1", 0, "明天下午三点图书馆门口间,不见不散", "t1"), ("u1", 1, "明天下午三点图书馆门口见,不见不散", "t1"), ("u1", 2, "打错字了,重新发一遍", "t1")],
    "a sale with its price mended": [
        ("小陈", 0, "出售二手自行车一辆,九成新,300元,需要的私聊", "二手"),
        ("小陈", 3, "出售二手自行车一辆,九成新,350元,需要的私聊", "二手"),
    ],
    "one honest sale": [("小陈", 0, "毕业了转让一台显示器,400元,可自提,联系微信 chen8812x", "二手"), ("b", 5, "还在吗", "二手", "小陈"), ("小陈", 9, "还在的", "二手", "b")],
    "laughter of many": each(EIGHT, 0, 0.2, ["哈哈哈哈", "哈哈哈哈哈哈", "笑死", "233333"], "t1"),
    "congratulations": each(EIGHT, 0, 0.5, ["恭喜恭喜", "恭喜!", "恭喜楼主上岸"], "t1", "楼主"),
    "received": each(EIGHT, 0, 0.3, ["收到", "收到,谢谢老师", "收到"], "群通知"),
    "bumps by many": each(EIGHT, 0, 2, ["顶", "顶一下", "帮顶"], "t1"),
    "lyrics": each("a b c d e", 0, 6, ["后来,我总算学会了如何去爱,可惜你早已远去,消失在人海"], "电台"),
    "a line from a film": each(EIGHT, 0, 3, ["念念不忘,必有回响,有一口气,点一盏灯,这句台词封神了"]),
    "a service desk": [
        ("客服小李", place * 6, "您好,非常抱歉给您带来不便,您的订单我们已登记,售后会在24小时内核实处理并联系您", f"t{place}", name)
        for place, name in enumerate(EIGHT.split())
    ],
    "a service desk with its number": [
        ("商家客服", place * 4, "亲,您好,退款问题请提供订单号,我们马上为您核实,也可以拨打客服电话400-800-1234", f"t{place}", name)
        for place, name in enumerate(EIGHT.split())
    ],
    "a raffle's sentence": [
        ("店家", 0, "抽奖啦!评论区留言「这款手机拍照真好看性能强我强烈推荐」,抽三位送手机", "抽奖"),
        *each(EIGHT, 5, 1, ["这款手机拍照真好看性能强我强烈推荐"], "抽奖"),
    ],
    "a raffle's sentence without threads": [
        ("店家", 0, "转发抽奖!复制这句话:良心国货质量好性价比高值得推荐,抽5位送礼盒"),
        *each(EIGHT, 5, 1, ["良心国货质量好性价比高值得推荐"]),
    ],
    "many ask the same": each(EIGHT, 0, 10, ["请问这个课程怎么报名呀?", "请问课程优惠价多少钱啊", "这个课程怎么报名?", "请问怎么领取资料包"], "t1"),
    "one asks in three places": same("新人", [0, 12, 40], "请问有没有靠谱的兼职推荐?大学生想做点副业", "a b c"),
    "disagreement": each(EIGHT, 0, 3, ["我不同意你的看法,数据对不上", "楼主说得不对吧,请给出来源", "这个结论太武断了", "建议先看看原文再下结论", "不认同,逻辑有问题"], "t", "阿哲"),
    "one quotes what was said": [
        ("小何", 0, "今天被人私信骂「傻逼滚出去」「废物去死」,真的很难过", "t"),
        ("小何", 2, "还有人说我「丑八怪不要脸」,截图都在", "t"),
        ("友1", 5, "抱抱,别理他们", "t", "小何"),
        ("友2", 6, "别难过,骂你废物的人才可怜", "t", "小何"),
        ("友3", 7, "心疼,举报那些骂你的", "t", "小何"),
        ("友4", 8, "支持你,那些喷子太恶心", "t", "小何"),
    ],
    "a quarrel of two": [(("甲", "乙")[place % 2], place, ("你有病吧", "你才有病,滚", "傻逼", "废物")[place % 4], "t", ("乙", "甲")[place % 2]) for place in range(12)],
    "complaints about a product": each(EIGHT, 0, 5, ["这手机太垃圾了,电池不行", "客服态度真差,退款拖了一周", "更新之后卡顿,恶心", "质量真垃圾,退货", "游戏服务器又崩了,什么玩意"], "t", "某品牌官方"),
    "self-mockery": each("a b c d e", 0, 3, ["我真是个废物,又没考过", "我太蠢了哈哈", "我也是垃圾,抱抱", "我就是小丑", "感觉自己好丢人"], "树洞"),
    "rubbish and rolling": each(EIGHT, 0, 3, ["垃圾分类从我做起", "楼道垃圾桶满了", "滚筒洗衣机哪个好用", "摇滚乐队演出太燃了", "小丑鱼好可爱"], "生活", "物业"),
    "a warning that quotes the advert": each("a b c d", 0, 30, ["大家小心,这个微信 abc12345 是骗子,说什么兼职日结300,千万别加", "提醒大家:又收到这种兼职日结的骗局,微信abc12345,别信"]),
    "talk about trolls": [
        ("a", 0, "新闻说某公司雇水军刷好评被罚款了"),
        ("b", 3, "刷票真可耻,希望平台严打"),
        ("c", 6, "怎么看待明星买热搜的现象?"),
        ("d", 9, "感觉这楼里好多水军,说好话的都像是买的"),
        ("e", 12, "我不是水军,就是普通用户"),
    ],
    "an honest vote": [
        ("妈妈", 0, "麻烦大家给我家孩子投个票,5号,每人每天一票,谢谢啦"),
        ("b", 3, "已投"), ("c", 4, "投了,加油"), ("妈妈", 9, "谢谢大家"),
    ],
    "links to well-known sites": [
        ("a", 0, "教程在这 https://www.bilibili.com/video/BV1xx411c7mD"),
        ("b", 1, "官网 www.icbc.com.cn 可以查"),
        ("c", 2, "代码 https://github.com/user/repo/issues/3"),
        ("d", 3, "资料 pan.baidu.com/s/1abc 提取码 x2y3"),
        ("e", 4, "百科 https://baike.baidu.com/item/abc?fr=aladdin"),
        ("f", 5, "登录 https://passport.jd.com/new/login.aspx"),
    ],
    "short links among friends": [("a", 0, "这个视频好好笑 https://b23.tv/abc123"), ("b", 1, "微博 http://t.cn/A6abcde 这条你看了吗"), ("c", 2, "新闻 https://url.cn/5abc")],
    "a developer's addresses": [("a", 0, "我的服务器 http://47.98.13.22:8080 打不开,日志报 502,怎么排查"), ("b", 1, "本地 http://127.0.0.1:5000 正常"), ("c", 2, "路由器后台是 http://192.168.1.1 登录密码默认 admin")],
    "a warning of a phishing site": [("a", 0, "提醒:taoba0.com 是钓鱼网站,千万别点,已举报"), ("b", 1, "谢谢提醒")],
    "a markdown link": [("a", 0, "文档见[官方手册](https://docs.python.org/3/),例子在[example.com](https://example.com/a)")],
    "an e-mail address": [("a", 0, "简历请发 hr@example-tech.com,谢谢")],
    "an account's live report": [("解说", place * 2.5, f"第{place * 3 + 1}分钟:{text}", "直播") for place, text in enumerate(["主队开球", "客队角球", "射门偏出", "黄牌", "换人", "进球了!1比0", "越位", "中场休息", "下半场开始", "任意球", "扑救", "终场哨响"])],
    "a chat of two": [(("甲", "乙")[place % 2], place * 0.5, text, "私聊") for place, text in enumerate(["在吗", "在", "吃了吗", "吃了", "哈哈", "嗯", "晚上打球?", "好", "几点", "七点", "ok", "老地方", "嗯嗯", "好的", "不见不散", "哦对", "带水", "行"])],
    "a book passed chapter by chapter": [("作者", place * 1.5, f"第{place + 1}章 {text}", "连载") for place, text in enumerate(["雨夜来客", "旧信", "码头上的人", "失约", "长堤", "他没有回头", "灯火", "归途"])],
    "birthday wishes": each(EIGHT, 0, 1, ["生日快乐!新的一年继续闪闪发光,期待更多好作品"], "生日楼", "小艺"),
    "honest praise in own words": each("a b c d", 0, 60, ["这家面馆真好吃,推荐牛肉面", "服务态度不错,下次还来", "性价比挺高,推荐", "味道一般,不过老板人好"], "美食"),
    "no praise given": each(EIGHT, 0, 10, ["此用户没有填写评价", "系统默认好评"], "评价"),
    "a lost dog": same("铲屎官", [0, 30, 90], "寻狗启事:昨天晚上在东门小区走失一只柯基,捡到请联系13812345678,必有重谢", "a b c"),
    "looking for a flatmate": [("小吴", 0, "求合租室友,地铁口,月租两千,有意私信", "租房"), ("小吴", 300, "求合租室友,地铁口,月租两千,有意私信", "找室友")],
    "team mates": [("阿飞", 0, "找队友开黑,星耀局,加qq 12345678", "组队"), ("阿飞", 60, "还缺一个队友,今晚开黑,加qq 12345678", "组队")],
    "greetings to newcomers": [("版主", place, "欢迎新朋友,请先看置顶版规哦", f"t{place}", f"新人{place}") for place in range(9)],
    "a friendly user": [("暖暖", place * 1.1, "恭喜上岸!", f"t{place}") for place in range(7)],
    "a code and a parcel": [("a", 0, "我的快递单号 75312345678901 放门口了"), ("a", 3, "手机尾号 5678,麻烦放驿站"), ("a", 9, "取件码 3-2-1005")],
    "an answer given twice": [("热心人", 0, "推荐城东那家修车店,手艺好价格公道", "a"), ("热心人", 50, "推荐城东那家修车店,手艺好价格公道", "b")],
    "a chain of wishes": each(EIGHT, 0, 1, ["接好运", "接!", "接接接", "许愿上岸"], "锦鲤"),
    "mourning": each(EIGHT, 0, 1, ["一路走好,致敬英雄", "致敬", "泪目,一路走好"]),
    "a class hands in": each(EIGHT, 0, 2, ["作业已提交,请老师查收", "老师好,作业已提交,请查收"], "作业"),
    "a few rude words at a famous person": [
        *each("路人1 路人2 路人3 路人4 路人5 路人6", 0, 2, ["新歌很好听", "期待演唱会", "这次造型一般", "支持", "旋律不错", "歌词有点平"], "t", "歌手"),
        ("x", 20, "难听,什么垃圾", "t", "歌手"), ("y", 30, "滚", "t", "歌手"),
    ],
    "insults over months": each("a b c d e", 0, 30 * 1440, ["傻逼", "你有病", "废物", "滚", "恶心人"], "t", "阿强"),
    "friends tease": each("a b c", 0, 1, ["你个傻子哈哈", "哈哈你好蠢", "笑死你了"], "t", "大壮"),
    "empty posts": [("a", 0, ""), ("b", 1, "   "), ("c", 2, "\u200b")],
    "nothing": [],
}  # fmt: skip


# A second set, written after the detectors and first tried unseen: 26 of 35 were found, 2 of 32 innocent ones too.
LATER_GUILTY: dict[str, tuple[str, list[Row]]] = {
    "rent agent": (
        "repeat_ads",
        same(
            "中介小刘", [0, 20, 50], "地铁口精装一室一厅,拎包入住,月租1800,随时看房,电话18612345678", "a b c"
        ),
    ),
    "english class": (
        "repeat_ads",
        same("Tina老师", [0, 100, 200], "零基础学英语,外教一对一,免费试听课扫码预约,限前20名", "a b c"),
    ),
    "crypto": (
        "repeat_ads",
        same("老K", [0, 30, 70, 120], "跟单合约日赚千U,老师免费带,电报群 @kkbtc88", "g1 g2 g3 g4"),
    ),
    "vape": (
        "repeat_ads",
        [
            ("烟", 0, "电子烟全口味现货 一手货 +V yan66778", "a"),
            ("烟", 11, "悦刻四代通配烟弹 支持代发 V:yan66778", "b"),
            ("烟", 40, "老客户回购价 yan66778", "c"),
        ],
    ),
    "movie site": (
        "repeat_ads",
        same("影迷", [0, 15, 30], "最新院线大片免费看高清无删减 kk78.top 手机直接打开", "a b c"),
    ),
    "certificates 5 acc": (
        "coordinated_ads",
        each(
            "a b c d e",
            0,
            30,
            [
                "学历提升找我,不用考试包拿证,学信网可查,咨询V信 xl202688",
                "学历提升不用考试,包拿证,学信网可查!咨询V信xl202688",
            ],
        ),
    ),
    "video vip": (
        "coordinated_ads",
        each(
            "q1 q2 q3 q4",
            0,
            5,
            [
                "腾讯视频会员年卡88元,秒到账,要的来",
                "腾讯视频会员年卡只要88元,秒到账,要的来!",
                "腾讯视频会员年卡88元秒到账 要的来~",
            ],
        ),
    ),
    "tea": (
        "coordinated_ads",
        each("c1 c2 c3", 0, 60, ["爷爷种的茶叶滞销,低价处理,一斤99包邮,加微信 chaye6677 帮帮老人家"]),
    ),
    "qq group": (
        "coordinated_ads",
        each(
            "z1 z2 z3 z4",
            0,
            2,
            [
                "游戏辅助稳定不封号,透视自瞄,进群下载 873344556",
                "稳定辅助透视自瞄,进群 873344556 下载",
                "自瞄透视不封,裙:873344556",
            ],
        ),
    ),
    "spam hello": ("flood", same("u", [i * 0.5 for i in range(9)], "你好你好你好我是新来的关注我")),
    "ad lib nonsense": (
        "flood",
        [
            ("u", i * 0.7, t, "t")
            for i, t in enumerate(
                ["啊啊啊啊", "啦啦啦", "嘿嘿", "咕咕", "1", "？？", "喵", "汪", "略略略", "阿巴阿巴"]
            )
        ],
    ),
    "emoji": (
        "flood",
        [
            ("u", i * 0.4, t, "t")
            for i, t in enumerate(["😂😂😂", "🎉🎉", "👍", "😂", "🔥🔥🔥", "👍👍", "😊", "🎉", "😂😂"])
        ],
    ),
    "copy paste essay": (
        "flood",
        same(
            "u",
            [0, 1, 2, 3, 4, 5],
            "曾经有一份真诚的爱情摆在我面前我没有珍惜等到失去的时候才追悔莫及人世间最痛苦的事情莫过于此",
        ),
    ),
    "live spam": ("flood", [("u", i * 0.1, "主播看我看我看我" + str(i), "live") for i in range(20)]),
    "xhs": ("fake_engagement", [("u", 0, "小红书赞藏评业务,笔记收录,10块100赞,真人账号,需要的滴滴")]),
    "water army recruit": (
        "fake_engagement",
        [("u", 0, "招评论员,每天在家刷评论,一条1块,日结,水军团队长期招人")],
    ),
    "bilibili": ("fake_engagement", [("u", 0, "B站三连代刷,播放量100元1万,掉了补,老店诚信")]),
    "hot search": ("fake_engagement", [("u", 0, "专业上热搜,保证在榜三小时,明星工作室长期合作,价格私聊")]),
    "delete bad": ("fake_engagement", [("u", 0, "代删差评,负面处理,不成功不收费,联系微信 sc998877")]),
    "vote": ("fake_engagement", [("u", 0, "宝宝大赛拉票群,互投互助,一天可投10票,进群互投")]),
    "control": ("fake_engagement", [("u", 0, "宝子们去广场控一下评,话术我放群里了,记得换着说,别用原文")]),
    "praise game": (
        "fake_engagement",
        each(
            "a b c d",
            0,
            20,
            [
                "玩了三天这款手游,画面精美,剧情用心,真的良心神作,强烈安利给大家",
                "玩了三天这款手游,画面精美剧情用心,真的是良心神作,强烈安利给大家!",
            ],
        ),
    ),
    "weixln": ("deceptive_link", [("u", 0, "您的微信账号被投诉,请在 weixln-safe.com 解除限制")]),
    "alipay": ("deceptive_link", [("u", 0, "支付宝年终账单红包 http://alipay.hongbao-lq.xyz 快来领取")]),
    "a href": (
        "deceptive_link",
        [("u", 0, '<a href="http://evil.example.top/x">https://www.taobao.com</a>')],
    ),
    "gov": (
        "deceptive_link",
        [("u", 0, "【ETC】您的ETC认证失效,请尽快登录 http://etc-rz.top 办理,以免影响通行")],
    ),
    "12306": ("deceptive_link", [("u", 0, "抢票加速包免费领 http://12306-qp.top/free")]),
    "steam": ("deceptive_link", [("u", 0, "兄弟给我投一票 https://steamcornmunity.com/vote/1")]),
    "paypaI": ("deceptive_link", [("u", 0, "verify at http://www.paypa1.com/login")]),
    "pile 2": (
        "pile_on",
        [
            ("小白", 0, "高考成绩出来了,420分", "t"),
            *each(
                "a b c d e f",
                2,
                5,
                [
                    "就你这智商还考大学?笑死",
                    "垃圾",
                    "丢不丢人啊,发出来干嘛",
                    "脑子进水了吧",
                    "废物,白活了",
                    "你爸妈脸都被你丢光了,滚",
                ],
                "t",
                "小白",
            ),
        ],
    ),
    "pile 3": (
        "pile_on",
        each(
            "a b c d e f g",
            0,
            8,
            [
                "某女星滚出娱乐圈",
                "她怎么还有脸出来",
                "恶心的女人,吐了",
                "捞女一个,令人作呕",
                "这种人也配当明星?",
                "贱不贱啊她",
                "抵制她,人品太差",
            ],
            "八卦",
        ),
    ),
    "pile @": (
        "pile_on",
        each(
            "a b c d e",
            0,
            2,
            ["@小鹿 你妈死了", "@小鹿 出来挨骂", "@小鹿 婊子", "@小鹿 全家火葬场", "@小鹿 不得好死"],
        ),
    ),
    "pile school": (
        "pile_on",
        each(
            "a b c d e",
            0,
            4,
            [
                "她家穷得要死,天天穿一件校服",
                "大家别跟她玩",
                "又臭又丑的东西",
                "小偷!全班都知道你偷东西",
                "滚出三班",
            ],
            "班级墙",
            "小芸",
        ),
    ),
}

LATER_INNOCENT: dict[str, list[Row]] = {
    "movie line copied": each(EIGHT, 0, 5, ["曾经有一份真挚的感情摆在我面前,我没有珍惜"], "影评"),
    "news share": each(
        EIGHT,
        0,
        20,
        [
            "【暴雨橙色预警】今晚我市有暴雨,请减少外出 https://news.example.com/a/123",
            "转发:【暴雨橙色预警】今晚我市有暴雨,请减少外出 https://news.example.com/a/123",
        ],
    ),
    "survey": each("a b c", 0, 60, ["帮同学填个问卷,谢谢大家 https://www.wjx.cn/vm/xyz.aspx"]),
    "petition": each(EIGHT, 0, 10, ["支持小区加装电梯", "支持加装电梯", "支持!"], "业委会"),
    "teacher notices": same(
        "班主任", [0, 1, 2, 3], "各位家长,明天上午8点开家长会,请准时到教室,收到请回复", "一班 二班 三班 四班"
    ),
    "parents": each(EIGHT, 0, 1, ["收到,谢谢老师", "收到", "好的老师"], "一班"),
    "health": [
        ("打卡君", i * 1440 + 420, f"早起打卡第{i + 1}天,跑步5公里,体重{80 - i}kg", "减肥打卡")
        for i in range(10)
    ],
    "same complaint": each(
        EIGHT, 0, 12, ["又停水了,什么时候来水?", "怎么又停水了", "停水都一天了,物业在干嘛"], "小区"
    ),
    "refund": each(EIGHT, 0, 9, ["退钱!", "什么时候退款", "商家赶紧退款", "退款退款"], "t", "某教育机构"),
    "job seeker": same("求职者", [0, 30, 70], "应届生求职,会计专业,有初级证书,求推荐岗位", "a b c"),
    "asks price": each(EIGHT, 0, 2, ["多少钱?", "怎么卖的", "价格多少", "求链接"], "好物"),
    "help answer": [
        ("课代表", i * 7, "期末考试范围是第一章到第六章,老师在群里发了", f"t{i}", f"s{i}") for i in range(6)
    ],
    "good night": each(EIGHT, 0, 0.5, ["晚安", "大家晚安", "晚安~"], "夜聊"),
    "danmaku 666": each(EIGHT, 0, 0.05, ["666", "666666", "6"], "live"),
    "count down": [("主持", i * 0.3, str(10 - i), "跨年") for i in range(7)],
    "fan slogan": each(EIGHT, 0, 0.5, ["陈小鱼 加油!", "陈小鱼加油!!"], "应援"),
    "poem": each("a b c d", 0, 30, ["山有木兮木有枝,心悦君兮君不知"]),
    "red packet thanks": each(EIGHT, 0, 0.2, ["谢谢老板", "谢谢老板的红包", "老板大气"], "群"),
    "discuss pay": [
        ("a", 0, "大家兼职都做什么,工资多少"),
        ("b", 3, "我做家教,一小时80"),
        ("c", 5, "餐厅服务员,日结150"),
        ("d", 9, "小心刷单骗局,我同学被骗了"),
    ],
    "recommend": [
        ("a", 0, "求推荐健身房"),
        ("b", 4, "学校东门那家不错,年卡1200", "", "a"),
        ("c", 8, "+1,教练专业", "", "a"),
    ],
    "sell 2 items": [("学姐", 0, "毕业出台灯,20元", "二手"), ("学姐", 1, "毕业出考研书一套,50元", "二手")],
    "correction ad": [
        ("店主", 0, "本店今日新品上架,欢迎选购,地址人民路8号"),
        ("店主", 2, "本店今日新品上架,欢迎选购,地址人民路18号"),
    ],
    "debate": [
        (("正", "反", "甲", "乙", "丙", "丁")[i % 6], i * 2, t, "辩论", "楼主")
        for i, t in enumerate(
            [
                "我反对楼主观点",
                "楼主偷换概念",
                "证据不足",
                "这逻辑站不住脚",
                "你没看懂原文吧",
                "请拿数据说话",
                "不敢苟同",
                "这说法太片面",
                "楼主可能误会了",
                "胡说八道,明明不是这样",
            ]
        )
    ],
    "comfort": each(
        EIGHT,
        0,
        1,
        ["别听他们说你丑,你很好看", "骂你的人才有病", "那些说你废物的都是喷子", "抱抱,不哭"],
        "t",
        "小雨",
    ),
    "joke thread": each(
        EIGHT,
        0,
        2,
        ["我才是真正的废物哈哈", "我比你还废物", "我也是小丑🤡", "笨蛋本蛋就是我"],
        "自嘲",
        "阿呆",
    ),
    "critic film": each(
        EIGHT, 0, 6, ["这电影烂透了", "编剧脑残吧", "导演什么水平", "剧情垃圾,浪费钱", "难看死了"], "影评"
    ),
    "legal talk": [
        ("律师", 0, "刷票、买卖粉丝可能构成不正当竞争,请勿参与"),
        ("读者", 3, "学习了"),
        ("网友", 5, "原来买赞也违法"),
    ],
    "official activity": [
        ("官方运营", i * 3, "周年庆活动开启,登录即可领取礼包,详情见公告", f"t{i}") for i in range(3)
    ],
    "git": [
        ("dev", 0, "文档在 https://docs.rs/tokio,仓库 https://github.com/tokio-rs/tokio"),
        ("dev", 4, "本地跑 http://localhost:3000"),
        ("dev2", 6, "换源 https://mirrors.tuna.tsinghua.edu.cn/pypi/web/simple"),
    ],
    "own blog link": [
        ("写手", 0, "我写了一篇教程,欢迎指正 https://blog.xiaoming.cn/post/1", "a"),
        ("写手", 500, "刚好写过这个问题 https://blog.xiaoming.cn/post/1", "b"),
    ],
    "share location": [
        ("a", 0, "我在西门肯德基等你们"),
        ("b", 1, "马上到"),
        ("a", 1.2, "西门肯德基"),
        ("a", 2, "靠窗"),
    ],
    "game banter": [
        (("甲", "乙", "丙", "丁")[i % 4], i * 0.3, t, "开黑", ("乙", "丙", "丁", "甲")[i % 4])
        for i, t in enumerate(
            ["你太菜了哈哈", "你才菜", "坑货", "snb", "躺赢狗", "哈哈哈哈", "再来一局", "走"]
        )
    ],
}


@pytest.mark.parametrize("name", GUILTY)
def test_behaviour_is_found(name: str) -> None:
    kind, clause, rows, indexes = GUILTY[name]
    found = found_in(posts(*rows))
    assert {one.kind.value for one in found} >= {kind}, found
    ours = [one for one in found if one.kind == kind]
    assert any(clause in one.clauses for one in ours), found
    assert indexes <= {index for one in ours for index in one.post_indexes}, found


@pytest.mark.parametrize("name", INNOCENT)
def test_ordinary_posts_are_left_alone(name: str) -> None:
    assert not found_in(posts(*INNOCENT[name]))


@pytest.mark.parametrize("name", LATER_GUILTY)
def test_behaviour_is_found_in_the_second_set(name: str) -> None:
    kind, rows = LATER_GUILTY[name]
    assert kind in {one.kind.value for one in found_in(posts(*rows))}


@pytest.mark.parametrize("name", LATER_INNOCENT)
def test_the_second_set_is_left_alone(name: str) -> None:
    assert not found_in(posts(*LATER_INNOCENT[name]))


# ---------------------------------------------------------------- what a finding carries


def test_a_pile_on_carries_target_shield_and_evidence() -> None:
    (found,) = found_in(posts(*GUILTY["a wave among friendly posts"][2]))
    assert found.target == "小周"
    assert "小周" not in found.authors
    assert found.shield is not None
    assert found.shield.target == "小周"
    assert [(item.post_index, item.author, item.minute) for item in found.evidence] == [
        (2, "x1", 4), (4, "x2", 7), (5, "x3", 9), (7, "x4", 14), (8, "x5", 16),
    ]  # fmt: skip


@pytest.mark.parametrize("name", GUILTY)
def test_findings_are_well_formed(name: str) -> None:
    rows = GUILTY[name][2]
    for found in found_in(posts(*rows)):
        assert found.authors == tuple(sorted({rows[index][0] for index in found.post_indexes}))
        assert found.post_indexes == tuple(sorted(set(found.post_indexes)))
        assert found.clauses
        assert all(map(clause_exists, found.clauses))
        assert found.reason.endswith("。")


def test_a_known_minor_is_protected_under_the_minors_clause() -> None:
    texts = ["傻逼", "废物,滚", "你个脑残", "去死吧", "恶心人的东西,滚出去"]
    attacks = [
        Posted(place, f"a{place}", text, place, "t", "小雨", minor=True) for place, text in enumerate(texts)
    ]
    assert [found.clauses[0] for found in found_in(attacks)] == ["1.11"]


def test_an_official_account_may_repeat_its_offers() -> None:
    text = "全场五折优惠,下单立减,咨询热线400-800-1234"
    own = [Posted(place, "商城", text, place * 30, f"t{place}", official=True) for place in range(4)]
    assert not found_in(own)
    assert found_in([Posted(each.index, "路人", each.text, each.minute, each.thread) for each in own])


# ---------------------------------------------------------------- the model's share


def _with_model(**found: float) -> Observer:
    """An observer whose model says the same of every text."""

    def scores(texts: Sequence[str]) -> list[Scores]:
        return [some_scores(**found) for _ in texts]

    thresholds = {head: Threshold(0.6, 0.95) for head in ("ad", "negativity", "abuse")}
    return Observer(Lexicon.compile(()), default_segmenter(), scores, thresholds)


PLAIN = "北风那个吹,雪花那个飘,年来到了,大家来看一看瞧一瞧"


def test_the_model_alone_makes_a_repeated_advert() -> None:
    copies = posts(*same("u", [0, 30, 60, 90], PLAIN, "a b c d"))
    assert not found_in(copies)
    assert not found_in(copies, _with_model(ad=0.5))
    assert [found.kind for found in found_in(copies, _with_model(ad=0.7))] == ["repeat_ads"]
    assert [found.clauses[0] for found in found_in(copies[:3], _with_model(ad=0.96))] == ["3.2"]


def test_what_many_write_alike_is_no_campaign_by_the_models_word_alone() -> None:
    assert not found_in(posts(*each("甲 乙 丙 丁", 0, 3, [PLAIN])), _with_model(ad=0.96))


def test_loud_disagreement_alone_is_no_pile_on() -> None:
    crowd = posts(*each(" ".join(f"u{place}" for place in range(40)), 0, 1, [PLAIN], "t", "阿哲"))
    assert not found_in(crowd, _with_model(negativity=0.55))
    assert [found.kind for found in found_in(crowd, _with_model(abuse=0.97))] == ["pile_on"]


# ---------------------------------------------------------------- links


@pytest.mark.parametrize(
    ("text", "trick"),
    [
        ("http://www.taoba0.com", Trick.LOOK_ALIKE),
        ("rnihoyo.com", Trick.LOOK_ALIKE),
        ("weixln-safe.com", Trick.LOOK_ALIKE),
        ("https://www.аррӏе.com", Trick.HOMOGLYPH),
        ("xn--80ak6aa92e.com", Trick.HOMOGLYPH),
        ("https://exаmple.com/a", Trick.HOMOGLYPH),
        ("pinduodou.com", Trick.TYPO),
        ("bilibilli.com", Trick.TYPO),
        ("www.icbc.com.cn.login.top/a", Trick.SUBDOMAIN),
        ("http://jd-618.vip", Trick.BORROWED),
        ("https://www.taobao.com@evil.top/", Trick.USERINFO),
        ("https://www.taobao.com%2Fitem@evil.top/", Trick.USERINFO),
        ("http://3627734734/", Trick.NUMBER_HOST),
        ("http://0xd83ac2ee/", Trick.NUMBER_HOST),
        ("http://47.98.1.2:8080/x", Trick.ADDRESS),
        ("[www.icbc.com.cn](http://icb.xyz)", Trick.MISMATCH),
        ('<a href="http://evil.top/x">taobao.com</a>', Trick.MISMATCH),
        ("https://link.zhihu.com/?target=https%3A//taoba0.top", Trick.JUMP),
        ("http://t.cn/A6xx", Trick.SHORTENER),
        ("https://s.click.taobao.com/abc", Trick.AFFILIATE),
        ("http://www.\u200btaoba0.com", Trick.LOOK_ALIKE),
        ("taobao.com", Trick.NONE),
        ("https://www.bilibili.com/video/BV1?from=1", Trick.NONE),
        ("https://weixin.sogou.com", Trick.NONE),
        ("[淘宝](https://www.tmall.com)", Trick.NONE),
        ("https://user:pw@example.com/", Trick.NONE),
        ("https://github.com/baidu/amis", Trick.NONE),
    ],
)
def test_tricks_of_links(text: str, trick: Trick) -> None:
    assert find_links(text)[0].trick is trick


@pytest.mark.parametrize(
    "text", ["", "abc@qq.com", "版本 3.2.1.4", "http://192.168.1.1/", "a.b", "main.py", "。。。", "1.5元"]
)
def test_no_links(text: str) -> None:
    assert not find_links(text)


# ---------------------------------------------------------------- properties


def _shown(found: Sequence[BehaviourFinding]) -> set[tuple[object, ...]]:
    return {(one.kind, one.authors, one.post_indexes, one.clauses, one.reason, one.target) for one in found}


ALL_ROWS = [row for _, _, rows, _ in GUILTY.values() for row in rows] + [
    row for rows in INNOCENT.values() for row in rows
]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_order_of_posts_makes_no_difference(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(sorted(GUILTY)), min_size=1, max_size=4, unique=True))
    given_posts = posts(*(row for name in chosen for row in GUILTY[name][2]))
    shuffled = data.draw(st.permutations(given_posts))
    assert _shown(found_in(shuffled)) == _shown(found_in(given_posts))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_unrelated_posts_remove_no_finding(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(GUILTY)))
    own = posts(*GUILTY[name][2])
    rows = data.draw(st.lists(st.sampled_from(ALL_ROWS), max_size=30))
    shift = data.draw(st.integers(-3000, 3000))
    others = [
        Posted(1000 + place, f"别人{row[0]}", row[2], row[1] + shift, f"别处{place}", "")
        for place, row in enumerate(rows)
    ]
    before, after = found_in(own), found_in([*others, *own])
    for one in before:
        assert any(
            one.kind is other.kind and set(one.post_indexes) <= set(other.post_indexes) for other in after
        ), one


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("甲乙丙"),
            st.integers(-5, 5),
            st.text(st.characters(codec=None), max_size=60),
            st.sampled_from(["", "t"]),
            st.sampled_from(["", "甲"]),
        ),
        max_size=30,
    )
)
def test_any_text_is_read(rows: list[Row]) -> None:
    found_in(posts(*rows))


@pytest.mark.parametrize(
    "text",
    [
        "哈" * 10_000,
        "a." * 5_000,
        "e\u0301" * 5_000,
        "@" * 5_000,
        "http://" * 1_500,
        "加v" * 3_000,
        "1" * 10_000,
        "[a](" * 2_500,
    ],
)
def test_odd_texts_take_no_time(text: str) -> None:
    found_in(posts(("u", 0, "早", "t")))  # tables are read when first used
    start = time.thread_time()
    found_in(posts(("u", 0, text, "t"), ("v", 1, text, "t")))
    assert time.thread_time() - start < 5


def test_ten_thousand_posts_take_seconds() -> None:
    """The bound is generous, for machines are shared; the usual time is in docs/behaviour.md."""
    rows = [row for place in range(40) for row in ALL_ROWS][:10_000]
    crowd = [
        Posted(place, f"{row[0]}{place % 400}", row[2], row[1] + place % 7 * DAY / 60e6, f"t{place % 97}", "")
        for place, row in enumerate(rows)
    ]
    observed = observer().observe(crowd, now=NOW)
    start = time.thread_time()
    find(observed)
    assert time.thread_time() - start < 10
