"""One check for each setting (requirements, section 4). A setting without a check of its own is in order as it is."""

from collections.abc import Callable, Mapping

from include.connectors.settings import PackageSettings
from include.errors import IntegrationError
from include.records import Customer, PickListEntry
from include.settings.article_filter import nearest
from include.settings.check_result import CheckResult, check_result, failed_check
from include.settings.filter_checks import article_groups, article_types
from include.settings.live_package import LivePackage
from include.settings.lookup import fault_of

Check = Callable[[LivePackage, str, str], list[CheckResult]]  # of a setting by its name and title
SHORT = 3  # letters; a shorter filter word is part of nearly every text
SHOWN = 20  # choices in a message


def check(live: LivePackage, name: str) -> list[CheckResult]:
    """What is to be said of a setting: at least one verdict. Never raises for what the package answers."""
    title = title_of(live.settings, name)
    checked = _CHECKS.get(name) or (_chosen if name in live.tenant.package.pick_lists else _in_order)
    try:
        return checked(live, name, title)
    except IntegrationError as error:
        return [failed_check(name, error, title)]


def title_of(settings: PackageSettings, name: str) -> str:
    """What a setting is called on the screen."""
    return type(settings).model_fields[name].title or name


def _in_order(live: LivePackage, name: str, title: str) -> list[CheckResult]:
    """Its form was checked when it was changed."""
    return [check_result(name, "settings.ok", title)]


def _administration(live: LivePackage, name: str, title: str) -> list[CheckResult]:
    """It exists, can be reached with this access, and the API may be used on it for all that the coupling does."""
    number, own = live.settings.administration, live.administration
    if own is None:
        return [_unreachable(live, name, title, number)]
    values = {"number": own.number, "name": own.name, "system": live.tenant.package.title}
    if not own.has_api:
        return [check_result(name, "settings.administration_without_api", title, **values)]
    if own.missing_rights:
        return [
            check_result(
                name, "settings.administration_missing_rights", title, **values, rights=", ".join(own.missing_rights)
            )
        ]
    live.try_rights()
    return [check_result(name, "settings.administration_ok", title, **values)]


def _unreachable(live: LivePackage, name: str, title: str, number: str) -> CheckResult:
    known = {one.number: one.name for one in live.administrations}
    if near := nearest(number, list(known)):
        return check_result(
            name, "settings.administration_near_miss", title, number=number, near=near, name=known[near]
        )
    return check_result(name, "settings.administration_unknown", title, number=number, reachable=_listed(known))


def _article(live: LivePackage, name: str, title: str) -> list[CheckResult]:
    """The same rule as for a document (R4.2), asked of the package itself."""
    code: str = getattr(live.settings, name)
    if not code:
        return _in_order(live, name, title)
    found = live.articles(code)
    article = found[0] if found else None
    fault = fault_of(article)
    if article is None:
        return [_article_unknown(live, name, title, code)]
    values = {"article": code, "description": article.description}
    if fault:
        return [check_result(name, "settings.article_inactive", title, **values)]
    if len(found) > 1:
        return [check_result(name, "settings.article_several", title, **values, count=len(found))]
    priced = "settings.article_ok" if article.price else "settings.article_without_price"
    return [check_result(name, priced, title, **values)]


def _article_unknown(live: LivePackage, name: str, title: str, code: str) -> CheckResult:
    known = live.some_articles()
    if near := nearest(code, list(known)):
        values = {"near": near, "description": known[near]}
        return check_result(name, "settings.article_near_miss", title, article=code, **values)
    return check_result(name, "settings.article_unknown", title, article=code)


def _chosen(live: LivePackage, name: str, title: str) -> list[CheckResult]:
    """One of a list of the package, and one that can be used here."""
    value = getattr(live.settings, name)
    if value in (None, ""):
        return _in_order(live, name, title)
    key = str(value)
    listed = live.records(live.tenant.package.pick_lists[name])
    choices = {one.key: one for one in listed if isinstance(one, PickListEntry)}
    usable = {one.key: one.name for one in choices.values() if one.active}
    if key in usable:
        return [check_result(name, "settings.pick_list_ok", title, value=key, name=usable[key])]
    if key in choices:
        return [check_result(name, "settings.pick_list_unusable", title, value=key, known=_listed(usable))]
    if near := nearest(key, list(usable)):
        return [check_result(name, "settings.pick_list_near_miss", title, value=key, near=near, name=usable[near])]
    return [check_result(name, "settings.pick_list_unknown", title, value=key, known=_listed(usable))]


def _memo_field(live: LivePackage, name: str, title: str) -> list[CheckResult]:
    found = _chosen(live, name, title)
    value: str = getattr(live.settings, name)
    if value and not live.settings.memo_parts and found[0].level == "ok":
        return [check_result(name, "settings.memo_field_unused", title, value=value)]
    return found


def _payment_condition(live: LivePackage, name: str, title: str) -> list[CheckResult]:
    """Without one, the document of a customer that has none is refused."""
    if getattr(live.settings, name):
        return _chosen(live, name, title)
    customers = live.records(live.tenant.package.stream("customers"))
    without = [one for one in customers if isinstance(one, Customer) and one.active and not one.payment_condition]
    if not without:
        return _in_order(live, name, title)
    values = {"count": len(without), "customer": without[0].label}
    return [check_result(name, "settings.customers_without_payment_condition", title, **values)]


def _filter_word(live: LivePackage, name: str, title: str) -> list[CheckResult]:
    word = live.settings.filter_word.strip()
    if 0 < len(word) < SHORT:
        return [check_result(name, "settings.filter_word_short", title, word=word)]
    return _in_order(live, name, title)


def _listed(known: Mapping[str, str]) -> str:
    """Keys with their names, as many as a person reads."""
    shown = [f"{key} ({name})" if name else key for key, name in known.items()]
    return ", ".join(shown[:SHOWN]) + (", …" if len(shown) > SHOWN else "") or "–"


_CHECKS: Mapping[str, Check] = {
    "administration": _administration,
    "travel_article": _article,
    "work_article": _article,
    "default_article": _article,
    "filter_word": _filter_word,
    "article_groups": article_groups,
    "article_types": article_types,
    "memo_field": _memo_field,
    "payment_condition": _payment_condition,
}
