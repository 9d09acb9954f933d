"""The steps of the synthetic concern over HTTP: what a browser sends, and nothing else.

It knows no table and no service. Whatever it meets that an officer could not pass raises
`WalkError`, whose text says where, never what was on the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import requests

TIMEOUT_SECONDS = 20
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
# Invented, and said to be: whoever ever sees it must know at once that nobody is at risk.
ANSWERS: dict[str, dict[str, str | list[str]]] = {
    "danger": {"danger": "no"},
    "person.1": {"name": "Synthetic Check", "group": "child", "age": "7"},
    "where.1": {"lives": "birmingham", "now": "home"},
    "worry.1": {"worry": ["neglect"]},
    "what-happened": {
        "account": "This is a test that the portal makes by itself. It is about nobody.",
        "known": "suspected",
        "ongoing": "no",
    },
    "harm-by.1": {"relation": ["parent_carer"], "reach": "no"},
    "household": {"who": ["none"]},
    "done": {"done": ["none"], "worker": "no"},
}
ACCEPTANCE = {"name": "Synthetic Check", "role": "Machine", "phone": "0121 496 0000"}


class WalkError(RuntimeError):
    """The portal did not let the synthetic concern pass; the text says at which step."""


class Browser:
    """One browser at one address of the portal."""

    def __init__(self, address: str, cookies: Mapping[str, str] | None = None) -> None:
        self.address = address
        self.http = requests.Session()
        self.http.cookies.update(dict(cookies or {}))
        # Django asks for it with every form over https.
        self.http.headers["Referer"] = f"{address}/"

    def get(self, path: str) -> requests.Response:
        """Open a page."""
        return self._checked("open", path, self.http.get, {})

    def send(self, shown_at: str, path: str, form: Mapping[str, object]) -> requests.Response:
        """Send a form from the page that shows one; return the page that it leads to."""
        token = TOKEN.search(self.get(shown_at).text)
        if token is None:
            raise WalkError(f"no form at {_step(shown_at)}")
        fields = {**form, "csrfmiddlewaretoken": token.group(1)}
        return self._checked("send", path, self.http.post, {"data": fields})

    def _checked(
        self, act: str, path: str, ask: object, options: dict[str, object]
    ) -> requests.Response:
        try:
            answer: requests.Response = ask(  # type: ignore[operator]
                self.address + path, timeout=TIMEOUT_SECONDS, **options
            )
        except requests.RequestException as fault:
            raise WalkError(f"{act} {_step(path)}: {type(fault).__name__}") from fault
        if answer.status_code != 200:
            raise WalkError(f"{act} {_step(path)}: {answer.status_code}")
        return answer


def _step(path: str) -> str:
    """Return the last word of a path: never a draft's id or a link's secret."""
    words = [word for word in path.split("/") if word]
    return words[-1] if words and len(words[-1]) < 20 else "page"


def file_report(browser: Browser) -> str:
    """Report the synthetic concern, page by page; return the reference of the report."""
    begun = browser.send("/", "/report/", {})
    draft = begun.url.removeprefix(browser.address).split("page/")[0]
    for key, answers in ANSWERS.items():
        browser.send(f"{draft}page/{key}/", f"{draft}page/{key}/", answers)
    sent = browser.send(f"{draft}check/", f"{draft}send/", {})
    found = re.search(r"/sent/([^/]+)/", sent.url)
    if found is None:
        raise WalkError("the report was not confirmed")
    return found.group(1)


def ask_code(browser: Browser, link: str) -> None:
    """Ask for the one-time code, as the agency's person does after opening the link."""
    browser.send(link, f"{link}code/", {})


def accept(browser: Browser, link: str, code: str) -> None:
    """Type the code, and accept with a name."""
    browser.send(link, link, {"code": code})
    browser.send(f"{link}accept/", f"{link}accept/", ACCEPTANCE)
