"""What the bot does, one module a subject. Each rule takes a `Moment` and returns a `Turn`, or None to pass it on."""
