"""The terms of the integration (R5.7): beginning an activation means agreeing to them; who did so and when is kept."""

from include.context import Context
from include.errors import InvalidInput
from include.installation import Terms
from include.log.writer import IntegrationLog
from include.store import agreements
from include.store.agreements import Agreement
from include.tenants.tenant import Tenant

__all__ = ["Agreement", "Terms", "agree", "agreement", "check_version"]


def agreement(context: Context, tenant: Tenant) -> Agreement | None:
    """Return who agreed to the version that counts now, and when."""
    with context.store.begin() as tx:
        listed = agreements.listing(tx, tenant.id)
    return next((each for each in listed if each.version == context.terms.version), None)


def check_version(terms: Terms, version: str) -> None:
    """Raise InvalidInput for any version but the one that counts: what was read has to be what is agreed to."""
    if version != terms.version:
        raise InvalidInput(
            f"terms: version {version!r} does not count (any more); read {terms.link} and agree to {terms.version!r}"
        )


def agree(context: Context, tenant: Tenant, by: str, version: str | None = None) -> bool:
    """Note that a person agrees, to the version that counts now; return False when somebody did before.

    Raises InvalidInput for another version.
    """
    terms = context.terms
    check_version(terms, terms.version if version is None else version)
    with context.store.begin() as tx:
        is_new = agreements.add(tx, tenant.id, Agreement(terms.version, terms.link, by, context.now()))
    if is_new:
        log = IntegrationLog(context.store, tenant.id, tenant.slug, "life")
        log.write("coupling.terms_agreed", tenant.slug, version=terms.version, link=terms.link, by=by)
    return is_new
