"""What a person is to the council; the default is in the database, for the previous release."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_invitation_keptpage")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="kind",
            field=models.CharField(
                choices=[
                    ("staff", "Member of staff"),
                    ("member", "Member (councillor)"),
                    ("contractor", "Contractor"),
                    ("agency_worker", "Agency worker"),
                ],
                db_default="staff",
                default="staff",
                max_length=15,
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("staff", "Member of staff"),
                    ("member", "Member (councillor)"),
                    ("contractor", "Contractor"),
                    ("agency_worker", "Agency worker"),
                ],
                db_default="staff",
                default="staff",
                max_length=15,
            ),
        ),
    ]
