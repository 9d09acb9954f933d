"""Pages of auditors: who did and read what, whether the trail is whole, and reads to look at."""
