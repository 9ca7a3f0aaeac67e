"""The page of an audit: one HTML file for the head of a department, that asks nothing of a network.

::

    figures (DuckDB) ┐
                     ├ plots, tables ▸ wording ▸ index.html
    samples          ┘
"""

from hepaspot.archive.page.writing import language_of_page, write_page

__all__ = ["language_of_page", "write_page"]
