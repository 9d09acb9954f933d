"""People of the portal: who they are and what they may do. Knows nothing of concerns."""
