"""Synthetic archives: reports and phantoms of nobody, with contradictions planted in them.

::

    rates.toml ▸ stories ▸ facts of each exam ▸ telling ▸ noise ▸ reports.parquet
                                  └──────────▸ truth ──────────▸ truth.parquet

What a report says is decided first and worded afterwards, from wordings that know nothing of how
reports are read. The same seed gives the same archive.
"""
