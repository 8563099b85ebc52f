"""Between our records and Simon's rows. Pure functions; the names come from the dialect."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from include.connectors.simple_simon.dialect import ApiDialect, EntityFields
from include.records import (
    Address,
    Article,
    ArticleGroup,
    Customer,
    LongValue,
    LongValueEffect,
    MasterRecord,
    Raw,
    TimeEntry,
    UsedArticle,
    WorkAddress,
    WorkOrder,
    WorkOrderRef,
)
from include.streams import STREAMS, WRITING_ORDER

_STREAMS: Mapping[type[MasterRecord], str] = {STREAMS[name].record: name for name in WRITING_ORDER}
_WORK_ADDRESS_TEXTS = ("name", "contact_name", "phone", "email")
_ARTICLE_TEXTS = ("code", "description", "unit", "vat_code")
_CUSTOMER_TEXTS = ("number", "name", "phone", "mobile", "email", "vat_number", "chamber_of_commerce_number")
# the words of what is written of each stream
_PLACE_TEXTS = ("street", "postal_code", "city", "country_code")
WRITTEN: Mapping[str, tuple[str, ...]] = {
    stream: ("external_id", "active", *words)
    for stream, words in {
        "customers": (*_PLACE_TEXTS, *_CUSTOMER_TEXTS),
        "work_addresses": (*_PLACE_TEXTS, *_WORK_ADDRESS_TEXTS),
        "article_groups": ("code", "name"),
        "articles": _ARTICLE_TEXTS,
    }.items()
}
# fields that may lose their end; those by which the record is known must not be other than they are, nor may any else
READ_BY_PEOPLE = ("name", "street", "city", "contact_name", "description", "unit")
KNOWN_BY = ("external_id", "number", "code")
YEARS = range(1990, 2200)  # in which a moment can lie
_MS_DATE = re.compile(r"/Date\((-?\d+)(?:([+-])(\d\d)(\d\d))?\)/")


def stream_of(record: MasterRecord) -> str:
    """Return the stream that a record belongs to. Raises KeyError for what Simon has no table for."""
    return _STREAMS[type(record)]


def payload(record: MasterRecord, dialect: ApiDialect) -> tuple[Raw, list[LongValue]]:
    """Return what Simon should hold, without other records' ids; and what was done about values that are too long."""
    entity = dialect.entities[stream_of(record)]
    values = {"external_id": record.key, "active": True, **_values(record)}
    too_long = []
    for name, length in entity.lengths.items():
        if len(text := values.get(name) or "") > length:
            effect, shortened = _effect(name), f"{text[: length - 1].rstrip()}…"
            values[name] = shortened if effect is LongValueEffect.SHORTENED else as_written(name, "")
            too_long.append(LongValue(field=name, length=length, effect=effect))
    return {entity.fields[name]: value for name, value in values.items()}, too_long


def _effect(name: str) -> LongValueEffect:
    if name in KNOWN_BY:
        return LongValueEffect.REFUSED
    return LongValueEffect.SHORTENED if name in READ_BY_PEOPLE else LongValueEffect.EMPTIED


def _values(record: MasterRecord) -> dict[str, Any]:
    match record:
        case Customer():
            return _place(record.address) | _texts(record, *_CUSTOMER_TEXTS)
        case WorkAddress():
            return _place(record.address) | _texts(record, *_WORK_ADDRESS_TEXTS)
        case ArticleGroup():
            return {"code": record.key, "name": record.name}
        case Article():
            return _texts(record, *_ARTICLE_TEXTS)
    raise KeyError(type(record).__name__)


def _texts(record: MasterRecord, *names: str) -> dict[str, Any]:
    """Return these texts of a record; an empty one goes as null, which is what Simon gives back for it."""
    return {name: getattr(record, name) or None for name in names}


def _place(address: Address) -> dict[str, Any]:
    # an empty country is written as such: Simon makes its own country of none at all
    return {name: as_written(name, getattr(address, name)) for name in _PLACE_TEXTS}


def as_written(word: str, value: Any) -> Any:
    """Return an empty value in the one form in which it is written."""
    return value or ("" if word == "country_code" else None)


def parents(record: MasterRecord, dialect: ApiDialect) -> dict[str, tuple[str, str]]:
    """Return the records that a record points at: field -> (stream, key)."""
    fields = dialect.entities[stream_of(record)].fields
    if isinstance(record, WorkAddress):
        return {fields["customer_id"]: ("customers", record.customer_key)}
    if isinstance(record, Article) and record.group_key:
        return {fields["group_id"]: ("article_groups", record.group_key)}
    return {}


def read_moment(value: str | None, dialect: ApiDialect) -> datetime | None:
    """Read a date of any of the three styles as aware UTC; one without a zone is Simon's local time.

    Raises ValueError for what is no date, and for one of before there was a Simple-Simon: the year 1 means none.
    """
    if not value:
        return None
    if milliseconds := _MS_DATE.fullmatch(value):
        moment = datetime.fromtimestamp(int(milliseconds[1]) / 1000, UTC)
    else:
        moment = datetime.fromisoformat(value)
    if moment.year not in YEARS:
        raise ValueError(f"date {value!r}")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(dialect.zone))
    return moment.astimezone(UTC)


def write_moment(value: datetime, dialect: ApiDialect) -> str:
    """Write a moment in the style of the dialect."""
    if dialect.date_style == "ms_date":
        return f"/Date({int(value.timestamp() * 1000)})/"
    if dialect.date_style == "iso_naive_local":
        return value.astimezone(ZoneInfo(dialect.zone)).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return value.astimezone(timezone(timedelta())).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def work_order_ref(row: Raw, dialect: ApiDialect) -> WorkOrderRef:
    """Read as much of an archived work order as a listing shows."""
    read = _reader(dialect.entities["work_orders"], row)
    changed_at = read_moment(read("changed_at"), dialect)
    archived_at = read_moment(read("archived_at"), dialect) or changed_at
    if archived_at is None or changed_at is None:
        raise ValueError("no moment of archiving or change")
    number = str(read("number") or "").strip() or str(read("id"))  # messages name it, and people ask for it
    return WorkOrderRef(id=read("id"), number=number, archived_at=archived_at, changed_at=changed_at)


def work_order(
    row: Raw, address: Raw | None, *, used: Sequence[Raw], times: Sequence[Raw], dialect: ApiDialect
) -> WorkOrder:
    """Read a work order with its work address, material and times."""
    read = _reader(dialect.entities["work_orders"], row)
    place = _reader(dialect.entities["work_addresses"], address or {})
    street = ", ".join(filter(None, (place("street"), f"{place('postal_code') or ''} {place('city') or ''}".strip())))
    ref = work_order_ref(row, dialect)
    return WorkOrder(
        id=ref.id,
        number=ref.number,
        archived_at=ref.archived_at,
        customer_id=read("customer_id"),
        work_address_id=read("work_address_id"),
        work_address_customer_id=place("customer_id"),
        work_address=", ".join(filter(None, (place("name"), street))),
        description=read("description") or "",
        used_articles=tuple(_used(_reader(dialect.entities["used_articles"], item)) for item in used),
        times=tuple(_time(_reader(dialect.entities["times"], item), dialect) for item in times),
    )


def _reader(entity: EntityFields, row: Mapping[str, Any]) -> Any:
    """Return a function that reads values by our words; text without the NULs that no database takes."""

    def read(name: str) -> Any:
        value = row.get(entity.fields[name])
        return value.replace("\x00", "") if isinstance(value, str) else value

    return read


def _used(read: Any) -> UsedArticle:
    return UsedArticle(
        article_id=read("article_id"),
        code=read("code") or "",
        description=read("description") or "",
        quantity=Decimal(str(read("quantity") or 0)),
    )


def _time(read: Any, dialect: ApiDialect) -> TimeEntry:
    kinds: dict[str, Literal["travel", "work"]] = {dialect.travel: "travel", dialect.work: "work"}
    return TimeEntry(kind=kinds.get(str(read("kind")), "other"), minutes=int(read("minutes") or 0))
