"""Whole archives: reads every exam, checks it, and says which spots carry the wrong name.

::

    sources ▸ laying_out ▸ ordering ▸ input.parquet ▸ parts ▸ joining ▸ foci, alerts, …
     files,    (DuckDB)                 by person      examining,        page, work list
     tables                                            alerts

An exam is in one part, beside all others of its person. A part is written whole or not at all,
so that an audit that is cut off goes on where it was. Needs the extra ``archive``.
"""
