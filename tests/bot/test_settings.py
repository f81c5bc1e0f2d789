"""A wrong setting says where it stands, what is wrong and what to do, and never repeats a secret."""

import os
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import settings as module
from bot.settings import Settings, SettingsError, load_settings
from store.keys import CommandKeys, FileKeys, GivenKeys

SECRET = "123456:AAH-a-token-nobody-may-read"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Start every test in an empty folder with no setting of ours in the environment."""
    for name in list(os.environ):
        if name.startswith("KHIEN_") or name == "TELEGRAM_TOKEN":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def refused() -> str:
    with pytest.raises(SettingsError) as error:
        load_settings()
    return str(error.value)


@pytest.mark.parametrize(
    ("given", "fine"),
    [
        ({"KHIEN_HOST": "10.1.2.3"}, False),
        ({"KHIEN_HOST": "192.168.1.7"}, False),
        ({"KHIEN_HOST": "10.1.2.3", "KHIEN_PUBLIC_URL": "https://khien.example"}, True),
        ({"KHIEN_HOST": "127.0.0.2"}, True),
        ({"KHIEN_HOST": "::1"}, True),
    ],
)
def test_the_desk_is_never_served_by_plain_http_to_other_machines(
    given: dict[str, str], fine: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    if fine:
        load_settings()
        return
    with pytest.raises(SettingsError, match=r"KHIEN_HOST: .* KHIEN_PUBLIC_URL"):
        load_settings()


def test_with_nothing_set_it_runs_here_on_sqlite() -> None:
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.database == "sqlite+aiosqlite:///data/khien.sqlite3"
    assert settings.keys == FileKeys(Path("data/keys/master.json"))
    assert settings.erasures.path == Path("data/erased.jsonl")
    assert settings.emergency_policy == "consent"
    assert not settings.test_clock


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KHIEN_PORT", "many"),
        ("KHIEN_PORT", "-1"),
        ("KHIEN_PORT", "65536"),
        ("KHIEN_PUBLIC_URL", "http://khien.example"),
        ("KHIEN_PUBLIC_URL", "khien.example"),
        ("KHIEN_DATABASE_URL", "mysql://localhost/khien"),
        ("KHIEN_DATABASE_URL", "postgresql://localhost/khien"),
        ("KHIEN_EMERGENCY_POLICY", "vital"),
        ("KHIEN_SIGN_WITHIN_HOURS", "0"),
        ("KHIEN_TEST_CLOCK", "perhaps"),
        ("KHIEN_QUEUE", "theirs"),
        ("KHIEN_QUEUE", "external"),
        ("KHIEN_CASE_WEBHOOK_URL", "http://queue.example/hook"),
        ("KHIEN_LOG_FORMAT", "xml"),
    ],
)
def test_a_wrong_value_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    words = refused()
    assert words.startswith(f"{variable}: ")
    assert "khien doctor" in words
    assert len(words) > len(variable) + 25


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('port = "many"', "port"),
        ('public_url = "http://khien.example"', "public_url"),
        ('database_url = "mysql://x"', "database_url"),
        ("test_clock = 7", "test_clock"),
        ('log_format = "xml"', "log_format"),
    ],
)
def test_a_wrong_value_in_the_file_is_named_with_its_line(line: str, name: str) -> None:
    Path("khien.toml").write_text(f'# settings\nhost = "127.0.0.1"\n\n{line}\n', encoding="utf-8")
    assert refused().startswith("khien.toml:4: ")
    assert name in line


def test_every_mistake_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHIEN_PORT", "many")
    monkeypatch.setenv("KHIEN_LOG_FORMAT", "xml")
    assert {line.split(":")[0] for line in refused().splitlines()} == {"KHIEN_PORT", "KHIEN_LOG_FORMAT"}


def test_an_unknown_setting_in_the_file_is_told_with_those_there_are() -> None:
    Path("khien.toml").write_text("prot = 8080\n", encoding="utf-8")
    words = refused()
    assert words.startswith("khien.toml:1: there is no setting prot")
    assert "port" in words.split("Known settings: ")[1]


def test_a_broken_file_is_told_with_its_line_and_what_to_do() -> None:
    Path("khien.toml").write_text("host = \n", encoding="utf-8")
    words = refused()
    assert words.startswith("khien.toml: ")
    assert "line 1" in words
    assert "remove the file" in words


def test_the_environment_goes_before_the_file_and_the_command_line_before_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("khien.toml").write_text("port = 1000\n", encoding="utf-8")
    assert load_settings().port == 1000
    monkeypatch.setenv("KHIEN_PORT", "2000")
    assert load_settings().port == 2000
    assert load_settings(port=3000).port == 3000


# --- secrets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_secret_never_stands_in_an_error(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    url = f"mysql://khien:{SECRET}@db/khien"
    monkeypatch.setenv("TELEGRAM_TOKEN", SECRET)
    monkeypatch.setenv("KHIEN_METRICS_TOKEN", SECRET)
    if where == "file":
        Path("khien.toml").write_text(f'database_url = "{url}"\n', encoding="utf-8")
    else:
        monkeypatch.setenv("KHIEN_DATABASE_URL", url)
    assert SECRET not in refused()


def test_a_secret_never_stands_in_what_is_printed_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", SECRET)
    monkeypatch.setenv("KHIEN_METRICS_TOKEN", SECRET)
    settings = load_settings()
    assert SECRET not in repr(settings) + str(settings)
    assert isinstance(settings.telegram_token, SecretStr)
    assert settings.telegram_token.get_secret_value() == SECRET


def test_the_token_in_the_file_stands_under_its_own_name() -> None:
    Path("khien.toml").write_text(f'TELEGRAM_TOKEN = "{SECRET}"\n', encoding="utf-8")
    token = load_settings().telegram_token
    assert token is not None
    assert token.get_secret_value() == SECRET


# --- where the master keys come from ---


def test_the_master_keys_come_from_a_file_a_variable_or_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHIEN_KEY_FILE", "elsewhere.json")
    assert load_settings().keys == FileKeys(Path("elsewhere.json"))
    monkeypatch.delenv("KHIEN_KEY_FILE")
    monkeypatch.setenv("KHIEN_KEYS_COMMAND", "fetch-keys --all")
    assert load_settings().keys == CommandKeys("fetch-keys --all")
    monkeypatch.delenv("KHIEN_KEYS_COMMAND")
    monkeypatch.setenv("KHIEN_MASTER_KEYS", SECRET)
    settings = load_settings()
    assert settings.keys == GivenKeys(SecretStr(SECRET))
    assert SECRET not in repr(settings) + repr(settings.keys)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KHIEN_KEY_FILE", "KHIEN_MASTER_KEYS"),
        ("KHIEN_KEY_FILE", "KHIEN_KEYS_COMMAND"),
        ("KHIEN_MASTER_KEYS", "KHIEN_KEYS_COMMAND"),
    ],
)
def test_two_places_for_the_master_keys_are_one_too_many(monkeypatch: pytest.MonkeyPatch, one: str, other: str) -> None:
    monkeypatch.setenv(one, SECRET)
    monkeypatch.setenv(other, SECRET)
    words = refused()
    assert words.startswith(f"{one}: ")
    assert f"Remove it, or {other}." in words
    assert SECRET not in words


# --- the test clock ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base_url", "allowed"),
    [
        (None, False),
        ("https://api.telegram.org", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://evil.example/127.0.0.1", False),
        ("http://localhost@evil.example", False),
        ("http://127.0.0.1:9000", True),
        ("http://localhost:9000/bot", True),
        ("http://[::1]:9000", True),
    ],
)
def test_the_test_clock_is_refused_with_a_messenger_that_may_be_real(
    monkeypatch: pytest.MonkeyPatch, base_url: str | None, allowed: bool
) -> None:
    monkeypatch.setenv("KHIEN_TEST_CLOCK", "1")
    monkeypatch.setenv("TELEGRAM_TOKEN", SECRET)
    if base_url is not None:
        monkeypatch.setenv("KHIEN_TELEGRAM_BASE_URL", base_url)
    if allowed:
        assert load_settings().test_clock
    else:
        words = refused()
        assert words.startswith("KHIEN_TEST_CLOCK: refused")
        assert "Remove" in words


def test_the_test_clock_needs_no_messenger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHIEN_TEST_CLOCK", "1")
    assert load_settings().test_clock


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KHIEN_ZALO_BOT_TOKEN", ""),
        ("KHIEN_ZALO_BOT_TOKEN", f"{SECRET}/getMe?"),
        ("KHIEN_ZALO_BOT_BASE_URL", "http://bot-api.zapps.me"),
        ("KHIEN_ZALO_BOT_BASE_URL", "https://me@bot-api.zapps.me"),
        ("KHIEN_ZALO_BOT_PERMANENT_CODES", "400,blocked"),
        ("KHIEN_MESSENGER_PAGE_ID", "me"),
        ("KHIEN_MESSENGER_APP_SECRET", ""),
        ("KHIEN_MESSENGER_API_VERSION", "25"),
        ("KHIEN_MESSENGER_BASE_URL", "http://graph.facebook.com"),
    ],
)
def test_a_messenger_is_reached_as_it_is_meant_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    words = refused()
    assert words.startswith(f"{variable}: ")
    assert SECRET not in words


MESSENGER = {
    "KHIEN_MESSENGER_PAGE_ID": "123",
    "KHIEN_MESSENGER_PAGE_TOKEN": SECRET,
    "KHIEN_MESSENGER_APP_SECRET": SECRET,
    "KHIEN_MESSENGER_VERIFY_TOKEN": SECRET,
    "KHIEN_PUBLIC_URL": "https://khien.example",
}


@pytest.mark.parametrize("missing", [None, *MESSENGER])
def test_messenger_comes_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch, missing: str | None) -> None:
    for name, value in MESSENGER.items():
        if name != missing:
            monkeypatch.setenv(name, value)
    if missing is None:
        assert set(load_settings().messengers) == {"Messenger"}
        return
    words = refused()
    assert missing in words
    assert SECRET not in words


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ({"KHIEN_ZALO_BOT_TOKEN": "1:a"}, False),
        ({"KHIEN_ZALO_BOT_TOKEN": "1:a", "KHIEN_ZALO_BOT_BASE_URL": "http://127.0.0.1:9000/"}, True),
        (MESSENGER, False),
        (MESSENGER | {"KHIEN_MESSENGER_BASE_URL": "http://127.0.0.1:9000"}, True),
        (MESSENGER | {"KHIEN_MESSENGER_BASE_URL": "http://127.0.0.1:9000", "TELEGRAM_TOKEN": SECRET}, False),
    ],
)
def test_the_test_clock_is_refused_beside_any_real_messenger(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], allowed: bool
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("KHIEN_TEST_CLOCK", "1")
    if allowed:
        assert load_settings().test_clock
    else:
        assert refused().startswith("KHIEN_TEST_CLOCK: refused")


def test_which_errors_of_zalos_bot_are_for_ever_is_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().zalo_bot_permanent == {400}
    monkeypatch.setenv("KHIEN_ZALO_BOT_PERMANENT_CODES", "400, 410,")
    assert load_settings().zalo_bot_permanent == {400, 410}


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_settings_cannot_be_changed_afterwards() -> None:
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.__setattr__("port", 1)


def test_the_public_url_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHIEN_PUBLIC_URL", "https://khien.example/")
    assert load_settings().public_url == "https://khien.example"


def test_the_file_is_looked_for_where_the_command_runs() -> None:
    assert Path("khien.toml") == module.TOML_FILE


def test_days_off_and_make_up_days_make_the_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHIEN_WORK_DAYS_OFF", "2027-02-03, 2027-02-11")
    monkeypatch.setenv("KHIEN_WORK_MAKE_UP_DAYS", "2027-02-20")
    calendar = load_settings().work_calendar
    assert [calendar.is_worked(date(2027, 2, day)) for day in (3, 11, 20)] == [False, False, True]


def test_a_day_that_is_off_and_worked_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHIEN_WORK_DAYS_OFF", "2027-02-03")
    monkeypatch.setenv("KHIEN_WORK_MAKE_UP_DAYS", "2027-02-03")
    with pytest.raises(SettingsError, match="2027-02-03: a day is off or worked, not both"):
        load_settings()


def test_a_day_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHIEN_WORK_DAYS_OFF", "3/2/2027")
    with pytest.raises(SettingsError, match=r"KHIEN_WORK_DAYS_OFF: .*'3/2/2027' is not a day"):
        load_settings()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"APP_ID": "12"}, "KHIEN_ZALO_OA_APP_ID: needs KHIEN_ZALO_OA_APP_SECRET"),
        ({"APP_ID": "mười"}, "KHIEN_ZALO_OA_APP_ID: "),
        ({"APP_SECRET": SECRET}, "KHIEN_ZALO_OA_APP_SECRET: does nothing without KHIEN_ZALO_OA_APP_ID"),
        ({"APP_ID": "12", "APP_SECRET": SECRET}, "KHIEN_ZALO_OA_APP_ID: Zalo brings messages to an https address only"),
        (
            {"APP_ID": "12", "APP_SECRET": SECRET, "BASE_URL": "http://zalo.example"},
            "KHIEN_ZALO_OA_BASE_URL: must be https://host",
        ),
        (
            {"APP_ID": "12", "APP_SECRET": SECRET, "SIGNED_FIRST": "oa_id", "BASE_URL": "http://127.0.0.1:1"},
            "KHIEN_ZALO_OA_SIGNED_FIRST: oa_id needs KHIEN_ZALO_OA_ID",
        ),
        (
            {"APP_ID": "12", "APP_SECRET": SECRET, "CODE_VERIFIER": SECRET, "BASE_URL": "http://127.0.0.1:1"},
            "KHIEN_ZALO_OA_CODE_VERIFIER: has 43 characters",
        ),
    ],
)
def test_an_official_account_that_cannot_work_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], words: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"KHIEN_ZALO_OA_{name}", value)
    told = refused()
    assert told.startswith(words)
    assert SECRET not in told


@pytest.mark.parametrize(
    ("oauth_url", "allowed"), [(None, False), ("https://oauth.zaloapp.com", False), ("http://127.0.0.1:9000", True)]
)
def test_the_test_clock_is_refused_with_an_account_that_may_be_real(
    monkeypatch: pytest.MonkeyPatch, oauth_url: str | None, allowed: bool
) -> None:
    for name, value in (("APP_ID", "12"), ("APP_SECRET", SECRET), ("BASE_URL", "http://127.0.0.1:9000")):
        monkeypatch.setenv(f"KHIEN_ZALO_OA_{name}", value)
    if oauth_url is not None:
        monkeypatch.setenv("KHIEN_ZALO_OA_OAUTH_URL", oauth_url)
    monkeypatch.setenv("KHIEN_TEST_CLOCK", "1")
    if allowed:
        assert load_settings().messengers
    else:
        assert refused().startswith("KHIEN_TEST_CLOCK: refused")
