"""Servers of other systems that exams are fetched from: DICOMweb and FHIR.

Nothing is sent but questions. No proxy of the environment is used and no redirect followed: a
question goes where it was told to.
"""
