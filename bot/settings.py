"""Every setting of the program, typed: environment or `.env`, prefix `HAIDANG_`; secrets may come from `…_FILE`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, ValidationError, field_validator, model_validator
from rapidfuzz import process

from bot.errors import OperatorError

PREFIX = "HAIDANG_"
#: A site as it stands in `frame-ancestors`: scheme, host (a leading `*.` covers its subdomains), perhaps a port.
_SITE = re.compile(r"https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:(\d{1,5}|\*))?")


class SettingsError(OperatorError):
    """The settings can't be used; the message names each one and what to do."""


class TelegramMode(StrEnum):
    """How Telegram's updates come in."""

    POLLING = "polling"
    WEBHOOK = "webhook"


class LogFormat(StrEnum):
    """How the log is written: for a person at a terminal, or for a collector."""

    CONSOLE = "console"
    JSON = "json"


def shipped_knowledge() -> Path:
    """The `knowledge/` that ships: beside the package in a checkout, inside it once installed."""
    package = Path(__file__).resolve().parent
    beside = package.parent / "knowledge"
    return beside if beside.is_dir() else package / "_knowledge"


class Settings(BaseModel):
    """What an operator can set. Field descriptions are the documentation that README and `doctor` show."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_dir: Path = Field(default=Path("data"), description="folder of the SQLite database and caches")
    database_url: SecretStr | None = Field(
        default=None, description="`postgresql://…`; default: SQLite in the data folder"
    )
    knowledge_dir: Path = Field(default_factory=shipped_knowledge, description="the curated knowledge")
    http: str = Field(default="127.0.0.1:8080", description="address and port of web chat, FAQ pages and console")
    public_url: HttpUrl | None = Field(default=None, description="address under which the public reaches the pages")
    embed_sites: str = Field(
        default="*",
        description="sites that may show chat and FAQ in a frame: `*` any, `none`, or `https://cangvu.example.vn …`",
    )
    telegram_token: SecretStr | None = Field(default=None, description="token of the Telegram bot, from @BotFather")
    telegram_api_url: str = Field(default="https://api.telegram.org", description="another Bot API server")
    telegram_mode: TelegramMode = Field(default=TelegramMode.POLLING, description="`polling` or `webhook`")
    telegram_webhook_secret: SecretStr | None = Field(
        default=None, description="1-256 of A-Z a-z 0-9 _ -; needed with `webhook`"
    )
    zalo_oa_app_id: str | None = Field(default=None, description="Zalo Official Account: app id")
    zalo_oa_app_secret: SecretStr | None = Field(default=None, description="Zalo Official Account: app secret")
    zalo_oa_secret_key: SecretStr | None = Field(default=None, description="Zalo Official Account: webhook key")
    zalo_oa_refresh_token: SecretStr | None = Field(
        default=None, description="Zalo Official Account: first refresh token"
    )
    zalo_oa_api_url: str = Field(default="https://openapi.zalo.me", description="Zalo Official Account: API server")
    zalo_oa_oauth_url: str = Field(
        default="https://oauth.zaloapp.com", description="Zalo Official Account: OAuth server"
    )
    zalo_oa_paid: bool = Field(
        default=False,
        description="1: messages to who wrote last 48 hours to 7 days ago are sent too; they use up quota, then cost",
    )
    zalo_bot_token: SecretStr | None = Field(default=None, description="Zalo Bot: token")
    zalo_bot_secret: SecretStr | None = Field(
        default=None,
        description="Zalo Bot: webhook secret, 8-256 characters; without it the bot is polled (development)",
    )
    zalo_bot_api_url: str = Field(default="https://bot-api.zaloplatforms.com", description="Zalo Bot: API server")
    require_approval: bool = Field(
        default=False, description="1: entries that the authority hasn't approved aren't answered"
    )
    log: LogFormat = Field(default=LogFormat.CONSOLE, description="`console` or `json`")

    @field_validator("http")
    @classmethod
    def _has_port(cls, value: str) -> str:
        host, separator, port = value.rpartition(":")
        if not separator or not host or not port.isdigit() or int(port) > 65535:
            raise ValueError(f"{value!r} is no address and port; write it like 127.0.0.1:8080")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr | None) -> SecretStr | None:
        # The value itself is never repeated: it may hold a password.
        if value is not None and not value.get_secret_value().startswith(("postgres://", "postgresql://", "sqlite://")):
            raise ValueError("write it like postgresql://user:password@host/name, or leave it out for SQLite")
        return value

    @field_validator("embed_sites")
    @classmethod
    def _sites(cls, value: str) -> str:
        sites = value.lower().replace(",", " ").split()
        if sites in (["*"], ["none"]):
            return sites[0]
        sites = [site.rstrip("/") for site in sites]
        for site in sites:
            if not _SITE.fullmatch(site):
                raise ValueError(f"{site!r} is no site; write it like https://cangvu.example.vn, or * or none")
        return " ".join(sites)

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _secret_alphabet(cls, value: SecretStr | None) -> SecretStr | None:
        # https://core.telegram.org/bots/api#setwebhook, secret_token
        if value is not None:
            text = value.get_secret_value()
            if not 1 <= len(text) <= 256 or not all(c.isascii() and (c.isalnum() or c in "_-") for c in text):
                raise ValueError("1-256 characters of A-Z a-z 0-9 _ - only")
        return value

    @model_validator(mode="after")
    def _webhook_needs_address_and_secret(self) -> Settings:
        if self.telegram_mode is TelegramMode.WEBHOOK and self.telegram_token:
            if self.telegram_webhook_secret is None:
                raise ValueError("TELEGRAM_MODE=webhook needs TELEGRAM_WEBHOOK_SECRET")
            if self.public_url is None:
                raise ValueError("TELEGRAM_MODE=webhook needs PUBLIC_URL")
        return self

    @field_validator("zalo_bot_secret")
    @classmethod
    def _bot_secret_length(cls, value: SecretStr | None) -> SecretStr | None:
        # It travels in a header, so what a header can't carry is refused here.
        if value is not None:
            text = value.get_secret_value()
            if not 8 <= len(text) <= 256 or not all(33 <= ord(c) <= 126 for c in text):
                raise ValueError("8-256 characters, letters, digits and signs without blanks")
        return value

    @field_validator("zalo_oa_api_url", "zalo_oa_oauth_url", "zalo_bot_api_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError(f"{value!r} is no address; write it like https://openapi.zalo.me")
        return value

    @model_validator(mode="after")
    def _zalo_is_whole(self) -> Settings:
        needed = ("zalo_oa_app_id", "zalo_oa_app_secret", "zalo_oa_secret_key", "zalo_oa_refresh_token")
        missing = [name.upper() for name in needed if getattr(self, name) is None]
        if missing and len(missing) < len(needed):
            raise ValueError(
                f"Zalo Official Account needs all of its four settings or none; missing: {', '.join(missing)}"
            )
        if self.zalo_bot_secret is not None and self.zalo_bot_token is None:
            raise ValueError("ZALO_BOT_SECRET needs ZALO_BOT_TOKEN")
        if self.zalo_bot_secret is not None and self.public_url is None:
            raise ValueError(
                "ZALO_BOT_SECRET (events by webhook) needs PUBLIC_URL; without the secret the bot is polled"
            )
        return self

    @property
    def host(self) -> str:
        """The address that the web server binds."""
        return self.http.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port that the web server binds; 0 lets the system choose."""
        return int(self.http.rpartition(":")[2])

    @property
    def base_url(self) -> str:
        """The address under which people reach the pages, without a slash at the end."""
        return str(self.public_url).rstrip("/") if self.public_url else f"http://{self.http}"

    @property
    def frame_ancestors(self) -> str:
        """Who may frame the embedded pages, as the Content-Security-Policy says it; this site itself always may."""
        return {"*": "*", "none": "'none'"}.get(self.embed_sites, f"'self' {self.embed_sites}")

    def make_data_dir(self) -> None:
        """Makes the data folder if it isn't there; raises `SettingsError`."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"{PREFIX}DATA_DIR: can't make {self.data_dir}: {error.strerror}") from error

    @property
    def database(self) -> str:
        """The database's SQLAlchemy URL, with the asynchronous driver."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{(self.data_dir / 'haidang.db').resolve()}"
        url = self.database_url.get_secret_value()
        for plain, driver in (
            ("postgres://", "postgresql+asyncpg://"),
            ("postgresql://", "postgresql+asyncpg://"),
            ("sqlite://", "sqlite+aiosqlite://"),
        ):
            if url.startswith(plain):
                return driver + url.removeprefix(plain)
        return url


def load_settings(environ: Mapping[str, str] | None = None, *, env_file: Path | None = Path(".env")) -> Settings:
    """The settings from the environment (over `.env`); raises `SettingsError` with a line for each thing to mend.

    A name with the prefix that nobody knows is an error that names the nearest known one: a mistyped setting that is
    silently ignored is worse than a program that doesn't start.
    """
    values: dict[str, str] = {}
    if env_file is not None and env_file.is_file():
        values |= {k: v for k, v in dotenv_values(env_file).items() if k.startswith(PREFIX) and v is not None}
    values |= {k: v for k, v in (os.environ if environ is None else environ).items() if k.startswith(PREFIX)}

    fields: dict[str, Any] = {}
    complaints: list[str] = []
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    secret = {PREFIX + n.upper() for n, f in Settings.model_fields.items() if "SecretStr" in str(f.annotation)}
    for name, raw in values.items():
        value = raw.strip()  # what was pasted with a space or a line end is still meant
        if name in known:
            if value:
                fields[name.removeprefix(PREFIX).lower()] = value
        elif name.endswith("_FILE") and name.removesuffix("_FILE") in secret:
            try:
                fields[name.removeprefix(PREFIX).removesuffix("_FILE").lower()] = Path(value).read_text("utf-8").strip()
            except OSError as error:
                complaints.append(f"{name}: can't read {value}: {error.strerror}")
        else:
            nearest = process.extractOne(name, sorted(known))
            hint = f"; did you mean {nearest[0]}?" if nearest else ""
            complaints.append(f"{name}: no such setting{hint}")
    if not complaints:
        try:
            return Settings(**fields)
        except ValidationError as error:
            for problem in error.errors():
                name = PREFIX + "_".join(str(part) for part in problem["loc"]).upper() if problem["loc"] else "settings"
                complaints.append(f"{name}: {problem['msg'].removeprefix('Value error, ')}")
    raise SettingsError("\n".join(complaints))
