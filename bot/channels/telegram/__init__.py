"""Telegram: a Bot API update becomes `Received`, and an `OutgoingMessage` becomes messages with buttons.

`setup` makes the bot and tells Telegram where updates go, `poll` or `webhook` takes them in, `send` writes. Only
private chats are served, files are never fetched, and neither the token nor a person's words reach a log or an error.
"""
