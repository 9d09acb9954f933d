"""What the services refuse."""


class PolicyError(Exception):
    """The act cannot be done; the text says why, in words for the person who asked."""
