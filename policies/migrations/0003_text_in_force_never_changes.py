"""The database itself keeps what people have read, linked to, confirmed and reported under."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION policies_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: this record is kept as it is', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION policies_draft_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM policies_documentversion
        WHERE id = COALESCE(OLD.version_id, NEW.version_id) AND state <> 'draft'
    ) THEN
        RAISE EXCEPTION 'the text of a version changes only while it is a draft'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER policies_section_kept BEFORE INSERT OR UPDATE OR DELETE ON policies_section
    FOR EACH ROW EXECUTE FUNCTION policies_draft_only();
CREATE TRIGGER policies_version_kept BEFORE UPDATE OR DELETE ON policies_documentversion
    FOR EACH ROW WHEN (OLD.state = 'published' AND OLD.effective_from <= now())
    EXECUTE FUNCTION policies_refuse_change();
CREATE TRIGGER policies_confirmation_kept BEFORE UPDATE OR DELETE ON policies_confirmation
    FOR EACH ROW EXECUTE FUNCTION policies_refuse_change();
CREATE TRIGGER policies_state_kept BEFORE UPDATE OR DELETE ON policies_policyversion
    FOR EACH ROW WHEN (OLD.published_at <= now())
    EXECUTE FUNCTION policies_refuse_change();
"""
BACKWARDS = """
DROP TRIGGER policies_state_kept ON policies_policyversion;
DROP TRIGGER policies_confirmation_kept ON policies_confirmation;
DROP TRIGGER policies_version_kept ON policies_documentversion;
DROP TRIGGER policies_section_kept ON policies_section;
DROP FUNCTION policies_draft_only();
DROP FUNCTION policies_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("policies", "0002_documents_in_versions")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
