"""Reads a policy document (TOML) into the domain's policy: one clear error naming the field, or a valid policy."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from moderation.domain.convention import Category, clause, clause_exists
from moderation.domain.failures import UserError
from moderation.domain.policy import NEGATIVITY, Policy, Rule, Threshold
from moderation.domain.post import PublishingMode, PublishingRule, Scene
from moderation.domain.verdict import Action

if TYPE_CHECKING:
    from pathlib import Path

HEADS = frozenset({NEGATIVITY, *(category.value for category in Category)})


class PolicyDocumentError(UserError):
    """The policy cannot be used; the message names file and field."""


def _known_clause(name: str) -> str:
    if not clause_exists(name):
        message = f"the convention has no clause {name!r}"
        raise ValueError(message)
    return clause(name).number


def _known_head(name: str) -> str:
    if name not in HEADS:
        message = f"no classifier head is called {name!r}; heads: {', '.join(sorted(HEADS))}"
        raise ValueError(message)
    return name


ClauseNumber = Annotated[str, AfterValidator(_known_clause)]
Head = Annotated[str, AfterValidator(_known_head)]
Probability = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _ThresholdModel(_Strict):
    review: Probability
    block: Probability


class _RuleModel(_Strict):
    head: Head
    clause: ClauseNumber
    review: Probability | None = None
    block: Probability | None = None
    enabled: bool = True
    may_block: bool = True
    review_action: Action = Action.SHOW
    block_action: Action = Action.REMOVE


class _PublishingModel(_Strict):
    mode: PublishingMode
    group: str = ""
    scene: Scene | None = None


class _PolicyModel(_Strict):
    version: str = Field(min_length=1, max_length=60)
    rules: tuple[_RuleModel, ...]
    scenes: dict[Scene, dict[Head, _ThresholdModel]] = Field(default_factory=dict)
    exempt: tuple[ClauseNumber, ...] = ()
    trade_boards: tuple[str, ...] = ()
    switched_off: tuple[ClauseNumber, ...] = ()
    publishing: tuple[_PublishingModel, ...] = ()
    corroborated: tuple[str, ...] = ()
    corroboration: Probability = 0.5


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A policy as written, understood."""

    policy: Policy
    publishing: tuple[PublishingRule, ...]
    text: str


def read_policy(path: Path) -> PolicyDocument:
    """Read a policy file.

    Raises:
        PolicyDocumentError: the file is missing, is no TOML, or a field is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PolicyDocumentError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PolicyDocumentError(f"{path}: is not UTF-8 text") from error
    return parse_policy(text, str(path))


def parse_policy(text: str, name: str = "policy") -> PolicyDocument:
    """Understand a policy document; ``name`` says where it came from.

    Raises:
        PolicyDocumentError: it is no TOML (the message has line and column), or a field is wrong (it names the field).
    """
    try:
        model = _PolicyModel.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise PolicyDocumentError(f"{name}: is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise PolicyDocumentError(f"{name}: {field}: {first['msg']}") from error
    return PolicyDocument(
        _policy(model),
        tuple(PublishingRule(one.mode, one.group, one.scene) for one in model.publishing),
        text,
    )


def _policy(model: _PolicyModel) -> Policy:
    return Policy(
        version=model.version,
        rules=tuple(Rule(**one.model_dump()) for one in model.rules),
        scenes={
            scene: {head: Threshold(one.review, one.block) for head, one in heads.items()}
            for scene, heads in model.scenes.items()
        },
        exempt=frozenset(model.exempt),
        trade_boards=model.trade_boards,
        switched_off=frozenset(model.switched_off),
        corroborated=frozenset(model.corroborated),
        corroboration=model.corroboration,
    )
