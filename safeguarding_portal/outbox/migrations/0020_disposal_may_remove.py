"""What is kept bends for disposal alone: for the one function of the owner that removes a record.

`portal_is_disposing` is true only while a SECURITY DEFINER function of the table's owner runs that
has said so: the portal's own role cannot become the owner, whatever it sets.
"""

from django.db import migrations

BEND = """
CREATE FUNCTION portal_is_disposing(p_table oid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('portal.disposing', true), '') = 'on'
        AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = p_table)
$$;
CREATE OR REPLACE FUNCTION outbox_refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND portal_is_disposing(TG_RELID) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% on % is refused: messages are kept', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE FUNCTION outbox_refuse_other_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND portal_is_disposing(TG_RELID) THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.source, NEW.kind, NEW.dedupe_key, NEW.ids, NEW.code,
        NEW.happened_at, NEW.received_at) IS NOT DISTINCT FROM (OLD.source, OLD.kind,
        OLD.dedupe_key, OLD.ids, OLD.code, OLD.happened_at, OLD.received_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: reports are kept', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""
STRAIGHTEN = """
CREATE OR REPLACE FUNCTION outbox_refuse_other_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.source, NEW.kind, NEW.dedupe_key, NEW.ids, NEW.code,
        NEW.happened_at, NEW.received_at) IS NOT DISTINCT FROM (OLD.source, OLD.kind,
        OLD.dedupe_key, OLD.ids, OLD.code, OLD.happened_at, OLD.received_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: reports are kept', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE FUNCTION outbox_refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: messages are kept', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
DROP FUNCTION portal_is_disposing(oid);
"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0003_receipts_and_reports")]

    operations = [migrations.RunSQL(BEND, STRAIGHTEN)]
