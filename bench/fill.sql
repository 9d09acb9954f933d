-- Fills an empty, migrated portal with :size concerns. Skew as in a real council: 98 % closed, 1 %
-- restricted, one team of six with a third of the work. hash(n, salt) is chance that repeats.
CREATE FUNCTION pg_temp.chance(n bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT (hashint8extended(n, salt) & 9007199254740991)::float8 / 9007199254740992 $$;
CREATE FUNCTION pg_temp.pick(n bigint, salt int, choices text[]) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT choices[1 + floor(pg_temp.chance(n, salt) * array_length(choices, 1))::int] $$;

CREATE TEMP TABLE word AS
  SELECT i, pg_temp.pick(i, 1, s) || pg_temp.pick(i, 2, s) || pg_temp.pick(i, 3, s)
            || pg_temp.pick(i, 4, '{n,r,l,s,t,m,k}') AS word
  FROM generate_series(0, 4999) g(i),
       (VALUES ('{ba,do,fe,gi,ho,ju,ka,le,mo,ni,pa,ro,se,ti,vo,wa,ze,cha,bre,sto}'::text[])) v(s);
CREATE INDEX ON word (i);
-- Sixty words each, the low numbers often, as in any language.
CREATE TEMP TABLE story AS
  SELECT n, string_agg(word, ' ' ORDER BY k) AS story
  FROM generate_series(0, 19999) g(n) CROSS JOIN generate_series(1, 60) h(k)
  JOIN word ON word.i = floor(5000 * power(pg_temp.chance(n * 61 + k, 5), 4))::int
  GROUP BY n;
CREATE INDEX ON story (n);

CREATE TEMP TABLE person AS
  SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM accounts_user;
CREATE INDEX ON person (n);

-- One row for each concern, with all that follows from its number.
CREATE TEMP TABLE plan AS
SELECT i,
  CASE WHEN i % 7 = 0 THEN i - 1 ELSE i END AS report,
  CASE WHEN i % 7 = 0 THEN 2 ELSE 1 END AS number,
  substr(code, 1, 4) || '-' || substr(code, 5, 4) AS code,
  now() - interval '20 minutes' * (:size - i) AS received,
  CASE WHEN pg_temp.chance(i, 10) < 0.55 THEN 'child' WHEN pg_temp.chance(i, 10) < 0.93
       THEN 'adult_at_risk' ELSE 'neither' END AS grp,
  CASE WHEN pg_temp.chance(i, 11) < 0.03 THEN 1 WHEN pg_temp.chance(i, 11) < 0.38 THEN 2
       WHEN pg_temp.chance(i, 11) < 0.70 THEN 3 ELSE 4 END AS priority,
  CASE WHEN i > :size * 0.98 THEN pg_temp.chance(i, 12) > 0.9
       ELSE pg_temp.chance(i, 12) > 0.002 END AS closed,
  pg_temp.chance(CASE WHEN i % 7 = 0 THEN i - 1 ELSE i END, 13) < 0.01 AS restricted,
  (SELECT id FROM accounts_team WHERE slug = CASE
     WHEN pg_temp.chance(i, 14) < 0.35 THEN 'children-council'
     WHEN pg_temp.chance(i, 14) < 0.65 THEN 'adults-council'
     WHEN pg_temp.chance(i, 14) < 0.75 THEN 'children-housing'
     WHEN pg_temp.chance(i, 14) < 0.85 THEN 'adults-housing'
     WHEN pg_temp.chance(i, 14) < 0.95 THEN 'both-operations' ELSE 'both-corporate' END) AS team,
  (SELECT id FROM person WHERE n = floor(pg_temp.chance(i, 15) * 17)::int) AS owner,
  (SELECT id FROM person WHERE n = floor(pg_temp.chance(
     CASE WHEN i % 7 = 0 THEN i - 1 ELSE i END, 16) * 17)::int) AS reporter
FROM (SELECT i, translate(upper(lpad(to_hex((i * 2654435761) % 4294967296), 8, '0')), '01', 'GH')
      AS code FROM generate_series(1, :size) g(i)) n;
CREATE UNIQUE INDEX ON plan (i);
UPDATE plan SET code = first.code FROM plan first WHERE plan.i % 7 = 0 AND first.i = plan.report;
ANALYZE plan; ANALYZE story; ANALYZE word; ANALYZE person;

INSERT INTO concerns_draft (id, owner_id, answers, created_at, updated_at, expires_at, submitted_at)
SELECT md5('draft' || i)::uuid, reporter, '{}', received, received, received, received
FROM plan WHERE number = 1;

INSERT INTO concerns_report (id, reference, draft_id, received_at, reporter_id, reporter_details,
  statement, facts, assessment, priority, restricted, rules_version, form_version,
  directory_version, policies_version, content_hash)
SELECT i, code, md5('draft' || i)::uuid, received, reporter, '{"name": "Reporter"}',
  jsonb_build_array(jsonb_build_object('title', 'What happened', 'rows', jsonb_build_array(
    jsonb_build_object('question', 'What happened?', 'answer', story, 'slug', 'what-happened')))),
  '{}', '{"people": [], "routes": []}', priority, restricted, 'bench', 'bench', 'bench', 'bench',
  md5(code) || md5(code)
FROM plan JOIN story ON story.n = i % 20000 WHERE number = 1;

INSERT INTO concerns_concern (id, report_id, number, reference, "group", categories, flags, priority,
  state, owner_id, taken_at, team_id, restricted, next_due_at, assessment, received_at, closed_at,
  version)
SELECT i, report, number, code || '-' || number, grp,
  ARRAY[pg_temp.pick(i, 20, CASE grp WHEN 'child' THEN
    '{neglect,neglect,neglect,physical,physical,emotional,domestic_abuse,sexual,cse,fgm}'::text[]
    ELSE '{self_neglect,self_neglect,financial,physical,psychological,neglect,domestic,slavery}' END)],
  '{}', priority,
  CASE WHEN closed THEN 'closed' WHEN pg_temp.chance(i, 21) < 0.12 THEN 'new'
       WHEN pg_temp.chance(i, 21) < 0.35 THEN 'in_triage'
       WHEN pg_temp.chance(i, 21) < 0.80 THEN 'referred' ELSE 'accepted' END,
  CASE WHEN NOT closed AND pg_temp.chance(i, 21) < 0.12 THEN NULL ELSE owner END,
  CASE WHEN NOT closed AND pg_temp.chance(i, 21) < 0.12 THEN NULL ELSE received END,
  team, restricted,
  CASE WHEN closed OR priority = 4 THEN NULL
       ELSE now() + interval '1 minute' * (pg_temp.chance(i, 22) * 70000 - 4000) END,
  '{"reasons": ["Harm"], "rule_ids": ["R3"], "marks": []}', received,
  CASE WHEN closed THEN received + interval '1 hour' * (1 + pg_temp.chance(i, 23) * 900) END, 3
FROM plan;

INSERT INTO concerns_accessgrant (concern_id, user_id, kind, reason, granted_at)
SELECT plan.i, membership.user_id, 'named', 'Lead without conflict of interest', received
FROM plan JOIN (SELECT DISTINCT team_id, user_id FROM accounts_membership WHERE role = 'lead')
  membership ON membership.team_id = plan.team WHERE restricted;
UPDATE concerns_concern SET has_grants = true WHERE id IN (SELECT concern_id FROM concerns_accessgrant);
INSERT INTO concerns_exclusion (report_id, user_id, kind, reason, created_at)
SELECT i, owner, 'excluded', 'named', received FROM plan
WHERE number = 1 AND pg_temp.chance(i, 24) < 0.004;

CREATE TEMP TABLE who AS
SELECT i,
  pg_temp.pick(i, 30, '{Robin,Sam,Alex,Amina,Yusuf,Chloe,Tariq,Zofia,Jamal,Grace,Oliver,Fatima,Kayla,Noah,Irfan,Leah,Mohammed,Ayesha,Daniel,Precious,Kwame,Aaliyah,Connor,Shanice,Harpreet,Xin,Ewa,Idris,Maryam,Tyler}')
  || ' ' || initcap(w.word) AS name,
  '0121 496 0' || lpad((i % 1000)::text, 3, '0') AS phone,
  (1 + i % 180) || ' ' || initcap(s.word) || ' Road' AS street,
  'B' || (1 + i % 45) || ' ' || (1 + i % 9) || 'ZZ' AS postcode,
  (9000000000 + i * 7)::text AS nhs
FROM plan JOIN word w(k, word) ON w.k = floor(5000 * power(pg_temp.chance(i, 31), 2))::int
JOIN word s(k, word) ON s.k = (i * 37) % 5000;
CREATE UNIQUE INDEX ON who (i);
INSERT INTO concerns_involvement (concern_id, part, name, details)
SELECT i, 'subject', name, jsonb_build_array(
  jsonb_build_object('question', 'Address or area', 'answer', street || ', ' || postcode),
  jsonb_build_object('question', 'NHS number', 'answer', nhs)) FROM who
UNION ALL SELECT i, 'alleged', 'Pat Example', '[]' FROM who WHERE pg_temp.chance(i, 32) < 0.6;

INSERT INTO concerns_referral (id, concern_id, agency_slug, required, state, reasons, rule_ids, marks,
  created_at, due_at, escalation_level, ended_by_name, ended_by_role, ended_by_phone, ended_at,
  ended_via, returned_reason)
SELECT i, i, CASE grp WHEN 'child' THEN 'childrens-social-care' ELSE 'adult-social-care' END, true,
  CASE WHEN state IN ('closed', 'accepted') THEN 'accepted' WHEN state = 'in_triage' THEN 'returned'
       ELSE 'sent' END,
  '["Harm"]'::jsonb, '{R3}'::varchar[], '{}'::varchar[], received, next_due_at, 0, 'Jo Worker', 'Social worker', '0121 496 0100',
  CASE WHEN state IN ('closed', 'accepted') THEN received + interval '1 hour' END, '', ''
FROM plan JOIN concerns_concern c ON c.id = plan.i
UNION ALL
SELECT :size + i, i, 'police-non-emergency', true, CASE WHEN closed THEN 'done' ELSE 'to_do' END,
  '["A crime"]', '{R2}', '{}', received, NULL, 0, '', '', '', NULL, '', ''
FROM plan WHERE pg_temp.chance(i, 33) < 0.3;
INSERT INTO concerns_call (concern_id, referral_id, agency_slug, due_at, made_at, number, spoke_to,
  agency_reference, outcome, recorded_at)
SELECT concern_id, id, agency_slug, created_at, ended_at, '101', '', '', '', created_at
FROM concerns_referral WHERE id > :size;

INSERT INTO outbox_message (public_id, created_at, kind, channel, recipient, agency_slug, template,
  context, dedupe_key, priority, subject_type, subject_id, status, attempts, next_attempt_at, sent_at,
  failed_at, outcome_handled_at, sent_to, provider, provider_id, last_error)
SELECT md5('message' || r.id)::uuid, r.created_at, 'referral', 'email', r.agency_slug || '@example.org',
  r.agency_slug, 'referral', '{}', 'referral:' || r.id, 2, 'referral',
  c.reference || ':' || r.agency_slug, CASE WHEN failed THEN 'FAILED' ELSE 'SENT' END, 1, r.created_at,
  CASE WHEN NOT failed THEN r.created_at END, CASE WHEN failed THEN r.created_at END, r.created_at,
  CASE WHEN failed THEN '' ELSE 'x@example.org' END, CASE WHEN failed THEN '' ELSE 'smtp' END, '',
  CASE WHEN failed THEN 'Refused' ELSE '' END
FROM (SELECT *, id % 200 = 0 AS failed FROM concerns_referral WHERE id <= :size) r
JOIN concerns_concern c ON c.id = r.concern_id;

INSERT INTO concerns_clock (concern_id, slug, label, due_at, why, source, met_at)
SELECT i, 'priority', 'First contact', received + interval '8 hours', 'P' || priority, 'DOMAIN 5',
  CASE WHEN closed THEN received END FROM plan
UNION ALL SELECT i, 'authority_decision', 'Decision', received + interval '1 day', 'One working day',
  'DOMAIN 5', CASE WHEN closed THEN received END FROM plan;
INSERT INTO concerns_note (concern_id, author_id, text, created_at)
SELECT i, owner, 'The Trust has it.', received FROM plan WHERE closed;

INSERT INTO audit_event (recorded_at, happened_at, name, actor_id, actor_label, concern_id, report_id,
  object_type, object_id, detail, request_id)
SELECT received + interval '1 minute' * k, received + interval '1 minute' * k,
  (ARRAY['concern.opened', 'concern.viewed', 'concern.taken', 'concern.viewed', 'referral.accepted',
         'concern.closed'])[k],
  CASE WHEN k = 1 THEN NULL ELSE owner END, CASE WHEN k = 1 THEN 'rules' ELSE '' END, i, report, '',
  '', '{}', ''
FROM plan, generate_series(1, 6) h(k) WHERE k <= 4 OR closed ORDER BY i, k;

INSERT INTO concerns_searchdocument (concern_id, team_id, restricted, names, text, codes)
SELECT i, team, restricted, name || E'\n' || 'Pat Example', street || ', ' || postcode || E'\n' || nhs
  || E'\n' || story || CASE WHEN pg_temp.chance(i, 40) < 0.3 THEN ' school' ELSE '' END
  || CASE WHEN i % (:size / 10) = 5 THEN ' petrichor' ELSE '' END,
  nhs || ' ' || replace(phone, ' ', '') || ' ' || lower(replace(postcode, ' ', ''))
FROM plan JOIN who USING (i) JOIN story ON story.n = i % 20000;
INSERT INTO concerns_nameword SELECT DISTINCT word FROM (
  SELECT unnest(string_to_array(lower(name), ' ')) AS word FROM who) w
  ON CONFLICT DO NOTHING;
