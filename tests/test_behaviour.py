"""Scenarios written by hand: what behaviour is found in, and what it must not be found in."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.classifiers.behaviour import Observer, Posted, find
from moderation.classifiers.behaviour.links import Trick, find_links
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


def each(
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
