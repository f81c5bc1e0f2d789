"""The web chat: its API, its page, and the stream of what comes later."""
