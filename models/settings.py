"""Configuration: environment variables, read once at the start and checked before anything else happens.

There is no configuration file, and `.env` is not read: what runs is what the environment says. Which variables must
be there depends on what is to run (`Settings.require`). Every complaint names the variable and what is expected of
it, never its value: a mistyped token is still a token.
"""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from models.database import DEFAULT_URL
from models.errors import BadInput

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
LogFormat = Literal["console", "json"]

EXPECTED = {
    "DATABASE_URL": "a database URL: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
    "SLACK_BOT_TOKEN": "the bot token of your Slack app, which begins with xoxb-",
    "SLACK_APP_TOKEN": "an app-level token with the scope connections:write, which begins with xapp-",
    "SLACK_SIGNING_SECRET": "the signing secret of your Slack app, without spaces",
    "SLACK_API_URL": "a web address such as https://slack.com/api/",
    "BIND_HOST": "an address to listen on, such as 127.0.0.1",
    "PORT": "a port number from 1 to 65535",
    "LOG_LEVEL": "one of DEBUG, INFO, WARNING, ERROR, CRITICAL",
    "LOG_FORMAT": "“console” or “json”",
}


class BadSettings(BadInput):
    """An environment variable is missing or malformed: one sentence for each, naming it and what is expected."""


class Settings(BaseSettings):
    """What the environment says. Tokens are secrets: they do not appear in `repr` or in logs."""

    model_config = SettingsConfigDict(
        env_file=None,
        env_ignore_empty=True,  # `SLACK_APP_TOKEN=` in a process manager means "not set"
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    database_url: str = DEFAULT_URL
    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    bind_host: str = "0.0.0.0"  # noqa: S104 - requests are signed, and a container's port is reached from outside
    port: int = Field(default=3000, ge=1, le=65535)
    log_level: LogLevel = "INFO"
    log_format: LogFormat = "console"

    @classmethod
    def from_environment(cls) -> Self:
        """Read the environment; raise BadSettings with a sentence for each variable that is malformed."""
        try:
            return cls()
        except ValidationError as error:
            names = sorted({str(problem["loc"][0]).upper() for problem in error.errors(include_input=False)})
            # Not chained: the original error would carry the value into a traceback.
            raise BadSettings(
                "\n".join(f"{name} is malformed: set it to {EXPECTED[name]}." for name in names)
            ) from None

    def require(self, *names: str, to: str) -> None:
        """Raise BadSettings unless each variable in `names` is set; `to` is what it is needed for ("to run")."""
        missing = [name for name in names if getattr(self, name.lower()) is None]
        if missing:
            raise BadSettings("\n".join(f"{name} is missing: {to}, set it to {EXPECTED[name]}." for name in missing))

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        try:
            # The driver is ours to choose, and Heroku's "postgres:" is no name SQLAlchemy knows; only the kind matters.
            parsed = make_url(url)
            kind = parsed.drivername.partition("+")[0]
        except ArgumentError:
            raise ValueError("not a URL") from None
        if kind not in {"sqlite", "postgresql", "postgres"}:
            raise ValueError("unknown database")
        if kind == "sqlite" and parsed.database in {None, "", ":memory:"}:
            raise ValueError("a database in memory would be gone with its first connection")
        return url

    @field_validator("slack_bot_token", "slack_app_token", "slack_signing_secret")
    @classmethod
    def _one_word(cls, secret: SecretStr | None) -> SecretStr | None:
        value = secret.get_secret_value() if secret is not None else ""
        if not value.isascii() or value != "".join(value.split()):
            raise ValueError("holds spaces or letters no token has")
        return secret

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, secret: SecretStr | None) -> SecretStr | None:
        # A token that is rotated has one more prefix.
        return _begins(secret, "xoxb-", "xoxe.xoxb-")

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, secret: SecretStr | None) -> SecretStr | None:
        return _begins(secret, "xapp-")

    @field_validator("slack_api_url")
    @classmethod
    def _address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("not a web address")
        return url.rstrip("/") + "/"

    @field_validator("log_level", mode="before")
    @classmethod
    def _capitals(cls, level: str) -> str:
        return level.upper()

    @field_validator("log_format", mode="before")
    @classmethod
    def _small_letters(cls, form: str) -> str:
        return form.lower()


def _begins(secret: SecretStr | None, *prefixes: str) -> SecretStr | None:
    if secret is not None and not secret.get_secret_value().startswith(prefixes):
        raise ValueError("not that kind of token")
    return secret
