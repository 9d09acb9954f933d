"""What pages read, a module for each kind of page. Reads only, and few statements."""
