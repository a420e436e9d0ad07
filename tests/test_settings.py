"""Configuration is checked at the start, and complaints name the variable without showing its value."""

from pathlib import Path

import pytest

from models.settings import EXPECTED, BadSettings, Settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in EXPECTED:
        monkeypatch.delenv(name, raising=False)


def test_defaults() -> None:
    settings = Settings.from_environment()
    assert settings.database_url == "sqlite:///cycle-count.db"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.port, settings.log_level, settings.log_format) == (3000, "INFO", "console")
    assert settings.slack_bot_token is None


def test_every_variable_is_explained() -> None:
    assert sorted(EXPECTED) == sorted(name.upper() for name in Settings.model_fields)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "cycle-count.db"),
        ("DATABASE_URL", "mysql://localhost/stock"),
        ("SLACK_BOT_TOKEN", "xapp-1-SECRETVALUE"),
        ("SLACK_BOT_TOKEN", "xoxb-1 SECRETVALUE"),
        ("SLACK_APP_TOKEN", "xoxb-1-SECRETVALUE"),
        ("SLACK_SIGNING_SECRET", "two SECRETVALUE"),
        ("SLACK_API_URL", "slack.com/api"),
        ("SLACK_API_URL", "ftp://slack.com/api/"),
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_malformed_one_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as refused:
        Settings.from_environment()
    assert str(refused.value) == f"{name} is malformed: set it to {EXPECTED[name]}."
    assert "SECRETVALUE" not in repr(refused.value)
    assert refused.value.__cause__ is None


def test_each_malformed_one_gets_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("LOG_LEVEL", "x")
    with pytest.raises(BadSettings, match=r"(?s)^LOG_LEVEL is malformed.*\nPORT is malformed"):
        Settings.from_environment()


def test_what_is_missing_depends_on_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1-SECRETVALUE")
    monkeypatch.setenv("SLACK_APP_TOKEN", "")
    settings = Settings.from_environment()
    settings.require("SLACK_BOT_TOKEN", to="to run")
    with pytest.raises(BadSettings, match=r"^SLACK_APP_TOKEN is missing: to run, set it to an app-level token"):
        settings.require("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", to="to run")


def test_tokens_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1-SECRETVALUE")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1-SECRETVALUE")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "SECRETVALUE")
    settings = Settings.from_environment()
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1-SECRETVALUE"
    assert "SECRETVALUE" not in f"{settings!r} {settings} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("https://slack.com/api", "https://slack.com/api/"),
        ("http://127.0.0.1:8899/api//", "http://127.0.0.1:8899/api/"),
    ],
)
def test_the_api_address_ends_with_one_slash(monkeypatch: pytest.MonkeyPatch, value: str, read: str) -> None:
    monkeypatch.setenv("SLACK_API_URL", value)
    assert Settings.from_environment().slack_api_url == read


@pytest.mark.parametrize(
    "url", ["postgres://u:p@h/db", "postgresql://u:p@h/db", "postgresql+psycopg://u@/db?host=/tmp", "sqlite:///a.db"]
)
def test_databases_that_are_known(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert Settings.from_environment().database_url == url


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://h/db", "nonsense"])
def test_databases_that_could_not_work(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(BadSettings, match=r"^DATABASE_URL is malformed: set it to a database URL: sqlite:///FILE or"):
        Settings.from_environment()


def test_capitals_do_not_matter_where_they_cannot_mean_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "debug")
    monkeypatch.setenv("LOG_FORMAT", "JSON")
    settings = Settings.from_environment()
    assert (settings.log_level, settings.log_format) == ("DEBUG", "json")


def test_a_dotenv_file_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=4000\n")
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environment().port == 3000
