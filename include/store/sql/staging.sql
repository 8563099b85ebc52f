-- Rows as a package gave them, for the length of one run. Of a key that was read twice the last row counts.

-- name: next_rows
-- Select the next rows by key; with changed_only those that differ from what the last sync made its record of.
SELECT DISTINCT ON (staged.key) staged.key, staged.body
FROM staged
LEFT JOIN records known ON (known.tenant_id, known.stream, known.key) = (:tenant_id, staged.stream, staged.key)
WHERE staged.run_id = :run_id AND staged.stream = :stream AND staged.key > :after
    AND (NOT :changed_only OR known.source_digest IS DISTINCT FROM md5(staged.body))
ORDER BY staged.key, staged.position DESC LIMIT :limit

-- name: chunk
-- Select the next rows by key, each with the digest that its record will be known by.
SELECT DISTINCT ON (key) key, body, md5(body) AS source_digest
FROM staged
WHERE run_id = :run_id AND stream = :stream AND key > :after
ORDER BY key, position DESC LIMIT :limit

-- name: chunk_with_records
-- Select the next keys, each with its record where that was made of this very row, else with the row.
SELECT key, CASE WHEN same THEN record::text END AS record, CASE WHEN NOT same THEN body END AS body
FROM (
    SELECT DISTINCT ON (staged.key) staged.key, staged.body, known.body AS record,
        coalesce(known.source_digest = md5(staged.body), false) AS same
    FROM staged
    LEFT JOIN records known ON (known.tenant_id, known.stream, known.key) = (:tenant_id, staged.stream, staged.key)
    WHERE staged.run_id = :run_id AND staged.stream = :stream AND staged.key > :after
    ORDER BY staged.key, staged.position DESC LIMIT :limit
) AS latest
ORDER BY key

-- name: children
-- Select the rows under each of these parents, in the order in which they were read.
SELECT parent_key, body FROM staged
WHERE run_id = :run_id AND stream = :stream AND parent_key = ANY(:parents)
ORDER BY position

-- name: listings_agree
-- Compare two listings: true when they hold the same keys, each once.
SELECT count(*) = 0
FROM (
    SELECT key FROM staged WHERE run_id = :run_id AND stream IN (:first, :second)
    GROUP BY key HAVING count(*) <> 2 OR count(DISTINCT stream) <> 2
) AS differing

-- name: alike
-- Select the keys of a stream that stand for rows with different keys of their own, with those: they differ in blanks.
-- Which keys came more than once is found first and once: JSON is read of those alone.
WITH repeated AS MATERIALIZED (
    SELECT key FROM staged WHERE run_id = :run_id AND stream = :stream GROUP BY key HAVING count(*) > 1
)
SELECT key, array_agg(DISTINCT body::jsonb->>:key_field) AS written
FROM repeated JOIN staged USING (key)
WHERE run_id = :run_id AND stream = :stream
GROUP BY key HAVING count(DISTINCT body::jsonb->>:key_field) > 1
