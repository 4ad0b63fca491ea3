import pytest

from api.web.worker_script import as_one_script

SW = 'import { answer, twice as double } from "./static/app/one.js";\nconsole.log(double(answer));\n'
ONE = (
    'import { two } from "./two.js";\nconst own = "one";\nexport const answer = 21;\n'
    "export async function twice(value) {\n  return value * two();\n}\n"
)
TWO = 'const own = "two";\nexport const two = () => own.length - 1;\nexport class Unused {}\n'
SOURCES = {"/sw.js": SW, "/static/app/one.js": ONE, "/static/app/two.js": TWO}


def test_each_module_has_a_scope_of_its_own_before_those_that_need_it() -> None:
    script = as_one_script("/sw.js", SOURCES)

    assert script.split("\n") == [
        *("const module_two = (() => {", 'const own = "two";', "const two = () => own.length - 1;", "class Unused {}"),
        *("", "return { two, Unused };", "})();"),
        *("const module_one = (() => {", "const { two } = module_two;", 'const own = "one";', "const answer = 21;"),
        *("async function twice(value) {", "  return value * two();", "}", "", "return { answer, twice };", "})();"),
        *("const { answer, twice: double } = module_one;", "console.log(double(answer));", ""),
    ]


def test_a_module_that_two_import_stands_once() -> None:
    sources = SOURCES | {"/sw.js": 'import { two } from "./static/app/two.js";\n' + SW}

    assert as_one_script("/sw.js", sources).count("class Unused") == 1


@pytest.mark.parametrize("left", ["import ", "export "])
def test_nothing_of_modules_is_left(left: str) -> None:
    assert f"\n{left}" not in as_one_script("/sw.js", SOURCES)
