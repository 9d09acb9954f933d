"""Seals over the events, kept like them; and a function that says up to where events have settled."""

import django.contrib.postgres.fields
from django.db import migrations, models

FORWARDS = """
CREATE TRIGGER audit_seal_rows BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_seal_table BEFORE TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE audit_seal ENABLE ALWAYS TRIGGER audit_seal_rows;
ALTER TABLE audit_seal ENABLE ALWAYS TRIGGER audit_seal_table;
CREATE FUNCTION audit_settled_until() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public SET lock_timeout = '1s' AS $$
BEGIN
    -- Waits for every INSERT under way, and lets none begin while it looks.
    LOCK TABLE public.audit_event IN SHARE MODE;
    RETURN (SELECT max(id) FROM public.audit_event);
END $$;
REVOKE ALL ON FUNCTION audit_settled_until() FROM PUBLIC;
"""
BACKWARDS = """
DROP FUNCTION audit_settled_until();
DROP TRIGGER audit_seal_table ON audit_seal;
DROP TRIGGER audit_seal_rows ON audit_seal;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_events_only_grow")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed_at", models.DateTimeField()),
                (
                    "event_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                ("leaves", models.BinaryField()),
                ("root", models.CharField(max_length=64)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("signature", models.CharField(max_length=128)),
            ],
            options={"ordering": ("id",)},
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
