"""People see it: an `Answer` becomes quote cards on a page, lines in a terminal, and marks in the library's own copy.

`cli` is the command line and `terminal` what it prints; `server` serves the page that `page` lays out, `cards` draws the
answers, `snapshot` the library's copies, and `guard` keeps everything on this machine. Every word of the page that is
neither quoted nor one of the assistant's fixed texts stands in `languages/`.
"""

import os

# Both are read when gradio is first imported, so they are set here, before any module of this room can import it.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
