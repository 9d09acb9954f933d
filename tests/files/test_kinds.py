"""What is taken and what is not, by what is in it; and nothing hostile is ever handed out."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from safeguarding_portal.files import sandbox
from safeguarding_portal.files.box.kinds import REFUSALS
from safeguarding_portal.files.errors import RefusedFileError
from safeguarding_portal.files.models import StoredFile
from safeguarding_portal.files.names import clean_name
from safeguarding_portal.files.services import read, read_original, receive, text_of
from tests.clamav import EICAR
from tests.factories import NOON
from tests.files import samples
from tests.files.conftest import kept, worked_on

TAKEN = {
    "jpeg": samples.picture(),
    "png": samples.picture("PNG"),
    "gif": samples.picture("GIF"),
    "webp": samples.picture("WEBP"),
    "heic": samples.HEIC,
    "pdf": samples.pdf(),
    "docx": samples.word(),
    "doc": samples.compound({"WordDocument": b"\xec\xa5" + b"\0" * 30, "1Table": b"x"}),
    "eml": samples.MAIL + b"\r\nHe was hungry",
    "msg": samples.outlook(),
    "mp3": samples.mp3(),
    "m4a": samples.boxes(b"soun"),
    "wav": samples.wav(),
    "ogg": samples.ogg(),
}


@pytest.mark.parametrize("kind", TAKEN)
def test_each_kind_is_known_by_its_content_whatever_its_name(kind: str) -> None:
    assert receive([TAKEN[kind]], "holiday.exe").kind == kind


MACRO_TYPES = (
    b"<Types><Default ContentType="
    b'"application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
)
HOSTILE = {
    "nothing at all": (b"", "empty"),
    "an SVG with a script": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "kind"),
    "a page": (b"<!DOCTYPE html><script>alert(1)</script>", "kind"),
    "a program": (b"MZ\x90\x00" + b"\0" * 200, "kind"),
    "a zip": (samples.zipped(**{"a.txt": b"x"}), "kind"),
    "a page that is a PDF further down": (b"<script>1</script>" + samples.pdf(), "kind"),
    "a document with macros": (samples.word(word__vbaProject_dot_bin=b"x"), "macros"),
    "a document that says it has macros": (
        samples.zipped(**{"[Content_Types].xml": MACRO_TYPES, "word/document.xml": b"x"}),
        "macros",
    ),
    "an old document with macros": (
        samples.compound({"WordDocument": b"\xec\xa5", "Macros/VBA": b"x"}),
        "macros",
    ),
    "a locked document": (samples.compound({"EncryptedPackage": b"x"}), "locked"),
    "an old locked document": (
        samples.compound({"WordDocument": b"\xec\xa5" + b"\0" * 8 + b"\x00\x01"}),
        "locked",
    ),
    "a film": (samples.boxes(b"vide", b"isom"), "video"),
    "a picture of 100 megapixels": (samples.huge_png(10_000), "pixels"),
    "half a photo": (samples.picture(size=(400, 400))[:900], "broken"),
    "half a document": (samples.word()[:5000], "broken"),
    "the head of a PDF": (samples.pdf()[:60], "broken"),
    "half a message of Outlook": (samples.outlook()[:700], "broken"),
    "text": (b"just words", "kind"),
    "text that looks like a head": (b"From: me\r\n\r\nhello", "kind"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_words(name: str, settings: Any) -> None:
    content, refusal = HOSTILE[name]
    with pytest.raises(RefusedFileError) as refused:
        receive([content], "photo.jpg")
    assert str(refused.value) == REFUSALS[refusal]
    assert not [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()]


def test_a_document_that_unpacks_to_more_than_may_be_is_refused(settings: Any) -> None:
    settings.FILES_MAX_UNZIPPED = 1_000_000
    bomb = samples.word(word__media__a_dot_xml=b"\0" * 2_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(RefusedFileError, match="too large to open safely"):
        receive([bomb], "letter.docx")


def test_a_file_that_is_too_large_is_refused_while_it_comes_in(settings: Any) -> None:
    settings.FILES_MAX_BYTES = 1024 * 1024
    taken = []

    def chunks() -> Any:
        for number in range(100):
            taken.append(number)
            yield b"x" * 65536

    with pytest.raises(RefusedFileError, match="smaller than 1 MB"):
        receive(chunks(), "x")
    assert len(taken) < 20


def test_the_box_has_no_network_no_programs_and_limited_memory() -> None:
    code = (
        "import sys; sys.path.append(sys.argv[1]); from box.lockdown import lock_down\n"
        "lock_down(400 << 20, 5)\n"
        "import os, socket\n"
        "def tried(act):\n"
        "    try: act()\n"
        "    except (OSError, MemoryError) as e: return type(e).__name__\n"
        "    return 'done'\n"
        "print(tried(socket.socket), tried(lambda: os.execv('/bin/true', ['true'])), "
        "tried(lambda: bytearray(600 << 20)))"
    )
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-I", "-c", code, sandbox.HERE], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["PermissionError", "PermissionError", "MemoryError"]


@pytest.mark.django_db
def test_a_photo_is_made_anew_and_its_original_is_kept_sealed_for_a_reason(scanner: Any) -> None:
    sent = samples.located_photo()
    assert b"SecretCamera" in sent
    file = worked_on(kept(sent, "IMG_1.JPG", because="report"))
    copy = read(file)
    original = read_original(file)
    assert copy is not None
    assert original is not None
    shown = b"".join(copy.chunks)
    assert b"".join(original.chunks) == sent
    assert shown[:2] == b"\xff\xd8"
    assert b"Secret" not in shown
    with Image.open(samples.BytesIO(shown)) as image:
        assert not image.getexif()
        assert image.size == (60, 40)
    assert file.original_because == "report"


@pytest.mark.django_db
def test_the_original_of_a_photo_in_a_message_is_not_kept(
    scanner: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        file = worked_on(kept(samples.located_photo()))
    assert read(file) is not None
    assert read_original(file) is None
    assert [item.role for item in file.sealed.all()] == ["copy"]


@pytest.mark.django_db
def test_what_hides_behind_a_picture_is_not_in_what_is_shown(scanner: Any) -> None:
    polyglot = samples.picture("GIF") + b"*/=1;alert('ran')//"
    file = worked_on(kept(polyglot, "x.js"))
    copy = read(file)
    assert file.kind == "gif"
    assert copy is not None
    assert copy.media_type == "image/jpeg"
    assert b"alert" not in b"".join(copy.chunks)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["png", "webp", "heic"])
def test_every_kind_of_picture_is_shown(kind: str, scanner: Any) -> None:
    file = worked_on(kept(TAKEN[kind]))
    copy = read(file)
    assert copy is not None
    with Image.open(samples.BytesIO(b"".join(copy.chunks))) as image:
        red, green, blue = image.convert("RGB").tobytes()[:3]
    assert red < 60
    assert green > 90
    assert blue > 90


@pytest.mark.django_db
def test_a_pdf_is_seen_as_pictures_with_its_words_and_its_script_never_runs(scanner: Any) -> None:
    file = worked_on(kept(samples.pdf("app.alert('ran')", text_pages=2)))
    parts = {(item.role, item.number): item for item in file.sealed.all()}
    assert file.pages == 2
    assert {("page", 1), ("page", 2)} < set(parts)
    assert parts["page", 1].media_type == "image/jpeg"
    assert text_of(file) == ["School record", "School record"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("docx", ["Robin came in hungry", "Day | Bruise"]),
        ("eml", ["From: Kim Example <kim@example.org>", "He was hungry"]),
        ("msg", ["From: Kim Example", "Subject: About Robin", "He was hungry", "invoice.exe"]),
    ],
)
def test_documents_and_mail_are_read_as_words(kind: str, words: list[str], scanner: Any) -> None:
    [text] = text_of(worked_on(kept(TAKEN[kind])))
    for word in words:
        assert word in text
    assert "alert" not in text


@pytest.mark.django_db
def test_mail_inside_mail_and_its_scripts_are_named_and_not_shown(scanner: Any) -> None:
    inner = samples.MAIL + b"Content-Type: text/html\r\n\r\n<script>alert('inner')</script>"
    body = (
        samples.MAIL
        + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        + b"--b\r\nContent-Type: text/html\r\n\r\n"
        + b"<p>Outer words</p><script>alert('outer')</script><img src=http://example.org/x>\r\n"
        + b"--b\r\nContent-Type: message/rfc822\r\n"
        + b'Content-Disposition: attachment; filename="in.eml"'
        + b"\r\n\r\n"
        + inner
        + b"\r\n--b\r\nContent-Type: text/html\r\n"
        + b'Content-Disposition: attachment; filename="x.html"'
        + b"\r\n\r\n<script>alert('hung on')</script>\r\n--b--\r\n"
    )
    [text] = text_of(worked_on(kept(body)))
    assert "Outer words" in text
    assert "Attached (not shown here): in.eml" in text
    assert "Attached (not shown here): x.html" in text
    assert "alert" not in text
    assert "example.org/x" not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        samples.MAIL + b"\r\n" + EICAR,
        samples.word(word__media__note_dot_txt=EICAR),
        samples.word(word__embeddings__a_dot_zip=samples.zipped(e=EICAR)),
        samples.picture("GIF") + EICAR,
    ],
    ids=["in mail", "in a document", "in a zip in a document", "behind a picture"],
)
def test_the_scanner_finds_what_is_harmful_wherever_it_hides(content: bytes, scanner: Any) -> None:
    file = worked_on(kept(content))
    assert file.state == StoredFile.State.INFECTED
    assert "Portal.Test.Eicar" in file.finding
    assert "ClamAV" in file.engine
    assert read(file) is None
    assert read_original(file) is None
    assert text_of(file) == []
    # Locked away, not thrown away: what was found stays provable.
    assert file.sealed.get().role == "original"
    assert file.next_try_at is None
    assert worked_on(file).state == StoredFile.State.INFECTED


@pytest.mark.parametrize(
    ("typed", "kept_as"),
    [
        ("photo.jpg", "photo.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\kim\\notes.doc", "notes.pdf"),
        ("annual‮fdp.exe", "annualfdp.pdf"),
        ("a\x00b\nc.pdf", "abc.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("<script>.pdf", "script.pdf"),
        ("بلاغ.pdf", "بلاغ.pdf"),
        ("report v1.2 final", "report v1.2 final.pdf"),
    ],
)
def test_names_are_names_and_nothing_else(typed: str, kept_as: str) -> None:
    from safeguarding_portal.files.box.kinds import KINDS

    assert clean_name(typed, KINDS["pdf"]) == kept_as


@pytest.mark.django_db
def test_two_files_with_equal_content_are_two_files(scanner: Any) -> None:
    one, other = kept(samples.picture()), kept(samples.picture())
    assert one.sha256 == other.sha256
    paths = [path.read_bytes() for path in samples_paths(one, other)]
    assert paths[0] != paths[1]
    assert one.created_at == NOON


def samples_paths(*files: StoredFile) -> list[Any]:
    from safeguarding_portal.files.store import path_of

    return [path_of(file.sealed.get().object_id) for file in files]
