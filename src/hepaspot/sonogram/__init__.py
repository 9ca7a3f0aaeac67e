"""Reads pixels: fan, beams, liver, foci, shadow, tubes, alignment; gives an `Exam`."""
