"""Routes about article groups (contract 9)."""

from typing import Any

from starlette.responses import Response

from sandbox.unit4 import wire
from sandbox.unit4.calls import Call
from sandbox.unit4.layout import Row
from sandbox.unit4.products import refuse_used
from sandbox.unit4.records import PRODUCT_GROUP, PRODUCT_GROUP_RELATION
from sandbox.unit4.refusals import Check, missing


def product_group_nvl(call: Call) -> list[dict[str, str]]:
    return wire.nvl({key: row.get("description", "") for key, row in sorted(call.books.groups.items())})


def _group(call: Call, key: str) -> Row:
    row = call.books.groups.get(key) or call.books.groups.get(key.upper())
    if row is None:
        raise missing(call.world, "Artikelgroep", key)
    return row


def get_product_group(call: Call, key: str) -> Row:
    return wire.filled(PRODUCT_GROUP, _group(call, key))


def post_product_group(call: Call) -> Row:
    check = call.check()
    row = PRODUCT_GROUP.read(call.json(), check)
    key = row.get("productGroupId", "")
    if not key:
        check.problem("productGroupId", "Required", "Artikelgroep is verplicht.")
    elif key in call.books.groups:
        check.problem("productGroupId", "Exists", f"Artikelgroep {key} bestaat al.")
    _related(row, key, check)
    check.done()
    call.books.groups[key] = row
    return get_product_group(call, key)


def put_product_group(call: Call, key: str) -> Row:
    old = _group(call, key)
    check = call.check()
    values = PRODUCT_GROUP.read(call.json(), check) | {"productGroupId": old["productGroupId"]}
    _related(values, old["productGroupId"], check)
    check.done()
    base = old if call.switch("put_missing") == "keep" else {}
    call.books.groups[old["productGroupId"]] = base | values
    return get_product_group(call, key)


def _related(row: Row, key: str, check: Check) -> None:
    if row.get("relations") is not None:
        row["relations"] = [
            wire.filled(PRODUCT_GROUP_RELATION, PRODUCT_GROUP_RELATION.read(each, check, f"relations[{number}]."))
            | {"productGroupId": key}
            for number, each in enumerate(row["relations"])
        ]


def delete_product_group(call: Call, key: str) -> Response:
    row = _group(call, key)
    groups = (product.get("productGroupId", "") for product in call.books.products)
    refuse_used(call, row["productGroupId"], groups, f"Artikelgroep {key}")
    del call.books.groups[row["productGroupId"]]
    return Response(b"", int(call.switch("delete_status")))


def relation_info(call: Call, key: str, year: str) -> Row:
    for relation in _group(call, key).get("relations") or []:
        if str(relation["fiscalYear"]) == year:
            return dict(relation)
    raise missing(call.world, "Artikelgroep", f"{key} in boekjaar {year}")


ROUTES: dict[str, Any] = {
    "GET {database}/ProductGroupNVL": product_group_nvl,
    "GET {database}/ProductGroup/{productGroupId}": get_product_group,
    "POST {database}/ProductGroup": post_product_group,
    "PUT {database}/ProductGroup/{productGroupId}": put_product_group,
    "DELETE {database}/ProductGroup/{productGroupId}": delete_product_group,
    "GET {database}/ProductGroupRelationInfo/{productGroupId}/{fiscalYear}": relation_info,
}
