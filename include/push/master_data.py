"""What the store knows of the package's customers and articles, and a trace of what was looked up in it."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson
from pydantic_core import to_jsonable_python

from include.connectors.settings import PackageSettings
from include.push.document import MasterData
from include.records import Article, Customer, MasterRecord, WorkOrder
from include.store import Store, linked_records

R = TypeVar("R")
M = TypeVar("M", bound=MasterRecord)
K = TypeVar("K", int, str)
ARTICLE_SETTINGS = ("default_article", "travel_article", "work_article")


@dataclass
class LookupTrace:
    """Keeps every look-up with its result: another result may mean another outcome for the work order."""

    lookups: list[tuple[str, Any, Any]] = field(default_factory=list)

    def tracing(self, kind: str, look_up: Callable[[K], R]) -> Callable[[K], R]:
        """Return a look-up that notes what it was asked, and what it answered."""

        def traced(key: K) -> R:
            answer = look_up(key)
            self.lookups.append((kind, key, to_jsonable_python(answer)))
            return answer

        return traced

    def digest(self, settings_version: int) -> bytes:
        """Return a digest of all look-ups under these settings."""
        content = orjson.dumps([settings_version, self.lookups], option=orjson.OPT_SORT_KEYS)
        return hashlib.blake2b(content, digest_size=16).digest()


@dataclass(frozen=True)
class LoadedRecords:
    """The records that some work orders and the settings name, read together."""

    customers: Mapping[int, dict[str, Any]]
    articles: Mapping[int, dict[str, Any]]
    by_code: Mapping[str, list[dict[str, Any]]]

    def master_data(self, trace: LookupTrace) -> MasterData:
        """Return the look-ups that building a document takes."""
        return MasterData(
            customer=trace.tracing("customer", _reader(Customer, self.customers)),
            article=trace.tracing("article", _reader(Article, self.articles)),
            articles_by_code=trace.tracing("articles_by_code", self._articles_by_code),
        )

    def _articles_by_code(self, code: str) -> list[Article]:
        return [Article.model_validate(body) for body in self.by_code.get(code, [])]


def load_records(
    store: Store, tenant_id: int, settings: PackageSettings, work_orders: Iterable[WorkOrder]
) -> LoadedRecords:
    """Read what these work orders name: three queries, however many; anew each time, so that nothing stale is kept."""
    orders = list(work_orders)
    customers = {order.customer_id for order in orders if order.customer_id is not None}
    articles = {used.article_id for order in orders for used in order.used_articles if used.article_id is not None}
    codes = {code for name in ARTICLE_SETTINGS if (code := getattr(settings, name))}
    with store.begin() as tx:
        return LoadedRecords(
            linked_records.linked(tx, tenant_id, "customers", customers),
            linked_records.linked(tx, tenant_id, "articles", articles),
            linked_records.with_codes(tx, tenant_id, codes),
        )


def _reader(kind: type[M], bodies: Mapping[K, dict[str, Any]]) -> Callable[[K], M | None]:
    def read(key: K) -> M | None:
        return kind.model_validate(bodies[key]) if key in bodies else None

    return read
