"""Whatever is sent to the API, nothing in it breaks, and what it answers is as described."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="needs the extra 'serve'")
schemathesis = pytest.importorskip("schemathesis", reason="makes requests from the description")

from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from schemathesis import GenerationMode  # noqa: E402
from serve.site import ENGLISH, client, opened_still, running, still  # noqa: E402

from hepaspot.serve import create_app  # noqa: E402
from hepaspot.serve.openapi import describe  # noqa: E402

SCHEMA = schemathesis.openapi.from_dict(describe(create_app()))
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
REQUESTS = [
    pytest.param(each, mode, id=f"{each.label} {mode.value}")
    for each in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or len(each.body) or len(each.query)
]
"""Requests as described, and where there is a body or a query others too: a path takes any words."""


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with running(store=str(tmp_path_factory.mktemp("kept") / "exams.db")) as at:
        yield at


@pytest.fixture(scope="module")
def known(url):
    """Ids that are there, so that requests reach what lies behind them."""
    with client(url) as site:
        summary = opened_still(site)
        files = [("files", ("s.dcm", still())), ("files", ("r.txt", ENGLISH.encode()))]
        kept = site.post("/api/v1/exams", files=files).json()
        kept_id = site.post(f"{kept['url']}/keep", json={"person": "A-1"}).json()["kept_id"]
        return {
            "exam_id": summary["id"],
            "source": "picture",
            "focus": summary["foci"][0]["id"],
            "kept_id": kept_id,
        }


@pytest.mark.parametrize(("operation", "mode"), REQUESTS)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_no_request_breaks_it(url, known, operation, mode, data):
    case = data.draw(operation.as_strategy(generation_mode=mode))
    if operation.method.upper() != "DELETE" and data.draw(st.booleans()):
        parameters = case.path_parameters or {}
        parameters.update({name: known[name] for name in set(parameters) & set(known)})
    answer = case.call(base_url=url)
    assert answer.status_code < 500 or answer.status_code in (501, 507), answer.text
    if answer.status_code >= 400:
        assert "application/problem+json" in answer.headers["content-type"]
        assert "\n" not in answer.json()["detail"]
    elif mode is GenerationMode.POSITIVE:
        case.validate_response(
            answer, checks=[schemathesis.checks.CHECKS.get_one("response_schema_conformance")]
        )
