"""Asks a finished audit again: by query, by a blinded sample, by what reviewers say of it.

::

    result ▸ base (DuckDB, reading alone) ▸ questions, free SQL ▸ answers   table, CSV, …
       └───▸ strata ▸ sampling ▸ sheet (CSV, page) + key ▸ filled ▸ figures ▸ local figures

Nothing here changes a table of the audit. What a sample needs to be read back stands in
``reviews/`` of the result.
"""
