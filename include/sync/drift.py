"""What Simon holds in another form than we wrote it: changed or removed there by people (R1.12).

Only Simon's own pages are read for it; a digest of each row is compared with that of what was written.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

import orjson

from include.connectors.field_service import FieldService
from include.messages import Language
from include.messages.words import YES_NO, field_name
from include.records import MasterRecord, Raw
from include.runs import Run
from include.store import links, runs
from include.store.links import Link
from include.streams import STREAMS

Parents = Mapping[str, tuple[str, str | None]]  # field -> (stream, key) of a record that is pointed at


def payload_digest(app: FieldService, stream: str, record: MasterRecord) -> bytes:
    """Return a digest of what Simon should hold of a record; what it has no table for has a fixed one."""
    return content_digest(app.payload(record)[0], app.parents(record)) if STREAMS[stream].in_simon else b""


def content_digest(payload: Raw, parents: Parents) -> bytes:
    """Return a digest of the fields that are written, and of the keys of what they point at."""
    return hashlib.blake2b(orjson.dumps((payload, parents), option=orjson.OPT_SORT_KEYS), digest_size=16).digest()


def mark_drifted(run: Run, app: FieldService, stream: str) -> None:
    """Note which records Simon holds in another form or not at all, once in a run: they are written again."""
    compared = f"{stream} compared"
    with run.context.store.begin() as tx:
        if runs.progress(tx, run.id, compared).complete:
            return
    drifted = find_drifted(run, app, stream)
    with run.transaction() as tx:
        links.mark_dirty(tx, run.tenant.id, stream, *drifted, digest=links.DRIFTED)
        runs.save_progress(tx, run.id, compared, complete=True)


def find_drifted(run: Run, app: FieldService, stream: str) -> list[str]:
    """Return the keys of what Simon should hold as it was last written, and does not."""
    with run.context.store.begin() as tx:
        unseen = links.settled(tx, run.tenant.id, stream)
        keys = {parent: links.keys(tx, run.tenant.id, parent) for parent in app.points_at(stream)}
    if not unseen:
        return []
    drifted = []
    for page in app.contents(stream):
        for row in page:
            link = unseen.pop(app.id_of(stream, row), None)
            if link and not _is_as_written(link, row_digests(app, stream, row, keys)):
                drifted.append(link.key)
    return drifted + [link.key for link in unseen.values()]


def _is_as_written(link: Link, digests: Iterable[bytes]) -> bool:
    """Tell whether one of the digests of a row is that of what was written, or of what Simon made of it."""
    return any(digest in (link.written_digest, link.kept_digest) for digest in digests)


def give_up_keys(run: Run, app: FieldService, stream: str) -> None:
    """Take the package's key off what was set aside in Simon: another thing has it now, and is to be found by it."""
    with run.context.store.begin() as tx:
        aside = links.set_aside(tx, run.tenant.id, stream)
    for link in aside:
        if (row := app.get_many(stream, [link.simon_id]).get(link.simon_id)) is not None:
            app.set_key(stream, row, link.key)
        with run.transaction() as tx:
            links.mark_dirty(tx, run.tenant.id, stream, link.key)


def change_texts(changes: Mapping[str, tuple[object, object]]) -> dict[str, str]:
    """Return what was changed, field by field, as a text in each language."""
    languages: tuple[Language, ...] = ("nl", "en")
    return {
        language: "; ".join(
            f"{field_name(word, language)} «{_shown(before, language)}» → «{_shown(after, language)}»"
            for word, (before, after) in changes.items()
        )
        for language in languages
    }


def _shown(value: object, language: Language) -> str:
    return YES_NO[value].text(language) if isinstance(value, bool) else "" if value is None else str(value)


def row_digests(app: FieldService, stream: str, row: Raw, keys: Mapping[str, Mapping[int, str]]) -> Iterator[bytes]:
    """Yield the digests that a row of Simon may have been written with; mostly the first one is it.

    Where a record points at nothing, what people let it point at is theirs. ``keys``: by stream, those of Simon's ids.
    """
    payload, ids = app.written(stream, row)
    if ids:
        parents = {field: (parent, keys[parent].get(id)) for field, (parent, id) in ids.items()}
        yield content_digest(payload, parents)
    yield content_digest(payload, {})
