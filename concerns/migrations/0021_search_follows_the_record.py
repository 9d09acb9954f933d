"""The search document follows its concern, whichever service writes.

A note is added to it, a change of team or restriction is repeated in it, and every word of a name
is kept once, so that a misspelt name finds its right spelling.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION concerns_search_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE concerns_searchdocument SET text = text || E'\\n' || NEW.text
        WHERE concern_id = NEW.concern_id;
    RETURN NULL;
END $$;
CREATE TRIGGER concerns_note_searched AFTER INSERT ON concerns_note
    FOR EACH ROW EXECUTE FUNCTION concerns_search_note();

CREATE FUNCTION concerns_search_scope() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE concerns_searchdocument SET team_id = NEW.team_id, restricted = NEW.restricted
        WHERE concern_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER concerns_concern_searched AFTER UPDATE OF team_id, restricted ON concerns_concern
    FOR EACH ROW WHEN (
        OLD.team_id IS DISTINCT FROM NEW.team_id OR OLD.restricted IS DISTINCT FROM NEW.restricted
    ) EXECUTE FUNCTION concerns_search_scope();

CREATE FUNCTION concerns_search_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO concerns_nameword (word)
        SELECT DISTINCT word FROM added, unnest(tsvector_to_array(to_tsvector('simple', names)))
            AS word
        WHERE length(word) BETWEEN 3 AND 200
        ORDER BY word
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER concerns_searchdocument_names AFTER INSERT ON concerns_searchdocument
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION concerns_search_names();
CREATE TRIGGER concerns_searchdocument_new_names AFTER UPDATE ON concerns_searchdocument
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION concerns_search_names();

-- How often a word occurs decides how it is looked for: keep count of ten thousand words, not of one.
ALTER TABLE concerns_searchdocument ALTER COLUMN words SET STATISTICS 1000;

CREATE FUNCTION concerns_note_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE concerns_concern SET has_grants = true
        WHERE NOT has_grants AND id IN (SELECT concern_id FROM added);
    RETURN NULL;
END $$;
CREATE TRIGGER concerns_accessgrant_noted AFTER INSERT ON concerns_accessgrant
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION concerns_note_grants();
-- A record that was read before the grant and is saved after it must not take the mark away.
CREATE FUNCTION concerns_keep_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.has_grants = true;
    RETURN NEW;
END $$;
CREATE TRIGGER concerns_concern_grants_kept BEFORE UPDATE ON concerns_concern
    FOR EACH ROW WHEN (OLD.has_grants AND NOT NEW.has_grants)
    EXECUTE FUNCTION concerns_keep_grants();
UPDATE concerns_concern SET has_grants = true
    WHERE id IN (SELECT concern_id FROM concerns_accessgrant);

CREATE TRIGGER concerns_bundleitem_kept BEFORE DELETE ON concerns_bundleitem
    FOR EACH ROW EXECUTE FUNCTION concerns_refuse_change();
"""
BACKWARDS = """
ALTER TABLE concerns_searchdocument ALTER COLUMN words SET STATISTICS DEFAULT;
DROP TRIGGER concerns_bundleitem_kept ON concerns_bundleitem;
DROP TRIGGER concerns_concern_grants_kept ON concerns_concern;
DROP FUNCTION concerns_keep_grants();
DROP TRIGGER concerns_accessgrant_noted ON concerns_accessgrant;
DROP FUNCTION concerns_note_grants();
DROP TRIGGER concerns_searchdocument_new_names ON concerns_searchdocument;
DROP TRIGGER concerns_searchdocument_names ON concerns_searchdocument;
DROP FUNCTION concerns_search_names();
DROP TRIGGER concerns_concern_searched ON concerns_concern;
DROP FUNCTION concerns_search_scope();
DROP TRIGGER concerns_note_searched ON concerns_note;
DROP FUNCTION concerns_search_note();
"""


class Migration(migrations.Migration):
    dependencies = [("concerns", "0020_queue_and_search")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
