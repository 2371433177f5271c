"""What a backtest cannot decide again is kept as it was; every head's thresholds come out as if it were alone."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from moderation.domain.budget import CANDIDATES, sample, with_review
from moderation.domain.policy import Circumstances
from moderation.domain.policy_versions import PolicyState
from moderation.domain.unreplayed import rest_of
from moderation.domain.verdict import Suggestion
from moderation.domain.weighing import NO_REST, Rest, outcome
from moderation.images.keeping import Pictures
from moderation.images.looking import Looking
from moderation.policy_file.document import parse_policy
from moderation.services.backtesting import Backtesting
from moderation.services.intake import Intake
from moderation.services.policies import Policies
from moderation.store.tables import PostRow, ShadowRow
from tests import pictures as drawn
from tests.behaving import a_board
from tests.factories import (
    CALIBRATED,
    DAY,
    NOW,
    a_classifier,
    a_finding,
    a_policy,
    a_scoring,
    a_submission,
    an_entry,
    keep,
)
from tests.fakes import RecordingBell
from tests.test_weighing import POLICY, TIGHT, some_circumstances, some_evidence

if TYPE_CHECKING:
    from moderation.domain.backtest import Backtest
    from moderation.domain.policy import Policy
    from moderation.store.engine import Sessions
    from tests.http_api import Api

PASS, REVIEW, BLOCK = Suggestion.PASS, Suggestion.REVIEW, Suggestion.BLOCK
LIVE = 'version = "v1"\n[[rules]]\nhead = "ad"\nclause = "3.1"\nreview = 0.5\nblock = 0.9\n'
MILD = LIVE.replace("0.5", "0.95").replace("block = 0.9", "block = 0.99")


def replayed(sessions: Sessions, community_id: int, after: str = LIVE, before: str = LIVE) -> Backtest:
    old, new = (parse_policy(one).policy.with_calibration(CALIBRATED) for one in (before, after))
    backtesting = Backtesting(sessions, LIVE, CALIBRATED)
    return backtesting.run(community_id, before=old, after=new, since=NOW - DAY, until=NOW + 1)


def moves(found: Backtest) -> dict[tuple[Suggestion, Suggestion], int]:
    return dict(found.moves)


BODIES: tuple[tuple[dict[str, Any], bool, bool], ...] = (
    ({"unchecked": []}, False, False),
    ({"unchecked": [], "reason": "ValueError: no"}, False, True),
    ({"unchecked": ["text"], "reason": "the worker died"}, False, True),
    ({"unchecked": ["image 1: no such upload"]}, False, True),
    ({"unchecked": ["image 1: the text in it was not read"]}, False, False),
    ({"unchecked": ["image 1: not fetched: its host is not listed"]}, False, False),
    ({"unchecked": ["image 1: not fetched: its host is not listed"]}, True, True),
)


@pytest.mark.parametrize(("body", "wordless", "look"), BODIES)
def test_what_sends_a_post_to_a_person_whatever_the_policy(
    body: dict[str, Any],
    wordless: bool,  # noqa: FBT001 - a table
    look: bool,  # noqa: FBT001 - a table
) -> None:
    assert rest_of(body, wordless=wordless) == (Rest(look=True) if look else NO_REST)


@pytest.mark.parametrize("text", ["", "周末见", "有优惠"])
def test_an_image_that_could_not_be_looked_at_keeps_its_post_with_people(
    sessions: Sessions, community_id: int, text: str
) -> None:
    keep(sessions, community_id, a_submission("p", text, images=("img_gone",)), a_submission("q", "周末见"))
    a_scoring(sessions).score_pending()
    found = replayed(sessions, community_id, MILD)
    assert moves(found) == {(REVIEW, REVIEW): 1, (PASS, PASS): 1}
    assert found.partly == 1


def test_what_was_read_in_an_image_is_decided_again(sessions: Sessions, community_id: int) -> None:
    looking = Looking(Pictures(sessions, lambda: NOW))
    code = looking.pictures.keep(community_id, drawn.coded("https://u.wechat.com/EAbc")).id
    keep(sessions, community_id, a_submission("p", "看图", images=(code,)))
    a_scoring(sessions, looking=looking).score_pending()
    assert moves(replayed(sessions, community_id)) == {(REVIEW, REVIEW): 1}
    found = replayed(sessions, community_id, 'switched_off = ["3.8"]\n' + LIVE)
    assert moves(found) == {(REVIEW, PASS): 1}
    assert found.partly == 0, "its lines were not read, which sends nobody to a person beside a text"


def test_a_post_that_could_not_be_scored_stays_with_people(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("p", "毒帖"))
    scoring = a_scoring(sessions, a_classifier(fails_on=["毒"]))
    for _ in range(4):
        scoring.score_pending()
        with sessions.write.begin() as session:  # the wait before another attempt is over
            session.execute(update(PostRow).values(claimed_until=None))
    found = replayed(sessions, community_id)
    assert (moves(found), found.partly) == ({(REVIEW, REVIEW): 1}, 1)


def test_what_behaviour_blocked_stays_blocked_but_under_a_clause_that_is_off(
    sessions: Sessions, community_id: int
) -> None:
    board = a_board(sessions, community_id, entries=[an_entry("龙须糖")])
    board.say(*(("u1", place, "龙须糖现做现卖,要的找我,地址在老街口第三家") for place in range(6)))
    board.look()
    by_behaviour = [one for one in (board.verdict(f"p{n}") for n in range(6)) if one[0] == "behaviour"]
    assert by_behaviour, "the pass found nothing: the table of this test is wrong"
    (clause,) = {one[2] for one in by_behaviour}
    found = replayed(sessions, community_id, MILD)
    said = {suggestion: sum(one[1] == suggestion for one in by_behaviour) for suggestion in (REVIEW, BLOCK)}
    assert found.partly == len(by_behaviour)
    assert found.moves[BLOCK, BLOCK] == said[BLOCK]
    off = replayed(sessions, community_id, f'switched_off = ["{clause}"]\n' + LIVE)
    assert off.moves[BLOCK, BLOCK] == 0


def test_behaviour_of_an_edited_text_is_over(sessions: Sessions, community_id: int) -> None:
    board = a_board(sessions, community_id, entries=[an_entry("龙须糖")])
    board.say(*(("u1", place, "龙须糖现做现卖,要的找我,地址在老街口第三家") for place in range(6)))
    board.look()
    before = replayed(sessions, community_id).partly
    Intake(sessions, RecordingBell()).edit(
        community_id, a_submission("p5", "改成别的话了"), edited_at=NOW + 1, now=NOW
    )
    board.score()
    assert replayed(sessions, community_id).partly == before - 1


def test_a_shadow_is_not_blamed_for_an_image_that_nobody_saw(sessions: Sessions, community_id: int) -> None:
    policies = Policies(sessions, LIVE)
    policies.draft(community_id, document=LIVE, why="", author="王", now=NOW)
    policies.move(community_id, 1, PolicyState.SHADOW, why="", author="王", now=NOW)
    keep(sessions, community_id, a_submission("p", "周末见", images=("img_gone",)))
    a_scoring(sessions).score_pending()
    with sessions.read() as session:
        assert session.scalars(select(ShadowRow)).all() == []


@pytest.mark.parametrize("policy", [a_policy(), POLICY, TIGHT], ids=["plain", "exempting", "tight"])
def test_thresholds_of_every_head_say_what_the_policy_would(policy: Policy) -> None:
    """The short way for a head that says nothing of a post agrees with asking at each threshold."""
    rng = random.Random(5)  # noqa: S311 - posts, no secrets
    for _ in range(60):
        evidence, post = some_evidence(rng), some_circumstances(rng)
        if rng.random() < 0.5:  # most posts are far below every threshold
            evidence = replace(evidence, scores=replace(evidence.scores, ad=0.002, negativity=0.003))
        rest = rng.choice([NO_REST, Rest(look=True), Rest(findings=(a_finding("2.6"), a_finding("3.2")))])
        for head in ("ad", "diversion", "negativity", "abuse"):
            found = sample(policy, head, evidence, post, hour=1, rest=rest)
            for review in CANDIDATES:
                expected = outcome(with_review(policy, head, review), evidence, post, rest)[0]
                assert found.at(review) is expected, (head, review)
            assert found.planned is outcome(policy, evidence, post, rest)[0]


def test_kept_behaviour_falls_where_its_clause_is_waived() -> None:
    evidence = some_evidence(random.Random(1))  # noqa: S311 - posts, no secrets
    calm = replace(
        evidence, hits=(), contacts=(), scores=replace(evidence.scores, ad=0.0, negativity=0.0, categories={})
    )
    rest = Rest(findings=(a_finding("3.1", suggestion=BLOCK),))
    assert outcome(a_policy(), calm, Circumstances(), rest) == (BLOCK, "3.1")
    assert outcome(a_policy(), calm, Circumstances(official=True), rest) == (PASS, "")


def test_over_http_every_head_is_looked_at(api: Api) -> None:
    for number, text in enumerate(("今天有优惠", "你这混蛋", "周末见")):
        api.post({"data_id": f"p{number}", "text": text, "author": {"id": "u1"}})
    api.score()
    api.clock.forward(1)
    two = LIVE + '[[rules]]\nhead = "abuse"\nclause = "2.6"\n[[rules]]\nhead = "abuse"\nclause = "2.5"\n'
    api.ask("POST", "/v1/policies", {"document": two})
    result = api.ask("POST", "/v1/policies/1/backtest?days=7").json["result"]
    assert (result["posts"], result["partly_kept"]) == (3, 0)
    assert list(result["thresholds"]) == ["ad", "abuse"]
    adverts, abuse = (
        {one["review"]: one["reviews_per_hour"] for one in result["thresholds"][head]}
        for head in ("ad", "abuse")
    )
    assert adverts[0.6] == result["reviews_per_hour"]["after"] > 0
    assert adverts[0.7] == 0.0
    assert abuse[0.7] == abuse[0.99] == adverts[0.6]
