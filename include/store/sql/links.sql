-- Links between the package's keys and Simon's ids.

-- name: put
-- Insert links, or bring them up to date, from arrays of the same length.
INSERT INTO links (tenant_id, stream, key, simon_id, written_digest, kept_digest)
SELECT :tenant_id, :stream, *
FROM unnest(
    CAST(:keys AS text[]), CAST(:simon_ids AS bigint[]), CAST(:written_digests AS bytea[]), CAST(:kept_digests AS bytea[])
)
ON CONFLICT (tenant_id, stream, key) DO UPDATE SET
    simon_id = excluded.simon_id, written_digest = excluded.written_digest, kept_digest = excluded.kept_digest,
    written_at = now()

-- name: settled
-- Select the links of what the field service app should hold as it was last written.
SELECT link.key, link.simon_id, link.written_digest, link.kept_digest
FROM links link
JOIN records record ON (record.tenant_id, record.stream, record.key) = (link.tenant_id, link.stream, link.key)
WHERE link.tenant_id = :tenant_id AND link.stream = :stream AND record.in_scope
    AND link.written_digest = record.payload_digest

-- name: with_identity
-- Select all links of a stream with the identity that the package's record carries, empty without one.
SELECT link.key, link.simon_id, coalesce(record.body->>'identity', '') AS identity
FROM links link
LEFT JOIN records record
    ON (record.tenant_id, record.stream, record.key) = (link.tenant_id, link.stream, link.key)
WHERE link.tenant_id = :tenant_id AND link.stream = :stream
