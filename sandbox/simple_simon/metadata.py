"""How the odata interface describes itself: the service document and the CSDL of $metadata (contract 5)."""

from typing import Any
from xml.sax.saxutils import quoteattr

from sandbox.simple_simon.dialect import WireDialect
from sandbox.simple_simon.schema import ENTITIES, EntitySchema, Member, Navigation

_EDM = {"int": "Int32", "decimal": "Decimal", "date": "DateTimeOffset", "bool": "Boolean", "text": "String"}


def service_document(base: str, dialect: WireDialect) -> dict[str, Any]:
    sets = [dialect.set_name(entity) for entity in ENTITIES.values()]
    return {
        "@odata.context": f"{base}/$metadata",
        "value": [{"name": name, "kind": "EntitySet", "url": name} for name in sets],
    }


def csdl(dialect: WireDialect) -> bytes:
    """Write the document of $metadata, OData 4.0."""
    types = "".join(_entity_type(entity, dialect) for entity in ENTITIES.values())
    sets = "".join(_entity_set(entity, dialect) for entity in ENTITIES.values())
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>'
        '<Schema Namespace="Simon" xmlns="http://docs.oasis-open.org/odata/ns/edm">'
        f'{types}<EntityContainer Name="Container">{sets}</EntityContainer>'
        "</Schema></edmx:DataServices></edmx:Edmx>\n"
    ).encode()


def _entity_type(entity: EntitySchema, dialect: WireDialect) -> str:
    properties = "".join(_property(member) for member in dialect.members(entity))
    links = "".join(_link(entity, navigation) for navigation in entity.navigation)
    key = '<Key><PropertyRef Name="Id"/></Key>'
    return f'<EntityType Name="{entity.name}">{key}{properties}{links}</EntityType>'


def _property(member: Member) -> str:
    facets = ""
    if member.required or member.kind == "bool" or member.name in ("Id", "CreationDate", "MutationDate"):
        facets += ' Nullable="false"'
    if member.length:
        facets += f' MaxLength="{member.length}"'
    if member.kind == "date":
        facets += ' Precision="3"'
    if member.kind == "decimal":
        facets += f' Precision="18" Scale="{4 if member.name == "Quantity" else "variable"}"'
    if isinstance(member.default, bool):
        facets += f' DefaultValue="{str(member.default).lower()}"'
    elif member.default is not None and member.kind != "date":
        facets += f" DefaultValue={quoteattr(str(member.default))}"
    return f'<Property Name="{member.name}" Type="Edm.{_EDM[member.kind]}"{facets}/>'


def _link(entity: EntitySchema, navigation: Navigation) -> str:
    if navigation.many:
        return f'<NavigationProperty Name="{navigation.name}" Type="Collection(Simon.{navigation.target})"/>'
    nullable = "" if not entity.by_name[navigation.member].required else ' Nullable="false"'
    return (
        f'<NavigationProperty Name="{navigation.name}" Type="Simon.{navigation.target}"{nullable}>'
        f'<ReferentialConstraint Property="{navigation.member}" ReferencedProperty="Id"/></NavigationProperty>'
    )


def _entity_set(entity: EntitySchema, dialect: WireDialect) -> str:
    bindings = "".join(
        f'<NavigationPropertyBinding Path="{link.name}" Target="{dialect.set_name(ENTITIES[link.target])}"/>'
        for link in entity.navigation
    )
    return f'<EntitySet Name="{dialect.set_name(entity)}" EntityType="Simon.{entity.name}">{bindings}</EntitySet>'
