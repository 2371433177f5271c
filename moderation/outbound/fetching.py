"""Fetches images from hosts that the operator lists: no redirect, no private address, nothing large, nothing slow."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import requests
from requests_hardened import Config, Manager

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_BYTES: Final = 10 * 1024 * 1024
SECONDS: Final = 4.0

_CHUNK: Final = 64 * 1024
_OK: Final = 200


class FetchError(Exception):
    """The image could not be fetched; the message says why."""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """What may be fetched.

    ``hosts`` are names such as ``img.example.com``, or ``.example.com`` for a domain with all below it.  They are
    refused where they resolve to a private address, except those in ``internal``.  ``seconds`` is the longest wait
    for one image, connecting and reading together.
    """

    hosts: Sequence[str] = ()
    internal: Sequence[str] = ()
    seconds: float = SECONDS

    def may(self, url: str) -> bool:
        """Tell whether the operator lists the host of a URL."""
        return _listed(_host(url), (*self.hosts, *self.internal))

    def fetch(self, url: str) -> bytes:
        """The body at a URL.

        Raises:
            FetchError: the host is not listed or private, or did not answer with a body of a bearable size in time.
        """
        if not self.may(url):
            raise FetchError("the host is not listed")
        inside = _listed(_host(url), self.internal)
        config = Config(
            ip_filter_enable=not inside,
            ip_filter_allow_loopback_ips=False,
            never_redirect=True,
            default_timeout=(self.seconds / 2, self.seconds),
            user_agent_override="moderation-images/1",
        )
        try:
            with Manager(config).get_session() as session:
                session.trust_env = False  # a proxy would resolve the name for itself, past the filter
                with session.get(url, stream=True) as response:
                    return _body(response, self.seconds)
        except (requests.RequestException, ValueError, OSError) as error:
            raise FetchError(f"not fetched: {type(error).__name__}") from error


def _body(response: requests.Response, seconds: float) -> bytes:
    until = time.monotonic() + seconds
    if response.status_code != _OK:
        raise FetchError(f"the host answered {response.status_code}")
    received = bytearray()
    # read1 gives what is there: a host that sends a byte a second cannot hold the worker
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        received += chunk
        if len(received) > MAX_BYTES:
            raise FetchError(f"larger than {MAX_BYTES // 1024 // 1024} MB")
        if time.monotonic() > until:
            raise FetchError(f"not there within {seconds:.0f} s")
    return bytes(received)


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower() if parts.scheme in {"http", "https"} else ""
    except ValueError:
        return ""


def _listed(host: str, names: Sequence[str]) -> bool:
    return bool(host) and any(
        host == name.removeprefix(".") or (name.startswith(".") and host.endswith(name))
        for name in (each.lower() for each in names)
    )
