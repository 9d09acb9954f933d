"""What a records officer types while a request for personal data is answered."""

from __future__ import annotations

from typing import Any

from concerns.matching.redaction import stands_in
from concerns.models import AccessItem, DataRight
from concerns.rules import access_requests as rules
from concerns.services.subject_access import NewRequest
from concerns.services.subject_access_items import Decided
from safeguarding_portal.accounts.models import User
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    DateField,
    EmailField,
    LongTextField,
    MultiChoiceField,
    Option,
    PortalForm,
    TextField,
)

MAX_WORDS = 4000
EXEMPTION_OPTIONS = [Option(row.slug, row.words, hint=row.source) for row in rules.EXEMPTIONS]
GIVE, WITHHOLD = AccessItem.Decision.GIVE, AccessItem.Decision.WITHHOLD


def _reason(label: str, empty: str = "", hint: str = "") -> LongTextField:
    return LongTextField(label, empty=empty, hint=hint, max_chars=MAX_WORDS, rows=3)


class NewRequestForm(PortalForm):
    """A request as it came in."""

    title = "Record a request for personal data"
    requester = ChoiceField("Who asks?", list(rules.REQUESTERS.items()), empty="Select who asks")
    requester_name = TextField(
        "Name of who asks", empty="Enter the name of who asks", name="The name of who asks"
    )
    requester_contact = _reason("How to reach them", hint="Address, phone or email they gave")
    authority = _reason(
        "What shows that they may ask for this person",
        hint="If they ask for somebody else. It can be added later",
    )
    received_on = DateField("Day it was received", empty="Enter the day it was received")
    received_how = TextField(
        "How it came in",
        hint="For example, by letter, by email, said at the desk",
        empty="Enter how it came in",
    )
    name = TextField(
        "Name of the person it is about",
        empty="Enter the name of the person it is about",
        name="The name of the person",
    )
    aliases = _reason("Other names they go or went by", hint="One on each line")
    born = DateField("Their date of birth")
    address = _reason("Their address", hint="Earlier ones too, if they say so")
    nhs = TextField("Their NHS number", max_chars=20, width="20")
    phones = TextField("Their phone numbers")
    staff_email = EmailField(
        "Work email, if they work for the council",
        hint="Then what they reported and read is looked for too",
        autocomplete="off",
    )
    about = _reason("What they ask for", hint="In their words. Leave it empty if they ask for all")

    def clean_staff_email(self) -> User | None:
        """Return the colleague; somebody who is not in the staff list is a mistake."""
        typed: str = self.cleaned_data["staff_email"]
        if not typed:
            return None
        found = User.objects.filter(email__iexact=typed).first()
        if found is None:
            self.add_error("staff_email", "Nobody has this work email. Check it, or leave it empty")
        return found

    def new_request(self) -> NewRequest:
        """Return what was typed; the form must be valid."""
        typed: dict[str, Any] = dict(self.cleaned_data)
        return NewRequest(staff=typed.pop("staff_email"), **typed)


class IdentityForm(PortalForm):
    """How it was made sure who asks."""

    title = "Record proof of identity"
    how = _reason(
        "How was it made sure who they are?",
        empty="Write how it was made sure who they are",
        hint="For example, known to the officer, or which document was seen. Keep no copy",
    )
    shown_on = DateField("Day it was shown", empty="Enter the day it was shown")
    authority = _reason(
        "What shows that they may ask for this person", hint="If they ask for somebody else"
    )


class QuestionForm(PortalForm):
    """What the person is asked. The clock stands until they answer."""

    title = "Ask what they mean"
    question = _reason(
        "Your question",
        empty="Write your question",
        hint="Only if you cannot tell what they look for, and hold much. Send it yourself",
    )


class AnswerForm(PortalForm):
    """What the person answered."""

    title = "Record their answer"
    answer = _reason("Their answer", empty="Write their answer")
    on = DateField("Day it came", empty="Enter the day it came")


class ExtendForm(PortalForm):
    """Why two more months are needed."""

    title = "Take two more months"
    ground = ChoiceField("Why?", list(rules.EXTENSION_GROUNDS.items()), empty="Select why")
    why = _reason(
        "What you tell the person",
        empty="Write what you tell the person",
        hint="Tell them within the first month, with this reason. Send it yourself",
    )


class RefuseForm(PortalForm):
    """Why a request is refused."""

    title = "Refuse the request"
    because = ChoiceField("On which ground?", list(rules.REFUSALS.items()), empty="Select a ground")
    words = _reason(
        "What you tell the person",
        empty="Write what you tell the person",
        hint="Tell them why, and that they may complain to us, to the Commissioner, or to a court",
    )


class WithdrawForm(PortalForm):
    """The person no longer asks."""

    title = "Record that it was withdrawn"
    words = _reason("How do you know?", empty="Write how you know that they withdrew it")


class CandidateForm(PortalForm):
    """Whether somebody who was found is the person."""

    title = "Is this the person?"
    is_person = ChoiceField(
        "Is it the person who asks, or for whom they ask?",
        [("yes", "Yes"), ("no", "No, somebody else")],
        empty="Select yes if it is the person",
    )
    reason = _reason("How do you know?", empty="Write how you know")


class ItemForm(PortalForm):
    """What becomes of one item; built for the item, so that its words can be checked."""

    title = "What may they see of this?"

    def __init__(self, *args: Any, item: AccessItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        rows = list(item.redactions.all())
        kept: Any = self.fields["kept"]
        kept.offer(
            [Option(str(row.pk), row.words, hint=row.get_exemption_display()) for row in rows]
        )
        if not rows:
            del self.fields["kept"]
        self.initial = {
            "kept": [str(row.pk) for row in rows if row.dropped_at is None],
            "decision": WITHHOLD if item.suggested and not item.decided_at else item.decision,
            "exemption": item.exemption or item.suggested,
            "reason": item.reason,
        }

    decision = ChoiceField(
        "What do they get?",
        [(GIVE, "The text, without the words taken out"), (WITHHOLD, "Nothing of this item")],
        empty="Select what they get",
    )
    kept = MultiChoiceField(
        "Words that are taken out", hint="Untick what may stay. Capital letters make no difference"
    )
    words = LongTextField(
        "Other words to take out",
        hint="The exact words, one piece on each line. Every place where they stand is cut",
        max_chars=20_000,
        rows=4,
    )
    exemption = ChoiceField(
        "Why may it be held back?",
        EXEMPTION_OPTIONS,
        hint="For the other words, or for the whole item",
    )
    reason = _reason("Why it applies here")

    def clean_words(self) -> list[str]:
        """Return the pieces; each must stand in the text, else nothing would be cut."""
        pieces = [line.strip() for line in self.cleaned_data["words"].split("\n") if line.strip()]
        for missing in [piece for piece in pieces if not stands_in(self.item.text, piece)][:5]:
            self.add_error("words", f"These words are not in the text: “{missing[:100]}”")
        return pieces

    def clean(self) -> dict[str, Any]:
        """Ask for ground and reason where an officer holds something back."""
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("decision") == WITHHOLD or typed.get("words"):
            if not typed.get("exemption") and "exemption" not in self.errors:
                self.add_error("exemption", "Select why it may be held back")
            if not typed.get("reason") and "reason" not in self.errors:
                self.add_error("reason", "Write why it applies here")
        return typed

    def decided(self) -> Decided:
        """Return what was decided; the form must be valid."""
        typed = self.cleaned_data
        is_given = typed["decision"] == GIVE
        return Decided(
            typed["decision"],
            frozenset(int(pk) for pk in typed.get("kept", ())),
            tuple(typed["words"]) if is_given else (),
            typed["exemption"],
            typed["reason"],
        )


class CheckForm(PortalForm):
    """What the second check says."""

    title = "Second check"
    agreed = ChoiceField(
        "May this be handed over?",
        [("yes", "Yes, as it is"), ("no", "No, it goes back")],
        empty="Select yes if it may be handed over as it is",
    )
    words = _reason("What must change?", hint="If it goes back. Your words are for the officer")

    def clean(self) -> dict[str, Any]:
        """Ask for words when it goes back."""
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("agreed") == "no" and not typed.get("words") and "words" not in self.errors:
            self.add_error("words", "Write what must change")
        return typed


class ChangesForm(PortalForm):
    """Why the answer goes out without what changed since."""

    title = "Answer without these changes"
    why = _reason(
        "Why are they left out?",
        empty="Write why they are left out",
        hint="For example, written after the request was received and no part of it",
    )


class HandOverForm(PortalForm):
    """How the answer reached the person."""

    title = "Record how it was handed over"
    how = _reason(
        "How was it handed over?",
        empty="Write how it was handed over",
        hint="For example, collected in person and signed for, or by tracked post. To whom, when",
    )


class ComplaintForm(PortalForm):
    """A complaint as it came in."""

    title = "Record a complaint"
    received_on = DateField("Day it was received", empty="Enter the day it was received")
    text = _reason("What they say", empty="Write what they say")


class ComplaintAnswerForm(PortalForm):
    """That a complaint was acknowledged or answered."""

    title = "Acknowledge or answer a complaint"
    outcome = _reason(
        "What came of it", hint="Leave it empty to record only that it was acknowledged today"
    )


class RightForm(PortalForm):
    """What a person says or asks of a record."""

    title = "Record a correction, restriction or objection"
    kind = ChoiceField(
        "What do they ask?",
        [
            Option(DataRight.Kind.RECTIFY, DataRight.Kind.RECTIFY.label, "UK GDPR article 16"),
            Option(DataRight.Kind.RESTRICT, DataRight.Kind.RESTRICT.label, "UK GDPR article 18"),
            Option(DataRight.Kind.OBJECT, DataRight.Kind.OBJECT.label, "UK GDPR article 21"),
        ],
        empty="Select what they ask",
    )
    asked_by = TextField("Who asks?", empty="Enter who asks", name="The name of who asks")
    received_on = DateField("Day it was received", empty="Enter the day it was received")
    what = _reason("What is wrong, or what do they ask?", empty="Write what they say")
    statement = _reason(
        "Their own statement", hint="What should stand in the record, in their words"
    )


class DecideRightForm(PortalForm):
    """What comes of it."""

    title = "Decide about it"
    decision = ChoiceField(
        "What is decided?",
        [
            Option("agreed", "Agreed", hint="The correction stands beside what was filed"),
            Option("refused", "Not agreed", hint="Their statement stays beside it all the same"),
            Option("both", "Both views stand", hint="Nobody can say any more which is right"),
        ],
        empty="Select what is decided",
    )
    correction = _reason("The correction", hint="What is right, in plain words")
    reason = _reason(
        "Why",
        empty="Write the reason for your decision",
        hint="Tell the person, and that they may complain to us and to the Commissioner",
    )


class EndRestrictionForm(PortalForm):
    """A restriction ends."""

    title = "End the restriction"
    why = _reason(
        "Why does it end, and when was the person told?",
        empty="Write why it ends and when the person was told",
    )
