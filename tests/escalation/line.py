"""A line between a browser and the desk that can be cut, or die without a word, and be mended."""

import asyncio
import contextlib


class Line:
    """Passes everything on between a port of its own and that of the desk, as long as it is whole."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._dead: set[asyncio.StreamWriter] = set()
        self._swallows = False
        self.port = 0

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """End every connection; both ends are told."""
        assert self._server is not None
        self._server.close()
        for writer in tuple(self._open):
            writer.transport.abort()

    def swallow(self) -> None:
        """Lose whatever is sent from now on, and tell neither end, as a pulled cable does."""
        self._swallows = True
        self._dead |= self._open

    def pass_on(self) -> None:
        """Let new connections through again; those that died stay dead."""
        self._swallows = False

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        ends = {writer, back}
        self._open |= ends
        self._dead |= ends if self._swallows else set()
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        self._open -= ends
        self._dead -= ends

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while part := await reader.read(65536):
                if writer in self._dead:
                    continue
                writer.write(part)
                await writer.drain()
        writer.close()
