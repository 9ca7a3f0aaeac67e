"""Exams that a user chose to keep: in one SQLite file, or in a PostgreSQL database.

`Store` is all that the rest of the house sees. Nothing is kept unless `Store.keep` is called,
and what is deleted is gone from the file, not only from the list.
"""

from hepaspot.serve.store.keeping import Store
from hepaspot.serve.store.values import KeptExam, KeptFile, NewFile, Summary

__all__ = ["KeptExam", "KeptFile", "NewFile", "Store", "Summary"]
