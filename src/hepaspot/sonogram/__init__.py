"""Reads pixels: fan, beams, liver, foci, shadow, tubes, alignment; gives an `Exam`."""

from hepaspot.sonogram.reading import read_frames

__all__ = ["read_frames"]
