"""The staff API, /api/v1: what the desk's pages do, for another system's queue. Bearer token, JSON, OpenAPI 3.1."""

from escalation.api.app import api_app

__all__ = ["api_app"]
