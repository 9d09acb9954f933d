"""Seals files of ordinary forms as they come in, so that no readable copy lies on the web server.

A file field named `evidence` is read by this handler; other fields (a list of people to invite, a
policy to import) go on to Django's own.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers

from safeguarding_portal.files import store
from safeguarding_portal.files.errors import FileError, NotKeptError, RefusedFileError
from safeguarding_portal.files.services import Received, receive_sealed, too_large_words

FIELD = "evidence"


class IncomingFile(UploadedFile):
    """A file that came with a form, sealed. What nobody takes is removed when the request ends."""

    def __init__(
        self, name: str, size: int, sealed: store.Sealed | None, problem: FileError | None
    ) -> None:
        super().__init__(file=None, name=name, size=size)
        self._sealed = sealed
        self._problem = problem

    def take(self) -> Received:
        """Look into the file and hand it over; raises `FileError` with words for the person."""
        if self._problem or self._sealed is None:
            raise self._problem or NotKeptError
        sealed, self._sealed = self._sealed, None
        return receive_sealed(sealed, self.name or "")

    def close(self) -> None:
        """Remove what was not taken."""
        if self._sealed is not None:
            store.remove(self._sealed.object_id)
            self._sealed = None


class SealingUploadHandler(FileUploadHandler):
    """Passes the bytes of an `evidence` field straight into the store."""

    chunk_size = store.CHUNK

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._sealer: store.Sealer | None = None
        self._problem: FileError | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Take the field if it is ours; only from a browser that may be signed in."""
        super().new_file(*args, **kwargs)
        self._sealer, self._problem = None, None
        if self.field_name != FIELD:
            return
        try:
            if self.request is None or settings.SESSION_COOKIE_NAME not in self.request.COOKIES:
                raise RefusedFileError("Sign in to send a file")
            self._sealer = store.Sealer()
        except FileError as problem:
            self._problem = problem
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Seal a chunk; of a file that is too large, swallow the rest."""
        if self.field_name != FIELD:
            return raw_data
        if self._sealer is not None:
            try:
                self._sealer.write(raw_data)
                if self._sealer.size > settings.FILES_MAX_BYTES:
                    self._sealer.abort()
                    raise RefusedFileError(too_large_words())
            except FileError as problem:
                self._sealer, self._problem = None, problem
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Give the form something it can take."""
        if self.field_name != FIELD:
            return None
        sealed = None
        if self._sealer is not None:
            try:
                sealed = self._sealer.finish()
            except FileError as problem:
                self._problem = problem
            self._sealer = None
        return IncomingFile(self.file_name or "", file_size, sealed, self._problem)

    def upload_interrupted(self) -> None:
        """Throw away what had come when the connection broke."""
        if self._sealer is not None:
            self._sealer.abort()
            self._sealer = None
