"""Filing a report takes its files along; what was sent stays, and so does who opened an original.

The trigger on reports writes what the filing transaction would otherwise have to: one statement
less on the way of every report, files or none.
"""

from django.db import migrations

FOLLOW = """
CREATE FUNCTION concerns_attachments_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE concerns_attachment SET report_id = NEW.id, sent_at = NEW.received_at, told_at = NULL
    WHERE draft_id = NEW.draft_id;
    RETURN NULL;
END $$;
CREATE TRIGGER concerns_report_attachments AFTER INSERT ON concerns_report
FOR EACH ROW EXECUTE FUNCTION concerns_attachments_follow();
"""
UNFOLLOW = """
DROP TRIGGER concerns_report_attachments ON concerns_report;
DROP FUNCTION concerns_attachments_follow();
"""
KEPT = """
CREATE TRIGGER concerns_attachment_kept BEFORE DELETE ON concerns_attachment
FOR EACH ROW WHEN (OLD.sent_at IS NOT NULL) EXECUTE FUNCTION concerns_refuse_change();
CREATE TRIGGER concerns_fileshare_kept BEFORE DELETE ON concerns_fileshare
FOR EACH ROW EXECUTE FUNCTION concerns_refuse_change();
CREATE TRIGGER concerns_unsealing_kept BEFORE UPDATE OR DELETE ON concerns_unsealing
FOR EACH ROW EXECUTE FUNCTION concerns_refuse_change();
"""
UNKEPT = """
DROP TRIGGER concerns_attachment_kept ON concerns_attachment;
DROP TRIGGER concerns_fileshare_kept ON concerns_fileshare;
DROP TRIGGER concerns_unsealing_kept ON concerns_unsealing;
"""


class Migration(migrations.Migration):
    dependencies = [("concerns", "0070_attachments")]

    operations = [
        migrations.RunSQL(FOLLOW, UNFOLLOW),
        migrations.RunSQL(KEPT, UNKEPT),
    ]
