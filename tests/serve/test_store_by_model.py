"""A store and a plain dictionary, put through the same turns, hold the same."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from hepaspot.errors import MissingInput
from hepaspot.exam import Exam, Source, SourceKind
from hepaspot.serve.store import NewFile, Store

people = st.sampled_from(["", "Zhang San", "李四", "Zoë"])
contents = st.lists(st.binary(max_size=5000), max_size=2)


class Turns(RuleBasedStateMachine):
    kept = Bundle("kept")

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.open(Path(self.folder.name) / "exams.db")
        self.model = {}
        self.gone = []
        self.number = 0

    def teardown(self):
        self.store.close()
        self.folder.cleanup()

    def a_marker(self):
        self.number += 1
        return f"Marker{self.number:04d}Z"

    def an_exam(self, marker, length):
        text = f"{marker} " + "x" * length
        return Exam(sources=(Source("report", SourceKind.REPORT, text),))

    @rule(target=kept, person=people, length=st.integers(0, 9000), data=contents)
    def keep(self, person, length, data):
        marker = self.a_marker()
        exam, edits = self.an_exam(marker, length), marker.encode()
        files = [NewFile(marker, "a/b", io.BytesIO(marker.encode() + each)) for each in data]
        id = self.store.keep(exam, edits, files, person=person, note=marker)
        bytes_of = [marker.encode() + each for each in data]
        self.model[id] = [person, exam, edits, bytes_of, [marker]]
        return id

    @rule(id=kept, length=st.integers(0, 9000))
    def update(self, id, length):
        if id not in self.model:
            with pytest.raises(MissingInput):
                self.store.update(id, Exam(), b"")
            return
        marker = self.a_marker()
        row = self.model[id]
        row[1], row[2] = self.an_exam(marker, length), marker.encode()
        row[4].append(marker)
        self.store.update(id, row[1], row[2])

    @rule(id=consumes(kept))
    def delete(self, id):
        assert self.store.delete(id) is (id in self.model)
        self.gone += self.model.pop(id, [None] * 4 + [[]])[4]

    @rule()
    def delete_all(self):
        assert self.store.delete_all() == len(self.model)
        self.gone += [marker for row in self.model.values() for marker in row[4]]
        self.model.clear()

    @rule()
    def open_again(self):
        self.store.close()
        self.store = Store.open(Path(self.folder.name) / "exams.db")

    @rule(id=kept)
    def get(self, id):
        if id in self.model:
            person, exam, edits, bytes_of, _ = self.model[id]
            back = self.store.get(id)
            assert (back.person, back.exam, back.edits) == (person, exam, edits)
            assert [b"".join(self.store.open_file(f.id)) for f in back.files] == bytes_of

    @rule(person=people)
    def of_person(self, person):
        own = {id for id, row in self.model.items() if person and row[0] == person}
        assert {summary.id for summary in self.store.of_person(person)} == own

    @invariant()
    def the_list_is_that_of_the_model(self):
        listed = [summary.id for summary in self.store.find(limit=None)]
        assert listed == list(self.model)[::-1]
        assert self.store.people() == sorted({row[0] for row in self.model.values()} - {""})

    @invariant()
    def the_last_reading_is_found_and_what_is_deleted_is_not(self):
        for id, row in self.model.items():
            assert [summary.id for summary in self.store.find(row[4][-1])] == [id]
        assert all(self.store.find(marker) == [] for marker in self.gone)

    @invariant()
    def no_file_holds_a_trace_of_what_is_deleted(self):
        raw = b"".join(path.read_bytes() for path in Path(self.folder.name).iterdir()).lower()
        assert [marker for marker in self.gone if marker.lower().encode() in raw] == []


TestTurns = Turns.TestCase
TestTurns.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
