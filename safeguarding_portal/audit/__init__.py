"""What was done and read, by whom: append-only, enforced by the database. Knows no concerns."""
