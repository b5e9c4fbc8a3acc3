"""What readers have on their machines: Python with the SDK, Node with the SDK, and a directory for each page."""

import asyncio
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path

from tests.docs.samples.fences import Fence
from tests.docs.samples.shell import CURLRC, ROOT

_PACKAGES = ROOT / "src" / "pivotal_server" / "site" / "packages"
_NODE_PACKAGES = ROOT / ".cache" / "samples" / "node_modules"
_NODE_TOOLS = ROOT / "sdk" / "typescript" / "node_modules" / ".bin"
_TSCONFIG = """{{
  "compilerOptions": {{
    "target": "es2022", "lib": ["es2023", "dom", "dom.iterable", "dom.asynciterable"], "module": "nodenext",
    "moduleDetection": "force", "noEmit": true, "skipLibCheck": true, "strict": true,
    "types": ["node"], "typeRoots": ["{types}"]
  }}
}}"""


def lay_out(directory: Path) -> None:
    """Install the SDKs: that of TypeScript where every directory below finds it, that of Python into ``venv/``."""
    lay_out_node(directory)
    make_venv(directory / "venv")


def lay_out_node(directory: Path) -> None:
    """Install the TypeScript SDK where every directory below finds it; Express comes with ``tools/samples/run``."""
    [packed] = _PACKAGES.glob("pivotal-api-*.tgz")
    with tarfile.open(packed) as opened:
        opened.extractall(directory, filter="data")
    (directory / "node_modules" / "@pivotal").mkdir(parents=True)
    (directory / "package").rename(directory / "node_modules" / "@pivotal" / "api")
    (directory / "node_modules" / "express").symlink_to(_NODE_PACKAGES / "express")
    (directory / "package.json").write_text('{"private": true, "type": "module"}')


def make_venv(directory: Path) -> None:
    """Make an environment of Python that has what this one has, and a pip that installs into it."""
    venv.create(directory, system_site_packages=True)
    [packages] = (directory / "lib").glob("python*/site-packages")
    here = sysconfig.get_path("purelib")
    (packages / "tests.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    pip = directory / "bin" / "pip"
    pip.write_text(f'#!/bin/sh\nexec "{directory}/bin/python" -m pip "$@"\n')
    pip.chmod(0o755)


def page_directory(work: Path, page: str) -> Path:
    """Make the directory that a page's samples run in."""
    made = bare_directory(work / page.removesuffix(".md").replace("/", "-"))
    (made / "package.json").write_text('{"private": true, "type": "module"}')
    return made


def bare_directory(made: Path) -> Path:
    """Make a directory that is somebody's home, and nothing in it but that curl tells what it was answered."""
    made.mkdir()
    (made / ".curlrc").write_text(CURLRC)
    return made


def environment(work: Path, directory: Path, fences: list[Fence], **variables: str) -> dict[str, str]:
    """Return the variables of a page's terminal; whoever installs something gets a Python of its own."""
    python = work / "venv"
    if any("pip install" in fence.text for fence in fences if fence.language == "sh"):
        python = directory / "venv"
        make_venv(python)
    return {**environment_of(directory, python), **variables}


def environment_of(directory: Path, python: Path) -> dict[str, str]:
    """Return the variables of a terminal whose home is a directory, with an environment of Python before ours."""
    path = os.pathsep.join((str(python / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]))
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore", "npm_config_audit": "false"}
    quiet |= {"npm_config_fund": "false", "npm_config_update_notifier": "false", "PYTHONUNBUFFERED": "1"}
    here = {"PATH": path, "HOME": str(directory), "CURL_HOME": str(directory), "no_proxy": "127.0.0.1,localhost"}
    return {**os.environ, **here, **quiet}


async def compile_all(fences: list[Fence], work: Path) -> dict[str, str]:
    """Check the types of all samples in TypeScript at once and return what Node runs, by place.

    Raises:
        AssertionError: types do not fit; it says where.
    """
    source, made = work / "typescript", work / "typescript" / "made"
    source.mkdir()
    (source / "tsconfig.json").write_text(_TSCONFIG.format(types=_NODE_PACKAGES / "@types"))
    names = {f"sample-{number}": fence for number, fence in enumerate(fences) if fence.language == "ts"}
    for name, fence in names.items():
        (source / f"{name}.ts").write_text(fence.text)
    problems = await _tool("tsc", "--project", source, "--pretty", "false", cwd=source)
    for name, fence in names.items():
        problems = problems.replace(f"{name}.ts", fence.place)
    assert problems == ""
    said = await _tool("esbuild", *source.glob("*.ts"), f"--outdir={made}", "--log-level=warning", cwd=source)
    assert said == ""
    return {fence.place: (made / f"{name}.js").read_text() for name, fence in names.items()}


async def _tool(name: str, *arguments: str | Path, cwd: Path) -> str:
    """Run one of the SDK's own tools and return what it complains of."""
    process = await asyncio.create_subprocess_exec(
        *(ROOT / "tools" / "samples" / "run", _NODE_TOOLS / name, *arguments),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert out or process.returncode == 0, f"{name} ended with {process.returncode}"
    return out.decode() if process.returncode else ""
