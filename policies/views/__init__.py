"""Pages of policies: reading, confirming, editing, importing."""
