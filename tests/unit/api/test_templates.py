"""Templates: strict, compiled once, the caller's options never changed."""

from io import StringIO

import jinja2
import pytest

from pyinfra.api.util import get_template


def test_strict_and_keeps_the_last_newline():
    assert get_template(StringIO("hi {{ name }}\n")).render(name="x") == "hi x\n"
    with pytest.raises(jinja2.UndefinedError):
        get_template(StringIO("{{ nope }}")).render()


def test_the_callers_options_stay():
    options = {"loader": jinja2.DictLoader({"part": "included"})}
    for _ in range(2):
        assert get_template(StringIO("{% include 'part' %}"), options).render() == "included"
    assert list(options) == ["loader"]


def test_options_are_part_of_what_is_remembered():
    source = StringIO("[[ x ]]{{ x }}")
    assert get_template(source).render(x=1) == "[[ x ]]1"
    square = {"variable_start_string": "[[", "variable_end_string": "]]"}
    assert get_template(source, square).render(x=1) == "1{{ x }}"
    assert get_template(source) is get_template(source)
    assert get_template(source, square) is get_template(source, dict(square))
    loose = {"undefined": jinja2.Undefined, "extensions": ["jinja2.ext.do"]}
    assert get_template(StringIO("{{ nope }}"), loose).render() == ""


def test_files_and_includes_follow_the_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "t.j2"
    (tmp_path / "part.j2").write_text("part")
    path.write_text("one {% include 'part.j2' %}")
    assert get_template(str(path)).render() == "one part"
    path.write_text("two")
    assert get_template(str(path)).render() == "two"


def test_errors_name_the_file(tmp_path):
    path = tmp_path / "bad.j2"
    path.write_text("ok\n{% if %}")
    with pytest.raises(jinja2.TemplateSyntaxError) as raised:
        get_template(str(path))
    assert (raised.value.filename, raised.value.lineno) == (str(path), 2)
