"""Disposal in the database itself: what stands in its way, and the one function that removes.

`concerns_disposal_blockers` says why a concern cannot be disposed of now (the words are in
`concerns.rules.disposal`). `concerns_dispose` asks it again with the record locked, removes all rows
that `concerns_disposalpart` leads to, and writes the record that stays. It belongs to the owner of
the tables; for everybody and everything else the triggers of 0002 and later refuse as before.
"""

from typing import Any

from django.db import migrations

FROZEN = {
    "concerns_disposalrecord": "UPDATE OR DELETE",
    "concerns_disposalbatch": "DELETE",
    "concerns_disposalitem": "DELETE",
    "concerns_retentionschedule": "DELETE",
    "concerns_retention": "DELETE",
    "concerns_legalhold": "DELETE",
}
PARTS = """
concerns_accessgrant concern_id concerns_concern remove
concerns_agencycode referral_id concerns_referral remove
concerns_approval concern_id concerns_concern remove
concerns_approval duplicate_of_id concerns_concern unlink
concerns_bell concern_id concerns_concern remove
concerns_bellwarning referral_id concerns_referral remove
concerns_breakglassreview grant_id concerns_accessgrant remove
concerns_bundleitem bundle_id concerns_bundle handled
concerns_bundleitem concern_id concerns_concern remove
concerns_call concern_id concerns_concern remove
concerns_call referral_id concerns_referral remove
concerns_checklistanswer concern_id concerns_concern remove
concerns_clock concern_id concerns_concern remove
concerns_concern report_id concerns_report handled
concerns_concernlink first_id concerns_concern remove
concerns_concernlink second_id concerns_concern remove
concerns_contest concern_id concerns_concern remove
concerns_contest referral_id concerns_referral remove
concerns_conteststage contest_id concerns_contest remove
concerns_correspondence concern_id concerns_concern remove
concerns_correspondence report_id concerns_report remove
concerns_custodygap concern_id concerns_concern remove
concerns_decision approval_id concerns_approval remove
concerns_decision concern_id concerns_concern remove
concerns_decision reassessment_id concerns_reassessment remove
concerns_disposalitem batch_id concerns_disposalbatch stays
concerns_disposalitem concern_id concerns_concern unlink
concerns_disposalrecord batch_id concerns_disposalbatch stays
concerns_exclusion report_id concerns_report remove
concerns_filterwatch saved_filter_id concerns_savedfilter handled
concerns_involvement concern_id concerns_concern remove
concerns_legalhold concern_id concerns_concern remove
concerns_legalhold involvement_id concerns_involvement remove
concerns_legalhold report_id concerns_report remove
concerns_legevent referral_id concerns_referral remove
concerns_matchcandidate left_id concerns_matchkey remove
concerns_matchcandidate right_id concerns_matchkey remove
concerns_matchdecision candidate_id concerns_matchcandidate remove
concerns_matchkey concern_id concerns_concern remove
concerns_matchkey involvement_id concerns_involvement remove
concerns_matchkey person_id concerns_person handled
concerns_matchkey report_id concerns_report remove
concerns_matchkey root_id concerns_matchkey handled
concerns_note concern_id concerns_concern remove
concerns_paperform batch_id concerns_paperbatch stays
concerns_paperform draft_id concerns_draft handled
concerns_paperform report_id concerns_report remove
concerns_reassessment concern_id concerns_concern remove
concerns_referral concern_id concerns_concern remove
concerns_report draft_id concerns_draft handled
concerns_retention concern_id concerns_concern remove
concerns_searchdocument concern_id concerns_concern remove
concerns_task concern_id concerns_concern remove
outbox_receipt message_id outbox_message handled
"""
BEND = """
CREATE OR REPLACE FUNCTION concerns_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND portal_is_disposing(TG_RELID) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% on % is refused: this record is kept as it is', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""
STRAIGHTEN = """
CREATE OR REPLACE FUNCTION concerns_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: this record is kept as it is', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""
HOLDS = """
CREATE FUNCTION concerns_legal_holds(p_concern bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(h.id ORDER BY h.id), '{}')
    FROM concerns_legalhold h, concerns_concern c
    WHERE c.id = p_concern AND h.lifted_at IS NULL AND CASE h.kind
        WHEN 'concern' THEN h.concern_id = c.id
        WHEN 'report' THEN h.report_id = c.report_id
        WHEN 'inquiry' THEN
            (h.received_from IS NULL
                OR h.received_from <= (c.received_at AT TIME ZONE 'Europe/London')::date)
            AND (h.received_to IS NULL
                OR h.received_to >= (c.received_at AT TIME ZONE 'Europe/London')::date)
            AND (h."group" = '' OR h."group" = c."group")
            AND (h.categories = '{}' OR h.categories && (c.categories || c.flags))
        -- The person in this concern, in the same report, and wherever leads said it is them.
        ELSE EXISTS (SELECT 1 FROM concerns_involvement i
                WHERE i.id = h.involvement_id AND i.concern_id = c.id)
            OR EXISTS (
                SELECT 1
                FROM concerns_matchkey theirs
                JOIN concerns_matchkey held_root
                    ON held_root.id = coalesce(theirs.root_id, theirs.id)
                JOIN concerns_matchkey mine ON mine.concern_id = c.id
                JOIN concerns_matchkey my_root ON my_root.id = coalesce(mine.root_id, mine.id)
                WHERE theirs.involvement_id = h.involvement_id
                    AND (my_root.id = held_root.id OR my_root.person_id = held_root.person_id)
            )
        END
$$;
"""
BLOCKERS = """
CREATE FUNCTION concerns_disposal_blockers(p_concern bigint) RETURNS text[]
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
# The rows of one table that go: those behind each of its keys that leads to what goes.
WALK = """
CREATE FUNCTION concerns_part_condition(p_table text, p_concern bigint, p_report bigint)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (SELECT string_agg(CASE part.refers_to
            WHEN 'concerns_concern' THEN format('%I = %L::bigint', part.column_name, p_concern)
            WHEN 'concerns_report' THEN format('%I = %L::bigint', part.column_name, p_report)
            ELSE format('%I IN (SELECT id FROM %I WHERE %s)', part.column_name, part.refers_to,
                public.concerns_part_condition(part.refers_to, p_concern, p_report)) END, ' OR ')
        FROM public.concerns_disposalpart part
        WHERE part.table_name = p_table AND part.act = 'remove');
END $$;
CREATE FUNCTION concerns_part_depth(p_table text) RETURNS integer LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT 1 + max(public.concerns_part_depth(part.refers_to))
        FROM public.concerns_disposalpart part
        WHERE part.table_name = p_table AND part.act = 'remove'), 0);
END $$;
"""
HELPERS = """
-- Another concern of the report names the same person: what leads said of them moves there.
CREATE FUNCTION concerns_move_roots(p_concern bigint) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone record;
BEGIN
    FOR gone IN
        SELECT k.id, k.person_id, min(other.id) AS heir
        FROM concerns_matchkey k
        JOIN concerns_matchkey other ON other.root_id = k.id AND other.concern_id <> p_concern
        WHERE k.concern_id = p_concern GROUP BY k.id, k.person_id
    LOOP
        UPDATE concerns_matchkey SET root_id = gone.heir
            WHERE root_id = gone.id AND concern_id <> p_concern;
        UPDATE concerns_matchkey SET person_id = gone.person_id WHERE id = gone.heir;
        UPDATE concerns_matchcandidate SET
            left_id = least(gone.heir, left_id + right_id - gone.id),
            right_id = greatest(gone.heir, left_id + right_id - gone.id)
            WHERE gone.id IN (left_id, right_id);
    END LOOP;
END $$;

-- What the search kept: words of names that no other record has, filters that asked for nobody else.
CREATE FUNCTION concerns_forget_words(p_concern bigint) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found concerns_searchdocument;
    forgotten bigint[];
BEGIN
    SELECT * INTO found FROM concerns_searchdocument WHERE concern_id = p_concern;
    UPDATE concerns_filterwatch SET known = array_remove(known, p_concern)
        WHERE p_concern = ANY (known);
    IF found.concern_id IS NULL THEN
        RETURN;
    END IF;
    SELECT array_agg(kept.id) INTO forgotten
    FROM concerns_savedfilter kept,
        LATERAL (SELECT plainto_tsquery('simple', kept.query->'text'->>0) AS exact,
            plainto_tsquery('english', kept.query->'text'->>0) AS loose) asked
    WHERE coalesce(kept.query->'text'->>0, '') <> ''
        AND (found.words @@ asked.exact OR found.words @@ asked.loose)
        AND NOT EXISTS (SELECT 1 FROM concerns_searchdocument other
            WHERE other.concern_id <> p_concern
            AND (other.words @@ asked.exact OR other.words @@ asked.loose));
    DELETE FROM concerns_filterwatch WHERE saved_filter_id = ANY (forgotten);
    DELETE FROM concerns_savedfilter WHERE id = ANY (forgotten);
    DELETE FROM concerns_nameword w
        WHERE w.word = ANY (tsvector_to_array(to_tsvector('simple', found.names)))
        AND NOT EXISTS (SELECT 1 FROM concerns_searchdocument other
            WHERE other.concern_id <> p_concern AND other.words @@ quote_literal(w.word)::tsquery);
END $$;

-- The messages about a concern and, when it is the last, about its report; with their receipts.
CREATE FUNCTION concerns_remove_messages(p_concern bigint, p_report bigint) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    doomed bigint[];
    receipts integer;
BEGIN
    SELECT array_agg(m.id) INTO doomed FROM outbox_message m WHERE
        m.context->>'reference' IN (SELECT reference FROM concerns_concern WHERE id = p_concern
            UNION ALL SELECT reference FROM concerns_report WHERE id = p_report)
        OR m.subject_type = 'draft' AND m.subject_id IN (
            SELECT draft_id::text FROM concerns_report WHERE id = p_report);
    DELETE FROM outbox_receipt WHERE message_id = ANY (doomed);
    GET DIAGNOSTICS receipts = ROW_COUNT;
    DELETE FROM outbox_message WHERE id = ANY (doomed);
    RETURN jsonb_strip_nulls(jsonb_build_object(
        'outbox_message', cardinality(doomed), 'outbox_receipt', nullif(receipts, 0)));
END $$;

-- Every row that the parts lead to, the deepest first; returns how many of each table.
CREATE FUNCTION concerns_remove_parts(p_concern bigint, p_report bigint) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    part record;
    removed integer;
    counts jsonb := '{}';
BEGIN
    FOR part IN SELECT table_name, column_name, refers_to FROM concerns_disposalpart
        WHERE act = 'unlink'
    LOOP
        EXECUTE format('UPDATE %I SET %I = NULL WHERE %I IN (SELECT id FROM %I WHERE %s)',
            part.table_name, part.column_name, part.column_name, part.refers_to,
            CASE part.refers_to
                WHEN 'concerns_concern' THEN format('id = %L::bigint', p_concern)
                WHEN 'concerns_report' THEN format('id = %L::bigint', p_report)
                ELSE concerns_part_condition(part.refers_to, p_concern, p_report) END);
    END LOOP;
    FOR part IN SELECT DISTINCT table_name, concerns_part_depth(table_name) AS depth
        FROM concerns_disposalpart WHERE act = 'remove' ORDER BY depth DESC, table_name
    LOOP
        EXECUTE format('DELETE FROM %I WHERE %s', part.table_name,
            concerns_part_condition(part.table_name, p_concern, p_report));
        GET DIAGNOSTICS removed = ROW_COUNT;
        IF removed > 0 THEN
            counts := counts || jsonb_build_object(part.table_name, removed);
        END IF;
    END LOOP;
    RETURN counts;
END $$;
"""
DISPOSE = """
CREATE FUNCTION concerns_dispose(p_item bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    item concerns_disposalitem;
    batch concerns_disposalbatch;
    concern concerns_concern;
    report concerns_report;
    kept concerns_retention;
    blockers text[];
    goes bigint;
    persons bigint[];
    bundles bigint[];
    counts jsonb;
    content text;
    before text;
    written bigint;
BEGIN
    SELECT * INTO item FROM concerns_disposalitem WHERE id = p_item FOR UPDATE;
    IF item.id IS NULL OR item.state <> 'waiting' OR item.concern_id IS NULL THEN
        RAISE EXCEPTION 'disposal is refused: nothing waits here'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO batch FROM concerns_disposalbatch WHERE id = item.batch_id FOR SHARE;
    IF batch.state <> 'approved' OR batch.answered_by_id IS NULL
        OR batch.answered_by_id = batch.made_by_id OR batch.dispose_after > now() THEN
        RAISE EXCEPTION 'disposal is refused: the batch is not approved, or still waits'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- The report first: of two concerns of one report, one at a time is the last.
    SELECT r.* INTO report FROM concerns_report r JOIN concerns_concern c ON c.report_id = r.id
        WHERE c.id = item.concern_id FOR UPDATE OF r;
    SELECT * INTO concern FROM concerns_concern WHERE id = item.concern_id FOR UPDATE;
    blockers := concerns_disposal_blockers(concern.id);
    IF blockers <> '{}' THEN
        RAISE EXCEPTION 'disposal is refused: %', array_to_string(blockers, ', ')
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO kept FROM concerns_retention WHERE concern_id = concern.id;
    goes := CASE WHEN NOT EXISTS (SELECT 1 FROM concerns_concern
        WHERE report_id = report.id AND id <> concern.id) THEN report.id END;
    SELECT array_agg(DISTINCT person_id) INTO persons FROM concerns_matchkey
        WHERE concern_id = concern.id AND person_id IS NOT NULL;
    SELECT array_agg(DISTINCT bundle_id) INTO bundles FROM concerns_bundleitem
        WHERE concern_id = concern.id;

    PERFORM set_config('portal.disposing', 'on', true);
    PERFORM concerns_move_roots(concern.id);
    PERFORM concerns_forget_words(concern.id);
    DELETE FROM accounts_keptpage WHERE position(concern.reference IN path) > 0
        OR position(report.draft_id::text IN path) > 0
        OR (goes IS NOT NULL AND position(report.reference IN path) > 0);
    counts := concerns_remove_messages(concern.id, goes)
        || concerns_remove_parts(concern.id, goes);
    DELETE FROM concerns_person p WHERE p.id = ANY (persons)
        AND NOT EXISTS (SELECT 1 FROM concerns_matchkey k WHERE k.person_id = p.id);
    DELETE FROM concerns_bundle b WHERE b.id = ANY (bundles)
        AND NOT EXISTS (SELECT 1 FROM concerns_bundleitem i WHERE i.bundle_id = b.id);
    DELETE FROM concerns_concern WHERE id = concern.id;
    IF goes IS NOT NULL THEN
        DELETE FROM concerns_report WHERE id = goes;
        DELETE FROM concerns_draft WHERE id = report.draft_id;
        counts := counts || jsonb_build_object('concerns_report', 1);
    END IF;
    PERFORM set_config('portal.disposing', '', true);

    -- One record at a time joins the chain.
    PERFORM pg_advisory_xact_lock(1146311500);
    SELECT hash INTO before FROM concerns_disposalrecord ORDER BY id DESC LIMIT 1;
    before := coalesce(before, repeat('0', 64));
    content := jsonb_build_object(
        'reference', concern.reference,
        'report_reference', CASE WHEN goes IS NULL THEN '' ELSE report.reference END,
        'group', concern."group",
        'closed_on', (concern.closed_at AT TIME ZONE 'Europe/London')::date,
        'content_hash', report.content_hash,
        'row', kept.row_id, 'schedule', kept.schedule_version,
        'batch', batch.id, 'proposed_by', batch.made_by_id, 'approved_by', batch.answered_by_id,
        'disposed_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'removed', counts)::text;
    INSERT INTO concerns_disposalrecord (reference, report_reference, batch_id, row_id,
        schedule_version, disposed_at, counts, content, previous_hash, hash)
    VALUES (concern.reference, CASE WHEN goes IS NULL THEN '' ELSE report.reference END, batch.id,
        kept.row_id, kept.schedule_version, now(), counts, content, before,
        encode(sha256(convert_to(before || content, 'UTF8')), 'hex'))
    RETURNING id INTO written;
    UPDATE concerns_disposalitem SET state = 'disposed', kept_because = '{}' WHERE id = item.id;
    RETURN written;
END $$;
REVOKE ALL ON FUNCTION concerns_dispose(bigint) FROM PUBLIC;

-- Samples of what is gone may stand in the planner's statistics until they are taken anew.
CREATE FUNCTION concerns_forget_samples() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    sampled text;
    is_empty boolean;
BEGIN
    FOR sampled IN SELECT relname FROM pg_class WHERE relkind = 'r'
        AND relnamespace = 'public'::regnamespace
        AND (relname LIKE 'concerns\\_%' OR relname LIKE 'outbox\\_%')
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
REVOKE ALL ON FUNCTION concerns_forget_samples() FROM PUBLIC;
"""
GONE = """
DROP FUNCTION concerns_forget_samples();
DROP FUNCTION concerns_dispose(bigint);
DROP FUNCTION concerns_remove_parts(bigint, bigint);
DROP FUNCTION concerns_remove_messages(bigint, bigint);
DROP FUNCTION concerns_forget_words(bigint);
DROP FUNCTION concerns_move_roots(bigint);
DROP FUNCTION concerns_part_depth(text);
DROP FUNCTION concerns_part_condition(text, bigint, bigint);
DROP FUNCTION concerns_disposal_blockers(bigint);
DROP FUNCTION concerns_legal_holds(bigint);
"""


def write_parts(apps: Any, schema_editor: Any) -> None:
    """Write the parts."""
    part = apps.get_model("concerns", "DisposalPart")
    names = ("table_name", "column_name", "refers_to", "act")
    part.objects.using(schema_editor.connection.alias).bulk_create(
        part(**dict(zip(names, row.split(), strict=True))) for row in PARTS.strip().splitlines()
    )


def trigger(table: str, events: str) -> migrations.RunSQL:
    """Refuse the events on every row of the table, by the function of 0002."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_kept BEFORE {events} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION concerns_refuse_change();",
        f"DROP TRIGGER {table}_kept ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("concerns", "0100_retention_and_disposal"),
        ("accounts", "0005_records_officer"),
        ("audit", "0003_seals"),
        ("outbox", "0020_disposal_may_remove"),
    ]

    operations = [
        migrations.RunPython(write_parts, migrations.RunPython.noop),
        *(trigger(table, events) for table, events in FROZEN.items()),
        migrations.RunSQL(BEND, STRAIGHTEN),
        migrations.RunSQL(HOLDS + BLOCKERS + WALK + HELPERS + DISPOSE, GONE),
    ]
