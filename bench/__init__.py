"""What `make bench` and its parts run."""
