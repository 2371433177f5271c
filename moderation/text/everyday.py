"""Everyday words of today that the dictionary lacks: they rise with any subject, and are slang for nothing."""

from __future__ import annotations

from typing import Final

from moderation.text.segment import default_segmenter

MODERN: Final = frozenset((
    "宝妈", "宝爸", "宝宝们", "宝子", "姐妹们", "家人们", "小伙伴", "小姐姐", "小哥哥", "打工人", "上班族",
    "学生党", "应届生", "房东", "租客", "群里", "群主", "群友", "楼主", "楼上", "楼下", "帖子", "评论区",
    "弹幕", "私聊", "吐槽", "安利", "种草", "拔草", "踩雷", "避雷", "链接", "截图", "头像", "昵称", "账号",
    "页面", "下单", "扣款", "退款", "到账", "提现", "付款", "转账", "包邮", "券后", "到手价", "性价比",
    "回购", "囤货", "试用", "开箱", "测评", "客服", "门店", "线下", "线上", "网课", "考研", "考公", "面试",
    "简历", "加班", "调休", "请假", "社保", "公积金", "地铁", "高铁", "打车", "外卖员", "快递员", "健身",
    "减肥", "护肤", "穿搭", "追剧", "刷剧", "综艺", "直播", "手游", "开黑", "组队", "手机壳", "充电宝",
    "蓝牙", "耳机", "显卡", "内存", "奶茶", "火锅", "烧烤", "露营", "民宿", "自驾", "遛弯", "撸猫", "猫粮",
    "狗粮", "幼儿园", "辅食", "奶粉", "尿不湿", "二胎", "早教",
))  # fmt: skip


def pieces(term: str) -> list[str]:
    """The dictionary words that a term is cut into; what the dictionary lacks falls into single characters."""
    if term in MODERN:
        return [term]
    return [word.text for word in default_segmenter().cut(term, guess=False)]
