"""The reference of the Python functions as a folder of HTML, made of the docstrings: python .ci/api.py docs/api

Its first page is what `import mmearth_core` offers, the verbs first; behind it, one page for each module of the rooms.
"""

import pkgutil
import sys
from pathlib import Path

import pdoc

import mmearth_core


def write(folder: Path, *rooms: str) -> None:
    for name in mmearth_core.__all__:  # they are imported when first used, and pdoc reads what is there
        vars(mmearth_core)[name] = getattr(mmearth_core, name)
    pdoc.render.configure(docformat="google", show_source=False, footer_text=f"mmearth {mmearth_core.__version__}")
    pdoc.pdoc("mmearth_core", *(f"mmearth_core.{room}" for room in rooms), output_directory=folder)


if __name__ == "__main__":
    every = (each.name for each in pkgutil.iter_modules(mmearth_core.__path__))
    write(Path(sys.argv[1]), *(room for room in every if room != "__main__"))
