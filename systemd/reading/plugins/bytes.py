"""Shows bodies as the text that they are, and digests in hexadecimal. (Without it Datasette 0.65 fails on bytes in a view.)"""

from datasette import hookimpl


@hookimpl
def render_cell(value, column):
    if not isinstance(value, bytes):
        return None
    return value.hex() if column == "digest" else value.decode("utf-8", errors="replace")
