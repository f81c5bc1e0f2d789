"""Understands one message: text in, `Understanding` out. Imports nothing else of ours."""
