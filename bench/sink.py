"""A mail server that takes everything and notes when: `python -m bench.sink PORT FILE`."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from pathlib import Path

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
ANSWERS = {b"EHLO": b"250 sink\r\n", b"HELO": b"250 sink\r\n", b"QUIT": b"221 bye\r\n"}


async def main(port: int, file: Path) -> None:
    """Serve until the process is ended; one line a message: seconds since 1970 and Message-ID."""
    log = file.open("a", buffering=1)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                mail = await reader.readuntil(b"\r\n.\r\n")
                found = MESSAGE_ID.search(mail)
                log.write(f"{time.time()} {found.group(1).decode() if found else '-'}\n")
                writer.write(b"250 kept\r\n")
            else:
                writer.write(ANSWERS.get(line[:4].upper(), b"250 ok\r\n"))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
