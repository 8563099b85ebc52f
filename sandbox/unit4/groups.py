"""Routes about article groups (contract 9)."""

from typing import Any

from starlette.responses import Response

from sandbox.unit4 import wire
from sandbox.unit4.call import Unit4Call
from sandbox.unit4.errors import Validation, missing
from sandbox.unit4.layout import Row
from sandbox.unit4.products import refuse_used
from sandbox.unit4.records import PRODUCT_GROUP, PRODUCT_GROUP_RELATION


def product_group_nvl(call: Unit4Call) -> list[dict[str, str]]:
    return wire.nvl({key: row.get("description", "") for key, row in sorted(call.administration.groups.items())})


def _group(call: Unit4Call, key: str) -> Row:
    row = call.administration.groups.get(key) or call.administration.groups.get(key.upper())
    if row is None:
        raise missing(call.world, "Artikelgroep", key)
    return row


def get_product_group(call: Unit4Call, key: str) -> Row:
    return wire.filled(PRODUCT_GROUP, _group(call, key))


def post_product_group(call: Unit4Call) -> Row:
    validation = call.validation()
    row = PRODUCT_GROUP.read(call.json(), validation)
    key = row.get("productGroupId", "")
    if not key:
        validation.problem("productGroupId", "Required", "Artikelgroep is verplicht.")
    elif key in call.administration.groups:
        validation.problem("productGroupId", "Exists", f"Artikelgroep {key} bestaat al.")
    _related(row, key, validation)
    validation.done()
    call.administration.groups[key] = row
    return get_product_group(call, key)


def put_product_group(call: Unit4Call, key: str) -> Row:
    old = _group(call, key)
    validation = call.validation()
    values = PRODUCT_GROUP.read(call.json(), validation) | {"productGroupId": old["productGroupId"]}
    _related(values, old["productGroupId"], validation)
    validation.done()
    base = old if call.switch("put_missing") == "keep" else {}
    call.administration.groups[old["productGroupId"]] = base | values
    return get_product_group(call, key)


def _related(row: Row, key: str, validation: Validation) -> None:
    if row.get("relations") is not None:
        row["relations"] = [
            wire.filled(PRODUCT_GROUP_RELATION, PRODUCT_GROUP_RELATION.read(each, validation, f"relations[{number}]."))
            | {"productGroupId": key}
            for number, each in enumerate(row["relations"])
        ]


def delete_product_group(call: Unit4Call, key: str) -> Response:
    row = _group(call, key)
    groups = (product.get("productGroupId", "") for product in call.administration.products)
    refuse_used(call, row["productGroupId"], groups, f"Artikelgroep {key}")
    del call.administration.groups[row["productGroupId"]]
    return Response(b"", int(call.switch("delete_status")))


def relation_info(call: Unit4Call, key: str, year: str) -> Row:
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
