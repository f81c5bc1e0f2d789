"""The shapes of the web chat's API, and its OpenAPI description made from them."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

MAX_TEXT = 20_000


class MessageBody(BaseModel):
    """What the page posts: something typed, or something chosen."""

    model_config = ConfigDict(extra="forbid")

    session: str = Field(min_length=8, max_length=128)
    id: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")
    text: str | None = Field(default=None, max_length=MAX_TEXT)
    choice: str | None = Field(default=None, min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9._\-]*$")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.text is None) == (self.choice is None):
            raise ValueError("send either text or choice, not both and not neither")
        return self


class ExportBody(BaseModel):
    """What the page posts to save the person's own data."""

    model_config = ConfigDict(extra="forbid")

    session: str = Field(min_length=8, max_length=128)


class TypingBody(BaseModel):
    """What the page posts while the person writes to a counsellor: never a word of it."""

    model_config = ConfigDict(extra="forbid")

    session: str = Field(min_length=8, max_length=128)


class ChoiceBody(BaseModel):
    """Something the person may answer."""

    id: str
    label: str


class ImageBody(BaseModel):
    """A picture above the text: where it is fetched, what it shows, its pixels."""

    url: str
    alt: str
    width: int
    height: int


class ReplyBody(BaseModel):
    """One message to the person."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    text: str
    choices: list[ChoiceBody]
    sender: str = Field(alias="from", pattern="^(bot|counsellor)$")
    name: str | None = None
    image: ImageBody | None = None


class RepliesBody(BaseModel):
    """The replies of the turn that read the message."""

    replies: list[ReplyBody]


class SessionBody(BaseModel):
    """A fresh session: a 128-bit secret that only this browser tab knows."""

    session: str


class ErrorBody(BaseModel):
    """Words on what is wrong and what to do."""

    error: str


def openapi() -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of the web chat API."""
    models = (MessageBody, ExportBody, TypingBody, ReplyBody, RepliesBody, SessionBody, ErrorBody, ChoiceBody)
    schemas: dict[str, Any] = {}
    for model in models:
        schema = model.model_json_schema(by_alias=True, ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    return {
        "openapi": "3.1.0",
        "info": {"title": "Khiên Nhỏ web chat", "version": "1"},
        "paths": {
            "/chat/api/sessions": {"post": {"responses": {"200": _json("SessionBody", "a fresh session")}}},
            "/chat/api/messages": {
                "post": {
                    "requestBody": {"required": True, "content": _content("MessageBody")},
                    "responses": {
                        "200": _json("RepliesBody", "the replies of that turn"),
                        "404": _json("ErrorBody", "unknown session"),
                        "422": _json("ErrorBody", "a body that cannot be read"),
                        "503": _json("ErrorBody", "not stored: send it again with the same id"),
                    },
                }
            },
            "/chat/api/export": {"post": _export()},
            "/chat/api/typing": {"post": _typing()},
            "/chat/pictures/{version}/{id}.png": {
                "get": {
                    "parameters": [
                        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                        for name in ("version", "id")
                    ],
                    "responses": {
                        "200": {"description": "the picture that a reply names", "content": {"image/png": {}}},
                        "404": {"description": "no drawing of ours, or another version of it"},
                    },
                }
            },
            "/chat/api/events": {
                "get": {
                    "parameters": [
                        {"name": "session", "in": "query", "required": True, "schema": {"type": "string"}},
                        {"name": "last", "in": "query", "required": False, "schema": {"type": "string"}},
                    ],
                    "responses": {
                        "200": {
                            "description": "server-sent events: message, delete, typing",
                            "content": {"text/event-stream": {"schema": {"type": "string"}}},
                        },
                        "404": _json("ErrorBody", "unknown session"),
                    },
                }
            },
        },
        "components": {"schemas": schemas},
    }


def _export() -> dict[str, Any]:
    file = {"application/json": {"schema": {"type": "object"}}}
    return {
        "requestBody": {"required": True, "content": _content("ExportBody")},
        "responses": {
            "200": {"description": "what is kept of the person, as a file", "content": file},
            "404": _json("ErrorBody", "unknown session"),
            "422": _json("ErrorBody", "a body that cannot be read"),
        },
    }


def _typing() -> dict[str, Any]:
    return {
        "requestBody": {"required": True, "content": _content("TypingBody")},
        "responses": {
            "204": {"description": "heard; a counsellor who is there sees that the person writes"},
            "404": _json("ErrorBody", "unknown session"),
            "422": _json("ErrorBody", "a body that cannot be read"),
        },
    }


def _content(model: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model}"}}}


def _json(model: str, description: str) -> dict[str, Any]:
    return {"description": description, "content": _content(model)}
