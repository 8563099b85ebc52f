"""One check for each setting (requirements, section 4). A setting without a check of its own is in order as it is."""

from collections.abc import Callable, Mapping

from include.errors import IntegrationError
from include.records import Customer, PickListEntry
from include.settings.article_filter import nearest
from include.settings.check_result import CheckLevel, CheckResult
from include.settings.checked_setting import CheckedSetting
from include.settings.filter_checks import check_article_groups, check_article_types
from include.settings.live_package import LivePackage
from include.settings.lookup import is_bookable, named
from include.typed_text import fold

Check = Callable[[CheckedSetting], list[CheckResult]]
SHORTEST_WORD = 3  # letters; a shorter filter word is part of nearly every text
MOST_CHOICES = 20  # that a message lists


def check_settings(package: LivePackage) -> list[CheckResult]:
    """Return what is to be said of all settings of a package."""
    return [result for name in type(package.settings).model_fields for result in check(package, name)]


def check(package: LivePackage, name: str) -> list[CheckResult]:
    """Return what is to be said of a setting: at least one result. Never raises for what the package answers."""
    setting = CheckedSetting(name, package)
    by_default = _check_choice if name in package.tenant.package.pick_lists else CheckedSetting.ok
    try:
        return CHECKS.get(name, by_default)(setting)
    except IntegrationError as error:
        return [setting.failed(error)]


def _check_administration(setting: CheckedSetting) -> list[CheckResult]:
    """Check that it exists, can be reached, and that the API may be used on it for all that the coupling does."""
    number, own = setting.settings.administration, setting.package.administration
    if own is None:
        return [_unreachable(setting, number)]
    values = {"number": own.number, "name": own.name, "system": setting.package.tenant.package.title}
    if not own.has_api:
        return [setting.result("settings.administration_without_api", **values)]
    if own.missing_rights:
        rights = ", ".join(own.missing_rights)
        return [setting.result("settings.administration_missing_rights", **values, rights=rights)]
    setting.package.check_permissions()
    return [setting.result("settings.administration_ok", **values)]


def _unreachable(setting: CheckedSetting, number: str) -> CheckResult:
    names = {administration.number: administration.name for administration in setting.package.administrations}
    if near := nearest(number, list(names)):
        return setting.result("settings.administration_near_miss", number=number, near=near, name=names[near])
    return setting.result("settings.administration_unknown", number=number, reachable=_listed(names))


def _check_article(setting: CheckedSetting) -> list[CheckResult]:
    """Check the code of an article by the rule of the documents (R4.2), asked of the package itself."""
    code: str = setting.value
    if not code:
        return setting.ok()
    listed = setting.package.articles(code)
    articles = [article for article in listed if article.active] or listed
    article = articles[0] if articles else None
    if article is None:
        return [_unknown_article(setting, code)]
    values = {"article": code, "description": article.description}
    if not is_bookable(article):
        return [setting.result("settings.article_inactive", **values)]
    if len(articles) > 1:
        return [setting.result("settings.article_several", article=code, names=named(articles))]
    return [setting.result("settings.article_ok" if article.price else "settings.article_without_price", **values)]


def _unknown_article(setting: CheckedSetting, code: str) -> CheckResult:
    descriptions = setting.package.some_articles()
    if near := nearest(code, list(descriptions)):
        values = {"near": near, "description": descriptions[near]}
        return setting.result("settings.article_near_miss", article=code, **values)
    return setting.result("settings.article_unknown", article=code)


def _check_choice(setting: CheckedSetting) -> list[CheckResult]:
    """Check that it names an entry of a list of the package, and one that can be used here."""
    if setting.value in (None, ""):
        return setting.ok()
    key = str(setting.value)
    listed = setting.package.records(setting.package.tenant.package.pick_lists[setting.name])
    entries = {entry.key: entry for entry in listed if isinstance(entry, PickListEntry)}
    usable = {entry.key: entry.name for entry in entries.values() if entry.active}
    if key in usable:
        return [setting.result("settings.pick_list_ok", value=key, name=usable[key])]
    if key in entries:
        return [setting.result("settings.pick_list_unusable", value=key, known=_listed(usable))]
    if near := nearest(key, list(usable)):
        return [setting.result("settings.pick_list_near_miss", value=key, near=near, name=usable[near])]
    return [setting.result("settings.pick_list_unknown", value=key, known=_listed(usable))]


def _check_memo_field(setting: CheckedSetting) -> list[CheckResult]:
    """Check that it is a field that can be used, and that something is put into it."""
    results = _check_choice(setting)
    if setting.value and not setting.settings.memo_parts and results[0].level == CheckLevel.OK:
        return [setting.result("settings.memo_field_unused", value=setting.value)]
    return results


def _check_payment_condition(setting: CheckedSetting) -> list[CheckResult]:
    """Check that there is one for every customer: without any, the documents of a customer are refused."""
    if setting.value:
        return _check_choice(setting)
    customers = setting.package.records(setting.package.tenant.package.stream("customers"))
    without = [
        customer
        for customer in customers
        if isinstance(customer, Customer) and customer.active and not customer.payment_condition
    ]
    if not without:
        return setting.ok()
    count, customer = len(without), without[0].label
    return [setting.result("settings.customers_without_payment_condition", count=count, customer=customer)]


def _check_filter_word(setting: CheckedSetting) -> list[CheckResult]:
    """Check that it is not part of nearly every description."""
    word = fold(setting.settings.filter_word)
    return [setting.result("settings.filter_word_short", word=word)] if 0 < len(word) < SHORTEST_WORD else setting.ok()


def _listed(names: Mapping[str, str]) -> str:
    """Return keys with their names, as many as a person reads."""
    shown = [f"{key} ({name})" if name else key for key, name in names.items()]
    return ", ".join(shown[:MOST_CHOICES]) + (", …" if len(shown) > MOST_CHOICES else "") or "–"


CHECKS: Mapping[str, Check] = {
    "administration": _check_administration,
    "travel_article": _check_article,
    "work_article": _check_article,
    "default_article": _check_article,
    "filter_word": _check_filter_word,
    "article_groups": check_article_groups,
    "article_types": check_article_types,
    "memo_field": _check_memo_field,
    "payment_condition": _check_payment_condition,
}
