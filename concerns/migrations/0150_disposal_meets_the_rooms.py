"""Disposal meets files, body maps, reads that looked like curiosity, and subject access.

Their keys join the parts, a file's rows are followed through the draft too, and an open request of
somebody for their own data, or an open question about what is right, stands in the way.
"""

from importlib import import_module
from typing import Any

from django.db import migrations

BEFORE = import_module("concerns.migrations.0101_disposal_removes")
PARTS = """
concerns_accesscandidate concern_id concerns_concern remove
concerns_accesscandidate involvement_id concerns_involvement remove
concerns_accessitem concern_id concerns_concern remove
concerns_accessitem report_id concerns_report remove
concerns_accessleave concern_id concerns_concern remove
concerns_accessredaction item_id concerns_accessitem remove
concerns_attachment concern_id concerns_concern remove
concerns_attachment correspondence_id concerns_correspondence remove
concerns_attachment draft_id concerns_draft remove
concerns_attachment note_id concerns_note remove
concerns_attachment report_id concerns_report remove
concerns_bodymark concern_id concerns_concern remove
concerns_curiosityreason concern_id concerns_concern handled
concerns_dataright concern_id concerns_concern remove
concerns_fileshare attachment_id concerns_attachment remove
concerns_fileshare referral_id concerns_referral remove
concerns_struckmark concern_id concerns_concern remove
concerns_unsealing attachment_id concerns_attachment remove
concerns_unsealing concern_id concerns_concern remove
concerns_warningread draft_id concerns_draft remove
"""
# Attachments and the reading of their warning hang on the draft, which goes with its report.
WALK = """
CREATE OR REPLACE FUNCTION concerns_part_condition(p_table text, p_concern bigint, p_report bigint)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (SELECT string_agg(CASE part.refers_to
            WHEN 'concerns_concern' THEN format('%I = %L::bigint', part.column_name, p_concern)
            WHEN 'concerns_report' THEN format('%I = %L::bigint', part.column_name, p_report)
            WHEN 'concerns_draft' THEN format(
                '%I IN (SELECT draft_id FROM concerns_report WHERE id = %L::bigint)',
                part.column_name, p_report)
            ELSE format('%I IN (SELECT id FROM %I WHERE %s)', part.column_name, part.refers_to,
                public.concerns_part_condition(part.refers_to, p_concern, p_report)) END, ' OR ')
        FROM public.concerns_disposalpart part
        WHERE part.table_name = p_table AND part.act = 'remove');
END $$;
"""
BLOCKERS = """
CREATE OR REPLACE FUNCTION concerns_disposal_blockers(p_concern bigint) RETURNS text[]
    LANGUAGE sql STABLE AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN c.state <> 'closed' OR c.closed_at IS NULL THEN 'open' END,
        CASE WHEN EXISTS (SELECT 1 FROM concerns_referral r WHERE r.concern_id = c.id
            AND r.state IN ('offered', 'to_do', 'sent', 'opened', 'returned'))
            THEN 'unaccepted' END,
        CASE WHEN EXISTS (SELECT 1 FROM concerns_call x WHERE x.concern_id = c.id
            AND x.made_at IS NULL AND x.needless_at IS NULL) THEN 'call_due' END,
        CASE WHEN EXISTS (SELECT 1 FROM concerns_task x WHERE x.concern_id = c.id
            AND x.state = 'open') THEN 'task_open' END,
        CASE WHEN EXISTS (SELECT 1 FROM concerns_clock x WHERE x.concern_id = c.id
            AND x.met_at IS NULL) THEN 'clock_running' END,
        CASE WHEN EXISTS (SELECT 1 FROM concerns_bell x WHERE x.concern_id = c.id
            AND x.ended_at IS NULL) THEN 'bell_rings' END,
        CASE WHEN EXISTS (SELECT 1 FROM concerns_approval x WHERE x.concern_id = c.id
            AND x.state = 'waiting') THEN 'closing_asked' END,
        -- Read means that somebody other than its author opened the conversation after it.
        CASE WHEN EXISTS (SELECT 1 FROM concerns_correspondence x WHERE x.report_id = c.report_id
            AND x.from_reporter AND NOT EXISTS (SELECT 1 FROM audit_event e
                WHERE e.report_id = c.report_id AND e.name = 'concern.viewed'
                AND e.actor_id IS DISTINCT FROM x.author_id AND e.recorded_at >= x.created_at
                AND e.detail->'shown' @> '["conversation"]')) THEN 'unread' END,
        CASE WHEN EXISTS (SELECT 1 FROM concerns_exclusion x WHERE x.report_id = c.report_id
            AND x.kind = 'held' AND x.lifted_at IS NULL) THEN 'conflicted' END,
        CASE WHEN EXISTS (SELECT 1 FROM concerns_contest x WHERE x.concern_id = c.id
            AND x.ended_at IS NULL) THEN 'contested' END,
        CASE WHEN EXISTS (SELECT 1 FROM concerns_breakglassreview x
            JOIN concerns_accessgrant g ON g.id = x.grant_id
            WHERE g.concern_id = c.id AND x.reviewed_at IS NULL) THEN 'glass_unreviewed' END,
        CASE WHEN EXISTS (SELECT 1 FROM concerns_custodygap x WHERE x.concern_id = c.id
            AND x.mended_at IS NULL) THEN 'gap_open' END,
        -- Somebody who may be the person asks: not answered, or a complaint about it is not.
        CASE WHEN EXISTS (SELECT 1 FROM concerns_accesscandidate x
            JOIN concerns_accessrequest a ON a.id = x.request_id
            WHERE x.concern_id = c.id AND x.state <> 'dropped' AND (a.ended_at IS NULL
                OR EXISTS (SELECT 1 FROM concerns_accesscomplaint y
                    WHERE y.request_id = a.id AND y.answered_on IS NULL)))
            THEN 'request_open' END,
        CASE WHEN EXISTS (SELECT 1 FROM concerns_dataright x WHERE x.concern_id = c.id
            AND (x.decision = 'waiting' OR x.kind = 'restrict' AND x.decision = 'agreed'
                AND x.ended_at IS NULL)) THEN 'right_open' END,
        CASE WHEN EXISTS (SELECT 1 FROM outbox_message m
            WHERE m.context->>'reference' = c.reference AND m.status IN ('QUEUED', 'SENDING'))
            THEN 'message_waiting' END,
        CASE WHEN EXISTS (SELECT 1 FROM concerns_concernlink l JOIN concerns_concern o
            ON o.id = CASE l.first_id WHEN c.id THEN l.second_id ELSE l.first_id END
            WHERE c.id IN (l.first_id, l.second_id) AND l.ended_at IS NULL
            AND l.state = 'linked' AND o.state <> 'closed') THEN 'linked_open' END,
        CASE WHEN concerns_legal_holds(c.id) <> '{}' THEN 'held' END,
        CASE WHEN t.concern_id IS NULL OR t.concern_version <> c.version
            OR t.schedule_version <> coalesce((SELECT 'council-' || s.id
                FROM concerns_retentionschedule s WHERE s.state = 'published'
                ORDER BY s.answered_at DESC, s.id DESC LIMIT 1), t.schedule_version)
            THEN 'not_computed' END,
        CASE WHEN t.due_on IS NULL OR t.due_on > (now() AT TIME ZONE 'Europe/London')::date
            THEN 'not_due' END
    ], NULL)
    FROM concerns_concern c LEFT JOIN concerns_retention t ON t.concern_id = c.id
    WHERE c.id = p_concern
$$;
"""
# The parts, and before them what no key leads to, or must not simply go.
REMOVE = """
-- A finding about a reader stays, with its points and events; it no longer names the record.
CREATE FUNCTION concerns_loosen_reasons(p_concern bigint) RETURNS void LANGUAGE sql
    SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (DELETE FROM concerns_curiosityreason WHERE concern_id = p_concern
        RETURNING finding_id, signal, points, event_ids)
    INSERT INTO concerns_curiosityreason (finding_id, signal, points, event_ids)
    SELECT finding_id, signal, points, event_ids FROM gone
    ON CONFLICT (finding_id, signal, concern_id) DO UPDATE
        SET event_ids = concerns_curiosityreason.event_ids || EXCLUDED.event_ids;
$$;

-- Copies that were gathered under another record, or as a colleague's, of what goes with this one.
CREATE FUNCTION concerns_forget_copies(p_concern bigint, p_report bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    copies bigint[];
BEGIN
    SELECT array_agg(id) INTO copies FROM concerns_accessitem WHERE key IN (
        SELECT 'draft:' || draft_id FROM concerns_report WHERE id = p_report
        UNION ALL SELECT 'link:' || id FROM concerns_concernlink
            WHERE p_concern IN (first_id, second_id)
        UNION ALL SELECT 'match:' || d.id FROM concerns_matchdecision d
            JOIN concerns_matchcandidate pair ON pair.id = d.candidate_id
            JOIN concerns_matchkey k ON k.id IN (pair.left_id, pair.right_id)
            WHERE k.concern_id = p_concern);
    DELETE FROM concerns_accessredaction WHERE item_id = ANY (copies);
    DELETE FROM concerns_accessitem WHERE id = ANY (copies);
END $$;

-- A request goes on to say when it came and what came of it; who asked, and every word about it,
-- goes with the last record in which the person was found.
CREATE FUNCTION concerns_forget_requests(p_concern bigint) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    forgotten bigint[];
    removed constant text := 'Removed with the record';
BEGIN
    SELECT array_agg(DISTINCT x.request_id) INTO forgotten FROM concerns_accesscandidate x
        WHERE x.concern_id = p_concern AND x.state = 'confirmed' AND NOT EXISTS (
            SELECT 1 FROM concerns_accesscandidate other WHERE other.request_id = x.request_id
            AND other.concern_id <> p_concern AND other.state = 'confirmed');
    UPDATE concerns_accessrequest SET name = removed, requester_name = removed,
        received_how = removed, ended_words = removed, requester_contact = '', authority = '',
        aliases = '', born = NULL, address = '', nhs = '', phones = '', about = '',
        identity_how = '', extended_why = '', changes_left_out = ''
        WHERE id = ANY (forgotten);
    UPDATE concerns_accesspause SET question = removed, answer = ''
        WHERE request_id = ANY (forgotten);
    UPDATE concerns_accesscheck SET words = removed
        WHERE request_id = ANY (forgotten) AND words <> '';
    UPDATE concerns_accesscomplaint SET text = removed, outcome = ''
        WHERE request_id = ANY (forgotten);
END $$;

ALTER FUNCTION concerns_remove_parts(bigint, bigint) RENAME TO concerns_remove_listed_parts;
CREATE FUNCTION concerns_remove_parts(p_concern bigint, p_report bigint) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM concerns_loosen_reasons(p_concern);
    PERFORM concerns_forget_copies(p_concern, p_report);
    PERFORM concerns_forget_requests(p_concern);
    RETURN concerns_remove_listed_parts(p_concern, p_report);
END $$;
"""
KEEP = """
DROP FUNCTION concerns_remove_parts(bigint, bigint);
ALTER FUNCTION concerns_remove_listed_parts(bigint, bigint) RENAME TO concerns_remove_parts;
DROP FUNCTION concerns_forget_requests(bigint);
DROP FUNCTION concerns_forget_copies(bigint, bigint);
DROP FUNCTION concerns_loosen_reasons(bigint);
"""
# Names of files stand in the planner's samples too.
SAMPLES = """
CREATE OR REPLACE FUNCTION concerns_forget_samples() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    sampled text;
    is_empty boolean;
BEGIN
    FOR sampled IN SELECT relname FROM pg_class WHERE relkind = 'r'
        AND relnamespace = 'public'::regnamespace AND relname ~ '^(concerns|outbox|files)_'
    LOOP
        EXECUTE format('ANALYZE %I', sampled);
        -- ANALYZE leaves the samples of a table that is empty by now (PostgreSQL 18 can clear them).
        EXECUTE format('SELECT NOT EXISTS (SELECT 1 FROM %I)', sampled) INTO is_empty;
        IF is_empty AND to_regproc('pg_catalog.pg_clear_attribute_stats') IS NOT NULL THEN
            EXECUTE format($q$SELECT pg_clear_attribute_stats('public', %L, attname, false)
                FROM pg_stats WHERE schemaname = 'public' AND tablename = %L$q$, sampled, sampled);
        END IF;
    END LOOP;
END $$;
"""


def write_parts(apps: Any, schema_editor: Any) -> None:
    """Add the parts of the rooms."""
    part = apps.get_model("concerns", "DisposalPart")
    names = ("table_name", "column_name", "refers_to", "act")
    part.objects.using(schema_editor.connection.alias).bulk_create(
        part(**dict(zip(names, row.split(), strict=True))) for row in PARTS.strip().splitlines()
    )


def drop_parts(apps: Any, schema_editor: Any) -> None:
    """Take them out again."""
    part = apps.get_model("concerns", "DisposalPart")
    tables = {row.split()[0] for row in PARTS.strip().splitlines()}
    part.objects.using(schema_editor.connection.alias).filter(table_name__in=tables).delete()


def again(functions: str) -> str:
    """Return functions of 0101 so that they replace what took their place."""
    return functions.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [
        ("concerns", "0140_synthetic_concerns_are_removed"),
        ("files", "0001_files_at_rest"),
    ]

    operations = [
        migrations.RunPython(write_parts, drop_parts),
        migrations.RunSQL(WALK, again(BEFORE.WALK)),
        migrations.RunSQL(BLOCKERS, again(BEFORE.BLOCKERS)),
        migrations.RunSQL(REMOVE, KEEP),
        migrations.RunSQL(SAMPLES, migrations.RunSQL.noop),
    ]
