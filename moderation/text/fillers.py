"""Words that say nothing of what a post is about: grammar, greetings, a site's own phrases, numbers and dates.

Lists of our own, short on purpose: what they miss ranks with everyday words, and what they hold can never be found.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTICLES: Final = frozenset(
    "的地得了着过吗呢吧啊呀哦哈嘛啦么哇咯嗯诶噢喔额唉哎我你您他她它这那哪各每是在有和与及或而但也都就才又再还很太最更真不没把被"
)
"""Characters that are grammar whatever stands beside them."""

GRAMMAR: Final = frozenset((
    *PARTICLES,
    *"好谁某其之此咱多少些无别非未让给向往从到对为于以因由跟比按除将使要想会能可应该须愿敢肯来去人个种样时",
    "我们", "你们", "您们", "他们", "她们", "它们", "咱们", "大家", "自己", "别人", "人家", "有人", "人们", "某人",
    "这个", "那个", "哪个", "这些", "那些", "哪些", "这样", "那样", "这么", "那么", "怎么", "什么", "为什么",
    "怎样", "怎么样", "如何", "哪里", "这里", "那里", "这边", "那边", "多少", "几个", "一个", "一些", "一下", "一点",
    "一样", "一起", "一直", "一定", "一般", "一种", "一次", "有的", "有些", "有点", "没有", "不是", "就是", "还是",
    "都是", "也是", "真是", "只是", "但是", "可是", "不过", "而且", "而是", "然后", "所以", "因为", "如果", "要是",
    "虽然", "只要", "只有", "或者", "以及", "并且", "还有", "另外", "其他", "其实", "就要", "可以", "可能", "应该",
    "需要", "想要", "必须", "不能", "不会", "不要", "不用", "不想", "不可", "能够", "觉得", "知道", "认为", "以为",
    "已经", "正在", "刚刚", "马上", "现在", "以后", "以前", "之前", "之后", "后来", "然而", "比较", "非常", "特别",
    "十分", "真的", "确实", "当然", "完全", "全部", "所有", "任何", "每个", "各种", "许多", "很多", "不少", "好多",
    "时候", "时间", "东西", "事情", "问题", "地方", "方面", "情况", "样子", "这种", "那种", "关于", "对于", "根据",
    "通过", "进行", "由于", "为了", "除了", "之一", "的话", "而已", "罢了", "似的", "起来", "下来", "出来", "过来",
    "上来", "下去", "出去", "过去", "进来", "回来", "看到", "看看", "来说", "来看", "有没有", "是不是", "能不能",
    "可不可以", "会不会", "要不要", "好不好", "不好", "不知道", "没什么", "请",
))  # fmt: skip

GREETINGS: Final = frozenset((
    "你好", "您好", "大家好", "各位", "各位好", "早", "早上好", "早安", "上午好", "中午好", "下午好", "晚上好",
    "晚安", "嗨", "哈喽", "哈啰", "谢谢", "谢谢你", "谢谢您", "多谢", "感谢", "谢", "不客气", "不好意思", "抱歉",
    "对不起", "没关系", "欢迎", "欢迎光临", "再见", "拜拜", "请问", "打扰", "打扰一下", "求助", "辛苦", "辛苦了",
    "恭喜", "恭喜发财", "祝", "祝福", "祝贺", "快乐", "新年快乐", "生日快乐", "节日快乐", "中秋快乐", "国庆快乐",
    "圣诞快乐", "周末愉快", "愉快", "哈哈", "哈哈哈", "呵呵", "嘻嘻", "嘿嘿", "呜呜",
    "hello", "hi", "hey", "thanks", "thank", "ok", "okay", "bye", "haha", "hhh", "lol",
))  # fmt: skip

BOILERPLATE: Final = frozenset((
    "点击", "查看", "看", "更多", "详情", "详情请", "详见", "原文", "全文", "阅读", "展开", "收起", "转发",
    "转载", "分享", "评论", "留言", "回复", "点赞", "收藏", "关注", "订阅", "举报", "编辑", "删除", "发布",
    "发表", "发帖", "发贴", "帖子", "贴子", "楼主", "楼上", "楼下", "沙发", "板凳", "顶贴", "顶帖", "置顶",
    "签名", "来自", "客户端", "网页", "网站", "本站", "本帖", "首页", "登录", "注册", "用户", "网友", "匿名", "图片",
    "视频", "附件", "下载", "上传", "加载", "刷新", "版权", "声明", "版权所有", "侵权", "来源", "作者", "标题", "正文",
    "http", "https", "www", "com", "cn", "net", "html", "htm", "php", "jpg", "jpeg", "png", "gif", "mp4", "nbsp", "amp",
    "quot", "br", "div", "img", "src", "href", "re", "fw", "the", "and", "for", "you", "of", "to", "in", "is",
))  # fmt: skip

DATES: Final = frozenset((
    "今天", "明天", "昨天", "后天", "前天", "今晚", "明晚", "昨晚", "今年", "明年", "去年", "今日", "明日", "昨日",
    "早上", "上午", "中午", "下午", "晚上", "凌晨", "半夜", "白天", "早晨", "傍晚", "周末", "工作日", "节假日",
    "星期", "小时", "分钟", "月份", "当天", "当日", "每天", "每日", "每周", "每月", "每年", "本周", "本月", "上周",
    "下周", "上个月", "下个月", "最近", "近日",
))  # fmt: skip

_NUMBER: Final = re.compile(
    r"[第每近约上下本前后]?(?:周|星期|礼拜)?[零〇一二三四五六七八九十百千万亿两几半多0-9]+"
    r"[多余来]?(?:年|月|日|号|天|周|岁|点|时|分|秒|小时|分钟|点半|块|元|角|分钱|块钱|个|条|次|人|位|只|件|张|双"
    r"|斤|公斤|克|里|公里|米|度|成|折|楼|层|名|月份|年代|日子|号楼)?"
)
_MEASURE: Final = re.compile(
    r"[0-9]+(?:kg|g|mg|ml|l|cm|mm|km|m|h|min|s|ms|gb|mb|kb|tb|k|w|am|pm|px|rmb|usd|cny|x|th|nd|st|rd|p|fps|hz|v|mah)?"
)
_FILLERS: Final = GRAMMAR | GREETINGS | BOILERPLATE | DATES


def is_filler(pieces: Sequence[str]) -> bool:
    """Tell whether a term, cut into dictionary words, is made of nothing but such words, numbers and dates.

    Two single characters side by side are a word that the dictionary lacks, unless one of them is a particle: 上分 is
    slang, though 上 and 分 are not.
    """
    for before, after in pairwise(pieces):
        if len(before) == len(after) == 1 and PARTICLES.isdisjoint((before, after)):
            return False
    return all(
        piece in _FILLERS or _NUMBER.fullmatch(piece) is not None or _MEASURE.fullmatch(piece) is not None
        for piece in pieces
    )
