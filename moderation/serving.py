"""Serves both web apps from one port: one WSGI dispatcher by path, prefixes kept, under gunicorn's threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click
from gunicorn.app.base import BaseApplication

import review_ui
from moderation import api
from moderation.lifeline import die_with_parent
from moderation.logs import configure
from moderation.settings import Settings
from moderation.wiring.web import build_web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

API_PREFIXES: Final = ("/v1/", "/v1alpha1/", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics")


def make_wsgi(settings: Settings) -> WSGIApplication:
    """The whole site: paths of the API go to it, everything else to the review desk."""
    parts = build_web(settings)
    to_api = api.create_app(parts).wsgi_app
    to_desk = review_ui.create_app(parts).wsgi_app

    def dispatch(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        return (to_api if path.startswith(API_PREFIXES) else to_desk)(environ, start_response)

    return dispatch


class Server(BaseApplication):
    """gunicorn with our settings, without a configuration file."""

    def __init__(self, settings: Settings, *, bind: str) -> None:
        """Serve on ``bind``: host:port, or fd://N for a listening socket that outlives a restart."""
        self._settings, self._bind = settings, bind
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's options."""
        options: dict[str, Any] = {
            "bind": self._bind,
            "worker_class": "gthread",
            "workers": self._settings.web_processes,
            "threads": self._settings.web_threads,
            "graceful_timeout": 20,
            "timeout": 60,
            "keepalive": 15,
            "accesslog": None,
            "loglevel": "warning",
            "proc_name": "moderation-web",
            # Two services of one user would share the socket.
            "control_socket_disable": True,
            # A forked worker would otherwise outlive a killed master and keep the port.
            "post_fork": lambda _server, _worker: die_with_parent(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """The application, made in each worker process."""
        return make_wsgi(self._settings)


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="host:port, or fd://N.")
def main(bind: str) -> None:
    """Serve the API and the review desk.

    Example: MODERATION_REDIS_URL=redis://… MODERATION_DATABASE_URL=postgresql+psycopg://… python -m moderation.serving
    """
    configure()
    Server(Settings(), bind=bind).run()


if __name__ == "__main__":
    main()
