"""The database itself refuses to change or delete a published version: reports name it."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION contacts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: a published version is kept as it is', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER contacts_directoryversion_kept BEFORE UPDATE OR DELETE ON contacts_directoryversion
    FOR EACH ROW EXECUTE FUNCTION contacts_refuse_change();
"""
BACKWARDS = """
DROP TRIGGER contacts_directoryversion_kept ON contacts_directoryversion;
DROP FUNCTION contacts_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0002_change_sets_and_care")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
