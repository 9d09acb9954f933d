"""`make scan`: Wapiti, a web scanner that knows nothing of this project, against the whole portal.

Starts real servers, web (with TLS, so that cookies and headers are those of production) and worker
on ports of the loopback, with demo people and reports; scans signed out, as a reporter and as a
lead; and prints what was found. Exit status 1 for any finding of medium or above, any answer 500,
and when a scan saw too little to mean anything: too few pages, or a session that ended under way.
"""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tests.certificates import self_signed
from tests.faults.stack import Stack, new_state
from tests.services import ROOT, SmtpSink, free_port, wait_until

HOME = ROOT / "var" / "scan"
SCANNER = ROOT / "var" / "tools" / "scan" / "bin" / "wapiti"
# Who scans; "" is nobody. Their addresses are of demo people.
WHO = {
    "signed out": "",
    "as a reporter": "priya.hollis@example.org",
    "as a lead": "nadia.sterling@example.org",
}
# No module that asks a server of its makers (ssrf, log4shell) and none for other people's products;
# TLS is the proxy's.
MODULES = (
    "cookieflags,crlf,csp,csrf,exec,file,http_headers,permanentxss,redirect,sql,upload,xss,xxe"
)
# Seconds for looking around, and for each kind of attack.
CRAWL_SECONDS, ATTACK_SECONDS = 25, 5
# What would end the scanner's own session, or lock it.
LEFT_ALONE = ("logout/", "sign-out-everywhere/", "second-factor/*", "unlock/", "reauthenticate/*")
FEWEST_PAGES = 15
LEVELS = ("information", "low", "medium", "high", "critical")
MEDIUM = LEVELS.index("medium")
CSRF_SECRET = "scan" * 8


def main() -> int:
    """Start, scan, print, and say by the exit status whether all is well."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True, mode=0o700)
    with _portal() as address:
        cookies = {who: _cookies(email) for who, email in WHO.items()}
        reports = {who: _scan(address, who, cookie) for who, cookie in cookies.items()}
        ended = [who for who, cookie in cookies.items() if not _is_signed_in(address, cookie)]
    faults = [f"The session ended while scanning {who}" for who in ended]
    if broken := (HOME / "portal.log").read_text().count("Internal Server Error"):
        faults.append(f"{broken} answers were 500: see {HOME / 'portal.log'}")
    for who, report in reports.items():
        faults += judge(who, report)
    _say("\n".join(faults) or "No finding of medium or above.")
    return 1 if faults else 0


def judge(who: str, report: dict[str, Any]) -> list[str]:
    """Print what one scan found, by level; return what must not be."""
    found = [
        (name, finding)
        for part in ("vulnerabilities", "anomalies")
        for name, findings in report[part].items()
        for finding in findings
    ]
    counts = Counter(LEVELS[finding["level"]] for _, finding in found)
    pages = report["infos"]["crawled_pages_nbr"]
    words = ", ".join(f"{level} {counts[level]}" for level in reversed(LEVELS))
    _say(f"{who}: {pages} pages and forms; {words}")
    for name, finding in found:
        _say(f"  {LEVELS[finding['level']]}: {name}: {finding['path']}: {finding['info']}")
    faults = [
        f"{who}: {name} at {finding['method']} {finding['path']}: {finding['info']}"
        for name, finding in found
        if finding["level"] >= MEDIUM or name == "Internal Server Error"
    ]
    if pages < FEWEST_PAGES:
        faults.append(f"{who}: only {pages} pages were seen")
    return faults


@contextmanager
def _portal() -> Iterator[str]:
    """Run the portal, with three reports in it, for as long as it is scanned."""
    port, state = free_port(), new_state()
    address = f"https://127.0.0.1:{port}"
    extra = {
        "PORTAL_MODE": "demo",
        "PORTAL_URL": address,
        "FILES_ROOT": str(HOME / "files"),
        "AUDIT_SEAL_COPY": str(HOME / "seals.jsonl"),
        "LOG_LEVEL": "WARNING",
        # The scanner may do what asks for a fresh sign-in: what lies behind it is scanned too.
        "FRESH_SIGN_IN_MINUTES": "60",
    }
    os.environ["PORTAL_EMBEDDED_FSYNC"] = "off"
    stack = Stack(HOME / "servers", state, SmtpSink(state.smtp_port), extra=extra)
    stack.home.mkdir(mode=0o700)
    try:
        stack.sink.start()
        stack.prepare()
        os.environ.update(stack.environment())
        _file_reports()
        stack.processes.log = HOME / "portal.log"
        stack.processes.start("web", *_web(port))
        stack.processes.worker()
        wait_until(lambda: _status(f"{address}/health/live") == 200, seconds=120)
        yield address
    finally:
        stack.stop()


def _web(port: int) -> list[str]:
    key, certificate = self_signed(HOME)
    return [
        *("-m", "gunicorn", "safeguarding_portal.wsgi", "--no-control-socket"),
        *("--workers", "2", "--threads", "4", f"--bind=127.0.0.1:{port}"),
        *(f"--keyfile={key}", f"--certfile={certificate}"),
    ]


def _file_reports() -> None:
    """File a child, an adult and a family, so that every kind of page has something to show."""
    import django

    django.setup()
    from concerns.services.drafts import save_step, start_draft
    from concerns.services.submit import submit_report
    from safeguarding_portal.accounts.models import User
    from tests.answers import ADULT, CHILD, family

    reporter = User.objects.get(email=WHO["as a reporter"])
    for answers in (CHILD, ADULT, family()):
        now = datetime.now(UTC)
        draft = start_draft(reporter, now)
        for key, page in answers.items():
            save_step(draft.pk, reporter, key, page, now)
        submit_report(draft.pk, reporter, now)


def _cookies(email: str) -> str:
    """Return the cookies of a new session of this person, made on the server; nobody has none.

    All have one CSRF cookie from the start: pages fetched side by side would each bring another.
    """
    if not email:
        return f"__Host-csrf={CSRF_SECRET}"
    from django.test import Client

    from safeguarding_portal.accounts.models import User
    from tests.sign_in import fully

    client = Client()
    fully(client, User.objects.get(email=email))
    pairs = {name: morsel.value for name, morsel in client.cookies.items()}
    return "; ".join(f"{k}={v}" for k, v in (pairs | {"__Host-csrf": CSRF_SECRET}).items())


def _scan(address: str, who: str, cookie: str) -> dict[str, Any]:
    """Let the scanner crawl and attack for about a minute; return its report."""
    name = who.replace(" ", "-")
    report = HOME / f"{name}.json"
    command = [
        *(str(SCANNER), "--url", f"{address}/", "--scope", "folder", "--module", MODULES),
        *("--format", "json", "--output", str(report), "--store-session", str(HOME / name)),
        *("--max-scan-time", str(CRAWL_SECONDS), "--max-attack-time", str(ATTACK_SECONDS)),
        *("--max-links-per-page", "60", "--max-files-per-dir", "30", "--max-parameters", "30"),
        # A forged token only shows that forms are protected; what lies behind it is to be tried.
        *("--skip", "csrfmiddlewaretoken"),
        *("--store-config", str(HOME / "config"), "--no-bugreport", "--verbose", "1"),
        *("--header", f"Origin: {address}", "--start", f"{address}/more/"),
        *("--cookie-value", cookie),
    ]
    for page in LEFT_ALONE:
        command += ["--exclude", f"{address}/accounts/{page}"]
    with (HOME / f"{name}.log").open("wb") as log:
        done = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False)
    if not report.exists():
        sys.exit(f"The scanner ended with {done.returncode}: see {HOME / name}.log")
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def _is_signed_in(address: str, cookie: str) -> bool:
    """Whether the session still opens a page of its person; nobody's always does."""
    return "__Host-session=" not in cookie or _status(f"{address}/status/", cookie) == 200


def _status(url: str, cookie: str = "") -> int:
    context = ssl.create_default_context(cafile=str(HOME / "certificate.pem"))
    request = urllib.request.Request(url, headers={"Cookie": cookie})  # noqa: S310 - our own
    try:
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _Stay())
        return int(opener.open(request, timeout=10).status)
    except urllib.error.HTTPError as error:
        return int(error.code)
    except OSError:
        return 0


class _Stay(urllib.request.HTTPRedirectHandler):
    """Take a redirect as the answer: a page that leads to sign-in is not open."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nothing."""


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
