"""Settings: the only reader of the environment.  Every variable begins with ``MODERATION_``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_PACKAGE: Final = Path(__file__).parent
_CHECKOUT_MODELS: Final = _PACKAGE.parent / "models"
_PACKAGED_MODELS: Final = _PACKAGE / "_models"

DEFAULT_BUNDLE: Final = "zh-base"


def default_bundle() -> Path:
    """The shipped bundle: beside the package in a checkout, inside it in an installed wheel."""
    checkout = _CHECKOUT_MODELS / DEFAULT_BUNDLE
    return checkout if checkout.is_dir() else _PACKAGED_MODELS / DEFAULT_BUNDLE


class Settings(BaseSettings):
    """What an operator may set; every default works on a laptop."""

    model_config = SettingsConfigDict(env_prefix="MODERATION_", env_file=None, extra="ignore")

    data_dir: Path = Field(
        default=Path("moderation-data"), description="Folder of the embedded database and queue."
    )
    database_url: str = Field(
        default="",
        description="SQLAlchemy URL; empty: SQLite in the data folder.",
        examples=["postgresql+psycopg://…"],
    )
    redis_url: str = Field(default="", description="Redis or Valkey URL; empty: the embedded server.")
    bundle: Path = Field(default_factory=default_bundle, description="Model bundle to score with.")
    policy: Path = Field(default=_PACKAGE / "policies" / "default.toml", description="Policy file.")
    lexicons: Path = Field(
        default=_PACKAGE / "policies" / "lexicons", description="Folder of word lists (CSV)."
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Signs browser sessions; empty: made once and kept in the database.",
    )
    workers: int = Field(default=2, ge=1, le=256, description="Scoring processes that `up` starts.")
    threads_per_worker: int = Field(
        default=1, ge=1, le=64, description="Model threads of one scoring process."
    )
    web_threads: int = Field(default=16, ge=4, le=256, description="Threads of the web process.")
    web_processes: int = Field(default=1, ge=1, le=64, description="Web processes.")
    image_hosts: str = Field(
        default="",
        description="Hosts from which images of posts are fetched, by commas; «.example.com» with all below it. "
        "Empty: only uploads are looked at.",
        examples=["img.example.com,.cdn.example.com"],
    )
    internal_image_hosts: str = Field(
        default="",
        description="The same, for hosts of your own network: private addresses are allowed there.",
    )
    ocr: bool = Field(
        default=False, description="Read text in images; needs the extra «ocr» and half a second an image."
    )
    spot_check: float = Field(
        default=0.01,
        ge=0,
        le=1,
        description="Share of the machine's blocks that a person checks, drawn by chance; 0: none.",
    )
    secure_cookies: bool = Field(
        default=False, description="Set behind HTTPS: cookies then travel only there."
    )

    @property
    def effective_database_url(self) -> str:
        """The database URL, or the embedded SQLite file's."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'moderation.sqlite3').resolve()}"
