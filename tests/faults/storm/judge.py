"""What is stored, held against what people saw and what the mail server took."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field

from tests.faults.stack import Stack
from tests.faults.storm.people import Seen

TOKEN = re.compile(r"storm\d{5}[0-9a-f]{8}")
LEDGER = """
import json
from datetime import timedelta
from django.utils import timezone
from concerns.models import Concern, DailyStatement
from concerns.selectors.reconcile import custody_sum, gap_of, gaps_in
from concerns.services.statement import first_broken, write_statement
now = timezone.now()
held = custody_sum(now)
write_statement(now + timedelta(days=1))
kept = list(DailyStatement.objects.order_by("day"))
print(json.dumps({
    "held": held.numbers(),
    "balances": held.balances,
    "gaps": [(c.reference, gap_of(c)) for c in gaps_in(Concern.objects.all(), now)],
    "statements": len(kept),
    "statement_broken": first_broken(kept) is not None,
    "stated": kept[-1].numbers if kept else {},
}))
"""
# A failure about a referral or its code is settled when a call was made due (made or not), or when
# the agency's named person had ended the referral all the same.
FILES = """
import hashlib, json
from concerns.models import Attachment
from safeguarding_portal.files.services import read
found = []
for item in Attachment.objects.filter(report__isnull=False).select_related("file", "report"):
    content = read(item.file)
    given = hashlib.sha256(b"".join(content.chunks)).hexdigest() if content else ""
    same = item.file.what.is_image or given == item.sha256
    found.append([item.report.reference, item.sha256, bool(given) and same])
print(json.dumps(found))
"""
UNSENT = """
SELECT m.public_id::text, m.status, m.subject_type, m.outcome_handled_at IS NOT NULL AND EXISTS (
    SELECT 1 FROM concerns_referral r JOIN concerns_concern k ON k.id = r.concern_id
    WHERE ((m.subject_type = 'referral' AND m.subject_id = k.reference || ':' || r.agency_slug)
        OR (m.subject_type = 'agency_code' AND r.id = (
            SELECT referral_id FROM concerns_agencycode WHERE id::text = m.subject_id)))
      AND (r.ended_by_name <> '' OR EXISTS (
            SELECT 1 FROM concerns_call c WHERE c.referral_id = r.id))
) FROM outbox_message m WHERE m.status <> 'SENT'
"""
RUNG_ABOUT = ("referral", "agency_code")


@dataclass
class Judgement:
    """The counts, and in words whatever is not as it must be."""

    reports: int = 0
    lost: int = 0
    doubled: int = 0
    messages: int = 0
    undelivered: int = 0
    ledger_gap: int = 0
    audit_ok: bool = False
    more: dict[str, object] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def line(self, seed: int) -> str:
        """Return the counts as one line of JSON."""
        names = ("reports", "lost", "doubled", "messages", "undelivered", "ledger_gap", "audit_ok")
        return json.dumps({"seed": seed} | {name: getattr(self, name) for name in names})


def judge(stack: Stack, seen: Seen) -> Judgement:
    """Hold everything against everything."""
    found = Judgement()
    _reports(stack, seen, found)
    _files(stack, seen, found)
    _acts(stack, seen, found)
    _messages(stack, found)
    _ledger(stack, found)
    _audit(stack, found)
    return found


def _reports(stack: Stack, seen: Seen, found: Judgement) -> None:
    """Every report that was seen confirmed is there once, under the reference that was shown."""
    stored: dict[str, list[str]] = {}
    for reference, statement in stack.rows(
        "SELECT reference, statement::text FROM concerns_report"
    ):
        for token in set(TOKEN.findall(str(statement))):
            stored.setdefault(token, []).append(str(reference))
    lost = [
        token
        for token, reference in seen.confirmed.items()
        if reference not in stored.get(token, [])
    ]
    doubled = [token for token, references in stored.items() if len(references) > 1]
    per_report = stack.rows(
        "SELECT r.reference FROM concerns_report r LEFT JOIN concerns_concern c "
        "ON c.report_id = r.id GROUP BY 1 HAVING count(c.id) = 0"
    )
    found.reports, found.lost, found.doubled = len(seen.confirmed), len(lost), len(doubled)
    found.more |= {
        "stored reports": sum(len(references) for references in stored.values()),
        "given up by reporters": len(seen.given_up),
        "tries that failed, by status (0: no answer)": dict(sorted(seen.refused.items())),
    }
    found.wrong += [f"lost: {token} ({seen.confirmed[token]})" for token in lost]
    found.wrong += [f"doubled: {token} ({', '.join(stored[token])})" for token in doubled]
    found.wrong += [f"report {reference} without a concern" for (reference,) in per_report]


def _files(stack: Stack, seen: Seen, found: Judgement) -> None:
    """Every file that a page showed as added hangs on the report, was scanned, and can be read."""
    stored = json.loads(stack.manage("shell", "-v0", "-c", FILES))
    readable = {(reference, sha256) for reference, sha256, whole in stored if whole}
    added = {
        (seen.confirmed[token], sha256)
        for token, sha256 in seen.files.items()
        if token in seen.confirmed
    }
    found.more |= {
        "files seen added, stored, readable": [len(added), len(stored), len(readable)],
        "files refused while the disk was full": seen.files_refused,
    }
    found.wrong += [f"a file of {reference} is lost" for reference, _ in added - readable]
    found.wrong += [f"a file of {item[0]} cannot be read" for item in stored if not item[2]]


def _acts(stack: Stack, seen: Seen, found: Judgement) -> None:
    """What a lead or an agency was told had been done is done."""
    unowned = {
        str(row[0])
        for row in stack.rows("SELECT reference FROM concerns_concern WHERE owner_id IS NULL")
    }
    undone = seen.taken & unowned
    accepted = stack.rows(
        "SELECT ended_via, count(*) FROM concerns_referral WHERE state = 'accepted' GROUP BY 1"
    )
    stored = {str(via): int(str(count)) for via, count in accepted}
    told = Counter(via for _, via in set(seen.accepted))
    found.more |= {"taken": len(seen.taken), "accepted, told": dict(told), "stored": stored}
    found.wrong += [f"taken by a lead, and without an owner: {item}" for item in sorted(undone)]
    found.wrong += [
        f"{count} acceptances by {via} were shown, {stored.get(via, 0)} are stored"
        for via, count in told.items()
        if stored.get(via, 0) < count
    ]


def _messages(stack: Stack, found: Judgement) -> None:
    """Every message arrived, or its failure is known and rung about; each repeat is recognised."""
    rows = stack.rows("SELECT public_id::text, status FROM outbox_message")
    arrivals = Counter(_our_id(str(mail["Message-ID"])) for mail in stack.sink.messages)
    promised = {str(public_id) for public_id, _ in rows}
    unarrived = {str(one) for one, status in rows if status == "SENT"} - arrivals.keys()
    silent, refused = set(), 0
    for public_id, status, subject, is_rung in stack.rows(UNSENT):
        if public_id in arrivals:
            continue
        if status != "FAILED" or (subject in RUNG_ABOUT and not is_rung):
            silent.add(str(public_id))
        refused += status == "FAILED"
    found.messages, found.undelivered = len(rows), len(unarrived | silent)
    found.more |= {
        "messages that arrived": len(arrivals.keys() & promised),
        "repeats, each with the Message-ID of the first": sum(arrivals.values()) - len(arrivals),
        "refused for good (5xx), shown as not delivered": refused,
        "messages by status": dict(Counter(str(status) for _, status in rows)),
    }
    found.wrong += [f"SENT, and never arrived: {one}" for one in sorted(unarrived)]
    found.wrong += [f"neither arrived nor rung about: {one}" for one in sorted(silent)]
    found.wrong += [f"mail with an unknown id: {one}" for one in arrivals.keys() - promised]


def _our_id(message_id: str) -> str:
    return message_id.strip("<>").partition("@")[0]


def _ledger(stack: Stack, found: Judgement) -> None:
    """The sum of custody balances, and the day's statement says the same and holds together."""
    told = json.loads(stack.manage("shell", "-v0", "-c", LEDGER))
    found.ledger_gap = len(told["gaps"])
    found.more |= {"custody": told["held"], "daily statements": told["statements"]}
    found.wrong += [f"gap: {reference}, {kind}" for reference, kind in told["gaps"]]
    if not told["balances"]:
        found.wrong.append("the ledger does not balance")
    if told["statement_broken"] or told["stated"].get("submitted") != told["held"]["submitted"]:
        found.wrong.append("the daily statement does not hold")


def _audit(stack: Stack, found: Judgement) -> None:
    """The chain holds; its copy holds every seal."""
    try:
        stack.manage("audit_verify", "--json")
        found.audit_ok = True
    except AssertionError as error:
        found.wrong.append(f"audit: {error}")
    copy = stack.extra.get("AUDIT_SEAL_COPY")
    if copy:
        with open(copy, encoding="utf-8") as lines:
            copied = sum(1 for line in lines if line.strip().startswith("{"))
        seals = int(str(stack.rows("SELECT count(*) FROM audit_seal")[0][0]))
        found.more["seals, and how many the copy holds"] = [seals, copied]
        if copied < seals:
            found.audit_ok = False
            found.wrong.append(f"the copy holds {copied} of {seals} seals")
