"""What settings are called on the screen and what they are for; one that is not here has the words of its connector."""

from collections.abc import Mapping

from plugins.koppel.templating import N_

TITLES: Mapping[str, str] = {
    "administration": N_("Administration"),
    "travel_article": N_("Article for travel time"),
    "work_article": N_("Article for work time"),
    "default_article": N_("Default article"),
    "work_description": N_("Work description on the document"),
    "filter_word": N_("Filter word"),
    "sync_at": N_("Time of the daily synchronisation"),
    "cleanup_days": N_("Days of the clean-up"),
    "cleanup_at": N_("Time of the clean-up"),
    "cleanup_most": N_("Clean-up without approval: at most"),
    "cleanup_share": N_("Clean-up without approval: at most, percentage"),
    "simon_at_once": N_("Requests to Simple-Simon at once"),
    "article_groups": N_("Article groups to fetch"),
    "article_types": N_("Article types to fetch"),
    "memo": N_("Content of the memo"),
    "memo_field": N_("Memo field"),
    "payment_condition": N_("Payment condition"),
    "vat_scenario": N_("VAT scenario"),
    "watch_every_minutes": N_("Minutes between two looks for changes"),
}
HELP: Mapping[str, str] = {
    "administration": N_("Its number. It stays the same once the coupling was active."),
    "travel_article": N_("Article code for travel time, in hours. Empty: travel time is not booked."),
    "work_article": N_("Article code for work time, in hours. Empty: work time is not booked."),
    "default_article": N_("Article code that is on every document, once, such as a call-out charge."),
    "work_description": N_("The work description becomes the first line."),
    "filter_word": N_("A work order with this word in its description is not sent. Empty: all are sent."),
    "sync_at": N_("HH:MM, Dutch time. Empty: a minute of its own."),
    "cleanup_days": N_("In the night of these days. None: never."),
    "cleanup_at": N_("HH:MM, Dutch time. Empty: a minute of its own, before six."),
    "cleanup_most": N_("More records of a kind than this wait for approval."),
    "cleanup_share": N_("The same, as a percentage of what Simple-Simon holds."),
    "simon_at_once": N_("More is faster and asks more of Simple-Simon."),
    "article_groups": N_("One name on each line, exactly as in the package, capitals included. Empty: all."),
    "article_types": N_("None: all types."),
    "memo": N_("What goes into the remarks of the order."),
    "memo_field": N_("Own field as GROUP.FIELD. Empty: text lines at the end of the order."),
    "payment_condition": N_("For customers that have none of their own."),
    "vat_scenario": N_("Its number, for customers that have none of their own."),
    "watch_every_minutes": N_("How often it is looked whether the package's lists changed."),
}
VALUES: Mapping[tuple[str, object], str] = {
    ("cleanup_days", "mon"): N_("Monday"),
    ("cleanup_days", "tue"): N_("Tuesday"),
    ("cleanup_days", "wed"): N_("Wednesday"),
    ("cleanup_days", "thu"): N_("Thursday"),
    ("cleanup_days", "fri"): N_("Friday"),
    ("cleanup_days", "sat"): N_("Saturday"),
    ("cleanup_days", "sun"): N_("Sunday"),
    ("article_types", 0): N_("0 – no stock"),
    ("article_types", 1): N_("1 – text"),
    ("article_types", 2): N_("2 – stock"),
    ("article_types", 3): N_("3 – constellation"),
    ("article_types", 4): N_("4 – assembly"),
    ("memo", "none"): N_("nothing"),
    ("memo", "work_address"): N_("the work address"),
    ("memo", "work_description"): N_("the work description"),
    ("memo", "both"): N_("both"),
}
RULES: Mapping[str, str] = {
    "work_description": N_("work description (setting)"),
    "default_article": N_("default article (setting)"),
    "used_article": N_("used article of the work order"),
    "travel_time": N_("travel time of the work order"),
    "work_time": N_("work time of the work order"),
    "memo": N_("memo (setting)"),
}
