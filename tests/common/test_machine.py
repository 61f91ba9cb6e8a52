"""What is saved of the machine beside a result."""

import json

from mrpn.common.machine import describe_machine, usable_cores


def test_the_description_is_json_and_names_versions_and_processor() -> None:
    found = json.loads(json.dumps(describe_machine()))
    assert {"mrpn", "python", "torch", "platform", "processor", "cores"} <= found.keys()
    assert all(found.values())
    assert found["cores"] == usable_cores() >= 1
