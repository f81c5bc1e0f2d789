"""A whole hotline in one process and a made-up clock: people, staff, crashes and late messages, drawn from a seed.

What happens is a list of `steps.Step`; `world.World` carries one out on the real product; `watching.Watch` looks at
everything afterwards. The same steps always give the same end, so that a failure can be replayed and made shorter.
"""
