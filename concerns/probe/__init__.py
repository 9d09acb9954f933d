"""The synthetic concern: reports as an officer does, reads mail and accepts as an agency does."""
