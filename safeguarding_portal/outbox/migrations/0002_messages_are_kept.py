"""No message is ever deleted: the row is what was promised."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION outbox_refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: messages are kept', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER outbox_message_kept BEFORE DELETE ON outbox_message
    FOR EACH ROW EXECUTE FUNCTION outbox_refuse_removal();
"""
BACKWARDS = """
DROP TRIGGER outbox_message_kept ON outbox_message;
DROP FUNCTION outbox_refuse_removal();
"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
