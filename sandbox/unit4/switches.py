"""What the contract assumes about Multivers rather than documents, one named switch each."""

from sandbox.switches import Switch, Value


def _switch(name: str, default: Value, sentence: str, *others: Value) -> Switch:
    allowed = (default, *others) if others else ()
    return Switch(f"unit4.{name}", default, sentence, allowed)


SWITCHES: list[Switch] = [
    # signing in: contract 2
    _switch("expires_in", 3600, "Seconds that an access token is valid."),
    _switch("expires_in_form", "number", "Whether expires_in is a JSON number or text.", "text"),
    _switch("refresh_tokens", "reusable", "Whether a used refresh token stays valid or is replaced.", "rotate"),
    _switch("refresh_lifetime_s", 0, "Seconds that a refresh token is valid; 0 is without end."),
    _switch("code_lifetime_s", 60, "Seconds that an authorization code is valid."),
    _switch("multivers_users", "SYSTEEM,SYSTEM", "Multivers users that the consent page knows, by comma."),
    _switch("multivers_password", "", "Password of those Multivers users on the consent page."),
    _switch("token_bound_to_version", False, "Whether a token only works under the version that handed it out."),
    # wire format: contract 3 and 5
    _switch("percent_in_path", "refuse", "Whether a path key may be percent encoded instead of with !_.", "decode"),
    _switch("unknown_members", "ignore", "What happens to a member that the record does not have.", "refuse"),
    _switch("long_text", "refuse", "What happens to text over the longest length.", "cut"),
    _switch(
        "put_missing", "keep", "Whether a member left out of a PUT keeps its value or gets its default.", "default"
    ),
    _switch("missing_key", "404", "The answer for a key that does not exist (null is 200 with null).", "400", "null"),
    _switch("hidden_record", 403, "The answer for a record that the user may not see.", 404),
    _switch("refusal_status", 400, "The status of a broken business rule.", 422, 500),
    _switch("delete_status", 200, "The status of a successful delete, always with an empty body.", 204),
    _switch("customer_info_dates", "dutch", "The form of the dates in CustomerInfo.", "iso"),
    _switch("maps_fields", False, "Whether a Customer carries the two googleMaps members of older versions."),
    # lists: contract 4
    _switch("customer_date_filter", "text", "Whether CustomerInfo dates are compared as text or as dates.", "date"),
    _switch("select_casing", "camel", "The casing of the names that $select returns.", "pascal"),
    _switch("page_cap", 0, "The most rows that a list returns, whatever $top asks for; 0 is as many as are asked for."),
    _switch("list_limit", 0, "The most rows that a list returns when $top is left out; 0 is all."),
    _switch(
        "partial_combination",
        "refuse",
        "Whether part of a parameter combination is a 404, applied or ignored.",
        "apply",
        "ignore",
    ),
    _switch("first_page_number", 1, "The PageNumber of the first page.", 0),
    _switch("passive_in_lists", True, "Whether passive customers and articles stay in the lists."),
    _switch("product_search", "part", "How the search parameters of ProductInfoList match.", "exact"),
    # records: contract 7 and 8
    _switch("address_touches_customer", False, "Whether changing an address moves the customer's dateChanged."),
    _switch("delete_used", "allow", "Whether a record that orders or articles use can be deleted.", "refuse"),
    # orders: contract 10 to 12
    _switch("approve_sales_orders", False, "Whether orders need approval, so that they arrive not approved."),
    _switch("passive_customers", "refuse", "Whether an order for a passive customer is refused.", "allow"),
    _switch("passive_products", "refuse", "Whether an order line with a passive article is refused.", "allow"),
    _switch("expiring_products", "allow", "Whether an order line with an expiring article is refused.", "refuse"),
    _switch("vat_scenario_required", False, "Whether an order must carry vatScenarioId."),
    _switch("own_order_number", "ignore", "What happens to an orderId in a new order.", "accept", "refuse"),
    _switch(
        "price_when_unsaid", "article", "The price of a line that has neither autoCalculatePrice nor price.", "zero"
    ),
    _switch("delivered_when_unsaid", "ordered", "quantityDelivered of an invoice order that leaves it out.", "zero"),
    _switch("line_type_checked", False, "Whether the line type must fit the type of its article."),
    _switch("memo_field", "ORDER.OPMERKINGEN", "GROUP.FIELD of the memo field on sales orders; empty is none."),
    _switch("order_filter", True, "Whether order lists take $filter."),
    _switch("order_visible_after_s", 0, "Seconds before a new order shows in the order lists."),
    _switch("invoiced_in_customer_list", True, "Whether an invoiced order stays in its customer's list."),
    _switch("invoiced_in_open_orders", False, "Whether an invoiced order stays in OpenOrders."),
    _switch("order_lists_carry_lines", False, "Whether order lists carry lines and VAT lines instead of null."),
    _switch("order_info_type", "number", "Whether orderType in OrderInfo is the number or the name, as text.", "name"),
]
