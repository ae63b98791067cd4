"""The network between a primary and its standby: a proxy on a Unix socket, which delays what either of them sends."""

import asyncio
import contextlib
import os
import random
import threading

from servers import PORT, give_to_server


class DelayedLink:
    """Delivers each piece `shortest`…`longest` seconds after it was sent, in order, in both directions.

    What is under way when the link is cut is lost, as it is lost with the machine that had sent it: a kernel would deliver it
    after the sender's death, and hide what an asynchronous standby lacks.
    """

    def __init__(self, folder, shortest=0.05, longest=0.2, seed=0):
        self.folder, self.shortest, self.longest = folder, shortest, longest
        self.target, self.random, self.tasks = None, random.Random(seed), set()
        os.makedirs(folder, mode=0o700)
        give_to_server(folder)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self._call(self._listen())

    def _call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    async def _listen(self):
        path = f"{self.folder}/.s.PGSQL.{PORT}"
        self.server = await asyncio.start_unix_server(self._serve, path)
        os.chmod(path, 0o777)  # the folder decides who may come

    def lead_to(self, server):
        """New connections go to this server; `None`: nowhere."""
        self.target = f"{server.home}/.s.PGSQL.{PORT}" if server else None

    def cut(self):
        """Loses what is under way, ends all connections, and takes none until it leads somewhere again."""
        self.target = None
        self._call(self._cut())

    async def _cut(self):
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def close(self):
        self.cut()
        self.server.close()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self.tasks.add(task)
        upstream = None
        try:
            if self.target is None:
                return
            there, upstream = await asyncio.open_unix_connection(self.target)
            ways = [asyncio.ensure_future(self._carry(reader, upstream)), asyncio.ensure_future(self._carry(there, writer))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self.tasks.discard(task)
            for end in (writer, upstream):
                if end is not None:
                    end.transport.abort()  # not close(), which would still deliver what waits

    async def _carry(self, reader, writer):
        pieces = asyncio.Queue(maxsize=4096)

        async def take():
            last = 0.0
            while piece := await reader.read(1 << 16):
                last = max(last, self.loop.time() + self.random.uniform(self.shortest, self.longest))
                await pieces.put((last, piece))
            await pieces.put((last, b""))

        taking = asyncio.ensure_future(take())
        try:
            while True:
                at, piece = await pieces.get()
                await asyncio.sleep(max(0.0, at - self.loop.time()))
                if not piece:
                    return
                writer.write(piece)
                await writer.drain()
        finally:
            taking.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await taking
