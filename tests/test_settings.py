"""Settings: typed, from the environment, `.env` and secret files; a mistyped name is never silently ignored."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import PREFIX, Settings, SettingsError, load_settings

TOKEN = "123456:abcdefghijklmnopqrstuvwxyz"


def test_without_anything_it_runs_on_loopback_with_sqlite() -> None:
    settings = load_settings({}, env_file=None)
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.database.startswith("sqlite+aiosqlite:///")
    assert settings.base_url == "http://127.0.0.1:8080"
    assert (settings.knowledge_dir / "organization.yaml").is_file()


def test_an_unknown_name_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(SettingsError, match="did you mean HAIDANG_TELEGRAM_TOKEN"):
        load_settings({"HAIDANG_TELEGRAM_TOKN": TOKEN}, env_file=None)


@pytest.mark.parametrize(
    ("environ", "names"),
    [
        ({"HAIDANG_HTTP": "8080"}, "HAIDANG_HTTP"),
        ({"HAIDANG_HTTP": "localhost:99999"}, "HAIDANG_HTTP"),
        ({"HAIDANG_TELEGRAM_MODE": "push"}, "HAIDANG_TELEGRAM_MODE"),
        ({"HAIDANG_TELEGRAM_WEBHOOK_SECRET": "có dấu"}, "HAIDANG_TELEGRAM_WEBHOOK_SECRET"),
        ({"HAIDANG_TELEGRAM_TOKEN": TOKEN, "HAIDANG_TELEGRAM_MODE": "webhook"}, "needs TELEGRAM_WEBHOOK_SECRET"),
        ({"HAIDANG_TELEGRAM_TOKEN_FILE": "/nowhere"}, "HAIDANG_TELEGRAM_TOKEN_FILE"),
        (
            {"HAIDANG_ZALO_OA_APP_ID": "1", "HAIDANG_ZALO_OA_SECRET_KEY": "k"},
            "missing: ZALO_OA_APP_SECRET, ZALO_OA_REF",
        ),
        ({"HAIDANG_ZALO_OA_REFRESH_TOKEN": "r"}, "all of its four settings or none"),
        ({"HAIDANG_ZALO_OA_API_URL": "openapi.zalo.me"}, "HAIDANG_ZALO_OA_API_URL"),
        ({"HAIDANG_ZALO_BOT_SECRET": "12345678"}, "ZALO_BOT_SECRET needs ZALO_BOT_TOKEN"),
        ({"HAIDANG_ZALO_BOT_TOKEN": "t", "HAIDANG_ZALO_BOT_SECRET": "short"}, "HAIDANG_ZALO_BOT_SECRET: 8-256"),
        (
            {"HAIDANG_ZALO_BOT_TOKEN": "t", "HAIDANG_ZALO_BOT_SECRET": "một bí mật dài"},
            "HAIDANG_ZALO_BOT_SECRET: 8-256",
        ),
        ({"HAIDANG_ZALO_BOT_TOKEN": "t", "HAIDANG_ZALO_BOT_SECRET": "12345678"}, "needs PUBLIC_URL"),
        ({"HAIDANG_PUBLIC_URL": "cangvu"}, "HAIDANG_PUBLIC_URL"),
        ({"HAIDANG_EMBED_SITES": "cangvu.vn"}, "HAIDANG_EMBED_SITES: 'cangvu.vn' is no site"),
        ({"HAIDANG_EMBED_SITES": "https://a.vn/trang"}, "HAIDANG_EMBED_SITES"),
        ({"HAIDANG_EMBED_SITES": "https://a.vn; script-src *"}, "HAIDANG_EMBED_SITES"),
        ({"HAIDANG_EMBED_SITES": "* https://a.vn"}, "HAIDANG_EMBED_SITES"),
        ({"HAIDANG_DATABASE_URL": "mysql://a@b/c"}, "HAIDANG_DATABASE_URL: write it like postgresql://"),
    ],
)
def test_a_wrong_value_is_named(environ: dict[str, str], names: str) -> None:
    with pytest.raises(SettingsError, match=names):
        load_settings(environ, env_file=None)


def test_what_was_pasted_with_a_line_end_is_meant() -> None:
    settings = load_settings({"HAIDANG_TELEGRAM_TOKEN": f" {TOKEN}\n"}, env_file=None)
    assert settings.telegram_token is not None
    assert settings.telegram_token.get_secret_value() == TOKEN


@pytest.mark.parametrize(
    ("sites", "ancestors"),
    [
        ("", "*"),
        ("*", "*"),
        ("none", "'none'"),
        ("https://CangVu.example.vn/", "'self' https://cangvu.example.vn"),
        ("https://a.vn, https://*.b.vn:8443", "'self' https://a.vn https://*.b.vn:8443"),
    ],
)
def test_the_sites_that_may_frame_the_chat(sites: str, ancestors: str) -> None:
    assert load_settings({"HAIDANG_EMBED_SITES": sites}, env_file=None).frame_ancestors == ancestors


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = load_settings({"HAIDANG_DATA_DIR": str(tmp_path / "file")}, env_file=None)
    with pytest.raises(SettingsError, match="HAIDANG_DATA_DIR: can't make"):
        settings.make_data_dir()


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("HAIDANG_HTTP=127.0.0.1:1\nHAIDANG_LOG=json\nOTHER=1\n")
    settings = load_settings({"HAIDANG_HTTP": "127.0.0.1:2"}, env_file=env_file)
    assert settings.port == 2
    assert settings.log == "json"


def test_secrets_come_from_files_and_are_never_shown(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text(f"{TOKEN}\n")
    settings = load_settings({"HAIDANG_TELEGRAM_TOKEN_FILE": str(secret)}, env_file=None)
    assert settings.telegram_token is not None
    assert settings.telegram_token.get_secret_value() == TOKEN
    assert TOKEN not in repr(settings)


def test_postgresql_is_written_as_operators_write_it() -> None:
    settings = load_settings({"HAIDANG_DATABASE_URL": "postgresql://hd:pw@db/haidang"}, env_file=None)
    assert settings.database == "postgresql+asyncpg://hd:pw@db/haidang"
    assert "pw" not in repr(settings)


def test_every_setting_stands_in_the_readme_and_the_reverse(knowledge_dir: Path) -> None:
    import re

    readme = (knowledge_dir.parent / "README.md").read_text("utf-8")
    named = set(re.findall(rf"{PREFIX}[A-Z_]+", readme))
    real = {PREFIX + name.upper() for name in Settings.model_fields}
    assert real - named == set()
    assert {name for name in named if name.removesuffix("_FILE") not in real and not name.endswith("_")} == set()
