"""What all tables share: their metadata, and columns that come back in many."""

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
    """Return the column that says whose row it is."""
    return Column("tenant_id", BigInteger, ForeignKey("tenants.id"), nullable=False)


def moment(name: str, nullable: bool = True) -> Column[object]:
    """Return a column for a moment, with its time zone."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def now(name: str) -> Column[object]:
    """Return a column for the moment at which a row is inserted, by the clock of the database."""
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())
