"""Facebook Messenger: an event of a page becomes `Received`, and an `OutgoingMessage` becomes texts with quick replies.

`webhook` takes events in, `send` writes. Files are never fetched, profiles are never asked for, and neither tokens nor
a person's words reach a log or an error.
"""
