"""What the settings say of the account: who the app is, where Zalo is, what events are signed with."""

from bot.channels.zalo_oa.oauth import App
from bot.channels.zalo_oa.request import ZaloRequest
from bot.channels.zalo_oa.signature import Signing
from bot.settings import Settings


def app_of(settings: Settings) -> App | None:
    """Return the app that the account lets in; None where none is set."""
    if settings.zalo_oa_app_id is None or settings.zalo_oa_app_secret is None:
        return None
    return App(id=settings.zalo_oa_app_id, secret=settings.zalo_oa_app_secret.get_secret_value())


def request_of(settings: Settings) -> ZaloRequest:
    """Return the way to Zalo, or to the servers that are set instead."""
    return ZaloRequest(base_url=settings.zalo_oa_base_url, oauth_url=settings.zalo_oa_oauth_url)


def signing_of(settings: Settings) -> Signing | None:
    """Return what events are signed with; None where no app is set."""
    app = app_of(settings)
    if app is None:
        return None
    secret = settings.zalo_oa_webhook_secret
    return Signing(
        first=(settings.zalo_oa_id or "") if settings.zalo_oa_signed_first == "oa_id" else app.id,
        secret=app.secret if secret is None else secret.get_secret_value(),
    )
