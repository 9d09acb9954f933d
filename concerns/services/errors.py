"""What a service refuses, in words that a page can show."""


class ServiceError(Exception):
    """A refusal; its text is for the person at the screen and carries no personal data."""


class ConflictError(ServiceError):
    """Somebody else changed the record meanwhile; nothing was saved, nothing typed is lost."""


class NotAllowedError(ServiceError):
    """The record is not in a state, or the person not in a role, in which this may be done."""


class IncompleteReportError(ServiceError):
    """The one answer without which a report cannot be sent is missing."""
