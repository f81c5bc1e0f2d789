"""Which light each topic stands in."""

from collections.abc import Mapping

from content.pictures.palette import BLUE, GOLDEN, GRASSY, GREEN, ROSY, VIOLET, Mood

MOOD_OF: Mapping[str, Mood] = {
    "scam": GOLDEN,
    "cyberbullying": BLUE,
    "harmful_content": VIOLET,
    "grooming": ROSY,
    "privacy": GREEN,
    "screen_time": BLUE,
    "fake_news": GRASSY,
    "gaming": VIOLET,
    "password_security": GREEN,
    "digital_footprint": GOLDEN,
    "ai_deepfake": BLUE,
    "body_safety": GRASSY,
    "family_rules": ROSY,
    "help_seeking": GREEN,
}
