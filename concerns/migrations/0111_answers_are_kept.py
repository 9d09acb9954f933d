"""What was asked, searched, held back, checked and answered is the evidence of it: never deleted.

A decision about a correction, once made, stays as it was; only the end of a restriction and whom
was told may be added.
"""

from django.db import migrations

KEPT = (
    "accessrequest",
    "accesspause",
    "accessgathering",
    "accesscandidate",
    "accessleave",
    "accessitem",
    "accessredaction",
    "accesscheck",
    "accesscomplaint",
    "dataright",
)
DECIDED = """
CREATE FUNCTION concerns_dataright_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.what, NEW.statement, NEW.asked_by, NEW.kind, NEW.concern_id)
        IS DISTINCT FROM (OLD.what, OLD.statement, OLD.asked_by, OLD.kind, OLD.concern_id)
        OR OLD.decision <> 'waiting' AND (NEW.decision, NEW.reason, NEW.correction, NEW.decided_at)
        IS DISTINCT FROM (OLD.decision, OLD.reason, OLD.correction, OLD.decided_at) THEN
        RAISE EXCEPTION 'What a person said of a record, and what was decided, is not changed.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER concerns_dataright_stays BEFORE UPDATE ON concerns_dataright
    FOR EACH ROW EXECUTE FUNCTION concerns_dataright_stays();
"""
UNDECIDED = """
DROP TRIGGER concerns_dataright_stays ON concerns_dataright;
DROP FUNCTION concerns_dataright_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("concerns", "0110_subject_access")]

    operations = [
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER concerns_{table}_kept BEFORE DELETE ON concerns_{table} "
                "FOR EACH ROW EXECUTE FUNCTION concerns_refuse_change();",
                f"DROP TRIGGER concerns_{table}_kept ON concerns_{table};",
            )
            for table in KEPT
        ),
        migrations.RunSQL(DECIDED, UNDECIDED),
    ]
