"""A person's browser, as far as HTTP goes: cookies, forms, tokens, and several hosts of one portal.

The portal has one name, as it has behind a load balancer; which host answers is chosen here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

PASSWORD = "Demo only: brass kettle 47"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
DEMO_CODE = re.compile(r"your code is <strong>(\d{6})</strong>")
SIGN_IN = "/accounts/login/"
MOST_REDIRECTS = 6
# By the name of the field: the file's name and its bytes.
Files = Mapping[str, tuple[str, bytes]]


class Page:
    """An answer, with the path that it came from after all redirects."""

    def __init__(self, answer: requests.Response, path: str) -> None:
        self.status, self.text, self.path = answer.status_code, answer.text, path

    @property
    def token(self) -> str:
        """Return the token of its forms; empty when it has none."""
        found = TOKEN.search(self.text)
        return found.group(1) if found else ""

    @property
    def asks_to_sign_in(self) -> bool:
        """Whether it is the page to sign in."""
        return self.path.startswith(SIGN_IN)


class Browser:
    """Cookies of one person, who sees one portal. `at`: the addresses of the hosts, the first one
    is asked; `name`: what the person typed into the address bar.
    """

    def __init__(self, at: Sequence[str], name: str = "", timeout: float = 30) -> None:
        self.at, self.timeout = list(at), timeout
        self.name = name or at[0]
        self.cookies: dict[str, str] = {}
        self._http = requests.Session()

    def get(self, path: str) -> Page:
        """Open a page, following redirects."""
        return self._follow("GET", path, None)

    def post(
        self, path: str, data: Mapping[str, Any], token: str, files: Files | None = None
    ) -> Page:
        """Send a form, perhaps with files, following redirects."""
        return self._follow("POST", path, {**data, "csrfmiddlewaretoken": token}, files)

    def sign_in(self, email: str) -> Page:
        """Sign in; raises `requests.RequestException` when the portal cannot be reached."""
        page = self.get(SIGN_IN)
        page = self.post(SIGN_IN, {"login": email, "password": PASSWORD}, page.token)
        # Who has a role is asked for a code, which the demo shows.
        if code := DEMO_CODE.search(page.text):
            asked = page.path.partition("?")[0]
            page = self.post(asked, {"code": code.group(1)}, page.token)
        return page

    def _follow(
        self, method: str, path: str, data: dict[str, Any] | None, files: Files | None = None
    ) -> Page:
        for _ in range(MOST_REDIRECTS):
            answer = self._once(method, path, data, files)
            if answer.status_code not in {301, 302, 303}:
                break
            target = urlsplit(urljoin(self.name + path, answer.headers["Location"]))
            path = target.path + (f"?{target.query}" if target.query else "")
            method, data, files = "GET", None, None
        return Page(answer, path)

    def _once(
        self, method: str, path: str, data: dict[str, Any] | None, files: Files | None
    ) -> requests.Response:
        self._http.cookies.clear()
        headers = {
            "Host": urlsplit(self.name).netloc,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if method == "POST":
            headers["Origin"] = self.name
        answer = self._http.request(
            method,
            self.at[0] + path,
            data=data,
            files=files,
            headers=headers,
            timeout=self.timeout,
            allow_redirects=False,
        )
        for header in answer.raw.headers.getlist("Set-Cookie"):
            self._keep(header)
        return answer

    def _keep(self, header: str) -> None:
        """Keep a cookie, or throw away one that is over."""
        for name, morsel in SimpleCookie(header).items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.coded_value

    def twin(self) -> Browser:
        """Return a second browser with the same cookies: another tab, or a second click."""
        other = Browser(self.at, self.name, self.timeout)
        other.cookies = dict(self.cookies)
        return other
