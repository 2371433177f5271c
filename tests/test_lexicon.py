"""Lexicons: hits at their place, suppression with its reason, combinations, windows of time, the shipped lists."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.domain.evidence import Field, Hit, HitType, Level
from moderation.text.defaults import FOLDER, default_entries
from moderation.text.lexicon import Entry, EntryError, Kind, Lexicon, dump_csv, load_csv
from moderation.text.normalise import normalise, normalise_many
from moderation.text.segment import RjiebaSegmenter
from moderation.text.understand import understand
from moderation.text.variants import Family, cloak

NOW = 1_800_000_000_000_000
SHIPPED = Lexicon.compile(default_entries())
SEGMENTER = RjiebaSegmenter()
INNOCENT = Path(__file__).with_name("innocent_sentences.txt").read_text(encoding="utf-8").split("\n")[:-1]
HELD_OUT = (
    "诚招代理,高额返佣,加微信 kkj20881 咨询",
    "新葡京娱乐城开户送彩金",
    "出售手枪气枪,货到付款,加微信",
    "同城上门服务,学生妹包夜,满意付款",
    "专业办理大额信用卡,黑户可贷,加qq 80231457",
    "代写毕业论文,包过,联系电话13700001234",
    "在家就能做的副业,月入过万,扫码进群",
    "刷粉丝刷播放量,低价刷赞,自助下单平台",
    "大师在线算命,八字合婚,加微信预约",
    "你全家死绝,出门被车撞死",
)


FOUND = (
    ("1.8.2", "网赌平台招人,返水高,会员充多少送多少"),
    ("1.8.2", "百人牛牛上下分,找我开房卡"),
    ("1.8.2", "昨晚波胆又中了,跟上就收米,不跟别后悔"),
    ("1.8.2", "六合心水资料,今期内幕必中"),
    ("1.8.2", "今晚推牌九,底注五十,带现金"),
    ("1.8.2", "红包群埋雷,踩中赔双倍"),
    ("1.8.2", "斗鸡场换到河边了,可下注"),
    ("1.8.2", "押庄押闲都行,和一赔八"),
    ("1.8.1", "高端外围,先看照片,当天可约"),
    ("1.8.1", "夜总会急招佳丽,日结不押证"),
    ("1.8.1", "足浴店二楼有特殊服务,懂的来"),
    ("1.8.1", "付费群里全是大尺度私房"),
    ("1.8.1", "找主人网调,一次一百"),
    ("1.8.1", "夫妻交友,单男可飞,先照片后视频"),
    ("1.8.1", "一键脱衣,发照片出图快,保密"),
    ("1.8.3", "专业收账,非常手段,不成不收钱"),
    ("1.13", "餐票住宿票点子低,先验后付"),
    ("1.13", "学位证钢印齐全,学信网可查"),
    ("1.13", "驾照不用考,包过拿证"),
    ("1.13", "储蓄卡租我用一个月,给你三个点"),
    ("1.13", "跑分来人,日结,干净"),
    ("1.13", "股民名单一手的,低价甩"),
    ("1.13", "查开房查流水,不成功不收钱"),
    ("1.13", "奶油气弹通宵送货"),
    ("1.13", "曲马多止咳水,不要方,一件起"),
    ("1.13", "弩,大威力,拍视频看货"),
    ("1.13", "象牙老料,圈内价,懂行的来"),
    ("1.13", "雅思换人考,保分"),
    ("1.13", "论文挂名,包见刊,版面费见刊付"),
    ("1.13", "寄血到香港,包准,男女早知道"),
    ("1.13", "专家号代抢,失败不收钱"),
    ("1.13", "抵押车没手续,送拆gps"),
    ("1.13", "急用钱看过来,黑户也能下,无视逾期"),
    ("1.13", "花呗套出来,秒到账"),
    ("1.13", "公积金代提,全额提,不用离职"),
    ("1.13", "尊敬的用户,您的医保卡已失效,请点击链接认证激活"),
    ("1.13", "这里是社保局,您的账户涉嫌违规,请加工作微信"),
    ("1.13", "代孕包成功,龙凤胎加价,保密"),
    ("1.13", "手机做单,日入两百,不用垫付"),
    ("1.13", "民族资产解冻,交工本费领分红"),
    ("1.13", "内部消息,导师带你,亏了算我的"),
    ("1.13", "演唱会连座,先付后发,不走平台"),
    ("1.13", "免费送老花镜,只收邮费"),
    ("1.13", "国企包入编,内部指标,名额有限"),
    ("1.12", "未成年也能纹身,不用家长签字"),
    ("1.12", "初中的妹妹离家出走来找我,给你安排住处"),
    ("1.12", "小学生敢不敢憋气挑战,拍视频的我点赞"),
    ("1.10", "谁能查到这个车主的家庭住址,有偿"),
    ("6.1", "缘主印堂发黑,请师父做法事化解"),
    ("6.1", "紫微批流年,随缘打赏"),
    ("6.2", "求推荐懂阴事的大仙,家里不顺"),
    ("6.3", "床头朝西必离婚,破财又招小人"),
    ("6.4", "属羊的女人命硬,克夫克子"),
    ("1.6", "师尊说不用吃药,信了就得永生"),
    ("7.1", "震惊!男子打开冰箱,全家当场愣住"),
    ("7.2", "重磅!小学作业要全部取消"),
    ("8.1", "专辑销量还差五千,花呗也要冲,氪起来"),
    ("8.2", "你家正主糊成这样还来碰瓷"),
    ("8.4", "控评文案在群文件,每人领三条换话术"),
    ("8.5", "地震了大家平安,顺便安利新单曲"),
    ("2.8", "再告状就砍你的手"),
    ("2.8", "三天内不还钱就见血"),
    ("2.7", "外地的没一个好东西"),
    ("2.1", "就你也配谈设计"),
    ("3.1", "土鸡蛋到货,要的私我留地址"),
    ("3.6", "点赞收藏一条五毛,真人不掉"),
    ("3.4", "复制到浏览器打开,领现金红包"),
)
"""Our own inventions: the words alone find each under its clause."""


def lexicon(table: str) -> Lexicon:
    return Lexicon.compile(load_csv("word,kind,level,clause,library\n" + table))


def hits(table: str, text: str, now: int = NOW) -> list[Hit]:
    return lexicon(table).match([normalise(text)], now)[0]


def live(found: list[Hit]) -> list[Hit]:
    return [hit for hit in found if not hit.suppressed]


def test_a_hit_names_word_place_clause_and_library() -> None:
    (hit,) = hits("毒品,normal,block,1.13,vice\n", "卖毒\u200b品的")
    assert hit == Hit(
        type=HitType.KEYWORD, value="毒\u200b品", normalised="毒品", field=Field.TEXT, start=1, end=4,
        clause="1.13", library="vice", level=Level.BLOCK,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("table", "text", "reason"),
    [
        ("大麻,normal,block,1.13,a\n", "这里有大麻烦", "与词语「麻烦」的边界不符"),
        ("口交,normal,block,4.1,a\n", "路口交通", "与词语「路口」的边界不符"),
        ("操,normal,review,2.6,a\n", "去操场跑步", "与词语「操场」的边界不符"),
        ("黄片,normal,block,4.1,a\n三黄片,allow,,4.1,a\n", "吃三黄片", "属于放行词「三黄片」"),
        (
            "黄片,normal,block,4.1,a\n三黄片,allow,,4.1,a\n大三黄片,allow,,4.1,a\n",
            "大三黄片",
            "属于放行词「大三黄片」",
        ),
    ],
)
def test_suppressed_with_the_reason(table: str, text: str, reason: str) -> None:
    (hit,) = hits(table, text)
    assert (hit.suppressed, hit.reason) == (True, reason)


def test_an_allow_word_covers_only_what_lies_within_it() -> None:
    table = "黄片,normal,block,4.1,a\n三黄片,allow,,4.1,a\n"
    assert [hit.suppressed for hit in hits(table, "三黄片和黄片")] == [True, False]


@pytest.mark.parametrize(
    ("text", "found"),
    [("sb吗", True), ("usb接口", False), ("SB", True), ("sbs电视台", False)],
)
def test_latin_words_match_whole(text: str, found: bool) -> None:  # noqa: FBT001
    assert bool(hits("sb,normal,review,2.6,a\n", text)) is found


def test_the_longest_word_of_a_clause_is_shown() -> None:
    table = "代开,normal,review,1.13,a\n代开发票,normal,review,1.13,a\n发票,normal,review,3.1,a\n"
    assert [hit.value for hit in hits(table, "代开发票")] == ["代开发票", "发票"]


def test_combinations_need_every_part_nearby() -> None:
    table = "加微信|加qq & 兼职|日结,combination,review,3.1,ads\n"
    (hit,) = hits(table, "做兼职的加微信")
    assert (hit.type, hit.value, hit.normalised) == (HitType.RULE, "加微信", "加微信 & 兼职")
    assert hits(table, "加微信聊聊") == []
    assert hits(table, "加微信" + "很" * 60 + "兼职") == []


@pytest.mark.parametrize(
    "text",
    [
        "加薇信领取兼职日结300",
        "加\u200b微信领取兼职",
        "加V信领取兼职",
        "➕薇领兼职",
        "加卫星abc12345领取兼职",
    ],
)
def test_a_cloaked_diversion_blocks_under_its_own_clause(text: str) -> None:
    found = live(SHIPPED.match([normalise(text)], NOW)[0])
    assert [hit.clause for hit in found if hit.level is Level.BLOCK] == ["3.8"]


def test_evidence_lies_on_the_cloaked_words() -> None:
    found = live(SHIPPED.match([normalise("加薇信领取兼职日结300")], NOW)[0])
    (hit,) = [each for each in found if each.clause == "3.8"]
    assert (hit.value, hit.start, hit.end, hit.normalised.split(" & ")[0]) == ("加薇信", 0, 3, "加微信")


def test_the_same_words_in_plain_are_for_review_only() -> None:
    found = live(SHIPPED.match([normalise("加微信领取兼职日结300")], NOW)[0])
    assert {hit.level for hit in found} == {Level.REVIEW}


def test_pinyin_entries_match_by_sound() -> None:
    table = "约炮,pinyin,block,1.8.1,a\n"
    assert [hit.value for hit in hits(table, "约泡吗")] == ["约泡"]
    assert [hit.value for hit in hits(table, "找人yue pao吗")] == ["yue pao"]
    assert hits(table, "跃跑道") == []


def test_patterns_run_on_re2_and_find_all() -> None:
    found = hits("代开(增值税)?发票,regex,block,1.13,a\n", "代开發票,代开增值税发票")
    assert [hit.value for hit in found] == ["代开發票", "代开增值税发票"]


def test_a_hopeless_pattern_ends() -> None:
    assert hits("(a+)+$,regex,review,3.1,a\n", "a" * 9_999 + "!") == []


@pytest.mark.parametrize(("now", "found"), [(99, 0), (100, 1), (199, 1), (200, 0)])
def test_entries_count_within_their_window(now: int, found: int) -> None:
    entry = Entry("集会", Kind.NORMAL, "1.9", effective_from=100, effective_to=200)
    assert len(Lexicon.compile([entry]).match([normalise("去集会")], now)[0]) == found


@pytest.mark.parametrize(
    ("table", "error"),
    [
        ("word,clause\n,3.1\n", "line 2, field word: empty"),
        ("word,clause\n好,3.1\n坏,9.9\n", "line 3, field clause: the convention has no clause '9.9'"),
        (
            "word,kind,clause\n(a)\\1,regex,3.1\n",
            "line 2, field word: RE2 refuses the pattern: invalid escape",
        ),
        ("word,kind,clause\n(?=a),regex,3.1\n", "line 2, field word: RE2 refuses the pattern"),
        ("word,kind,clause\na*,regex,3.1\n", "line 2, field word: the pattern matches the empty text"),
        ("word,kind,clause\n加微,combination,3.1\n", "line 2, field word: a combination needs two parts"),
        ("word,kind,clause\n加微 & ,combination,3.1\n", "line 2, field word: empty"),
        ("word,kind,clause\n123,pinyin,3.1\n", "line 2, field word: not made of Chinese"),
        ("word,clause\n\u200b,3.1\n", "line 2, field word: empty, or nothing is left"),
        ("word,kind,clause\n好,foo,3.1\n", "line 2, field kind: 'foo' is none of normal"),
        ("word,level,clause\n好,high,3.1\n", "line 2, field level: 'high' is none of review, block"),
        ("word,clause,effective_from\n好,3.1,soon\n", "line 2, field effective_from: 'soon' is no ISO-8601"),
        (
            "word,clause,effective_from\n好,3.1,2026-01-01\n",
            "line 2, field effective_from: '2026-01-01' has no offset",
        ),
        ("word,clause\n好,3.1,more\n", "line 2, field effective_to: more cells"),
        ("word,colour,clause\n", "line 1, field colour: unknown column"),
        ("word\n好\n", "line 1, field clause: the column is missing"),
        ("", "line 1, field word: the column is missing"),
    ],
)
def test_one_clear_error(table: str, error: str) -> None:
    with pytest.raises(EntryError) as caught:
        load_csv(table)
    assert str(caught.value).startswith(error)


def test_the_table_is_read_back_and_holds_no_formula() -> None:
    entries = [
        Entry("=cmd|' /C calc'!A0", Kind.NORMAL, "3.1"),
        Entry("+微信", Kind.NORMAL, "3.8", Level.BLOCK, "ads", 1_700_000_000_123_456, None),
        Entry('一,"二', Kind.ALLOW, "0.2"),
    ]
    table = dump_csv(entries)
    assert load_csv(table) == entries
    assert not any(line.startswith(("=", "+", "-", "@")) for line in table.splitlines())


def test_the_version_follows_the_content() -> None:
    one, other = Entry("甲乙", Kind.NORMAL, "3.1"), Entry("丙丁", Kind.NORMAL, "3.1")
    assert Lexicon.compile([one, other]).version == Lexicon.compile([other, one]).version
    assert Lexicon.compile([one]).version != Lexicon.compile([other]).version
    assert Lexicon.compile([one], "v7").version.startswith("v7.")


def test_an_empty_lexicon_finds_nothing() -> None:
    assert Lexicon.compile([]).match(normalise_many(["加微信", ""]), NOW) == [[], []]


@settings(deadline=None)
@given(st.text(st.characters(codec=None), max_size=40))
def test_places_lie_within_the_text(text: str) -> None:
    for hit in SHIPPED.match([normalise(text)], NOW)[0]:
        assert 0 <= hit.start < hit.end <= len(text)
        assert hit.value == text[hit.start : hit.end]


def test_shipped_lists_are_sound() -> None:
    entries = default_entries()
    assert {file.stem for file in FOLDER.glob("*.csv")} == {entry.library for entry in entries}
    assert len({(entry.word, entry.kind, entry.clause) for entry in entries}) == len(entries)


def test_enough_innocent_sentences() -> None:
    assert len(set(INNOCENT)) >= 170


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_sentences_are_not_blocked(text: str) -> None:
    (found,) = understand([text], lexicon=SHIPPED, segmenter=SEGMENTER, now=NOW)
    assert [hit for hit in live(list(found.hits)) if hit.level is Level.BLOCK] == []
    assert found.contacts == ()
    assert not found.cloaked


def test_innocent_sentences_hardly_reach_review() -> None:
    found = SHIPPED.match(normalise_many(INNOCENT), NOW)
    reviewed = [text for text, each in zip(INNOCENT, found, strict=True) if live(each)]
    assert reviewed == ["警察提醒不要出售银行卡"]  # a warning names the trade; people tell it apart


def test_violations_of_our_own_are_found_under_their_clause() -> None:
    found = SHIPPED.match(normalise_many([text for _, text in FOUND]), NOW)
    missed = [
        (clause, text)
        for (clause, text), each in zip(FOUND, found, strict=True)
        if clause not in {hit.clause for hit in live(each)}
    ]
    assert missed == []


@pytest.mark.parametrize(
    "text",
    [
        "今晚网吧包夜,明天再上门找你",
        "猜中有奖,本店假一赔十",
        "玉米杂种优势那道题又错了",
        "泼妇骂街也要换气",
        "公司抵制网络水军,大家点赞",
        "这局有人开了透视自瞄",
        "老师讲组织替考罪怎么判,全科都要考",
        "小区拒绝刷票,请找联系人登记",
    ],
)
def test_allow_words_explain_what_careless_words_would_strike(text: str) -> None:
    assert live(SHIPPED.match([normalise(text)], NOW)[0]) == []
    careless = Lexicon.compile([each for each in default_entries() if each.kind is not Kind.ALLOW])
    assert live(careless.match([normalise(text)], NOW)[0]) != []


def test_patterns_stay_few_and_lists_modest() -> None:
    patterns = [each for each in SHIPPED.entries if each.kind is Kind.REGEX]
    assert len(patterns) <= 20  # all run as one automaton, whose states grow with every gap in a pattern
    sizes = Counter(each.library for each in SHIPPED.entries if each.kind is not Kind.ALLOW)
    assert max(sizes.values()) <= 600


@pytest.mark.parametrize("family", list(Family))
def test_disguised_advertising_is_still_found(family: Family) -> None:
    rng = random.Random(11)  # noqa: S311 - a seed, no secret
    texts = [cloak(text, family, rng, 0.3) for text in HELD_OUT for _ in range(10)]
    found = understand(texts, lexicon=SHIPPED, segmenter=SEGMENTER, now=NOW)
    caught = sum(bool(live(list(each.hits))) or bool(each.contacts) for each in found)
    assert caught >= 0.9 * len(texts)


def test_understanding_a_batch() -> None:
    plain, cloaked = understand(
        ["今天去公园散步,天气真好", "加薇信abc12345领取兼职"], lexicon=SHIPPED, segmenter=SEGMENTER, now=NOW
    )
    assert (plain.hits, plain.contacts, plain.cloaked) == ((), (), False)
    assert "散步" in plain.keywords
    assert "".join(word.text for word in plain.words) == plain.normalised.text
    assert cloaked.cloaked
    assert cloaked.families == {Family.HOMOPHONE}
    assert [(each.kind.value, each.value) for each in cloaked.contacts] == [("wechat", "abc12345")]


@pytest.mark.parametrize(
    "hostile",
    [
        "傻逼" * 5_000,
        "加薇信" * 3_333,
        "弓虽" * 5_000,
        "加/微/信/兼/职" * 1_000,
        "\ud800" * 10_000,
        "jia wei " * 1_250,
    ],
    ids=["word", "alias", "split", "strewn", "surrogates", "pinyin"],
)
def test_hostile_text_ends(hostile: str) -> None:
    (found,) = understand([hostile], lexicon=SHIPPED, segmenter=SEGMENTER, now=NOW)
    assert len(found.hits) <= 1_000
