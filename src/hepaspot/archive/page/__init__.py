"""The page of an audit: one HTML file for the head of a department, that asks nothing of a network.

::

    figures (DuckDB) ┐
                     ├ plots, tables ▸ wording ▸ index.html
    samples          ┘
"""

from hepaspot.archive.page.writing import write_page

__all__ = ["write_page"]
