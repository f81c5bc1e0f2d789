"""Zalo Official Account: an event of its webhook becomes `Received`, an `OutgoingMessage` messages with buttons.

`webhook` takes events in, `send` writes, `tokens` keeps the door open (`oauth` asks for new keys to it). Names, phones
and pictures of people are never read, files are never fetched, and no token, id or word reaches a log or an error.
"""
