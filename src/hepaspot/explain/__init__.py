"""Says it: the clinician's summary, the patient's page, the pages for further reading.

Nothing here weighs anything. Every sentence is a message of the catalogues under
``locale/``; the same document is rendered as text and as HTML.
"""

from hepaspot.explain.document import Document, Line, Section
from hepaspot.explain.pages import TOPICS, related_page
from hepaspot.explain.saying import compose, explain

__all__ = ["TOPICS", "Document", "Line", "Section", "compose", "explain", "related_page"]
