"""How the encoder was made: read multilingual-e5-small, keep part of it, tune it, pack it (README.md beside this)."""
