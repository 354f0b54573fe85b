"""A real server of the real page, on a free port of this machine, for the page tests and the screenshots."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.types import ASGIApp

_PATIENCE_SECONDS = 60


@contextmanager
def serving(app: ASGIApp, *, wait_for: str = "healthz", listener: socket.socket | None = None) -> Iterator[str]:
    """The address ("http://127.0.0.1:PORT/") at which `app` answers while the block runs.

    It runs in a thread, so that the library and its model are loaded once; `wait_for` is what must answer first. It listens
    on `listener`, or where that is None on a free port.
    """
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, args=([listener] if listener else None,), daemon=True)
    thread.start()
    deadline = time.monotonic() + _PATIENCE_SECONDS
    try:
        while not server.started:
            assert thread.is_alive(), "the server ended before it answered"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
        bound = listener or server.servers[0].sockets[0]
        address = f"http://127.0.0.1:{bound.getsockname()[1]}/"
        assert httpx.get(address + wait_for, timeout=_PATIENCE_SECONDS, trust_env=False).status_code == 200
        yield address
    finally:
        server.should_exit = True
        thread.join(_PATIENCE_SECONDS)
