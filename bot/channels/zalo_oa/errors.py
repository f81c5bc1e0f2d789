"""Zalo's error codes in the port's words: whether trying again can help, and when.

Zalo's own texts are left behind: they may hold what was sent, an id or a token. A code that is in no list passes.
"""

from typing import Final

from bot.channels.port import ChannelError

TOKEN_CODES: Final = frozenset({-216, -220})
"""The access token is wrong or over; both are told for both."""
_GONE: Final = {
    -213: "the person does not follow the account",
    -217: "the person does not take messages",
    -227: "the person is banned or away for long",
    -230: "no word of the person for 7 days",
    -232: "no word of the person lately",
    -244: "the person does not take this kind of message",
    -305: "the time to answer is over",
}
_REFUSED: Final = {
    -201: "a parameter is wrong",
    -210: "a parameter is too long",
    -233: "this kind of message is wrong",
    -240: "this call is no more",
    -248: "against Zalo's rules for content",
}
_QUOTA: Final = {
    -211: "the account's quota is used up",
    -218: "the quota for this person is used up",
    -311: "the quota of replies is used up",
}
_SET_UP: Final = {
    -204: "the account is disabled",
    -205: "there is no such account",
    -209: "the app is not active",
    -212: "the call is not registered",
    -216: "the access token is wrong",
    -219: "the app is disabled",
    -220: "the access token is over",
    -221: "the account is not verified",
    -223: "the account has not let the app in",
    -224: "the account's package is too small",
    -242: "the proof of the app secret is wrong",
}
_TOO_FAST: Final = -32
_LATER_SECONDS: Final = 300.0  # where only people, or the next word of the child, can change it
_PACE_SECONDS: Final = 5.0


def as_channel_error(code: int) -> ChannelError:
    """Return the error to raise for a code of Zalo's.

    Permanent: this person cannot be written to any more, or Zalo will never take this message. Everything else passes:
    the pace, a quota, what the operator can put right, and what nobody has described.
    """
    for words, permanent, seconds in (
        (_GONE, True, None),
        (_REFUSED, True, None),
        (_QUOTA, False, _LATER_SECONDS),
        (_SET_UP, False, _LATER_SECONDS),
    ):
        if code in words:
            return ChannelError(f"Zalo OA: {code}, {words[code]}", permanent=permanent, retry_after_seconds=seconds)
    if code == _TOO_FAST:
        return ChannelError("Zalo OA: -32, too fast", permanent=False, retry_after_seconds=_PACE_SECONDS)
    return ChannelError(f"Zalo OA: {code}", permanent=False)


def passing(kind: str) -> ChannelError:
    """Return the error of a call that had no usable answer; a message may have arrived all the same."""
    return ChannelError(f"Zalo OA: {kind}", permanent=False)


def not_connected() -> ChannelError:
    """Return the error of a message while there is no token to send it by."""
    return ChannelError("Zalo OA: not connected", permanent=False, retry_after_seconds=_LATER_SECONDS)
