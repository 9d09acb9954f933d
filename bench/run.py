"""x"""

from bench import data


def run():
    for size in (10_000, 100_000, 1_000_000):
        data.ensure(size)
