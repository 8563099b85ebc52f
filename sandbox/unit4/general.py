"""Routes that read administrations, the session and the company (contract 6)."""

from collections.abc import Iterator
from typing import Any

from sandbox.unit4.administration import Unit4Administration
from sandbox.unit4.call import Unit4Call, whole
from sandbox.unit4.errors import missing, single_error
from sandbox.unit4.layout import Row
from sandbox.unit4.lists import ListResponse, ListView, list_response
from sandbox.unit4.records import ADMINISTRATION, COMPANY_DETAILS
from sandbox.unit4.wire import filled, nvl

_GROUPS = {1: "Administraties"}
_EDITING = {"messages": [], "canChange": True, "cannotChangeReason": ""}
_ADMINISTRATIONS = ListView(ADMINISTRATION)


def _reachable(call: Unit4Call, *choices: str) -> Iterator[Unit4Administration]:
    """Return the administrations of the connected user; a choice is a user name or a group number, empty is any."""
    groups = [choice for choice in choices if choice.isdecimal()]
    names = [choice for choice in choices if choice and not choice.isdecimal()]
    if any(whole(group) not in _GROUPS for group in groups) or any(n.upper() != call.user.name for n in names):
        return
    for database in call.user.databases:
        if call.administrations[database].allowed:
            yield call.administrations[database]


def administration_nvl(call: Unit4Call, key: str = "") -> list[dict[str, str]]:
    administration = _reachable(call, key, call.query.get("username", ""), call.query.get("groupid", ""))
    return nvl({each.database: each.description for each in administration})


def administration_info_list(call: Unit4Call) -> ListResponse:
    rows = [_administration(call, each) for each in _reachable(call, call.query.get("groupid", ""))]
    return list_response(call, rows, _ADMINISTRATIONS)


def administration_info(call: Unit4Call, key: str) -> Row:
    administration = call.administrations.get(key.upper())
    if administration is None:
        raise missing(call.world, "Administratie", key)
    if administration not in list(_reachable(call)):
        raise single_error(403, f"U heeft geen rechten op administratie {key}.", "NoRights")
    return _administration(call, administration)


def administration(call: Unit4Call, key: str) -> Row:
    return administration_info(call, key) | _EDITING


def _administration(call: Unit4Call, administration: Unit4Administration) -> Row:
    row = {
        "administrationId": administration.database,
        "code": administration.database,
        "description": administration.description,
        "shortName": administration.description[:8].upper(),
        "groupId": 1,
        "version": 10,
        "users": [call.user.name],
    }
    return filled(ADMINISTRATION, row)


def group_list(call: Unit4Call) -> list[Row]:
    return [{"groupId": group, "description": text} | _EDITING for group, text in _GROUPS.items()]


def group_nvl(call: Unit4Call) -> list[dict[str, str]]:
    return nvl(_GROUPS)


def session_info(call: Unit4Call) -> Row:
    own = call.administrations[call.user.databases[0]]
    return {"userName": own.signed_in_as or call.user.name, "administrationId": own.database}


def system_version_info(call: Unit4Call) -> Row:
    return {"version": version(call)}


def version(call: Unit4Call) -> str:
    return call.version.upper().removeprefix("V")


def program_rights(call: Unit4Call, question: str) -> Row:
    """Return what the Multivers user may do: all, as long as one administration is open to it (contract 2.2)."""
    number = whole(call.query.get("programnumber", ""))
    if number is None:
        raise single_error(400, "programNumber moet een getal zijn.", "Unreadable", "programNumber")
    return {"programNumber": number, question: any(True for _ in _reachable(call)), "messages": []}


def company_details_info(call: Unit4Call) -> Row:
    administration = call.administration
    row = administration.company | {
        "administrationCode": administration.database,
        "administrationDescription": administration.description,
        "approveSalesOrders": call.switch("approve_sales_orders"),
        "lastUsedOrderId": administration.last("latest order"),
    }
    return filled(COMPANY_DETAILS, row)


def company_details(call: Unit4Call) -> Row:
    return company_details_info(call) | _EDITING


ROUTES: dict[str, Any] = {
    "GET AdministrationNVL": administration_nvl,
    "GET AdministrationNVL/{userNameOrGroupId}": administration_nvl,
    "GET AdministrationInfoList": administration_info_list,
    "GET AdministrationInfo/{administrationId}": administration_info,
    "GET Administration/{administrationId}": administration,
    "GET AdministrationGroupList": group_list,
    "GET AdministrationGroupList/All": group_list,
    "GET AdministrationGroupNVL": group_nvl,
    "GET SessionInfo": session_info,
    "GET SystemVersionInfo": system_version_info,
    "GET version": version,
    "POST ProgramRightsCommand/CanUserStartProgram": lambda call: program_rights(call, "canUserStartProgram"),
    "POST ProgramRightsCommand/CanUserEditInProgram": lambda call: program_rights(call, "canUserEditInProgram"),
    "GET {database}/CompanyDetailsInfo": company_details_info,
    "GET {database}/CompanyDetails": company_details,
}
