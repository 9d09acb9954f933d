"""A small council, as in the tests of concerns."""

from tests.concerns.conftest import council

__all__ = ["council"]
