"""The settings of Zalo and Messenger, and what they refuse."""

import ipaddress
import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# Strict, so that no two readers of the address can take it for two different hosts.
PLAIN_URL = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:/[A-Za-z0-9._~-]+)*/?")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43}")
_TOKEN = re.compile(r"[A-Za-z0-9:_-]{1,300}")


def is_here(host: str) -> bool:
    """Tell whether a host is this machine."""
    if host in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class MessengerSettings(BaseSettings):
    """Part of `bot.settings.Settings`."""

    public_url: str | None = None

    zalo_oa_app_id: str | None = Field(
        default=None, pattern=r"^[0-9]{1,32}$", description="the app of the Zalo Official Account; turns the channel on"
    )
    zalo_oa_app_secret: SecretStr | None = Field(default=None, description="the app's secret, by which tokens are got")
    zalo_oa_id: str | None = Field(
        default=None, pattern=r"^[0-9]{1,32}$", description="the account's own id; needed where events are signed by it"
    )
    zalo_oa_webhook_secret: SecretStr | None = Field(
        default=None, description="the OA secret key that signs events; none where it is the app's secret"
    )
    zalo_oa_signed_first: Literal["app_id", "oa_id"] = Field(
        default="app_id", description="what stands first in what Zalo signs"
    )
    zalo_oa_code_verifier: SecretStr | None = Field(
        default=None,
        description="the verifier whose challenge is saved in Zalo's console; none makes one for each link",
    )
    zalo_oa_button_template: bool = Field(default=False, description="name the kind of template that buttons are")
    zalo_oa_per_second: int = Field(
        default=20, ge=1, le=66, description="messages a second to Zalo at most, by each process"
    )
    zalo_oa_base_url: str | None = Field(default=None, description="another server for messages, such as on loopback")
    zalo_oa_oauth_url: str | None = Field(default=None, description="another server for tokens, such as on loopback")
    zalo_bot_token: SecretStr | None = Field(default=None, description="the token of a bot of the Zalo Bot Platform")
    zalo_bot_base_url: str = Field(
        default="https://bot-api.zaloplatforms.com", description="its host; the older one is bot-api.zapps.me"
    )
    zalo_bot_permanent_codes: str = Field(
        default="400", description="its errors for which sending again cannot help, by commas"
    )
    messenger_page_id: str | None = Field(
        default=None, pattern=r"^[0-9]{1,30}$", description="the number of the Facebook page that is written to"
    )
    messenger_page_token: SecretStr | None = Field(default=None, min_length=1, description="the page's access token")
    messenger_app_secret: SecretStr | None = Field(
        default=None, min_length=1, description="signs what Messenger posts, and proves our calls"
    )
    messenger_verify_token: SecretStr | None = Field(
        default=None, min_length=1, description="the word that is typed in the app's console too"
    )
    messenger_api_version: str = Field(
        default="v25.0", pattern=r"^v[0-9]{1,2}\.[0-9]$", description="the version of the Graph API"
    )
    messenger_base_url: str = Field(default="https://graph.facebook.com", description="the Graph API's host")
    messenger_human_agent: bool = Field(
        default=True, description="a counsellor's words go by HUMAN_AGENT when 24 hours are over"
    )

    @field_validator("zalo_bot_token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        # It becomes part of a path; what else was pasted with it would lead elsewhere.
        if value is not None and not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("must be letters, digits and : _ - only")
        return value

    @field_validator("zalo_bot_permanent_codes")
    @classmethod
    def _codes(cls, value: str) -> str:
        if not all(part.strip().isdecimal() for part in value.split(",") if part.strip()):
            raise ValueError("must be numbers, by commas")
        return value

    @field_validator("zalo_bot_base_url", "messenger_base_url")
    @classmethod
    def _server(cls, value: str) -> str:
        # The token travels to it in the URL, so by https only, but for a server on this machine.
        if not PLAIN_URL.fullmatch(value) or not (
            value.startswith("https://") or is_here(urlsplit(value).hostname or "")
        ):
            raise ValueError("must be https://host, or http on 127.0.0.1")
        return value.rstrip("/")

    @property
    def zalo_bot_permanent(self) -> frozenset[int]:
        """Return the errors of Zalo's bot platform for which sending again cannot help."""
        return frozenset(int(part) for part in self.zalo_bot_permanent_codes.split(",") if part.strip())

    @property
    def messenger_refusal(self) -> str | None:
        """Return what Messenger lacks, and what to do; None where nothing, or it is not set at all."""
        needed = {
            name: getattr(self, name.lower().removeprefix("khien_"))
            for name in (
                "KHIEN_MESSENGER_PAGE_TOKEN", "KHIEN_MESSENGER_PAGE_ID", "KHIEN_MESSENGER_APP_SECRET",
                "KHIEN_MESSENGER_VERIFY_TOKEN",
            )
        }  # fmt: skip
        given = [name for name, value in needed.items() if value is not None]
        if given and self.public_url is None:
            return f"{given[0]}: Messenger comes by webhook only. Set KHIEN_PUBLIC_URL, or remove it."
        missing = [name for name in needed if name not in given]
        if given and missing:
            return f"{missing[0]}: Messenger needs it beside {given[0]}. Set it, or remove {' and '.join(given)}."
        return None

    @property
    def zalo_oa_refusal(self) -> str | None:
        """Return why the Zalo Official Account cannot work as it is set, and what to do; None where it can."""
        names = ("app_secret", "id", "webhook_secret", "code_verifier", "base_url", "oauth_url")
        lonely = next((name for name in names if getattr(self, f"zalo_oa_{name}") is not None), None)
        if self.zalo_oa_app_id is None:
            return lonely and f"KHIEN_ZALO_OA_{lonely.upper()}: does nothing without KHIEN_ZALO_OA_APP_ID beside it."
        if self.zalo_oa_app_secret is None:
            return "KHIEN_ZALO_OA_APP_ID: needs KHIEN_ZALO_OA_APP_SECRET beside it, from the app's page at Zalo."
        if self.zalo_oa_signed_first == "oa_id" and self.zalo_oa_id is None:
            return "KHIEN_ZALO_OA_SIGNED_FIRST: oa_id needs KHIEN_ZALO_OA_ID, the account's own id."
        verifier = self.zalo_oa_code_verifier
        if verifier is not None and not _VERIFIER.fullmatch(verifier.get_secret_value()):
            return "KHIEN_ZALO_OA_CODE_VERIFIER: has 43 characters of A-Z, a-z, 0-9, -, ., _ and ~."
        for name in ("base_url", "oauth_url"):
            url = getattr(self, f"zalo_oa_{name}")
            if url is not None and not (
                PLAIN_URL.fullmatch(url) and (url.startswith("https://") or is_here(urlsplit(url).hostname or ""))
            ):
                return f"KHIEN_ZALO_OA_{name.upper()}: must be https://host, or http on 127.0.0.1."
        if self.public_url is None and self.zalo_oa_base_url is None:
            return "KHIEN_ZALO_OA_APP_ID: Zalo brings messages to an https address only. Set KHIEN_PUBLIC_URL."
        return None
