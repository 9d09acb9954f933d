"""Files: kept sealed, scanned, and shown only as what we made of them. Knows nothing of concerns.

See `services` for what others may call.
"""
