"""`manage.py import_policy FILE --document SLUG [--keep --by EMAIL]`: the full text of a policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from policies.access import can_edit
from policies.models import Document
from policies.services.drafts import anchors_before, replace_text
from policies.services.errors import PolicyError
from policies.text.changes import section_changes
from policies.text.reading_files import read_file
from policies.text.sections import SectionText, TextError, keep_anchors, read_markdown
from safeguarding_portal.accounts.models import User


class Command(BaseCommand):
    """Show what a file would change; with --keep put it in a draft, which others must approve."""

    help = "Show what a policy file (.docx, .md) would change; --keep puts it in a draft."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, the document, and whether to keep it."""
        parser.add_argument("file")
        parser.add_argument("--document", required=True, help="for example kinds-of-harm")
        parser.add_argument("--keep", action="store_true", help="put the text in a draft")
        parser.add_argument("--by", help="email address of the policy editor who imports")
        parser.add_argument("--summary", action="store_true", help="it is a summary, in own words")
        parser.add_argument("--missing", default="", help="what of the full text is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Show the changes, and keep the text if asked."""
        document = Document.objects.filter(slug=options["document"]).first()
        if document is None:
            known = ", ".join(Document.objects.values_list("slug", flat=True))
            raise CommandError(f"No document is called '{options['document']}'. Known: {known}.")
        try:
            with Path(options["file"]).open("rb") as file:
                read = read_markdown(read_file(options["file"], file))
        except (OSError, TextError) as error:
            raise CommandError(f"Nothing was changed: {error}.") from error
        self._show(document, read.sections)
        if options["keep"]:
            self._keep(document, read.sections, options)

    def _show(self, document: Document, sections: tuple[SectionText, ...]) -> None:
        before = anchors_before(document, timezone.now())
        changes = section_changes(before, keep_anchors(sections, before))
        for change in changes:
            self.stdout.write(f"{change.words}: {change.heading}")
            if change.kind == "changed":
                for part in change.parts:
                    mark = {"added": "+", "removed": "-"}.get(part.kind)
                    if mark:
                        self.stdout.write(f"  {mark} {part.text.strip()}")
        self.stdout.write(f"{len(sections)} sections.")

    def _keep(
        self, document: Document, sections: tuple[SectionText, ...], options: dict[str, Any]
    ) -> None:
        now = timezone.now()
        person = User.objects.filter(email__iexact=options["by"] or "", is_active=True).first()
        if person is None or not can_edit(person, now):
            raise CommandError("Nothing was changed: name a policy editor with --by.")
        try:
            version = replace_text(
                document.pk, sections, options["summary"], options["missing"], person, now
            )
        except PolicyError as error:
            raise CommandError(f"Nothing was changed: {error}.") from error
        self.stdout.write(f"Version {version.number} is a draft. Send it for review on its page.")
