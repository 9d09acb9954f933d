"""What is said and decided after filing can be found too, whichever service writes it."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION concerns_search_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The thread is the report's: every record of it has the words.
    UPDATE concerns_searchdocument SET text = text || E'\\n' || NEW.text
        WHERE NEW.text <> '' AND concern_id IN (
            SELECT id FROM concerns_concern WHERE report_id = NEW.report_id
        );
    RETURN NULL;
END $$;
CREATE TRIGGER concerns_correspondence_searched AFTER INSERT ON concerns_correspondence
    FOR EACH ROW EXECUTE FUNCTION concerns_search_said();

CREATE FUNCTION concerns_search_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE concerns_searchdocument SET text = text || E'\\n' || NEW.reason
        WHERE NEW.reason <> '' AND concern_id = NEW.concern_id;
    RETURN NULL;
END $$;
CREATE TRIGGER concerns_decision_searched AFTER INSERT ON concerns_decision
    FOR EACH ROW EXECUTE FUNCTION concerns_search_decision();
"""
BACKWARDS = """
DROP TRIGGER concerns_decision_searched ON concerns_decision;
DROP FUNCTION concerns_search_decision();
DROP TRIGGER concerns_correspondence_searched ON concerns_correspondence;
DROP FUNCTION concerns_search_said();
"""


class Migration(migrations.Migration):
    dependencies = [("concerns", "0060_people_and_links")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
