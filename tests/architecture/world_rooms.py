"""Records that are kept, the directory, the policies."""

from __future__ import annotations

from datetime import timedelta

from concerns.services import disposal, holds, retention
from contacts import care, changes
from contacts.editing.exchange import COLUMNS
from contacts.selectors import current_directory
from policies.models import Document, NationalSource, PolicyVersion
from policies.services import drafts
from safeguarding_portal.accounts.models import Role
from tests.architecture.world_base import AT, Parts, World
from tests.factories import give_role, make_report, make_user
from tests.records.conftest import LONG_AGO, closed_concern

MAILBOX = "childrens-social-care"
# Of which line two sources say two things.
CONFLICT = ("asc-out-of-hours", "number")
EXPORTS = ("json", *COLUMNS)


def records(world: World) -> None:
    """Records due for disposal: to review, in a batch, held; and a change of the schedule."""
    people = world.people
    due, batched, done, held = (
        closed_concern(people.team, report=make_report(people.reporter, received_at=LONG_AGO))
        for _ in range(4)
    )
    hold = holds.hold_record(held.reference, "report", people.records, "An inquiry", AT)
    retention.work_out(AT)
    long_before = AT - timedelta(days=9)
    last = disposal.propose_batch(people.records, [done.reference], long_before)
    disposal.approve_batch(last.pk, people.second_records, AT - timedelta(days=8))
    disposal.dispose_due(AT)
    batch = disposal.propose_batch(people.records, [batched.reference], AT)
    change = retention.propose_row(people.records, "adult.other", [8], "Line 12", "Longer", AT)
    at: Parts = {"reference": due.reference}
    one: Parts = {"pk": batch.pk}
    world.fill(
        "concerns:records:",
        {
            "review": at,
            "hold_record": at,
            **dict.fromkeys(("batch", "answer", "stop"), one),
            "batch done": {"pk": last.pk},
            "certificate": {"pk": last.pk},
            "lift": {"pk": hold.pk},
            "proposal": {"pk": change.pk},
            "change": {"row": "adult.other"},
        },
    )


def directory(world: World) -> None:
    """A draft, a proposed, a scheduled and an urgent change; a mailbox that waits for an answer."""
    editor = world.people.directory_editor
    draft = changes.start_change(editor, "Saturday opening", None, AT)
    second = make_user(full_name="Sol Second")
    give_role(second, Role.DIRECTORY_EDITOR)
    proposed = changes.start_change(second, "New name", None, AT)
    first, *rest = proposed.document["agencies"]
    text = {**proposed.document, "agencies": [{**first, "name": "The front door"}, *rest]}
    changes.save_document(proposed.pk, second, text, proposed.revision, AT)
    changes.propose(proposed.pk, second, AT)
    row = care.find_row(current_directory(AT), "mailbox", MAILBOX, AT)
    assert row is not None
    care.set_care(row, editor, 90, editor, AT)
    check = care.send_canary(row, editor, AT)
    version = draft.base.slug
    one: Parts = {"pk": draft.pk}
    other: Parts = {"pk": proposed.pk}
    base: Parts = {"slug": version}
    channel: Parts = {"kind": "line", "slug": "cass"}
    world.fill("contacts:", {"agency": {"slug": "childrens-social-care"}})
    world.fill(
        "contacts:",
        {
            "poster": {"slug": "council", "size": "a4"},
            "poster_text": {"slug": "council"},
        },
    )
    world.fill(
        "contacts:editing:",
        {
            **dict.fromkeys(OF_A_CHANGE, one),
            **dict.fromkeys(("approve", "reject"), other),
            **dict.fromkeys(("version", "roll_back"), base),
            **dict.fromkeys(("agency", "remove_agency"), one | {"slug": "childrens-social-care"}),
            **dict.fromkeys(
                ("line", "remove_line", "christmas", "new_conflict"), one | {"slug": "cass"}
            ),
            "week": one | {"slug": "childrens-social-care"},
            "conflict": one | {"slug": CONFLICT[0], "field": CONFLICT[1]},
            "confirm": {"pk": check.pk},
            **dict.fromkeys(("channel", "owner", "call"), channel),
            "canary": {"slug": "lado"},
            **{f"export {kind}".replace(" json", ""): one | {"slug": kind} for kind in EXPORTS},
        },
    )


OF_A_CHANGE = (
    *("change", "change_start", "propose", "approve", "approve_afterwards", "reject", "reopen"),
    *("discard", "publish_urgently", "new_agency", "new_line", "cancel", "preview", "bring_in"),
)


def policies(world: World) -> None:
    """Policies in force, and a draft of the next version of one and of a new document."""
    editor = world.people.policy_editor
    document = Document.objects.get(slug="kinds-of-harm")
    draft = drafts.start_draft(document.pk, editor, AT)
    fresh = drafts.create_document(editor, "Bruises", "guidance", "Of bruises", AT)
    section = draft.sections.order_by("position")[0]
    kept = PolicyVersion.objects.latest("id")
    at: Parts = {"slug": document.slug}
    one: Parts = {"pk": draft.pk}
    number = at | {"number": 1}
    text = one | {"anchor": section.anchor}
    world.fill(
        "policies:",
        {
            **dict.fromkeys(OF_A_DOCUMENT, at),
            **dict.fromkeys(OF_A_VERSION, one),
            **dict.fromkeys(("edit_section", "remove_section", "move_section"), text),
            **dict.fromkeys(("version", "changes"), number),
            "section": at | {"anchor": section.anchor},
            "confirm": {"slug": "corporate-safeguarding-policy"},
            "as_kept": {"version": kept.slug},
            "check_source": {"slug": NationalSource.objects.all()[0].slug},
            "desk_document unpublished": {"slug": fresh.document.slug},
            "document unpublished": {"slug": fresh.document.slug},
        },
    )


OF_A_DOCUMENT = (
    *("desk_document", "settings", "begin_draft", "import", "retire", "bring_back"),
    *("document", "confirm", "history"),
)
OF_A_VERSION = (
    *("draft", "draft_changes", "add_section", "discard", "submit", "approve", "return"),
    *("publish", "cancel"),
)
