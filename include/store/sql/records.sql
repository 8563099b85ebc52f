-- The package's records as we know them.

-- name: create_incoming
-- Create the table that the records of one chunk are copied into; it goes with the transaction.
CREATE TEMP TABLE IF NOT EXISTS incoming (
    key text, body jsonb, in_scope boolean, payload_digest bytea, source_digest text
) ON COMMIT DROP

-- name: renumbered
-- Select the incoming records that are known under another number.
SELECT incoming.key, known.body->>:number AS before, incoming.body->>:number AS after
FROM incoming
JOIN records known ON (known.tenant_id, known.stream, known.key) = (:tenant_id, :stream, incoming.key)
WHERE known.body->>:number <> incoming.body->>:number

-- name: merge_incoming
-- Insert the incoming records, and update those that differ; a row that is the same is not rewritten.
INSERT INTO records AS known (tenant_id, stream, key, body, in_scope, payload_digest, source_digest)
SELECT :tenant_id, :stream, key, body, in_scope, payload_digest, source_digest FROM incoming
ON CONFLICT (tenant_id, stream, key) DO UPDATE SET
    body = excluded.body,
    in_scope = excluded.in_scope,
    payload_digest = excluded.payload_digest,
    source_digest = excluded.source_digest,
    changed_at = now()
WHERE (known.body, known.in_scope, known.payload_digest, known.source_digest)
    IS DISTINCT FROM (excluded.body, excluded.in_scope, excluded.payload_digest, excluded.source_digest)

-- name: rekeyed
-- Select the records that got another key in the package, as (new, old).
-- Proof: the new key is in this listing and has no link; exactly one linked key that is not in it carries the same
-- identity; and nothing else in the listing does.
WITH listed AS (
    SELECT DISTINCT key FROM staged WHERE run_id = :run_id AND stream = :stream
), appeared AS (
    SELECT record.key, record.body->>'identity' AS identity,
        count(*) OVER (PARTITION BY record.body->>'identity') AS bearers
    FROM records record JOIN listed USING (key)
    WHERE record.tenant_id = :tenant_id AND record.stream = :stream AND record.body->>'identity' <> ''
), vanished AS (
    SELECT record.key, record.body->>'identity' AS identity,
        count(*) OVER (PARTITION BY record.body->>'identity') AS bearers
    FROM records record
    JOIN links link ON (link.tenant_id, link.stream, link.key) = (record.tenant_id, record.stream, record.key)
    WHERE record.tenant_id = :tenant_id AND record.stream = :stream
        AND NOT EXISTS (SELECT FROM listed WHERE listed.key = record.key)
)
SELECT appeared.key AS new, vanished.key AS old
FROM appeared JOIN vanished USING (identity)
LEFT JOIN links link ON (link.tenant_id, link.stream, link.key) = (:tenant_id, :stream, appeared.key)
WHERE appeared.bearers = 1 AND vanished.bearers = 1 AND link.key IS NULL

-- name: linked_but_unlisted
-- Select the linked records that are not in the listing of a run and carry an identity.
SELECT record.key, record.body->>'identity' AS identity
FROM records record
JOIN links link ON (link.tenant_id, link.stream, link.key) = (record.tenant_id, record.stream, record.key)
WHERE record.tenant_id = :tenant_id AND record.stream = :stream AND record.body->>'identity' <> ''
    AND NOT EXISTS (SELECT FROM staged WHERE (staged.run_id, staged.stream, staged.key) = (:run_id, :stream, record.key))

-- name: mark_gone
-- Note that the package does not have a record any more: no document is made on it, and its row is read anew.
UPDATE records SET in_scope = false, body = jsonb_set(body, '{active}', 'false'), source_digest = ''
WHERE tenant_id = :tenant_id AND stream = :stream AND key = :key

-- name: due
-- Select the next records in scope, by key, that the field service app does not hold as they are.
SELECT record.key, record.body, record.payload_digest, link.simon_id
FROM records record
LEFT JOIN links link ON (link.tenant_id, link.stream, link.key) = (record.tenant_id, record.stream, record.key)
WHERE record.tenant_id = :tenant_id AND record.stream = :stream AND record.key > :after AND record.in_scope
    AND link.written_digest IS DISTINCT FROM record.payload_digest
ORDER BY record.key LIMIT :limit

-- name: count_due
-- Count the records that are due.
SELECT count(*)
FROM records record
LEFT JOIN links link ON (link.tenant_id, link.stream, link.key) = (record.tenant_id, record.stream, record.key)
WHERE record.tenant_id = :tenant_id AND record.stream = :stream AND record.in_scope
    AND link.written_digest IS DISTINCT FROM record.payload_digest

-- name: article_counts
-- Count the active articles by group and type.
SELECT body->>'group_key' AS group_key, body->>'type_key' AS type_key, count(*) AS articles
FROM records
WHERE tenant_id = :tenant_id AND stream = 'articles' AND (body->>'active')::boolean
GROUP BY 1, 2

-- name: save_lookup
-- Insert a record that was looked up by itself, out of scope until a sync decides; or update what is known of it.
INSERT INTO records (tenant_id, stream, key, body, in_scope, payload_digest, source_digest)
VALUES (:tenant_id, :stream, :key, cast(:body AS jsonb), false, '', '')
ON CONFLICT (tenant_id, stream, key) DO UPDATE SET body = excluded.body WHERE records.body <> excluded.body
