"""Reporters, leads and agencies who use the portal all the while, and try again as people do."""

from __future__ import annotations

import hashlib
import io
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import requests
from PIL import Image

from tests.answers import ADULT, CHILD, Raw, changed
from tests.faults.browser import Browser, Files, Page
from tests.services import SmtpSink

REPORTERS = (
    "priya.hollis@example.org",
    "marcus.adeyemi@example.org",
    "gareth.pell@example.org",
    "lena.osborne@example.org",
    "ingrid.vale@example.org",
)
LEADS = ("nadia.sterling@example.org", "amara.finch@example.org", "samuel.okoro@example.org")
SENT = re.compile(r"^/sent/([A-Z0-9-]+)/$")
GIVE_UP_AFTER = 300
DOUBLE_CLICK, SEND_AGAIN, ADULTS, WITH_FILE = 0.3, 0.2, 0.2, 0.3
SECRET = re.compile(r"/a/([^/\s]+)/")
REFERENCE = re.compile(r"Reference: (\S+)")
CODE = re.compile(r"Your code is (\d+)")


class GivenUpError(Exception):
    """A person who has tried for minutes and goes away, or the end of the run."""


@dataclass
class Seen:
    """What people saw with their own eyes, to be held against what is stored."""

    most: int
    seed: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    begun: int = 0
    # Invented token in the account -> the reference on the page "Report sent".
    confirmed: dict[str, str] = field(default_factory=dict)
    given_up: list[str] = field(default_factory=list)
    # Token -> the SHA-256 of a file that a page showed as added; how often one was refused.
    files: dict[str, str] = field(default_factory=dict)
    files_refused: int = 0
    # What a lead or an agency was told had been done: (concern, what).
    taken: set[str] = field(default_factory=set)
    accepted: list[tuple[str, str]] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)

    def next_report(self) -> int | None:
        """Return the number of the next report to make; None when there are enough."""
        with self.lock:
            missing = self.most - len(self.confirmed) - (self.begun - self.ended)
            if missing <= 0:
                return None
            self.begun += 1
            return self.begun

    @property
    def ended(self) -> int:
        """Return how many reports were confirmed or given up."""
        return len(self.confirmed) + len(self.given_up)

    def note(self, status: int) -> None:
        """Count an answer after which the person tried again; 0: none came."""
        with self.lock:
            self.refused[status] = self.refused.get(status, 0) + 1


class Person:
    """Somebody with a browser, who tries again when a page does not come, and signs in again."""

    def __init__(self, browser: Browser, email: str, seen: Seen, over: threading.Event) -> None:
        self.browser, self.email, self.seen, self.over = browser, email, seen, over
        self.rng = random.Random(f"{seen.seed}:{email}")
        self._until = 0.0
        # The page on the screen: its form is the one that is filled.
        self._page: Page | None = None

    def begin(self) -> None:
        """Start the patience anew."""
        self._until = time.monotonic() + GIVE_UP_AFTER

    def open(self, path: str) -> Page:
        """Open a page, as often as it takes."""
        return self._insist(lambda: self.browser.get(path))

    def send(
        self, form: str, path: str, data: Mapping[str, object], files: Files | None = None
    ) -> Page:
        """Open the page of a form, fill it, send it; all of it again when that does not work."""

        def act() -> Page:
            shown = self._page
            if shown is None or (shown.path, shown.status) != (form, 200):
                shown = self.browser.get(form)
            if shown.status != 200 or shown.asks_to_sign_in:
                return shown
            return self.browser.post(path, data, shown.token, files)

        return self._insist(act)

    def _insist(self, act: Callable[[], Page]) -> Page:
        while time.monotonic() < self._until and not self.over.is_set():
            try:
                page = act()
                self._page = None
                if page.asks_to_sign_in:
                    page = self.browser.sign_in(self.email)
                    if page.status == 200:
                        continue
                if page.status < 500 and page.status not in {403, 429}:
                    self._page = page
                    return page
                self.seen.note(page.status)
            except requests.RequestException:
                self._page = None
                self.seen.note(0)
            self.over.wait(self.rng.uniform(0.5, 1.5))
        raise GivenUpError


class Reporter(Person):
    """Walks the journey; presses "send" twice now and then, and again after it was sent."""

    def work(self) -> None:
        """Report until there are enough."""
        while not self.over.is_set() and len(self.seen.confirmed) < self.seen.most:
            number = self.seen.next_report()
            if number is None:
                # Enough are under way; one of them may still be given up.
                self.over.wait(1)
                continue
            token = f"storm{number:05d}{self.rng.getrandbits(32):08x}"
            self.begin()
            try:
                reference = self._report(token)
            except GivenUpError:
                with self.seen.lock:
                    self.seen.given_up.append(token)
            else:
                with self.seen.lock:
                    self.seen.confirmed[token] = reference

    def _report(self, token: str) -> str:
        page = self.send("/", "/report/", {})
        draft = page.path.split("page/")[0]
        for key, answers in self._answers(token).items():
            path = f"{draft}page/{key}/"
            page = self.send(path, path, dict(answers))
            if SENT.match(page.path):
                break
        if self.rng.random() < WITH_FILE:
            self._add_file(draft, token)
        return self._confirm(draft)

    def _add_file(self, draft: str, token: str) -> None:
        """Add a file as a plain form does, once more when it is refused; then go on without."""
        path = f"{draft}page/files/"
        if 'name="warned"' in self.open(path).text:
            self.send(path, path, {"warned": "1"})
        name, content = evidence(token, self.rng)
        for _ in range(2):
            page = self.send(path, path, {"upload": "1"}, {"evidence": (name, content)})
            if page.status == 200 and name in page.text:
                self.seen.files[token] = hashlib.sha256(content).hexdigest()
                return
            self.seen.files_refused += 1
            self.over.wait(5)

    def _confirm(self, draft: str) -> str:
        """Send, perhaps by a double click, until the page says that it was sent."""
        if self.rng.random() < DOUBLE_CLICK:
            self._double_click(draft)
        while True:
            page = self.send(f"{draft}check/", f"{draft}send/", {})
            if found := SENT.match(page.path):
                break
            self.over.wait(0.5)
            if self.over.is_set() or time.monotonic() > self._until:
                raise GivenUpError
        if self.rng.random() < SEND_AGAIN:
            self._press(self.browser, draft, page.token)
        return found.group(1)

    def _double_click(self, draft: str) -> None:
        """Press twice at the same moment and wait for neither answer to be shown."""
        token = self.open(f"{draft}check/").token
        first, second = self.browser.twin(), self.browser.twin()
        clicks = [
            threading.Thread(target=self._press, args=(one, draft, token))
            for one in (first, second)
        ]
        for click in clicks:
            click.start()
        for click in clicks:
            click.join()

    def _press(self, browser: Browser, draft: str, token: str) -> None:
        """Press "send" once more, whatever comes of it."""
        try:
            browser.post(f"{draft}send/", {}, token)
        except requests.RequestException:
            self.seen.note(0)

    def _answers(self, token: str) -> Raw:
        base = ADULT if self.rng.random() < ADULTS else CHILD
        account = {**base["what-happened"], "account": [f"There is a mark on the arm. {token}"]}
        return changed(base, what_happened=account)


def evidence(token: str, rng: random.Random) -> tuple[str, bytes]:
    """Return the name and the bytes of a photograph, or of an e-mail; no two are alike."""
    if rng.random() < 0.5:
        head = f"From: a@example.org\nMessage-ID: <{token}@example.org>\nSubject: What I saw\n"
        return f"{token}.eml", f"{head}\nI saw it.\n".encode()
    picture = io.BytesIO()
    Image.frombytes("RGB", (64, 48), rng.randbytes(64 * 48 * 3)).save(picture, "JPEG")
    return f"{token}.jpg", picture.getvalue()


class Lead(Person):
    """Takes what nobody has taken, records who accepted, decides what is offered."""

    def work(self) -> None:
        """Work the queue until the run is over."""
        while not self.over.is_set():
            self.begin()
            try:
                if not self._take_one():
                    self.over.wait(2)
            except GivenUpError:
                continue

    def _take_one(self) -> bool:
        queue = self.open("/concerns/?view=unowned")
        found = re.findall(r'href="/concerns/([A-Z0-9-]+)/"', queue.text)
        fresh = [item for item in dict.fromkeys(found) if item not in self.seen.taken]
        if not fresh:
            return False
        reference = self.rng.choice(fresh[:10])
        page = self.open(f"/concerns/{reference}/")
        version = re.search(r'name="version" value="(\d+)"', page.text)
        if "/take/" not in page.text or version is None:
            return False
        here = f"/concerns/{reference}/"
        page = self.send(here, f"{here}take/", {"version": version.group(1)})
        if "You have taken this concern" in page.text:
            self.seen.taken.add(reference)
        if self.rng.random() < 0.5:
            self._record_acceptance(here)
        return True

    def _record_acceptance(self, here: str) -> None:
        page = self.open(f"{here}referrals/")
        accepted = re.search(rf'href="({here}referral/\d+/accepted/)"', page.text)
        if accepted is None:
            return
        path = accepted.group(1)
        typed = {"name": "Ash Whitlock", "role": "Duty officer", "phone": "0121 496 0123"}
        page = self.send(path, path, typed)
        if "The acceptance is recorded" in page.text:
            self.seen.accepted.append((path, "call"))


class Agency(Person):
    """Reads the mailbox, asks for a code, types it, and accepts."""

    def __init__(self, browser: Browser, sink: SmtpSink, seen: Seen, over: threading.Event) -> None:
        super().__init__(browser, "agency", seen, over)
        self.sink, self._read = sink, 0

    def work(self) -> None:
        """Accept what comes until the run is over."""
        while not self.over.is_set():
            self.begin()
            mail = self._next_referral()
            if mail is None:
                self.over.wait(0.5)
                continue
            try:
                self._accept(*mail)
            except GivenUpError:
                continue

    def _next_referral(self) -> tuple[str, str] | None:
        """Return the secret and the reference of the next referral in the mailbox."""
        while self._read < len(self.sink.messages):
            body = str(self.sink.messages[self._read].get_payload())
            self._read += 1
            secret, reference = SECRET.search(body), REFERENCE.search(body)
            if secret and reference:
                return secret.group(1), reference.group(1)
        return None

    def _accept(self, secret: str, reference: str) -> None:
        here = f"/a/{secret}/"
        read = len(self.sink.messages)
        page = self.send(here, f"{here}code/", {})
        code = self._wait_for_code(read, reference)
        if page.status != 200 or code is None:
            return
        page = self.send(here, here, {"code": code})
        if "/accept/" not in page.text:
            return
        typed = {"name": "Wren Alder", "role": "Team manager", "phone": "0121 496 0456"}
        page = self.send(f"{here}accept/", f"{here}accept/", typed)
        if page.status == 200 and page.path == here:
            self.seen.accepted.append((secret, "link"))

    def _wait_for_code(self, read: int, reference: str) -> str | None:
        """Return the code that comes to the mailbox; None when none does within half a minute."""
        until = time.monotonic() + 30
        while time.monotonic() < until and not self.over.is_set():
            for mail in self.sink.messages[read:]:
                body = str(mail.get_payload())
                if reference in body and (found := CODE.search(body)):
                    return found.group(1)
            self.over.wait(0.2)
        return None
