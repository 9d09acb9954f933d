"""What `make bench` runs: the lead's pages with 10,000, 100,000 and a million concerns."""
