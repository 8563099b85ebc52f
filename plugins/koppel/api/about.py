"""One coupling in depth as JSON: settings with their draft and versions, the story of a record, clean-ups."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field

from include.cleanup.history import PastRemovals, past_removals, waiting
from include.log.timeline import TimelineEvent
from include.push.preview import preview as document_of
from include.settings import drafts
from include.settings.versions import history
from plugins.koppel.dependencies import ContextDep, TenantDep
from plugins.koppel.language import PageLanguage
from plugins.koppel.pages.timeline import Which, WorkOrder, story


class Version(BaseModel):
    """``changed``: what each setting was and became."""

    version: int
    saved_by: str
    saved_at: datetime
    changed: dict[str, tuple[Any, Any]]


class Settings(BaseModel):
    """``draft`` is what is being changed; None when nothing is."""

    version: int
    settings: dict[str, Any]
    draft: dict[str, Any] | None
    unchecked: list[str]
    wrong: list[str]
    versions: list[Version]


class Entry(BaseModel):
    """One archiving of a work order."""

    number: str
    archived_at: datetime
    reference: str
    state: str
    code: str | None
    document: str | None
    settings_version: int | None


class About(BaseModel):
    name: str
    archivings: list[Entry]
    events: list[TimelineEvent]


class Line(BaseModel):
    """``rule`` says why the line is there."""

    rule: str
    description: str
    quantity: str | None
    net: str


class Document(BaseModel):
    """``refusal``: why none can be made. ``existing``: what the package has. Amounts are texts, to the cent."""

    work_order: str
    reference: str
    state: str
    lines: list[Line]
    refusal: str | None
    filter_word: str | None
    existing: list[str]
    differences: list[str]


class Record(BaseModel):
    stream: str
    label: str
    key: str | None
    reason: str
    state: str


class Cleanups(BaseModel):
    """``proposal`` waits for a person (``open``) or is being carried out (``approved``); ``records`` is its set."""

    proposal: int | None
    state: str | None
    expires_at: datetime | None
    records: Annotated[list[Record], Field(description="exactly the set")]
    earlier: list[PastRemovals]


def settings(context: ContextDep, tenant: TenantDep) -> Settings:
    """The saved settings, the draft, and every version."""
    draft = drafts.find(context, tenant)
    versions = [
        Version(version=one.version, saved_by=one.saved_by, saved_at=one.saved_at, changed=dict(one.changed))
        for one in history(context, tenant)
    ]
    return Settings(
        version=tenant.settings_version,
        settings=tenant.settings.model_dump(mode="json"),
        draft=draft.settings.model_dump(mode="json") if draft else None,
        unchecked=draft.unchecked if draft else [],
        wrong=draft.wrong if draft else [],
        versions=versions,
    )


def about(context: ContextDep, tenant: TenantDep, language: PageLanguage, asked: Annotated[Which, Query()]) -> About:
    """Everything that ever happened to a work order, a customer or an article, the latest first."""
    found = story(context, tenant, asked, language)
    entries = [
        Entry(
            document=one.document_number or one.document_id,
            **{name: getattr(one, name) for name in Entry.model_fields if name != "document"},
        )
        for one in found.entries
    ]
    return About(name=found.name, archivings=entries, events=list(found.events))


def preview(
    context: ContextDep, tenant: TenantDep, language: PageLanguage, asked: Annotated[WorkOrder, Query()]
) -> Document:
    """The document of a work order as it would be made now; sends nothing."""
    found = document_of(context, tenant, asked.name.strip())
    lines = [
        Line(rule=one.rule, description=one.description, quantity=_text(one.quantity), net=str(one.net))
        for one in (found.expected.lines if found.expected else ())
    ]
    refusal = found.refusal.text(language) if found.refusal else None
    existing = [one.number or one.id for one in found.existing]
    named = {"work_order": found.work_order, "reference": found.reference, "state": found.state}
    return Document(
        **named,
        lines=lines,
        refusal=refusal,
        filter_word=found.filter_word,
        existing=existing,
        differences=list(found.differences),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def cleanups(context: ContextDep, tenant: TenantDep) -> Cleanups:
    """The proposal that waits, with its set, and what earlier clean-ups took."""
    proposal, removals = waiting(context, tenant) or (None, [])
    records = [
        Record(stream=one.stream, label=one.label, key=one.key, reason=one.reason, state=one.state) for one in removals
    ]
    return Cleanups(
        proposal=proposal.id if proposal else None,
        state=proposal.state if proposal else None,
        expires_at=proposal.expires_at if proposal else None,
        records=records,
        earlier=past_removals(context, tenant),
    )
