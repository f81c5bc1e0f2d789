"""The keys that tests seal with."""

from store.vault import KEY_BYTES, Vault

VAULT = Vault({1: b"k" * KEY_BYTES}, b"h" * KEY_BYTES)
