"""The node beside the PACS: takes exams over the network, reads them, sends the answer back.

::

    console, PACS ──C-STORE──▸ receiving ▸ spool (files) ▸ gathering ▸ work queue (database)
                                                                          │
    PACS ◂──C-STORE, STOW-RS── sending ◂ results (files) ◂ answering ◂ working

What came in is safe on disk before it is acknowledged, whatever the database does. All that
needs the database waits for it and goes on. Needs the extra ``node``.
"""
