"""Whether two reported people may be one: pure functions over tables that anyone can read.

Nothing here knows Django, a clock or a database. `normalise` turns what was typed into a form in
which it can be compared, `compare` says how two forms agree, field by field, and `score` adds up
what each agreement is worth by the table `weights.json`. Nothing decides: a lead does.
"""

from concerns.matching.compare import agreements
from concerns.matching.normalise import Identity, Reported, identity_of
from concerns.matching.score import Score, score

__all__ = ["Identity", "Reported", "Score", "agreements", "identity_of", "score"]
