"""A FHIR server as small as the point of a test allows: it takes transactions, once."""

from __future__ import annotations

import json
from collections import Counter


class Server:
    """Keeps resources by type and id, and creates only what it does not have (R4, 3.1.0.8.1)."""

    def __init__(self) -> None:
        self.held: dict[str, dict] = {}

    def post(self, bundle: bytes) -> None:
        document = json.loads(bundle)
        assert document["type"] == "transaction"
        addresses, new = {}, []
        for entry in document["entry"]:
            address = self._found(entry)
            if address is None:
                address = f"{entry['request']['url']}/{len(self.held) + len(new)}"
                new.append((address, entry["resource"]))
            addresses[entry["fullUrl"]] = address
        for address, resource in new:
            self.held[address] = _rewritten(resource, addresses)

    def count(self) -> Counter[str]:
        return Counter(address.partition("/")[0] for address in self.held)

    def only(self, kind: str) -> dict:
        (found,) = (each for each in self.held.values() if each["resourceType"] == kind)
        return found

    def _found(self, entry: dict) -> str | None:
        name, _, sought = entry["request"]["ifNoneExist"].partition("=")
        matches = [
            address
            for address, resource in self.held.items()
            if resource["resourceType"] == entry["request"]["url"]
            and sought in _names(resource, name)
        ]
        assert len(matches) < 2, "a search that finds several fails the transaction"
        return matches[0] if matches else None


def _names(resource: dict, parameter: str) -> list[str]:
    if parameter == "_tag":
        return [f"{tag['system']}|{tag['code']}" for tag in resource["meta"]["tag"]]
    assert parameter == "identifier"
    return [f"{each['system']}|{each['value']}" for each in resource["identifier"]]


def _rewritten(part, addresses: dict[str, str]):
    if isinstance(part, dict):
        return {
            key: addresses.get(value, value) if key == "reference" else _rewritten(value, addresses)
            for key, value in part.items()
        }
    return [_rewritten(each, addresses) for each in part] if isinstance(part, list) else part
