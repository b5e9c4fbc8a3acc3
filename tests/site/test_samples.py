"""Code in the documentation: coloured, named, and in tabs where it says the same."""

from markdown_it import MarkdownIt

from pivotal_server.site.reading import read
from pivotal_server.site.samples import Sample, Samples
from pivotal_server.web.assets import Assets
from pivotal_server.web.rendering import Renderer

TABS = """```sh
curl http://127.0.0.1:8000/api/v1/me
```

```python
import pivotal
```

```ts
import { PivotalApi } from "@pivotal/api";
```
"""


def sample(info: str, code: str = "x\n") -> Sample:
    [fence] = MarkdownIt().parse(f"```{info}\n{code}```\n")
    return Sample.of(fence)


def test_a_fence_says_what_it_is() -> None:
    assert sample('python title="my receiver.py"')[:3] == ("python", "my receiver.py", None)
    assert sample("sh terminal=2")[:3] == ("sh", None, "2")
    assert sample("")[:3] == ("", None, None)
    assert sample("sh", "curl http://x\n").name == "curl"
    assert sample("sh", "ls\n").name == "Shell"
    assert sample("ts").name == "TypeScript"


def test_only_samples_that_can_say_the_same_do() -> None:
    python, shell = sample("python"), sample("sh")
    assert shell.says_the_same_as(python)
    assert not python.says_the_same_as(sample("python"))
    assert not python.says_the_same_as(sample("json"))
    assert not sample('python title="a.py"').says_the_same_as(shell)
    assert not python.says_the_same_as(sample("sh terminal=2"))
    assert sample('python title="a.py"').says_the_same_as(sample('ts title="a.ts"'))


def test_words_of_code_are_marked_and_nothing_else_is_html() -> None:
    html = sample("python", 'def f() -> None:\n    return "<b>"  # why\n').html
    assert '<span class="code-keyword">def' in html
    assert '<span class="code-string">&#34;&lt;b&gt;&#34;' in html
    assert '<span class="code-comment"># why</span>' in html
    assert sample("", "<i> & co\n").html == "&lt;i&gt; &amp; co"
    assert "style=" not in html


def test_runs_of_samples_become_tabs() -> None:
    body = f'# T\n\n{TABS}\n```json\n{{}}\n```\n\n```python title="a.py"\nx\n```\n\n```sh terminal=2\nx\n```\n'
    shown = Samples(Renderer(Assets.load(), (), ()))
    html = read(body, "docs/x.md", lambda _: None, shown.show).html
    assert html.count('role="tablist"') == 1
    assert html.count('role="tab"') == html.count('role="tabpanel"') == 3
    assert html.count("docs-samples single") == 3
    assert ">Answer</span>" in html
    assert ">a.py</span>" in html
    assert "Terminal 2" in html
