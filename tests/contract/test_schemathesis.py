"""Thousands of generated requests find nothing that the document does not say; schemathesis.toml says how."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.harness import Serve, World

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
# CI compares like with like; another seed is as good.
SEED = os.environ.get("SCHEMATHESIS_SEED", "20260302")
LEAST_CASES = 2000


async def test_generated_requests_get_documented_answers(serve: Serve, world: World, tmp_path: Path) -> None:
    server = await serve()
    keys = {"northwind": world.live_key, "fabrikam": world.fabrikam_key}
    users = [
        {
            "name": name,
            "fixedHeaders": [
                {"name": "Authorization", "value": f"Bearer {key}"},
                {"name": "x-api-key", "value": key},  # which dialects read
            ],
        }
        for name, key in keys.items()
    ]
    (tmp_path / "keys.json").write_text(json.dumps({"auth": users}), encoding="utf-8")
    report = tmp_path / "report.json"
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PIVOTAL_TEST_KEYS": str(tmp_path / "keys.json"),
        "PIVOTAL_TEST_EMAIL": world.maya.email,
        "PIVOTAL_TEST_PERSON": world.maya.id,
    }
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", str(CONFIGURATION)]
    command += ["run", f"{server.url}/api/v1/openapi.json", "--seed", SEED]
    command += ["--report", "json", "--report-json-path", str(report)]
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), timeout=600)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, output.decode()
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["test_cases"]["generated"] >= LEAST_CASES
    assert told["operations"]["tested"] == told["operations"]["total"]
