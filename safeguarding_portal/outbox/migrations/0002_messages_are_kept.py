"""No message is ever deleted: the row is what was promised. Fires in replication mode as well."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION outbox_refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: messages are kept', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER outbox_message_kept BEFORE DELETE ON outbox_message
    FOR EACH ROW EXECUTE FUNCTION outbox_refuse_removal();
CREATE TRIGGER outbox_message_table_kept BEFORE TRUNCATE ON outbox_message
    FOR EACH STATEMENT EXECUTE FUNCTION outbox_refuse_removal();
ALTER TABLE outbox_message ENABLE ALWAYS TRIGGER outbox_message_kept;
ALTER TABLE outbox_message ENABLE ALWAYS TRIGGER outbox_message_table_kept;
"""
BACKWARDS = """
DROP TRIGGER outbox_message_table_kept ON outbox_message;
DROP TRIGGER outbox_message_kept ON outbox_message;
DROP FUNCTION outbox_refuse_removal();
"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
