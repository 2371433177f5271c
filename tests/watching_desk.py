"""The desk with sweeps, emergency words, radar and groups: real services over a real database, a fake model."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from moderation.services.emergency import COUNT_EVERY, Emergency
from moderation.services.gangs import Gangs
from moderation.services.radar import Radar
from moderation.services.sweeping import Sweeping
from moderation.services.sweeps import Sweeps
from moderation.services.together import Together
from moderation.sweeps.judges import Judges
from moderation.wiring.maintenance import Maintenance
from tests.factories import CALIBRATED, a_scoring, a_submission, an_author, an_entry, keep
from tests.fakes import RecordingBell
from tests.policy_desk import SHIPPED, PolicyDesk, policy_parts

if TYPE_CHECKING:
    from moderation.wiring.web import WebParts
    from tests.fakes import StoppedClock

KNOWN = (an_entry("隆须糖", "3.6"), an_entry("加微信"), an_entry("优惠"))
"""Words of the shipped lists, as far as the radar of these tests knows them."""


def watch_parts(url: str, clock: StoppedClock) -> WebParts:
    """The desk's parts with everything that looks back."""
    parts = policy_parts(url, clock)
    judges = Judges(parts.sessions, SHIPPED, CALIBRATED)
    return dataclasses.replace(
        parts,
        sweeps=Sweeps(parts.sessions, parts.bell, judges),
        sweeping=Sweeping(parts.sessions, parts.bell, judges),
        radar=Radar(parts.sessions, KNOWN, parts.bell),
        gangs=Gangs(parts.sessions, parts.bell),
        emergency=Emergency(parts.sessions, parts.bell),
        together=Together(parts.sessions, parts.reviewing),
    )


class WatchDesk(PolicyDesk):
    """The app with one community, somebody's browser, and a worker that runs when it is told to."""

    def maintain(self) -> None:
        """What a worker does until nothing waits."""
        parts = self.parts
        self.clock.forward(COUNT_EVERY + 1)
        kept = Maintenance(
            parts.sessions,
            RecordingBell(),
            parts.sweeping,
            parts.emergency,
            parts.radar,
            parts.gangs,
            parts.rehearsals,
            self.clock,
        )
        for _ in range(5):
            kept.run()

    def send(self, data_id: str, text: str, author: str = "u1") -> None:
        """Keep a post and let a worker judge it."""
        keep(
            self.parts.sessions,
            self.community,
            a_submission(data_id, text, author=an_author(author)),
            now=self.clock(),
        )
        a_scoring(self.parts.sessions, clock=self.clock).score_pending()

    def fill(self) -> None:
        """Adverts of a group that the machine blocks, doubtful ones of the same accounts, and talk."""
        for number in range(6):
            self.send(f"ad{number}", f"第{number}批龙须糖到货,加微信 sugar888", f"u{number % 3}")
        for number in range(4):
            self.send(f"doubt{number}", f"优惠{number},加V sugar888 看图", f"u{number % 2}")
        for number in range(20):
            self.send(f"talk{number}", f"今天天气不错,周末去爬山第{number}次", f"t{number}")
