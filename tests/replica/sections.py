"""The site's sections: their numbers, and which of them are parts of another."""

# Those of the real site; Law and Order's is not known, so it has one of our own.
NUMBERS = {
    "Business": 976,
    "Sports": 977,
    "Politics": 978,
    "Technology": 982,
    "Entertainment": 985,
    "Environment": 987,
    "Rugby League": 989,
    "Rugby": 995,
    "Netball": 996,
    "National": 1005,
    "Wellington": 1015,
    "International": 1032,
    "Law and Order": 1901,
    "Science and Technology": 1902,
}
_PARENTS = {
    "Rugby": "Sports",
    "Rugby League": "Sports",
    "Netball": "Sports",
    "Wellington": "National",
}


def path_of(section: str) -> tuple[str, ...]:
    """The steps of a section's breadcrumb behind `News`: two where it is a part of another."""
    return (_PARENTS[section], section) if section in _PARENTS else (section,)


def section_of(number: int) -> str | None:
    """The section that has a number."""
    return next((name for name, each in NUMBERS.items() if each == number), None)
