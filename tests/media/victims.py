"""Programs that tests kill: `python -m tests.media.victims upload|render SPOOL STORE ARGUMENT`.

Each says in one line how far it came, then waits for its end.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from api.piccolo_conf import DB
from media.render import Renderer
from media.sandbox import Sandbox
from media.spool import Spool
from media.store import DiskStore
from media.uploads import Uploads
from tests.media.factories import NOW, OWNER


async def wait_for_the_end(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


async def upload(spool: Path, photo: Path) -> None:
    """All but the last byte of a file that is named by its photo id."""

    async def chunks() -> AsyncIterator[bytes]:
        content = photo.read_bytes()
        for start in range(0, len(content) - 1, 65536):
            yield content[start : min(start + 65536, len(content) - 1)]
        await wait_for_the_end("received")

    await Uploads(Spool(spool)).append(UUID(photo.name), OWNER, 0, chunks(), NOW)


class StallingStore(DiskStore):
    """Stops before the put of that number, counted from 0."""

    stop_at, puts = 0, 0

    async def put(self, key: str, content: bytes) -> None:
        if self.puts == self.stop_at:
            await wait_for_the_end("rendering")
        self.puts += 1
        await super().put(key, content)


async def render(spool: Path, store: Path, stop_at: int) -> None:
    stalling = StallingStore(store)
    stalling.stop_at = stop_at
    await Renderer(stalling, Spool(spool), Sandbox(), lambda: datetime.now(UTC)).render_due()
    await wait_for_the_end("rendered")


async def main(what: str, spool: str, store: str, argument: str) -> None:
    await DB.start_connection_pool(min_size=1, max_size=2)
    if what == "upload":
        await upload(Path(spool), Path(argument))
    else:
        await render(Path(spool), Path(store), int(argument))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
