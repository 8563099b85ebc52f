"""Messages on the clean-up: what left Simon and why, what did not, and what a person has to decide."""

from include.messages.message import Severity, message
from include.messages.words import STREAM_NAMES

CLEANUP = [
    message(
        "cleanup.removed_deleted",
        Severity.INFO,
        "customer",
        nl=("{record} is uit Simple-Simon verwijderd, want staat niet meer in het boekhoudpakket.", ""),
        en=("{record} was removed from Simple-Simon: it is no longer in the accounting package.", ""),
    ),
    message(
        "cleanup.removed_inactive",
        Severity.INFO,
        "customer",
        nl=("{record} is uit Simple-Simon verwijderd, want is in het boekhoudpakket niet meer actief.", ""),
        en=("{record} was removed from Simple-Simon: it is no longer active in the accounting package.", ""),
    ),
    message(
        "cleanup.removed_outside_filter",
        Severity.INFO,
        "article",
        nl=("{record} is uit Simple-Simon verwijderd, want valt buiten het filter.", ""),
        en=("{record} was removed from Simple-Simon: it is outside the filter.", ""),
    ),
    message(
        "cleanup.removed_hand_made",
        Severity.INFO,
        "customer",
        nl=("{record} is uit Simple-Simon verwijderd, want is daar met de hand toegevoegd.", ""),
        en=("{record} was removed from Simple-Simon: it had been added there by hand.", ""),
    ),
    message(
        "cleanup.made_inactive",
        Severity.INFO,
        "customer",
        nl=("{record} is nog in gebruik in Simple-Simon: staat daar nu op niet-actief, en gaat weg zodra dat kan.", ""),
        en=("{record} is still in use in Simple-Simon and was made inactive there; it is removed later.", ""),
    ),
    message(
        "cleanup.left_in_use",
        Severity.INFO,
        "customer",
        nl=("{record} blijft in Simple-Simon tot werkbon {work_order} gearchiveerd is.", ""),
        en=("{record} stays in Simple-Simon until work order {work_order} is archived.", ""),
    ),
    message(
        "cleanup.in_scope_again",
        Severity.INFO,
        "customer",
        nl=("{record} blijft in Simple-Simon, want hoort daar volgens {system} toch te staan.", ""),
        en=("{record} stays in Simple-Simon: according to {system} it belongs there after all.", ""),
    ),
    message(
        "cleanup.not_proven",
        Severity.WARNING,
        "customer",
        nl=(
            "{record} stond niet in de lijst van {system}, maar bestaat daar nog, en blijft dus in Simple-Simon.",
            "Controleer in {system} of de gebruiker van de koppeling alles mag zien.",
        ),
        en=(
            "{record} was not in the list of {system}, but exists there still; it stays in Simple-Simon.",
            "Check in {system} that the coupling's user may see everything.",
        ),
    ),
    message(
        "cleanup.count_differs",
        Severity.WARNING,
        "customer",
        nl=(
            "Er is niets opgeruimd: {system} noemt {announced} records, maar de lijst ({record}) bevat er {read}.",
            "Niets: bij de volgende schoonmaak wordt opnieuw gekeken. Blijft dit komen, meld het dan bij {system}.",
        ),
        en=(
            "Nothing was cleaned up: {system} announces {announced} records, but its list ({record}) holds {read}.",
            "Nothing: the next clean-up looks again. If this keeps coming, report it to {system}.",
        ),
        words={"record": STREAM_NAMES},
    ),
    message(
        "cleanup.passes_differ",
        Severity.WARNING,
        "customer",
        nl=(
            "Er is niets opgeruimd: {system} gaf de lijst ({record}) twee keer, en de tweede keer was die anders.",
            "Niets: bij de volgende schoonmaak wordt opnieuw gekeken. Blijft dit komen, kies dan een rustiger tijd.",
        ),
        en=(
            "Nothing was cleaned up: {system} gave the list ({record}) twice, and the second was another.",
            "Nothing: the next clean-up looks again. If this keeps coming, choose a quieter time for it.",
        ),
        words={"record": STREAM_NAMES},
    ),
    message(
        "cleanup.first_listing",
        Severity.WARNING,
        "customer",
        nl=(
            "Dit is de eerste schoonmaak ({record}): wat zou verdwijnen, moet iemand eerst bekijken.",
            "Bekijk het voorstel en keur het goed, of wijs het af.",
        ),
        en=(
            "This is the first clean-up ({record}): a person has to see first what would go.",
            "Look at the proposal, and approve or refuse it.",
        ),
        words={"record": STREAM_NAMES},
    ),
    message(
        "cleanup.administration_changed",
        Severity.WARNING,
        "settings",
        nl=(
            "Er is niets opgeruimd ({record}): de administratie was {before} en is nu {now}.",
            "Zet de administratie terug, of begin opnieuw met een lege Simple-Simon als de nieuwe is bedoeld.",
        ),
        en=(
            "Nothing was cleaned up ({record}): the administration was {before} and is {now} now.",
            "Put the administration back, or start afresh with an empty Simple-Simon if the new one is meant.",
        ),
        words={"record": STREAM_NAMES},
    ),
    message(
        "cleanup.rights_changed",
        Severity.WARNING,
        "connection",
        nl=(
            "Er is niets opgeruimd ({record}): de rechten in {system} zijn anders dan bij de vorige schoonmaak.",
            "Controleer de rechten van de gebruiker. Kloppen ze, beslis dan over het voorstel.",
        ),
        en=(
            "Nothing was cleaned up ({record}): the rights in {system} differ from those of the last clean-up.",
            "Check the rights of the user. If they are right, decide on the proposal.",
        ),
        words={"record": STREAM_NAMES},
    ),
    message(
        "cleanup.filter_changed",
        Severity.WARNING,
        "settings",
        nl=(
            "Er is niets opgeruimd ({record}): het filter is anders dan bij de vorige schoonmaak.",
            "Klopt het filter, doe dan niets: de volgende schoonmaak gaat ervan uit. Herstel het anders voor die tijd.",
        ),
        en=(
            "Nothing was cleaned up ({record}): the filter differs from that of the last clean-up.",
            "Nothing if the filter is right: the next clean-up goes by it. If not, correct it before then.",
        ),
        words={"record": STREAM_NAMES},
    ),
    message(
        "cleanup.groups_changed",
        Severity.WARNING,
        "settings",
        nl=(
            "Er is niets opgeruimd ({record}): de namen in het filter staan in het boekhoudpakket voor andere groepen.",
            "Controleer de artikelgroepen in het boekhoudpakket en beslis over het voorstel.",
        ),
        en=(
            "Nothing was cleaned up ({record}): the filter's names stand for other groups in the accounting package.",
            "Check the article groups in the accounting package, and decide on the proposal.",
        ),
        words={"record": STREAM_NAMES},
    ),
    message(
        "cleanup.filter_unmatched",
        Severity.WARNING,
        "settings",
        nl=(
            "Er is niets opgeruimd ({record}): artikelgroep '{group}' uit het filter bestaat niet.",
            "Pas het filter aan of herstel de naam van de artikelgroep.",
        ),
        en=(
            "Nothing was cleaned up ({record}): article group '{group}' of the filter does not exist.",
            "Change the filter, or give the article group its name back.",
        ),
        words={"record": STREAM_NAMES},
    ),
    message(
        "cleanup.limit_exceeded",
        Severity.WARNING,
        "customer",
        nl=(
            "{count} van {total} ({record}) zouden uit Simple-Simon gaan; boven {most} of {share}% beslist een mens.",
            "Bekijk het voorstel en keur het goed, of wijs het af.",
        ),
        en=(
            "{count} of {total} ({record}) would leave Simple-Simon; above {most} or {share}% a person decides.",
            "Look at the proposal, and approve or refuse it.",
        ),
        words={"record": STREAM_NAMES},
    ),
    message(
        "cleanup.proposed",
        Severity.WARNING,
        "settings",
        nl=(
            "Schoonmaakvoorstel {record} wacht op een besluit: {count} records.",
            "Bekijk het voorstel en keur het binnen {days} dagen goed, of wijs het af.",
        ),
        en=(
            "Clean-up proposal {record} waits for a decision: {count} records.",
            "Look at the proposal, and approve or refuse it within {days} days.",
        ),
    ),
    message(
        "cleanup.done",
        Severity.INFO,
        "customer",
        nl=(
            "Schoonmaak {record}: {deleted} verwijderd, {inactive} op niet-actief, {in_use} nog in gebruik, "
            "{spared} gebleven, {proposed} voorgesteld.",
            "",
        ),
        en=(
            "Clean-up {record}: {deleted} removed, {inactive} made inactive, {in_use} still in use, {spared} left, "
            "{proposed} proposed.",
            "",
        ),
        words={"record": STREAM_NAMES},
    ),
    message(
        "cleanup.wiped",
        Severity.INFO,
        "customer",
        nl=(
            "Simple-Simon leeggemaakt ({record}): {deleted} verwijderd, {inactive} op niet-actief, {in_use} nog op een "
            "open werkbon.",
            "",
        ),
        en=(
            "Simple-Simon emptied ({record}): {deleted} removed, {inactive} made inactive, {in_use} still on an open "
            "work order.",
            "",
        ),
        words={"record": STREAM_NAMES},
    ),
    message(
        "cleanup.restored",
        Severity.SUCCESS,
        "customer",
        nl=("{record} staat weer in Simple-Simon.", ""),
        en=("{record} is in Simple-Simon again.", ""),
    ),
    message(
        "cleanup.export_expired",
        Severity.WARNING,
        "customer",
        nl=(
            "{record} kan niet worden teruggezet: wat ervan bewaard was, is na 30 dagen gewist.",
            "Voer het opnieuw in, of zet het in het boekhoudpakket weer op actief.",
        ),
        en=(
            "{record} cannot be put back: what was kept of it was erased after 30 days.",
            "Enter it again, or make it active in the accounting package.",
        ),
    ),
]
