"""A policy document: valid, or one clear error that names the field."""

from __future__ import annotations

from pathlib import Path

import pytest

import moderation
from moderation.domain.convention import Category
from moderation.domain.policy import NEGATIVITY, Threshold
from moderation.domain.post import PublishingMode, Scene, publishing_mode
from moderation.domain.verdict import Action
from moderation.policy_file.document import PolicyDocumentError, parse_policy, read_policy

SHIPPED = Path(moderation.__file__).parent / "policies" / "default.toml"

LEAST = 'version = "v1"\nrules = []\n'

FULL = """
version = "v2"
exempt = ["spam_ads.repeated_promotion"]
trade_boards = ["跳蚤市场"]
switched_off = ["7.1"]

[[rules]]
head = "ad"
clause = "3.1"
review = 0.4
block = 0.95

[[rules]]
head = "negativity"
clause = "unfriendly.abuse"
enabled = false
may_block = false
review_action = "fold"
block_action = "author_only"

[scenes.nickname.ad]
review = 0.2
block = 0.6

[[publishing]]
mode = "closed"
group = "存档"
scene = "comment"
"""


def test_the_least() -> None:
    document = parse_policy(LEAST)
    assert (document.policy.version, document.policy.rules, document.publishing) == ("v1", (), ())
    assert document.text == LEAST


def test_everything() -> None:
    document = parse_policy(FULL)
    policy = document.policy
    ad, negativity = policy.rules
    assert (ad.clause, ad.review, ad.block) == ("3.1", 0.4, 0.95)
    assert (negativity.clause, negativity.enabled, negativity.may_block) == ("2.6", False, False)
    assert (negativity.review_action, negativity.block_action) == (Action.FOLD, Action.AUTHOR_ONLY)
    assert policy.scenes == {Scene.NICKNAME: {"ad": Threshold(0.2, 0.6)}}
    assert policy.exempt == {"3.1"}
    assert policy.switched_off == {"7.1"}
    assert policy.trade_boards == ("跳蚤市场",)
    assert publishing_mode(document.publishing, "存档/2019", Scene.COMMENT) is PublishingMode.CLOSED


def test_the_shipped_policy_covers_every_head() -> None:
    document = read_policy(SHIPPED)
    assert {rule.head for rule in document.policy.rules} == {NEGATIVITY, *(each.value for each in Category)}
    assert publishing_mode(document.publishing, "", Scene.NICKNAME) is PublishingMode.PRE_MODERATION
    assert publishing_mode(document.publishing, "", Scene.POST) is PublishingMode.POST_MODERATION


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "version"),
        ('version = "v1"', "rules"),
        ('version = ""\nrules = []', "version"),
        ("version = 3\nrules = []", "version"),
        (LEAST + 'colour = "red"', "colour"),
        (LEAST + 'exempt = ["3.99"]', "exempt.0"),
        (LEAST + 'switched_off = "7.1"', "switched_off"),
        (LEAST + "[scenes.picture.ad]\nreview = 0.1\nblock = 0.2", "scenes.picture"),
        (LEAST + "[scenes.chat.adverts]\nreview = 0.1\nblock = 0.2", "scenes.chat.adverts"),
        (LEAST + "[scenes.chat.ad]\nreview = 0.1", "scenes.chat.ad.block"),
        (LEAST + '[[publishing]]\nmode = "later"', "publishing.0.mode"),
        (LEAST + '[[publishing]]\nmode = "pre"\nscene = "wall"', "publishing.0.scene"),
        ('version = "v1"\n[[rules]]\nclause = "3.1"', "rules.0.head"),
        ('version = "v1"\n[[rules]]\nhead = "adverts"\nclause = "3.1"', "rules.0.head"),
        ('version = "v1"\n[[rules]]\nhead = "ad"\nclause = "3.99"', "rules.0.clause"),
        ('version = "v1"\n[[rules]]\nhead = "ad"\nclause = "3.1"\nreview = 1.2', "rules.0.review"),
        ('version = "v1"\n[[rules]]\nhead = "ad"\nclause = "3.1"\nblock = -0.1', "rules.0.block"),
        ('version = "v1"\n[[rules]]\nhead = "ad"\nclause = "3.1"\nblock = nan', "rules.0.block"),
        (
            'version = "v1"\n[[rules]]\nhead = "ad"\nclause = "3.1"\nblock_action = "burn"',
            "rules.0.block_action",
        ),
        ("version = ", "not TOML"),
        ('{"version": "v1"}', "not TOML"),
    ],
)
def test_one_error_names_the_field(text: str, named: str) -> None:
    with pytest.raises(PolicyDocumentError) as caught:
        parse_policy(text, "my.toml")
    message = str(caught.value)
    assert message.startswith("my.toml: ")
    assert named in message
    assert "\n" not in message


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(PolicyDocumentError, match="cannot be read"):
        read_policy(tmp_path / "none.toml")
    path = tmp_path / "gbk.toml"
    path.write_bytes('version = "政策"'.encode("gbk"))
    with pytest.raises(PolicyDocumentError, match="UTF-8"):
        read_policy(path)
    path.write_bytes(b"\xef\xbb\xbf" + LEAST.encode())
    assert read_policy(path).policy.version == "v1"
