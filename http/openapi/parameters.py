"""Every query parameter by its name."""

from schemas import TEXT

LIST = "Separated by commas."
DATE = {"type": "string", "format": "date"}

PARAMETERS = {
    "ids": (TEXT, LIST),
    "names": (TEXT, LIST),
    "types": (TEXT, LIST),
    "locations": (TEXT, LIST),
    "states": (TEXT, LIST),
    "network_ids": (TEXT, LIST),
    "projects": (TEXT, LIST),
    "resource_types": (TEXT, LIST),
    "regions": (TEXT, LIST),
    "sort": (TEXT, "A field, such as name or created_at; with a minus before it the other way round."),
    "exclude_os": ({"type": "boolean", "default": False}, "Without the disks of operating systems."),
    "limit": ({"type": "integer", "minimum": 1, "maximum": 1000, "default": 1000}, "Items at most."),
    "next_token": (TEXT, "next_page_token of an answer."),
    "prev_token": (TEXT, "prev_page_token of an answer."),
    "resource_id": (TEXT, "Only operations of this resource."),
    "state": ({"enum": ["IN_PROGRESS", "SUCCEEDED", "FAILED"]}, "Only operations in this state."),
    "lower_time_bound": ({"type": "string", "format": "date-time"},
                         "Only operations started at this time or later."),
    "start_date": (DATE, "The first day that counts (UTC)."),
    "end_date": (DATE, "The first day that doesn't count any more (UTC)."),
    "interval": ({"enum": ["daily", "monthly"], "default": "daily"}, "One row a day, or one a month."),
    "product_name": (TEXT, "Only this type."),
    "location": (TEXT, "Only this location."),
    "return_url": (TEXT, "An http or https URL that the page leads back to."),
    "month": ({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"}, "The present one where it is absent."),
}
