"""The cache may be lost, and may hang: a page goes on without it."""

from __future__ import annotations

import socket

from django.conf import settings

from safeguarding_portal.caches import ForgivingRedisCache


def test_a_cache_that_takes_connections_and_never_answers_counts_as_empty() -> None:
    options = {"OPTIONS": settings.CACHES["default"]["OPTIONS"]}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        cache = ForgivingRedisCache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", options)
        assert cache.get("name", "nothing") == "nothing"
        cache.close()
