"""The ledger tells every state of a referral, whoever writes it; and it is only added to.

Good manners are not enough to hold two tables together: the statement that changes a referral's
state writes the row of the ledger, by trigger. Referrals that were there before get the rows that
their columns tell of.
"""

from django.db import migrations

TELL = """
CREATE FUNCTION concerns_tell_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ends boolean := NEW.state IN ('accepted', 'returned', 'done');
    by_link boolean := ends AND NEW.ended_via = 'link';
    who bigint;
    said_at timestamptz;
    shown_by text := '';
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.state = OLD.state THEN
        RETURN NULL;
    END IF;
    said_at := CASE
        WHEN ends THEN NEW.ended_at
        WHEN NEW.state = 'opened' THEN NEW.opened_at
        WHEN TG_OP = 'INSERT' THEN NEW.created_at
        ELSE NEW.decided_at END;
    who := CASE WHEN by_link OR NEW.state = 'opened' THEN NULL
        WHEN ends THEN NEW.recorded_by_id ELSE NEW.decided_by_id END;
    IF by_link OR NEW.state = 'opened' THEN
        SELECT 'code:' || max(id) INTO shown_by FROM concerns_agencycode
            WHERE referral_id = NEW.id;
    ELSIF ends AND NEW.ended_via = 'call' THEN
        SELECT 'call:' || max(id) INTO shown_by FROM concerns_call
            WHERE concern_id = NEW.concern_id AND agency_slug = NEW.agency_slug
            AND made_at IS NOT NULL;
    END IF;
    INSERT INTO concerns_legevent (referral_id, kind, happened_at, recorded_at, actor_id,
        actor_label, evidence, name, role, phone, reason)
    VALUES (
        NEW.id,
        CASE NEW.state WHEN 'sent' THEN 'queued' ELSE NEW.state END,
        COALESCE(said_at, CASE TG_OP WHEN 'INSERT' THEN NEW.created_at ELSE clock_timestamp() END),
        clock_timestamp(),
        who,
        CASE WHEN who IS NOT NULL THEN '' WHEN by_link OR NEW.state = 'opened' THEN 'agency'
            WHEN TG_OP = 'INSERT' THEN 'rules' ELSE 'council' END,
        COALESCE(shown_by, ''),
        CASE WHEN ends THEN NEW.ended_by_name ELSE '' END,
        CASE WHEN ends THEN NEW.ended_by_role ELSE '' END,
        CASE WHEN ends THEN NEW.ended_by_phone ELSE '' END,
        CASE NEW.state WHEN 'returned' THEN NEW.returned_reason ELSE '' END
    );
    RETURN NULL;
END $$;
CREATE TRIGGER concerns_referral_tells AFTER INSERT OR UPDATE OF state ON concerns_referral
    FOR EACH ROW EXECUTE FUNCTION concerns_tell_ledger();
"""
SILENCE = """
DROP TRIGGER concerns_referral_tells ON concerns_referral;
DROP FUNCTION concerns_tell_ledger();
"""
EARLIER = """
INSERT INTO concerns_legevent (referral_id, kind, happened_at, recorded_at, actor_id,
    actor_label, evidence, name, role, phone, reason)
    SELECT id, CASE WHEN state IN ('offered', 'withdrawn') THEN 'offered'
        WHEN link_hash IS NOT NULL THEN 'queued' ELSE 'to_do' END,
        created_at, now(), NULL, 'rules', '', '', '', '', ''
    FROM concerns_referral;
INSERT INTO concerns_legevent (referral_id, kind, happened_at, recorded_at, actor_id,
    actor_label, evidence, name, role, phone, reason)
    SELECT id, 'opened', opened_at, now(), NULL, 'agency', '', '', '', '', ''
    FROM concerns_referral WHERE opened_at IS NOT NULL;
INSERT INTO concerns_legevent (referral_id, kind, happened_at, recorded_at, actor_id,
    actor_label, evidence, name, role, phone, reason)
    SELECT id, state, COALESCE(ended_at, created_at), now(), recorded_by_id,
        CASE WHEN recorded_by_id IS NOT NULL THEN '' WHEN ended_via = 'link' THEN 'agency'
        ELSE 'council' END, '', ended_by_name, ended_by_role, ended_by_phone,
        CASE state WHEN 'returned' THEN returned_reason ELSE '' END
    FROM concerns_referral WHERE state IN ('accepted', 'returned', 'done', 'withdrawn');
"""


def keep(table: str, events: str) -> migrations.RunSQL:
    """Refuse these events on every row of a table."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_kept BEFORE {events} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION concerns_refuse_change();",
        f"DROP TRIGGER {table}_kept ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("concerns", "0040_ledger_of_custody")]

    operations = [
        migrations.RunSQL(EARLIER, migrations.RunSQL.noop),
        migrations.RunSQL(TELL, SILENCE),
        keep("concerns_legevent", "UPDATE OR DELETE"),
        keep("concerns_dailystatement", "UPDATE OR DELETE"),
        keep("concerns_custodygap", "DELETE"),
    ]
