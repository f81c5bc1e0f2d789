"""Settings: `KHIEN_*` in the environment, then `khien.toml`, then what works on one machine with nothing set."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from bot.messenger_settings import LOOPBACK, PLAIN_URL, MessengerSettings, is_here
from escalation.outside.queue import QueueName
from escalation.tasks.calendar import WorkCalendar, days_of
from store.erasures import ErasureList
from store.keys import CommandKeys, FileKeys, GivenKeys, KeySource

TOML_FILE = Path("khien.toml")
EmergencyPolicy = Literal["consent", "vital_interest"]
_SECRET_LETTERS = 32


class SettingsError(Exception):
    """A setting is wrong; the text names it, where it stands, and what to do."""


class Settings(MessengerSettings):
    """All settings. In the environment they are the upper-case names behind KHIEN_, but for TELEGRAM_TOKEN."""

    model_config = SettingsConfigDict(
        env_prefix="KHIEN_", extra="forbid", frozen=True, toml_file=TOML_FILE, hide_input_in_errors=True
    )
    toml_file: ClassVar[Path] = TOML_FILE

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8080, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    data_dir: Path = Field(default=Path("data"), description="where the SQLite database and the key file are kept")
    database_url: str | None = Field(default=None, description="postgresql+asyncpg://… instead of SQLite")
    key_file: Path | None = Field(default=None, description="the master keys; default <data_dir>/keys/master.json")
    master_keys: SecretStr | None = Field(default=None, description="the master keys as JSON, instead of a file")
    keys_command: str | None = Field(
        default=None, description="a command that prints the master keys as JSON, instead of a file"
    )
    erasure_list: Path | None = Field(
        default=None, description="what was erased, for restored backups; default <data_dir>/erased.jsonl"
    )
    public_url: str | None = Field(
        default=None, description="https address from outside; turns messengers' webhooks on"
    )
    emergency_policy: EmergencyPolicy = Field(
        default="consent",
        description='what an emergency needs to reach 111: "consent" a yes; "vital_interest" nothing, without a name',
    )
    sign_within_hours: int = Field(
        default=8, ge=1, le=24, description="hours in which a supervisor signs a case opened by vital_interest"
    )
    telegram_token: SecretStr | None = Field(
        default=None, validation_alias="TELEGRAM_TOKEN", description="the bot's token from @BotFather"
    )
    telegram_base_url: str | None = Field(default=None, description="another Bot API server, such as one on loopback")
    nlu_engine: Literal["spacy", "rasa"] = Field(
        default="spacy", description='"rasa" takes intent, topic and entities from a Rasa server; danger is always ours'
    )
    rasa_url: str = Field(default="http://127.0.0.1:5005", description="the Rasa server, here or by https with a token")
    rasa_token: SecretStr | None = Field(default=None, description="the word Rasa was started with by --auth-token")
    rasa_timeout_ms: int = Field(default=300, ge=10, le=5000, description="milliseconds to wait for Rasa's answer")
    metrics_token: SecretStr | None = Field(default=None, description="bearer token for /metrics from other machines")
    test_clock: bool = Field(default=False, description="adds POST /test/clock; only with loopback messengers")
    log_format: Literal["json", "console"] = Field(default="console", description="how logs are written")
    retention_talk_days: int = Field(
        default=30, ge=1, le=30, description="days that talk outside a case is kept; children are told 30 at most"
    )
    retention_case_years: int = Field(
        default=5, ge=1, le=30, description="years that the words of a case are kept after it ended"
    )
    retention_conversation_days: int = Field(
        default=365, ge=365, le=1825, description="days until a conversation of which nothing is left goes"
    )
    retention_sign_in_days: int = Field(
        default=30, ge=2, le=90, description="days that ended sessions, links and failed sign-ins of staff are kept"
    )
    desk_lock_minutes: int = Field(
        default=5, ge=1, le=25, description="minutes without a key or pointer after which a desk page is locked"
    )
    desk_children_at_once: int = Field(
        default=2, ge=1, le=9, description="children whom one counsellor is with at once"
    )
    desk_grave_in_row: int = Field(
        default=3, ge=1, le=20, description="grave contacts in a row after which a break is proposed"
    )
    desk_rest_minutes: int = Field(default=10, ge=5, le=60, description="minutes of a break")
    work_days_off: str = Field(
        default="", description="days off that are announced late, such as around Tết: 2027-02-03, by commas"
    )
    work_make_up_days: str = Field(default="", description="Saturdays and Sundays that are worked instead, by commas")
    alert_webhook_url: str | None = Field(default=None, description="where alerts are posted to, by https or here")
    alert_webhook_secret: SecretStr | None = Field(default=None, description="signs what is posted; 32 letters or more")
    case_webhook_url: str | None = Field(
        default=None, description="where a system beside the desk is told what happens to cases, by https or here"
    )
    case_webhook_secret: SecretStr | None = Field(default=None, description="signs it; 32 letters or more")
    queue: QueueName = Field(
        default="internal", description='"external": a system beside the desk gives waiting children to counsellors'
    )
    alert_mail_to: str | None = Field(default=None, description="who gets alerts by e-mail, separated by commas")
    alert_mail_from: str | None = Field(default=None, description="whose name the e-mail bears")
    smtp_host: str | None = Field(default=None, description="the mail server")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="its port")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description='"starttls", "tls", or "none" on this machine only'
    )
    smtp_user: str | None = Field(default=None, description="the name at the mail server")
    smtp_password: SecretStr | None = Field(default=None, description="the password at the mail server")
    referral_receivers: Path | None = Field(
        default=None, description="the operator's own file of who may be asked to help, what goes there and how soon"
    )
    legal_signed_by: str | None = Field(
        default=None, description="the operator's counsel who signed the legal grounds and the rule for 16-17"
    )
    casefile_forms: Path | None = Field(default=None, description="a folder with own forms of the case file")
    casefile_compared: str | None = Field(
        default=None, description="forms compared with the official copy, such as 01,06; only these bear its name"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment first, then the file."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))

    @field_validator("public_url")
    @classmethod
    def _https(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("https://"):
            raise ValueError("must begin with https://")
        return value.rstrip("/") if value else value

    @field_validator("database_url")
    @classmethod
    def _driver(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("postgresql+asyncpg://", "sqlite+aiosqlite:///")):
            raise ValueError("must begin with postgresql+asyncpg:// or sqlite+aiosqlite:///")
        return value

    @field_validator("rasa_url")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not PLAIN_URL.fullmatch(value):
            raise ValueError("must be http(s)://host:port without user, query or spaces")
        return value.rstrip("/")

    @field_validator("work_days_off", "work_make_up_days")
    @classmethod
    def _days(cls, value: str) -> str:
        days_of(value)
        return value

    @property
    def work_calendar(self) -> WorkCalendar:
        """Return the working days of this deployment; raises ValueError where one is off and worked."""
        return WorkCalendar(days_off=days_of(self.work_days_off), make_up_days=days_of(self.work_make_up_days))

    @property
    def calendar_refusal(self) -> str | None:
        """Return why the working days contradict one another; None where they do not."""
        try:
            _ = self.work_calendar
        except ValueError as error:
            return f"KHIEN_WORK_DAYS_OFF, KHIEN_WORK_MAKE_UP_DAYS: {error}."
        return None

    @property
    def database(self) -> str:
        """Return the database's URL; SQLite in the data folder unless another is set."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'khien.sqlite3'}"

    @property
    def keys(self) -> KeySource:
        """Return where the master keys come from; a file of ours unless something else is set."""
        if self.master_keys is not None:
            return GivenKeys(self.master_keys)
        if self.keys_command is not None:
            return CommandKeys(self.keys_command)
        return FileKeys(self.key_file or self.data_dir / "keys" / "master.json")

    @property
    def keys_refusal(self) -> str | None:
        """Return why it is not clear where the master keys are, and what to do; None where it is."""
        given = [name for name in ("key_file", "master_keys", "keys_command") if getattr(self, name) is not None]
        if len(given) <= 1:
            return None
        first, *others = (f"KHIEN_{name.upper()}" for name in given)
        return f"{first}: the master keys come from one place only. Remove it, or {' and '.join(others)}."

    @property
    def erasures(self) -> ErasureList:
        """Return the list of what was erased."""
        return ErasureList(self.erasure_list or self.data_dir / "erased.jsonl")

    @property
    def messengers_on_loopback(self) -> bool:
        """Tell whether no real messenger can be reached: none is set, or all are on this machine."""
        return all(urlsplit(url or "").hostname in LOOPBACK for urls in self.messengers.values() for url in urls)

    @property
    def messengers(self) -> dict[str, tuple[str | None, ...]]:
        """Return the messengers that are set, with the roots of their servers; None is the messenger's own."""
        servers: dict[str, tuple[object, tuple[str | None, ...]]] = {
            "Telegram": (self.telegram_token, (self.telegram_base_url,)),
            "Zalo OA": (self.zalo_oa_app_id, (self.zalo_oa_base_url, self.zalo_oa_oauth_url)),
            "Zalo Bot": (self.zalo_bot_token, (self.zalo_bot_base_url,)),
            "Messenger": (self.messenger_page_token, (self.messenger_base_url,)),
        }
        return {name: urls for name, (given, urls) in servers.items() if given is not None}

    @property
    def forms_compared(self) -> frozenset[str]:
        """Return the numbers of the forms that the operator has compared with the official copy."""
        return frozenset(part.strip() for part in (self.casefile_compared or "").split(",") if part.strip())

    @property
    def desk_refusal(self) -> str | None:
        """Return why browsers could not keep a desk session safely, and what to do; None where they can."""
        if self.public_url is not None or is_here(self.host):
            return None
        return (
            f"KHIEN_HOST: {self.host} is reached from other machines by plain http, where passwords and children's "
            "words can be read underway. Put a proxy with https before it and set KHIEN_PUBLIC_URL, or use 127.0.0.1."
        )

    @property
    def alerts_refusal(self) -> str | None:
        """Return why alerts could not leave the house as it is set, and what to do; None where they can."""
        refusal = _webhook_refusal("ALERT", self.alert_webhook_url, self.alert_webhook_secret)
        if refusal is not None or self.alert_mail_to is None:
            return refusal
        if self.alert_mail_from is None or self.smtp_host is None:
            return "KHIEN_ALERT_MAIL_TO: needs KHIEN_ALERT_MAIL_FROM and KHIEN_SMTP_HOST beside it."
        if self.smtp_security == "none" and not is_here(self.smtp_host):
            return "KHIEN_SMTP_SECURITY: none is for a mail server on this machine only. Use starttls or tls."
        return None

    @property
    def joining_refusal(self) -> str | None:
        """Return why a system beside the desk could not be joined as it is set, and what to do; None where it could."""
        if self.queue == "external" and self.case_webhook_url is None:
            return "KHIEN_QUEUE: external needs KHIEN_CASE_WEBHOOK_URL, or the other system never hears of a child."
        return _webhook_refusal("CASE", self.case_webhook_url, self.case_webhook_secret)

    @property
    def rasa_refusal(self) -> str | None:
        """Return why the Rasa server may not be used, and what to do; None where it may, or is not asked."""
        if self.nlu_engine != "rasa" or is_here(urlsplit(self.rasa_url).hostname or ""):
            return None
        if not self.rasa_url.startswith("https://"):
            return "KHIEN_RASA_URL: children's words leave this machine by https only. Use https, or 127.0.0.1."
        if self.rasa_token is None or not self.rasa_token.get_secret_value():
            return (
                "KHIEN_RASA_TOKEN: a Rasa server on another machine needs one. Start it with --auth-token, set it here."
            )
        return None


def load_settings(**overrides: Any) -> Settings:
    """Read all settings; raises SettingsError that says where, what and how to mend it."""
    try:
        settings = Settings(**overrides)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{TOML_FILE}: {error}. Mend that line or remove the file.") from None
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(mistake) for mistake in error.errors(include_input=False))) from None
    unknown = sorted(name for name in os.environ if name.startswith("KHIEN_") and not _is_known(name))
    if unknown:
        raise SettingsError(f"{unknown[0]}: there is no such setting. See `khien doctor` and docs/settings.md.")
    if settings.test_clock and not settings.messengers_on_loopback:
        raise SettingsError(
            "KHIEN_TEST_CLOCK: refused while a real messenger is set. Remove it, or the messenger's token."
        )
    for refusal in (
        settings.rasa_refusal,
        settings.keys_refusal,
        settings.desk_refusal,
        settings.alerts_refusal,
        settings.joining_refusal,
        settings.zalo_oa_refusal,
        settings.calendar_refusal,
        settings.messenger_refusal,
    ):
        if refusal is not None:
            raise SettingsError(f"{refusal} See `khien doctor`.")
    return settings


def _webhook_refusal(name: str, url: str | None, secret: SecretStr | None) -> str | None:
    if url is None:
        return None
    if not PLAIN_URL.fullmatch(url) or not (url.startswith("https://") or is_here(urlsplit(url).hostname or "")):
        return f"KHIEN_{name}_WEBHOOK_URL: must be https://host/path, or http on 127.0.0.1."
    if secret is None or len(secret.get_secret_value()) < _SECRET_LETTERS:
        return f"KHIEN_{name}_WEBHOOK_SECRET: needs {_SECRET_LETTERS} letters or more that the receiver knows too."
    return None


def _is_known(variable: str) -> bool:
    # The tests' own variables are nobody's settings.
    own = variable.removeprefix("KHIEN_").lower() in Settings.model_fields
    return own or variable in {"KHIEN_CHROMIUM", "KHIEN_BOT_API_SPEC"}


def _explain(mistake: Any) -> str:
    name = str(mistake["loc"][0]) if mistake["loc"] else "settings"
    variable = name if name.isupper() else f"KHIEN_{name.upper()}"
    line = _toml_line(name)
    where = f"{TOML_FILE}:{line}" if line else variable
    known = ", ".join(sorted(Settings.model_fields))
    if mistake["type"] == "extra_forbidden":
        return f"{where}: there is no setting {name}. Known settings: {known}."
    return f"{where}: {mistake['msg']}. See `khien doctor`."


def _toml_line(name: str) -> int | None:
    if not TOML_FILE.is_file():
        return None
    for number, line in enumerate(TOML_FILE.read_text(encoding="utf-8").splitlines(), 1):
        if re.match(rf"\s*{re.escape(name)}\s*=", line):
            return number
    return None
