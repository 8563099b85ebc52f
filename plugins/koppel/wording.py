"""What settings are called on the screen and what they are for; one that is not here has the words of its connector."""

from collections.abc import Mapping

from plugins.koppel.rendering import marked

TITLES: Mapping[str, str] = {
    "administration": marked("Administration"),
    "travel_article": marked("Article for travel time"),
    "work_article": marked("Article for work time"),
    "default_article": marked("Default article"),
    "work_description": marked("Work description on the document"),
    "filter_word": marked("Filter word"),
    "sync_at": marked("Time of the daily synchronisation"),
    "cleanup_days": marked("Days of the clean-up"),
    "cleanup_at": marked("Time of the clean-up"),
    "cleanup_most": marked("Clean-up without approval: at most"),
    "cleanup_share": marked("Clean-up without approval: at most, percentage"),
    "simon_at_once": marked("Requests to Simple-Simon at once"),
    "article_groups": marked("Article groups to fetch"),
    "article_types": marked("Article types to fetch"),
    "memo": marked("Content of the memo"),
    "memo_field": marked("Memo field"),
    "payment_condition": marked("Payment condition"),
    "vat_scenario": marked("VAT scenario"),
    "watch_every_minutes": marked("Minutes between two looks for changes"),
}
HELP: Mapping[str, str] = {
    "administration": marked("Its number. It stays the same once the coupling was active."),
    "travel_article": marked("Article code for travel time, in hours. Empty: travel time is not booked."),
    "work_article": marked("Article code for work time, in hours. Empty: work time is not booked."),
    "default_article": marked("Article code that is on every document, once, such as a call-out charge."),
    "work_description": marked("The work description becomes the first line."),
    "filter_word": marked("A work order with this word in its description is not sent. Empty: all are sent."),
    "sync_at": marked("HH:MM, Dutch time. Empty: a minute of its own."),
    "cleanup_days": marked("In the night of these days. None: never."),
    "cleanup_at": marked("HH:MM, Dutch time. Empty: a minute of its own, before six."),
    "cleanup_most": marked("More records of a kind than this wait for approval."),
    "cleanup_share": marked("The same, as a percentage of what Simple-Simon holds."),
    "simon_at_once": marked("More is faster and asks more of Simple-Simon."),
    "article_groups": marked("One name on each line, exactly as in the package, capitals included. Empty: all."),
    "article_types": marked("None: all types."),
    "memo": marked("What goes into the remarks of the order."),
    "memo_field": marked("Own field as GROUP.FIELD. Empty: text lines at the end of the order."),
    "payment_condition": marked("For customers that have none of their own."),
    "vat_scenario": marked("Its number, for customers that have none of their own."),
    "watch_every_minutes": marked("How often it is looked whether the package's lists changed."),
}
VALUES: Mapping[tuple[str, object], str] = {
    ("cleanup_days", "mon"): marked("Monday"),
    ("cleanup_days", "tue"): marked("Tuesday"),
    ("cleanup_days", "wed"): marked("Wednesday"),
    ("cleanup_days", "thu"): marked("Thursday"),
    ("cleanup_days", "fri"): marked("Friday"),
    ("cleanup_days", "sat"): marked("Saturday"),
    ("cleanup_days", "sun"): marked("Sunday"),
    ("article_types", 0): marked("0 – no stock"),
    ("article_types", 1): marked("1 – text"),
    ("article_types", 2): marked("2 – stock"),
    ("article_types", 3): marked("3 – constellation"),
    ("article_types", 4): marked("4 – assembly"),
    ("memo", "none"): marked("nothing"),
    ("memo", "work_address"): marked("the work address"),
    ("memo", "work_description"): marked("the work description"),
    ("memo", "both"): marked("both"),
}
RULES: Mapping[str, str] = {
    "work_description": marked("work description (setting)"),
    "default_article": marked("default article (setting)"),
    "used_article": marked("used article of the work order"),
    "travel_time": marked("travel time of the work order"),
    "work_time": marked("work time of the work order"),
    "memo": marked("memo (setting)"),
}
