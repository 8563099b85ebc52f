"""One setting that is being checked: its value, the package as it is now, and the results that a check makes of it."""

from dataclasses import dataclass
from typing import Any

from include.connectors.settings import PackageSettings, setting_titles
from include.errors import IntegrationError
from include.messages import stored_values
from include.settings.check_result import CheckLevel, CheckResult
from include.settings.live_package import LivePackage


@dataclass(frozen=True)
class CheckedSetting:
    """A setting by its name, in the package that the settings are for."""

    name: str
    package: LivePackage

    @property
    def settings(self) -> PackageSettings:
        """All the settings that it is one of."""
        return self.package.settings

    @property
    def value(self) -> Any:
        """What it is set to."""
        return getattr(self.settings, self.name)

    def ok(self) -> list[CheckResult]:
        """Return that it is in order."""
        return [self.result("settings.ok")]

    def result(self, code: str, record: str = "", **values: object) -> CheckResult:
        """Return a message of the catalogue about it, or about the ``record`` that it names."""
        titled = stored_values({"setting": setting_titles(type(self.settings), self.name), **values})
        return CheckResult(self.name, CheckLevel.of(code), code, record or self.name, titled)

    def failed(self, error: IntegrationError) -> CheckResult:
        """Return that it could not be checked: always an error, however short the trouble may be."""
        values = stored_values(error.values)
        return CheckResult(self.name, CheckLevel.ERROR, error.code, error.record or self.name, values)
