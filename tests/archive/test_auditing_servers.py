"""Archives on servers: a real Orthanc by DICOMweb, and FHIR pages as servers give them."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from archive.archives import CLEAN, STONE, alerts, run, table
from pydicom import dcmread
from serve.node.peers import running_orthanc, study_of

from hepaspot.archive import fetching
from hepaspot.archive.access import Access
from hepaspot.errors import InputError, MissingExtra
from hepaspot.phantom import make


@pytest.fixture
def patient(monkeypatch):
    """Waits between tries that nobody has to sit through."""
    monkeypatch.setattr(fetching, "FIRST_WAIT_S", 0.01)


def test_the_studies_of_a_pacs_are_read_as_their_files_are(tmp_path):
    made = [made.dicom for made in make(tmp_path / "in", count=3, seed=5, target="calcification")]
    with running_orthanc(tmp_path / "orthanc") as pacs:
        for path in made:
            pacs.put(path)
        run([f"dicomweb+{pacs.dicomweb}"], tmp_path / "served", per_part=2)
    run([tmp_path / "in"], tmp_path / "files", per_part=2)
    served, files = (table(tmp_path / each, "foci") for each in ("served", "files"))
    assert {row["exam"] for row in served} == {study_of(path) for path in made}
    assert sorted(map(told, served)) == sorted(map(told, files))


def told(row):
    return row["exam"], row["focus"], row["size_mm"], row["shadow"], row["leaning"]


def test_a_study_without_ultrasound_is_set_aside_with_its_reason(tmp_path, patient):
    made = next(iter(make(tmp_path / "in", count=1, seed=5, target="calcification"))).dicom
    with running_orthanc(tmp_path / "orthanc") as pacs:
        known = pacs.put(made)
        rows = list(fetching.listed(f"dicomweb+{pacs.dicomweb}", Access()))
        pacs.client.delete(f"{pacs.rest}/studies/{known['ParentStudy']}")
        line = r"does not know it|no ultrasound picture"
        gone = fetching.fetched(rows[0]["path"], Access())
        with pytest.raises(InputError, match=line):
            gone.__enter__()


# -------------------------------------------------------------------------------------- FHIR


def report(number, text, **more):
    return {
        "resourceType": "DiagnosticReport",
        "id": f"R{number}",
        "status": "final",
        "code": {"text": "Ultrasound of the liver"},
        "subject": {"reference": f"Patient/SECRET-{number % 2}"},
        "effectiveDateTime": f"202{number}-03-04T10:00:00Z",
        "conclusion": text,
        **more,
    }


@contextmanager
def served(reports, *, page=2, elsewhere=None, needs=None, broken=()):
    """A FHIR server of ``reports``; ``broken`` are the numbers of requests that get a 503."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            asked = parse_qs(urlsplit(self.path).query)
            start = int(asked.get("_getpagesoffset", ["0"])[0])
            allowed = needs is None or self.headers.get("Authorization") == f"Bearer {needs}"
            status = 503 if len(seen) in broken else 200 if allowed else 401
            bundle = {
                "resourceType": "Bundle",
                "type": "searchset",
                "entry": [{"resource": each} for each in reports[start : start + page]],
                "link": [{"relation": "self", "url": self.path}],
            }
            if start + page < len(reports):
                base = elsewhere or f"http://127.0.0.1:{self.server.server_address[1]}/fhir"
                following = f"{base}/?_getpages=1&_getpagesoffset={start + page}"
                bundle["link"].append({"relation": "next", "url": following})
            data = json.dumps(bundle).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/fhir+json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"fhir+http://127.0.0.1:{server.server_address[1]}/fhir", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_reports_of_a_fhir_server_are_read_page_by_page(tmp_path):
    reports = [report(n, STONE if n % 2 else CLEAN) for n in range(5)]
    reports.insert(2, {"resourceType": "OperationOutcome", "issue": []})
    with served(reports) as (where, seen):
        run([where], tmp_path / "r")
    found = table(tmp_path / "r", "exams")
    assert {row["exam"] for row in found} == {f"DiagnosticReport/R{n}" for n in range(5)}
    assert {str(row["date"])[:4] for row in found} == {"2020", "2021", "2022", "2023", "2024"}
    stones = {exam for exam, alert in alerts(tmp_path / "r") if alert == "stone_without_dilatation"}
    assert stones == {"DiagnosticReport/R1", "DiagnosticReport/R3"}
    assert len(seen) == 3
    assert "SECRET" not in str([table(tmp_path / "r", name) for name in ("exams", "foci")])


@pytest.mark.parametrize(
    "names",
    [
        {"imagingStudy": [{"identifier": {"system": "urn:dicom:uid", "value": "urn:oid:STUDY"}}]},
        {"study": [{"identifier": {"system": "urn:dicom:uid", "value": "urn:oid:STUDY"}}]},
        {"identifier": [{"type": {"coding": [{"code": "ACSN"}]}, "value": "A-17"}]},
    ],
)
def test_a_report_of_a_fhir_server_is_of_the_study_that_it_names(tmp_path, names):
    path = make(tmp_path / "in", count=1, seed=5, target="calcification")[0].dicom
    dataset = dcmread(path)
    dataset.AccessionNumber = "A-17"
    dataset.save_as(path)
    named = json.loads(json.dumps(names).replace("STUDY", study_of(path)))
    with served([report(0, CLEAN, **named)]) as (where, _):
        run([where, tmp_path / "in"], tmp_path / "r")
    (row,) = table(tmp_path / "r", "exams")
    assert (row["reports"], row["pictures"]) == (1, 1)
    assert row["exam"] == ("A-17" if "identifier" in names else study_of(path))


def test_a_question_of_ones_own_is_asked(tmp_path):
    with served([report(1, CLEAN)]) as (where, seen):
        run([f"{where}?category=RAD&_count=1"], tmp_path / "r")
    assert seen == ["/fhir/DiagnosticReport?category=RAD&_count=1"]


def test_a_report_that_cannot_be_read_is_set_aside(tmp_path):
    withdrawn = report(1, CLEAN, status="entered-in-error")
    with served([withdrawn, report(2, CLEAN)]) as (where, _):
        run([where], tmp_path / "r")
    (error,) = table(tmp_path / "r", "errors")
    assert error["exam"] == "DiagnosticReport/R1"
    assert "withdrawn" in error["reason"]
    assert len(table(tmp_path / "r", "exams")) == 1


def test_a_page_on_another_server_is_not_asked_for(tmp_path):
    reports = [report(n, CLEAN) for n in range(3)]
    line = "sends us on to another one, where nothing is asked"
    with (
        served(reports, elsewhere="http://127.0.0.2:1/fhir") as (where, seen),
        pytest.raises(InputError, match=line),
    ):
        run([where], tmp_path / "r")
    assert len(seen) == 1


def test_a_token_is_read_from_its_file_and_asked_for(tmp_path):
    (tmp_path / "token").write_text("let-me-in\n")
    with served([report(1, CLEAN)], needs="let-me-in") as (where, _):
        rows = list(fetching.listed(where, Access(token_file=str(tmp_path / "token"))))
        assert [row["exam"] for row in rows] == ["DiagnosticReport/R1"]
        with pytest.raises(InputError, match=r"status 401; try again when it is there$"):
            list(fetching.listed(where, Access()))


def test_a_server_that_is_not_there_is_told_in_one_line(tmp_path):
    for where in ("fhir+http://127.0.0.1:1/fhir", "dicomweb+http://127.0.0.1:1/dicom-web"):
        line = r"^http://127\.0\.0\.1:1/\S+: the server cannot be reached \(ConnectError\); try"
        with pytest.raises(InputError, match=line):
            run([where], tmp_path / "r")
    with pytest.raises((InputError, MissingExtra), match="dicomweb\\+ or fhir\\+ before the addr"):
        run(["http://127.0.0.1:1/fhir"], tmp_path / "s")


def test_a_secret_that_cannot_be_read_is_told_by_its_file(tmp_path):
    line = r"none: cannot be read; check the path and your rights$"
    with pytest.raises(InputError, match=line):
        Access(token_file=str(tmp_path / "none")).login()
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(InputError, match=r"empty: holds no token or password in one line"):
        Access(password_file=str(tmp_path / "empty"), user="u").login()
    with pytest.raises(InputError, match=r"empty: holds no certificate of an authority"):
        Access(ca_file=str(tmp_path / "empty")).login()
