"""Load the invented people of a demonstration, or print how to sign in as them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from safeguarding_portal.accounts.demo import (
    DEMO_PASSWORD,
    DIRECTORATES,
    PEOPLE,
    TEAMS,
    DemoPerson,
)
from safeguarding_portal.accounts.demo_codes import give_app
from safeguarding_portal.accounts.models import Directorate, Membership, Team, User


class Command(BaseCommand):
    """Idempotent: what is there already is put right, not doubled."""

    help = "Load invented people for a demonstration (only with PORTAL_MODE=demo)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer `--show`."""
        parser.add_argument("--show", action="store_true", help="print the sign-ins and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load or show; refuse outside a demonstration, since everybody knows the password."""
        if not settings.IS_DEMO:
            raise CommandError("Demo people exist only with PORTAL_MODE=demo.")
        if options["show"]:
            self._show()
            return
        with transaction.atomic():
            load_demo_people()
        self.stdout.write(f"{len(PEOPLE)} invented people are ready.")

    def _show(self) -> None:
        rows = [person for person in PEOPLE if person.shows]
        width = max(len(person.email) for person in rows)
        self.stdout.write(f"Demo sign-ins, all with the password: {DEMO_PASSWORD}")
        self.stdout.write("People with a role also enter a code; the page that asks shows it.")
        for person in rows:
            self.stdout.write(f"  {person.email:<{width}}  {person.shows}")


def load_demo_people() -> None:
    """Write directorates, teams, people, their roles and who stands in for whom."""
    directorates = {
        slug: Directorate.objects.update_or_create(slug=slug, defaults={"name": name})[0]
        for slug, name in DIRECTORATES.items()
    }
    teams = {
        team.slug: Team.objects.update_or_create(
            slug=team.slug,
            defaults={
                "name": team.name,
                "group": team.group,
                "directorate": directorates.get(team.directorate),
            },
        )[0]
        for team in TEAMS
    }
    users = {
        person.name: _load_person(number, person, directorates[person.directorate])
        for number, person in enumerate(PEOPLE)
    }
    for person in PEOPLE:
        user = users[person.name]
        user.manager = users.get(person.manager)
        user.save()
        user.deputies.set(users[name] for name in person.deputies)
        for role, slug in person.roles:
            Membership.objects.get_or_create(
                user=user, role=role, team=teams.get(slug), ends_at=None
            )


def _load_person(number: int, person: DemoPerson, directorate: Directorate) -> User:
    user = User.objects.filter(email=person.email).first() or User(email=person.email)
    user.full_name = person.name
    user.job_title = person.job_title
    user.directorate = directorate
    user.work_phone = f"0121 496 0{100 + number}"
    if not user.has_usable_password() or not user.check_password(DEMO_PASSWORD):
        user.set_password(DEMO_PASSWORD)
    user.save()
    give_app(user)
    EmailAddress.objects.update_or_create(
        user=user, email=person.email, defaults={"verified": True, "primary": True}
    )
    return user
