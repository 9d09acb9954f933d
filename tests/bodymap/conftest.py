"""The small council of the tests of concerns."""

from tests.concerns.conftest import Council, council

__all__ = ["Council", "council"]
