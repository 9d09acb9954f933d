"""A cache that the portal can lose without losing a report."""

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """Answers as an empty cache while Redis is away.

    Only sign-in throttling uses the cache. With Redis down, throttling pauses and the database
    still holds every promise; a person must be able to sign in and report at that moment.
    """

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return the value, or `default` when it is missing or Redis is away."""
        try:
            return super().get(key, default, version)
        except RedisError:
            logger.warning("cache is away: treated as empty")
            return default

    def set(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        """Store the value, unless Redis is away."""
        try:
            super().set(key, value, timeout, version)
        except RedisError:
            logger.warning("cache is away: nothing kept")

    def add(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> bool:
        """Store the value if absent; true when Redis is away, so that callers go on."""
        try:
            return super().add(key, value, timeout, version)
        except RedisError:
            logger.warning("cache is away: nothing kept")
            return True

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Remove the value; false when there was none or Redis is away."""
        try:
            return super().delete(key, version)
        except RedisError:
            logger.warning("cache is away: nothing removed")
            return False
