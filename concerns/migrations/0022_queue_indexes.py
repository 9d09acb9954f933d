"""Indexes of the queue's views, built while the portal is in use."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # CREATE INDEX CONCURRENTLY cannot run in a transaction.
    atomic = False

    dependencies = [("concerns", "0021_search_follows_the_record")]

    operations = [
        AddIndexConcurrently(
            model_name="concern",
            index=models.Index(
                models.OrderBy(models.F("is_p1"), descending=True),
                models.OrderBy(models.F("next_due_at"), nulls_last=True),
                models.F("id"),
                condition=models.Q(("state", "closed"), _negated=True),
                name="concern_open_all_teams",
            ),
        ),
        AddIndexConcurrently(
            model_name="concern",
            index=models.Index(
                models.F("owner"),
                models.OrderBy(models.F("is_p1"), descending=True),
                models.OrderBy(models.F("next_due_at"), nulls_last=True),
                models.F("id"),
                condition=models.Q(("state", "closed"), _negated=True),
                name="concern_open_by_owner",
            ),
        ),
        AddIndexConcurrently(
            model_name="concern",
            index=models.Index(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=["team", "restricted"],
                include=("id", "has_grants", "report", "state", "owner", "next_due_at"),
                name="concern_open_counts",
            ),
        ),
        AddIndexConcurrently(
            model_name="concern",
            index=models.Index(
                condition=models.Q(
                    models.Q(("state", "closed"), _negated=True), ("has_grants", True)
                ),
                fields=["id"],
                name="concern_open_granted",
            ),
        ),
        AddIndexConcurrently(
            model_name="concern",
            index=GinIndex(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=["categories", "flags"],
                name="concern_open_worries",
            ),
        ),
        AddIndexConcurrently(
            model_name="concern",
            index=models.Index(
                models.F("team"),
                models.OrderBy(models.F("closed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("state", "closed")),
                name="concern_closed_by_team",
            ),
        ),
        AddIndexConcurrently(
            model_name="concern",
            index=models.Index(
                models.OrderBy(models.F("closed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("state", "closed")),
                name="concern_closed",
            ),
        ),
    ]
