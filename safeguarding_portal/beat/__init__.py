"""One beat over several hosts: whoever holds the lease sends, the others stand by."""
