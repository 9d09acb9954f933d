"""The kinds of file that are taken, and the words for why one is not; data for both sides."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind: what it is called, and how a clean one is handed out."""

    slug: str
    words: str
    media_type: str
    extension: str
    is_image: bool = False
    # Whether we can show what is in it, as pages or as text.
    has_preview: bool = True


KINDS = {
    kind.slug: kind
    for kind in (
        Kind("jpeg", "Photo (JPEG)", "image/jpeg", "jpg", is_image=True),
        Kind("png", "Picture (PNG)", "image/png", "png", is_image=True),
        Kind("gif", "Picture (GIF)", "image/gif", "gif", is_image=True),
        Kind("webp", "Picture (WebP)", "image/webp", "webp", is_image=True),
        Kind("heic", "Photo (HEIC)", "image/heic", "heic", is_image=True),
        Kind("pdf", "PDF", "application/pdf", "pdf"),
        Kind(
            "docx",
            "Word document",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "docx",
        ),
        Kind("doc", "Word document (97 to 2003)", "application/msword", "doc", has_preview=False),
        Kind("eml", "E-mail", "message/rfc822", "eml"),
        Kind("msg", "E-mail (Outlook)", "application/vnd.ms-outlook", "msg"),
        Kind("mp3", "Sound (MP3)", "audio/mpeg", "mp3", has_preview=False),
        Kind("m4a", "Sound (M4A)", "audio/mp4", "m4a", has_preview=False),
        Kind("wav", "Sound (WAV)", "audio/wav", "wav", has_preview=False),
        Kind("ogg", "Sound (Ogg)", "audio/ogg", "ogg", has_preview=False),
    )
}
TAKEN = "Photos, PDF, Word, e-mail and sound recordings"

# Why a file is refused. Each says what to do instead.
REFUSALS = {
    "empty": "The file is empty. Choose another",
    "kind": "We cannot take this kind of file. Send a photo, PDF, Word document, e-mail or sound "
    "recording",
    "video": "We cannot take films. Say in the report that you have it, and keep it safe",
    "broken": "The file is not complete, or is damaged. Send it again",
    "pixels": "The picture is too large to open safely. Make it smaller, or send a photo of it",
    "unzipped": "The document is too large to open safely. Save it as a PDF and send that",
    "macros": "The document has macros, which can do harm. Save it without macros, or as a PDF",
    "locked": "The file is locked with a password. Save it without one and send it again",
    "slow": "We could not open the file. Save it as a PDF or a photo and send that",
}
