"""Work done in a process of its own, which gives its memory back when it is done."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PREPARATION: Final = "moderation.commands.preparation"


def _call(name: str, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    return getattr(import_module(_PREPARATION), name)(*args, **options)


@contextmanager
def apart() -> Iterator[Callable[..., Any]]:
    """A function that calls one of :mod:`moderation.commands.preparation` by its name, in another process.

    Its answer or its error is that of the call.  What the work imports stays over there: the process that keeps the
    service alive for weeks would hold it for nothing.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield lambda name, *args, **options: pool.submit(_call, name, args, options).result()


def beside(name: str, *args: Any) -> None:
    """Start one of them in another process that nobody waits for; it ends when this one does."""
    get_context("spawn").Process(target=_call, args=(name, args, {}), daemon=True).start()
