"""What each sealed value of the case file is sealed for, so that none opens in another row."""


def form_place(case_id: str, form: str) -> str:
    """Return the place that the values of a form are sealed for."""
    return f"casefile/{case_id}/{form}"


def change_place(case_id: str, form: str, version: int) -> str:
    """Return the place that what a save replaced is sealed for."""
    return f"casefile/{case_id}/{form}/{version}"


def export_place(export_id: str) -> str:
    """Return the place that the reason of an export is sealed for."""
    return f"casefile_export/{export_id}"
