"""A number in the hash of every session: raising it ends all sessions of a person at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_machines")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="session_epoch",
            field=models.PositiveIntegerField(default=0, db_default=0),
        ),
    ]
