"""What the store knows of the package's customers and articles, as ``document.Books``."""

from typing import Any, TypeVar

from include.push.document import Books
from include.records import Article, Customer, MasterRecord
from include.store import Store, Transaction, links, records

R = TypeVar("R", bound=MasterRecord)


def open_books(store: Store, tenant_id: int) -> Books:
    """Each look-up is a short query of its own, so that nothing stale is kept during a long run."""

    def linked(stream: str, kind: type[R], simon_id: int) -> R | None:
        with store.begin() as tx:
            return _of(kind, _linked(tx, tenant_id, stream, simon_id))

    def by_code(code: str) -> Article | None:
        with store.begin() as tx:
            return _of(Article, records.by_code(tx, tenant_id, code))

    return Books(
        customer=lambda simon_id: linked("customers", Customer, simon_id),
        article=lambda simon_id: linked("articles", Article, simon_id),
        article_by_code=by_code,
    )


def _linked(tx: Transaction, tenant_id: int, stream: str, simon_id: int) -> dict[str, Any] | None:
    key = links.key_of(tx, tenant_id, stream, simon_id)
    return None if key is None else records.get(tx, tenant_id, stream, key)


def _of(kind: type[R], body: dict[str, Any] | None) -> R | None:
    return None if body is None else kind.model_validate(body)
