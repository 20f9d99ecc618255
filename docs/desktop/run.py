"""Start the real QGIS desktop with the plugin in a fresh profile, and walk through it: pictures for docs/qgis.md.

    python3 docs/desktop/run.py PACKAGE.zip --python WORKER_PYTHON [--dark] [--locale de] [--pictures docs/images]
        [--scene demo|ten-bands|degrees] [--size 1920x1080]

Needs qgis and Xvfb (Debian: apt-get install --no-install-recommends qgis python3-qgis xvfb). The scene is that of
`mmearth demo`, or the same as others have theirs (`scenes.py`). Runs on any machine without a screen, and takes a few
minutes. Where pngquant is installed, the pictures are made smaller with it; pictures NAME-00.png, NAME-01.png … become
one that moves, NAME.webp, where ImageMagick is.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
NAME = "mmearth_few_shot_mapper"
SETTINGS = """[General]
[UI]
UITheme={theme}
[locale]
overrideFlag=true
userLocale={locale}
globalLocale={locale}
[PythonPlugins]
{name}=true
[app]
projections/defaultProjectCrs=EPSG:32632
[qgis]
checkVersion=false
showTips=false
hideTips=true
askToSaveMemoryLayers=false
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="the plugin's zip, or its folder")
    parser.add_argument("--python", required=True, help="the Python that has mmearth")
    parser.add_argument("--pictures", type=Path, default=HERE.parent / "images")
    parser.add_argument("--dark", action="store_true", help="QGIS' dark theme; pictures are called qgis-dark-*")
    parser.add_argument("--walk", default="walk", help="the file here that QGIS runs: walk, following, tour …")
    parser.add_argument("--locale", default="", help="QGIS' language, such as de; pictures are called qgis-de-*")
    parser.add_argument(
        "--scene", default="demo", help="demo, ten-bands or degrees; but for demo, it is in the pictures' names"
    )
    parser.add_argument("--size", default="1366x768", help="of the screen")
    parser.add_argument("--keep", type=Path, help="work in this folder and keep it")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="mmearth-desktop-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return walk(options, folder)
    finally:
        if options.keep is None:
            shutil.rmtree(folder)


def walk(options: argparse.Namespace, folder: Path) -> int:
    material = folder / "material"
    if not (material / "reference.gpkg").exists():
        command = [options.python, "-m", "mmearth_core", "demo", str(material), "--overwrite", "--quiet"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=HERE.parents[1])
    if options.scene != "demo" and not (material / options.scene).exists():
        made = [options.python, str(HERE / "scenes.py"), options.scene, str(material / "scene.tif")]
        subprocess.run(made, check=True)
        (material / options.scene).touch()
    for leftover in (
        each for name in ("map", "model", "reference", "samples") for each in material.glob(f"scene_{name}*")
    ):
        leftover.unlink()
    profile = folder / "profiles" / "default"
    shutil.rmtree(folder / "profiles", ignore_errors=True)
    shutil.rmtree(folder / "home", ignore_errors=True)
    install(options.package, profile / "python" / "plugins")
    (profile / "QGIS").mkdir(parents=True)
    theme = "Night Mapping" if options.dark else "default"
    (profile / "QGIS" / "QGIS3.ini").write_text(
        SETTINGS.format(theme=theme, name=NAME, locale=options.locale or "en_US"), encoding="utf-8"
    )
    told = ("" if options.scene == "demo" else options.scene, "dark" if options.dark else "", options.locale)
    environment = {
        **os.environ,
        "HOME": str(folder / "home"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "MMEARTH_PYTHON": options.python,
        "MMEARTH_HOME": str(folder / "home" / ".mmearth"),
        "WALK_MATERIAL": str(material),
        "WALK_PICTURES": str(options.pictures.resolve()),
        "WALK_PREFIX": "".join(f"{part}-" for part in ("qgis", *told) if part),
        "WALK_FOLDER": str(HERE),
        "WALK_SIZE": options.size,
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "LC_ALL": "C.UTF-8",
    }
    # QGIS' Python finds its own modules by the PATH: no other Python may come first.
    environment["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    for name in ("QT_QPA_PLATFORM", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"):
        environment.pop(name, None)
    for each in ("home", "run"):
        (folder / each).mkdir(exist_ok=True, mode=0o700)
    options.pictures.mkdir(parents=True, exist_ok=True)
    command = [
        *("xvfb-run", "-a", "-s", f"-screen 0 {options.size}x24", "qgis", "--nologo", "--noversioncheck"),
        *("--profiles-path", str(folder), "--profile", "default", "--code", str(HERE / f"{options.walk}.py")),
    ]
    ended = subprocess.run(command, env=environment, timeout=900, check=False).returncode
    if ended == 0:
        put_in_motion(options.pictures, environment["WALK_PREFIX"])
    pictures = [str(path) for path in options.pictures.glob(f"{environment['WALK_PREFIX']}*.png")]
    if ended == 0 and pictures and shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--quality", "80-98", "--ext", ".png", *pictures], check=True)
    return ended


def put_in_motion(folder: Path, prefix: str) -> None:
    """Pictures that are numbered become one that moves, twice and with the last of them longest; they themselves go."""
    convert = shutil.which("convert")
    for first in folder.glob(f"{prefix}*-00.png") if convert else ():
        name = first.stem.removesuffix("-00")
        *frames, last = sorted(folder.glob(f"{name}-[0-9][0-9].png"))
        moving = ["-delay", "80", *map(str, frames), "-delay", "400", str(last), "-resize", "1024x", "-quality", "60"]
        subprocess.run([convert, *moving, "-loop", "2", str(folder / f"{name}.webp")], check=True)
        for each in (*frames, last):
            each.unlink()


def install(package: Path, plugins: Path) -> None:
    plugins.mkdir(parents=True)
    if package.is_dir():
        ignored = shutil.ignore_patterns("__pycache__", "wheels")
        shutil.copytree(package, plugins / NAME, ignore=ignored)
        return
    with zipfile.ZipFile(package) as archive:
        archive.extractall(plugins)


if __name__ == "__main__":
    sys.exit(main())
