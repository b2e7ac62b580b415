"""A plugin of pytest that prints one line a notebook cell, for `stlearn check` to read."""

import json

MARK = "@cell "  # begins the lines that are meant for the reader


def pytest_runtest_makereport(item, call):
    """Print the number of the cell and how it ended: nothing, or its error and traceback."""
    if call.when == "teardown" or (call.when == "setup" and call.excinfo is None):
        return
    error = call.excinfo and call.excinfo.value
    ended = {
        "cell": getattr(item, "cell_num", None),
        "error": error and (str(error) or type(error).__name__),
        "traceback": getattr(error, "inner_traceback", None),
    }
    print(f"\n{MARK}{json.dumps(ended)}", flush=True)
