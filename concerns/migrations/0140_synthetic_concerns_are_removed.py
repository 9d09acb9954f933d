"""Synthetic concerns prove nothing once they are old, and are nobody's record: they go by themselves.

Only rows that say `is_synthetic` go, by the same parts that disposal follows; the application's own
role cannot write that mark onto a concern that is there (trigger below).
"""

from django.db import migrations

REMOVE = """
CREATE FUNCTION concerns_remove_synthetic(p_before timestamptz) RETURNS integer LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    old record;
    gone integer := 0;
BEGIN
    PERFORM set_config('portal.disposing', 'on', true);
    FOR old IN SELECT c.id, c.report_id, r.draft_id FROM concerns_concern c
        JOIN concerns_report r ON r.id = c.report_id
        WHERE c.is_synthetic AND c.received_at < p_before ORDER BY c.id LIMIT 200
        FOR UPDATE OF c
    LOOP
        PERFORM concerns_remove_messages(old.id, old.report_id);
        PERFORM concerns_remove_parts(old.id, old.report_id);
        DELETE FROM concerns_concern WHERE id = old.id;
        DELETE FROM concerns_report WHERE id = old.report_id;
        DELETE FROM concerns_draft WHERE id = old.draft_id;
        gone := gone + 1;
    END LOOP;
    PERFORM set_config('portal.disposing', '', true);
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION concerns_remove_synthetic(timestamptz) FROM PUBLIC;

CREATE FUNCTION concerns_synthetic_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a concern is synthetic from the beginning or never'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER concern_synthetic_stays BEFORE UPDATE OF is_synthetic ON concerns_concern
    FOR EACH ROW WHEN (OLD.is_synthetic IS DISTINCT FROM NEW.is_synthetic)
    EXECUTE FUNCTION concerns_synthetic_stays();
"""
GONE = """
DROP TRIGGER concern_synthetic_stays ON concerns_concern;
DROP FUNCTION concerns_synthetic_stays();
DROP FUNCTION concerns_remove_synthetic(timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("concerns", "0111_answers_are_kept")]

    operations = [migrations.RunSQL(REMOVE, GONE)]
