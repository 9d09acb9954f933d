"""Messages to the outside: the row is the promise, the queue only makes it quick."""
