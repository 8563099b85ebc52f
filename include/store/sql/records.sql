-- The package's records as we know them.

-- name: create_incoming
-- Create the table that the records of a listing are copied into; it goes with the transaction.
CREATE TEMP TABLE IF NOT EXISTS incoming (
    stream text, key text, body jsonb, in_scope boolean, payload_digest bytea, source_digest text
) ON COMMIT DROP

-- name: renumbered
-- Select the incoming records that are known under another number.
SELECT incoming.key, known.body->>:number AS before, incoming.body->>:number AS after
FROM incoming
JOIN records known ON (known.tenant_id, known.stream, known.key) = (:tenant_id, :stream, incoming.key)
WHERE incoming.stream = :stream AND known.body->>:number <> incoming.body->>:number

-- name: merge_incoming
-- Insert the incoming records, and update those that differ; a row that is the same is not rewritten.
INSERT INTO records AS known (tenant_id, stream, key, body, in_scope, payload_digest, source_digest)
SELECT :tenant_id, stream, key, body, in_scope, payload_digest, source_digest FROM incoming WHERE stream = :stream
ON CONFLICT (tenant_id, stream, key) DO UPDATE SET
    body = excluded.body,
    in_scope = excluded.in_scope,
    payload_digest = excluded.payload_digest,
    source_digest = excluded.source_digest,
    changed_at = now()
WHERE (known.body, known.in_scope, known.payload_digest, known.source_digest)
    IS DISTINCT FROM (excluded.body, excluded.in_scope, excluded.payload_digest, excluded.source_digest)

-- name: of_another_identity
-- Select the linked records whose key is in the listing with another identity.
SELECT incoming.key, link.simon_id, known.body AS before, incoming.body AS after
FROM incoming
JOIN records known ON (known.tenant_id, known.stream, known.key) = (:tenant_id, :stream, incoming.key)
JOIN links link ON (link.tenant_id, link.stream, link.key) = (:tenant_id, :stream, incoming.key)
WHERE incoming.stream = :stream AND known.body->>'identity' <> incoming.body->>'identity'
    AND known.body->>'identity' <> '' AND incoming.body->>'identity' <> ''

-- name: set_aside
-- Give a record another key, since another thing has its own: the package does not have it any more.
UPDATE records SET key = :after, in_scope = false, source_digest = '',
    body = body || jsonb_build_object('key', CAST(:after AS text), 'active', false)
WHERE tenant_id = :tenant_id AND stream = :stream AND key = :before

-- name: of_same_identity
-- Select the listed records without a link beside the linked one that is not listed and has the same identity.
-- Only where the identity tells: nothing else in the listing carries it, nor anything else that is linked and not in it.
WITH appeared AS (
    SELECT key, body, body->>'identity' AS identity, count(*) OVER (PARTITION BY body->>'identity') AS bearers
    FROM incoming
    WHERE stream = :stream AND body->>'identity' <> ''
), vanished AS (
    SELECT record.key, link.simon_id, record.body, record.body->>'identity' AS identity,
        count(*) OVER (PARTITION BY record.body->>'identity') AS bearers
    FROM records record
    JOIN links link ON (link.tenant_id, link.stream, link.key) = (record.tenant_id, record.stream, record.key)
    WHERE record.tenant_id = :tenant_id AND record.stream = :stream
        AND NOT EXISTS (
            SELECT FROM staged WHERE (staged.run_id, staged.stream, staged.key) = (:run_id, :stream, record.key)
        )
)
SELECT appeared.key, vanished.key AS key_before, vanished.simon_id, vanished.body AS before, appeared.body AS after
FROM appeared JOIN vanished USING (identity)
LEFT JOIN links link ON (link.tenant_id, link.stream, link.key) = (:tenant_id, :stream, appeared.key)
WHERE appeared.bearers = 1 AND vanished.bearers = 1 AND link.key IS NULL

-- name: leave_unlisted
-- Note of the linked records that are not in the listing of a run that the field service app need not hold them.
UPDATE records record SET in_scope = false, source_digest = '', changed_at = now()
WHERE record.tenant_id = :tenant_id AND record.stream = ANY(:streams) AND record.in_scope
    AND NOT EXISTS (
        SELECT FROM staged WHERE (staged.run_id, staged.stream, staged.key) = (:run_id, :listing, record.key)
    )

-- name: forget_unlisted
-- Delete the records that are not in the listing of a run and that nothing needs: no work order can name them.
DELETE FROM records record
WHERE record.tenant_id = :tenant_id AND record.stream = ANY(:streams)
    AND NOT EXISTS (
        SELECT FROM staged WHERE (staged.run_id, staged.stream, staged.key) = (:run_id, :listing, record.key)
    )
    AND (:also_linked OR NOT EXISTS (
        SELECT FROM links link WHERE (link.tenant_id, link.stream, link.key) = (:tenant_id, record.stream, record.key)
    ))

-- name: of_one_number
-- Select the numbers that several records of a listing have, but for blanks around them, with what people call those.
SELECT btrim(regexp_replace(incoming.body->>:number, '\s+', ' ', 'g')) AS number, array_agg(incoming.body->>:title ORDER BY incoming.key) AS titles
FROM incoming
WHERE stream = :stream AND in_scope AND btrim(incoming.body->>:number) <> ''
GROUP BY 1 HAVING count(*) > 1

-- name: mark_gone
-- Note that the package does not have a record any more: no document is made on it, and its row is read anew.
UPDATE records SET in_scope = false, body = jsonb_set(body, '{active}', 'false'), source_digest = ''
WHERE tenant_id = :tenant_id AND stream = :stream AND key = :key

-- name: due
-- Select the next records in scope, by key, that the field service app does not hold as they are.
SELECT record.key, record.body, record.payload_digest, link.simon_id, link.written_digest
FROM records record
LEFT JOIN links link ON (link.tenant_id, link.stream, link.key) = (record.tenant_id, record.stream, record.key)
WHERE record.tenant_id = :tenant_id AND record.stream = :stream AND record.key > :after AND record.in_scope
    AND link.written_digest IS DISTINCT FROM record.payload_digest
ORDER BY record.key LIMIT :limit

-- name: listed
-- Select the records whose key is in a listing of a run, by key, and whether they are due.
SELECT record.key, record.body, record.in_scope, link.simon_id,
    link.written_digest IS DISTINCT FROM record.payload_digest AS due
FROM records record
LEFT JOIN links link ON (link.tenant_id, link.stream, link.key) = (record.tenant_id, record.stream, record.key)
WHERE record.tenant_id = :tenant_id AND record.stream = :stream
    AND EXISTS (SELECT FROM staged WHERE (staged.run_id, staged.stream, staged.key) = (:run_id, :listing, record.key))
ORDER BY record.key

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
