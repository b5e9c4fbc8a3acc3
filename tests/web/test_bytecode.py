"""Compiled templates are kept for the next process."""

import subprocess
import sys
from pathlib import Path

from pivotal_server.web import rendering

_COMPILE = """
from pivotal_server.web.rendering import _bytecode_cache
cache = _bytecode_cache()
print(cache and cache.directory)
"""


def cache_of(*options: str) -> str:
    done = subprocess.run([sys.executable, *options, "-c", _COMPILE], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_templates_are_kept_beside_what_python_keeps_and_nowhere_where_it_may_keep_nothing() -> None:
    kept = Path(cache_of("-E"))
    assert kept.parent == Path(rendering.__file__).parent / "__pycache__"
    assert kept.is_dir()
    assert cache_of("-B") == "None"
