"""Zalo Bot Platform: an event becomes `Received`, and an `OutgoingMessage` becomes texts with choices by number.

`setup` tells Zalo where events go, `poll` or `webhook` takes them in, `send` writes. Only private chats are served,
files are never fetched, and neither the token nor a person's words reach a log or an error.
"""
