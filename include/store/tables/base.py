"""What all tables share: their metadata, and columns that recur."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, MetaData, func

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def tenant() -> Column[int]:
    return Column("tenant_id", BigInteger, ForeignKey("tenants.id"), nullable=False)


def moment(name: str, nullable: bool = True) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def now(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())
