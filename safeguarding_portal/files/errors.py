"""Why a file was not taken, in words for the person who sent it."""


class FileError(Exception):
    """A file cannot be taken. Its text is shown to the person, so it names no path and no key."""


class RefusedFileError(FileError):
    """The file itself is at fault: its kind, its size, or what is inside."""


class NotKeptError(FileError):
    """The file is in order, and the place for files is not: full, or away. Sending again helps."""

    def __init__(self) -> None:
        super().__init__("The file could not be kept. Send it again in a few minutes")


class DamagedFileError(Exception):
    """What lies in the store is not what was put there. Shown to nobody; reported to operations."""
