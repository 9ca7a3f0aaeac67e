"""The picture of an open exam with what was found drawn in."""

from __future__ import annotations

import cv2
import numpy as np

from hepaspot.explain.picture import annotate, chosen_frames, contact_sheet
from hepaspot.serve.desk import OpenExam


def annotated_png(open_exam: OpenExam, source: str, language: str) -> bytes:
    """PNG of a picture with what was found drawn in; of a clip its contact sheet.

    Raises
    ------
    InputError
        If the exam has no such picture.
    """
    files, assessment = open_exam.picture(source), open_exam.assessment
    if files.count > 1:
        wanted = chosen_frames(assessment, source)
        greys = ((index, files.frame(index).grey) for index in sorted(wanted))
        drawn = contact_sheet(assessment, source, greys, language=language)
    else:
        drawn = annotate(assessment, source, files.frame(0).grey, language=language)
    return cv2.imencode(".png", np.ascontiguousarray(drawn[..., ::-1]))[1].tobytes()
