"""The database itself refuses to change what was filed, and to delete anything in custody.

Good manners in the application are not enough for a record that may stand before a court. Disposal
at the end of a record's life will come through one definer function (a later migration), which is
the only way round these triggers.
"""

from django.db import migrations

FROZEN = ("concerns_report", "concerns_involvement", "concerns_note")
KEPT = (
    "concerns_concern",
    "concerns_referral",
    "concerns_call",
    "concerns_clock",
    "concerns_exclusion",
    "concerns_accessgrant",
)

FORWARDS = """
CREATE FUNCTION concerns_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: this record is kept as it is', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""
BACKWARDS = "DROP FUNCTION concerns_refuse_change();"


def trigger(table: str, events: str) -> migrations.RunSQL:
    """Refuse the events on every row of the table."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_kept BEFORE {events} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION concerns_refuse_change();",
        f"DROP TRIGGER {table}_kept ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("concerns", "0001_initial")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
        *(trigger(table, "UPDATE OR DELETE") for table in FROZEN),
        *(trigger(table, "DELETE") for table in KEPT),
    ]
