"""The row by which the beats of several hosts agree on who sends."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A new table; the previous release does not know it."""

    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("name", models.SlugField(max_length=20, primary_key=True, serialize=False)),
                ("holder", models.CharField(blank=True, max_length=120)),
                ("term", models.PositiveBigIntegerField(default=0)),
                ("taken_at", models.DateTimeField(null=True)),
                ("renewed_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("last_runs", models.JSONField(default=dict)),
            ],
        ),
    ]
