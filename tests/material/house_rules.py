"""Rules that every module of a part of the house keeps: one test a rule, which names all modules that break it."""

import inspect
from collections.abc import Callable, Iterable
from pathlib import Path


def for_every(modules: Iterable[Path], name_of: Callable[[Path], str]) -> Callable[[Callable[..., None]], Callable]:
    """Makes a test of a check of one module, its `path`; what else the check takes are fixtures."""

    def make(check: Callable[..., None]) -> Callable[..., None]:
        def test(**fixtures: object) -> None:
            broken = []
            for path in modules:
                try:
                    check(path=path, **fixtures)
                except AssertionError as error:
                    broken.append(f"{name_of(path)}: {error}")
            assert not broken, "\n".join(broken)

        signature = inspect.signature(check)
        others = [each for name, each in signature.parameters.items() if name != "path"]
        test.__signature__ = signature.replace(parameters=others)
        test.__name__, test.__doc__, test.__module__ = check.__name__, check.__doc__, check.__module__
        return test

    return make
