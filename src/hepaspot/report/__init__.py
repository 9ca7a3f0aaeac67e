"""Reads the words of a liver report: what is there, what is denied, and where it says so."""

from hepaspot.report.fields import fields
from hepaspot.report.reader import has_impression, impression_of, read_report

__all__ = ["fields", "has_impression", "impression_of", "read_report"]
