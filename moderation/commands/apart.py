"""Work done in a process of its own, which gives its memory back when it is done."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.failures import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PREPARATION: Final = "moderation.commands.preparation"


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What a user can put right, in words: an error with fields of its own does not survive the way back."""

    text: str


def _call(name: str, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    try:
        return getattr(import_module(_PREPARATION), name)(*args, **options)
    except UserError as error:
        return _Refusal(str(error))


@contextmanager
def apart() -> Iterator[Callable[..., Any]]:
    """A function that calls one of :mod:`moderation.commands.preparation` by its name, in another process.

    Its answer is that of the call, and so is a :class:`UserError`.  What the work imports stays over there: the
    process that keeps the service alive for weeks would hold it for nothing.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:

        def call(name: str, *args: Any, **options: Any) -> Any:
            answer = pool.submit(_call, name, args, options).result()
            if isinstance(answer, _Refusal):
                raise UserError(answer.text)
            return answer

        yield call


def beside(name: str, *args: Any) -> None:
    """Start one of them in another process that nobody waits for; it ends when this one does."""
    get_context("spawn").Process(target=_call, args=(name, args, {}), daemon=True).start()
