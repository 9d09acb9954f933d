"""The forms of policies: typed text in, plain errors out. None of them writes anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from policies.models import Document, NationalSource
from policies.text.markdown import problems
from policies.text.reading_files import ACCEPTED, read_file
from policies.text.sections import LONGEST_DOCUMENT, LONGEST_SECTION, LONGEST_TITLE, TextError
from policies.topics import TOPICS
from safeguarding_portal.accounts.models import PersonKind, Role
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    DateField,
    LongTextField,
    MultiChoiceField,
    NumberField,
    Option,
    PortalForm,
    TextField,
    TickField,
)

NOBODY = "nobody"
SUMMARY_WORDS = "This is a summary in our own words, not the council's text"
MISSING_WORDS = "What of the full text is missing?"
MISSING_HINT = "Readers see this. Leave it empty if the text is whole."
YES_NO = (Option("yes", "Yes"), Option("no", "No"))


class SectionForm(PortalForm):
    """One section of a draft."""

    title = "Change a section"
    # Set when somebody else changed the section meanwhile.
    theirs = False

    number = TextField("Section number", hint="As printed, such as 6.1. May be empty", max_chars=20)
    heading = TextField("Heading", empty="Enter a heading", max_chars=LONGEST_TITLE)
    body = LongTextField(
        "Text",
        hint="Leave an empty line between paragraphs. Begin a line with - for a list, and put ** "
        "around words to make them bold. A heading over other sections needs no text.",
        max_chars=LONGEST_SECTION,
        name="Text",
        rows=15,
    )
    topics = MultiChoiceField(
        "Where does it open in place?",
        [Option(slug, words) for slug, words in TOPICS.items()],
        hint="On pages of a report and in checklists. Select none if it need not.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_number(self) -> str:
        """Take numbers such as 6 or 6.1.2."""
        number: str = self.cleaned_data["number"].strip().rstrip(".")
        if number and not all(part.isdecimal() for part in number.split(".")):
            raise forms.ValidationError("Enter a number such as 6 or 6.1")
        return number

    def clean_body(self) -> str:
        """Refuse what would not be shown."""
        body: str = self.cleaned_data["body"]
        for problem in problems(body):
            raise forms.ValidationError(problem)
        return body.strip()


class NewDocumentForm(PortalForm):
    """A new document."""

    title = "Begin a new document"

    name = TextField("Title", empty="Enter a title", max_chars=160)
    kind = ChoiceField("What is it?", Document.Kind.choices, empty="Select what it is")
    about = TextField("In one line, what is it about?", max_chars=300)


class SettingsForm(PortalForm):
    """Who answers for a document, and who must read it."""

    title = "Title, owner and readers"

    name = TextField("Title", empty="Enter a title", max_chars=160)
    about = TextField("In one line, what is it about?", max_chars=300)
    owner_post = TextField("Post that answers for it", max_chars=120)
    owner = ChoiceField(
        "Person who is reminded of the review",
        hint="Without one, every policy editor is reminded.",
        as_list=True,
    )
    must_confirm = ChoiceField(
        "Must people confirm that they have read and understood it?",
        YES_NO,
        empty="Select yes if people must confirm it",
    )
    within = NumberField(
        "Within how many days?",
        minimum=1,
        maximum=365,
        wrong="Enter a number of days from 1 to 365",
        empty="Enter a number of days from 1 to 365",
    )
    kinds = MultiChoiceField(
        "Which people?", PersonKind.of_people(), hint="Select none for everybody."
    )
    directorates = MultiChoiceField("Which directorates?", hint="Select none for all.")
    roles = MultiChoiceField(
        "Which roles?", Role.choices, hint="Select none for people in any role or in none."
    )
    sources = MultiChoiceField("Which national documents does it lean on?")

    def __init__(
        self,
        *args: Any,
        people: Mapping[str, str],
        directorates: Mapping[str, str],
        sources: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer(list(people.items()))  # type: ignore[attr-defined]
        self.fields["directorates"].offer(list(directorates.items()))  # type: ignore[attr-defined]
        self.fields["sources"].offer(list(sources.items()))  # type: ignore[attr-defined]


class SubmitForm(PortalForm):
    """Handing a draft to a reviewer."""

    title = "Send for review"

    change_note = TextField(
        "What is different, in one line?",
        hint="Readers see this beside the version.",
        empty="Say what is different",
        max_chars=400,
        name="What is different",
    )
    meaning = ChoiceField(
        "Does the meaning change?",
        (
            Option("yes", "Yes", hint="People confirm again, and read only the changed parts."),
            Option("no", "No", hint="Spelling, layout or a new review date."),
        ),
        empty="Select yes if the meaning changes",
    )
    is_summary = TickField(SUMMARY_WORDS)
    missing = LongTextField(
        MISSING_WORDS, hint=MISSING_HINT, max_chars=2000, rows=3, name="What is missing"
    )


class ReturnForm(PortalForm):
    """Giving a version back."""

    title = "Return to the writers"

    note = LongTextField(
        "What should they change?", empty="Say what they should change", max_chars=1000
    )


class PublishForm(PortalForm):
    """From when, and until when it must be reviewed."""

    title = "Publish"

    start = ChoiceField(
        "From when is it in force?",
        (Option("now", "Now"), Option("later", "From the start of a later day")),
        empty="Select from when it is in force",
    )
    day = DateField("First day, if later", hint="For example, 1 4 2027", may_be_future=True)
    review_by = DateField(
        "Review by",
        hint="The policy asks for a review each year.",
        empty="Enter the day of the review",
        may_be_future=True,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the day where it is needed."""
        typed = self.cleaned_data
        if typed.get("start") == "later" and "day" in typed and not typed["day"]:
            self.add_error("day", forms.ValidationError("Enter the first day", code="required"))
        return typed


class RetireForm(PortalForm):
    """What takes the place of a document."""

    title = "Retire this document"

    superseded_by = ChoiceField(
        "What takes its place?", empty="Select what takes its place, or nothing", as_list=True
    )

    def __init__(self, *args: Any, documents: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["superseded_by"]
        field.offer([*documents.items(), (NOBODY, "Nothing")])  # type: ignore[attr-defined]


class SourceForm(PortalForm):
    """What a check of a national document found."""

    title = "Record a check"

    status = ChoiceField(
        "What is its status today?", NationalSource.Status.choices, empty="Select its status"
    )
    url = TextField("Web address", max_chars=400, inputmode="url")
    note = TextField("What should readers know?", max_chars=400)

    def clean_url(self) -> str:
        """Take only addresses of the web."""
        url: str = self.cleaned_data["url"].strip()
        if url:
            try:
                forms.URLField(assume_scheme="https").clean(url)
            except forms.ValidationError as error:
                raise forms.ValidationError(
                    "Enter a web address in full, like https://www.gov.uk/guidance"
                ) from error
            if not url.startswith(("https://", "http://")):
                raise forms.ValidationError(
                    "Enter a web address in full, like https://www.gov.uk/guidance"
                )
        return url


class FileField(forms.FileField):
    """A policy as a file: what is wrong with it is said at once."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the text of the file as Markdown."""
        upload: UploadedFile | None = super().clean(data, initial)
        if upload is None:
            return ""
        try:
            return read_file(upload.name or "", upload)
        except TextError as error:
            raise forms.ValidationError(str(error)) from error


class ImportForm(PortalForm):
    """The full text of a policy, as a file or pasted."""

    title = "Import the text"

    file = FileField(
        label="File",
        help_text=f"Word (.docx) or Markdown ({', '.join(ACCEPTED[1:])}), up to 5 MB.",
        required=False,
        error_messages={"empty": "The file is empty. Choose another"},
    )
    text = LongTextField(
        "Or paste the text as Markdown", max_chars=LONGEST_DOCUMENT, rows=8, name="Text"
    )
    is_summary = TickField(SUMMARY_WORDS)
    missing = LongTextField(
        MISSING_WORDS, hint=MISSING_HINT, max_chars=2000, rows=3, name="What is missing"
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        typed = self.cleaned_data
        if "file" in typed and "text" in typed and not (typed["file"] or typed["text"]):
            self.add_error("file", "Choose a file, or paste the text")
        return typed


class ConfirmForm(PortalForm):
    """Read and understood."""

    title = "Confirm"

    understood = TickField(
        "I have read this and I understand it",
        empty="Tick the box when you have read it and understood it",
    )
