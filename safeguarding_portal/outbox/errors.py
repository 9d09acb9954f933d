"""Why a message could not be sent. The texts carry no address and no personal data."""


class SendError(Exception):
    """Any failure to hand a message over."""


class TransientSendError(SendError):
    """It may work later: refused, timed out, busy, greylisted."""


class PermanentSendError(SendError):
    """It will never work as it stands: no such mailbox, refused for good, no address known."""
