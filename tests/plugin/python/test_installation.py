"""Making the environment for real: a small wheel in a real virtual environment, and everything that can go wrong."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from qgis_plugin.core.python import installation
from qgis_plugin.core.python.environment import check_python, find_python, plugin_version, python_in
from qgis_plugin.core.python.installation import Installation
from qgis_plugin.core.python.own_environment import Options, log_file, status

pytestmark = pytest.mark.usefixtures("qgis_app")

#: Nothing can be listening there.
UNREACHABLE = "http://127.0.0.1:9/simple"


def small_wheel(folder, requires=""):
    """A wheel of what the check looks for: it takes a moment to install where the real one takes minutes."""
    version = plugin_version()
    path = folder / f"mmearth-{version}-py3-none-any.whl"
    about = f"mmearth-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: mmearth\nVersion: {version}\nProvides-Extra: torch\n"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("mmearth_core/__init__.py", f'__version__ = "{version}"\n')
        wheel.writestr("mmearth_core/worker/__init__.py", "")
        wheel.writestr("onnxruntime.py", '__version__ = "1.20.0"\n')
        wheel.writestr("rasterio.py", '__version__ = "1.4.0"\n')
        wheel.writestr(f"{about}/METADATA", metadata + (f"Requires-Dist: {requires}\n" if requires else ""))
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")
    return path


@pytest.fixture
def wheel(tmp_path):
    folder = tmp_path / "wheels"
    folder.mkdir()
    return small_wheel(folder)


@pytest.fixture
def needy_wheel(tmp_path):
    """Needs a package that has to come from the index."""
    folder = tmp_path / "needy"
    folder.mkdir()
    return small_wheel(folder, requires="mmearth-test-of-an-index")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "environment"


@pytest.fixture
def bare_pip(monkeypatch):
    """Only the index of the test counts, not what this computer's pip is set to."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def install(wait):
    """Runs an installation to its end; gives its signals in their order."""
    installation = Installation()
    seen = SimpleNamespace(ends=[], progress=[], installation=installation)
    installation.progressed.connect(lambda per_cent, text: seen.progress.append((per_cent, text)))
    installation.finished.connect(lambda: seen.ends.append(("finished",)))
    installation.failed.connect(lambda sentence, action: seen.ends.append(("failed", sentence, action)))
    installation.cancelled.connect(lambda: seen.ends.append(("cancelled",)))

    def run(options):
        installation.start(options)
        wait(lambda: seen.ends, 240, "the end of the installation")
        return seen

    run.seen = seen
    yield run
    installation.cancel()
    assert installation.wait(20)


def programs_in(folder):
    """Command lines of programs at work that name a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


def test_an_environment_is_made_counted_and_removed(install, wheel, folder, settings, monkeypatch, wait):
    monkeypatch.delenv("MMEARTH_PYTHON", raising=False)
    folder.mkdir()
    (folder / "mmearth.json").write_text("{}")  # QGIS was killed during an earlier installation
    (folder / "leftover").write_text("half")
    assert status(folder, wheel) == "unfinished"

    seen = install(Options(folder, wheels_folder=str(wheel.parent), package=wheel))

    assert seen.ends == [("finished",)], log_file().read_text()
    assert not (folder / "leftover").exists()
    assert status(folder, wheel) == "ready"
    settings.environment_folder = folder
    assert find_python(settings) == (str(python_in(folder)), "managed")
    assert check_python(python_in(folder)).ok
    shares = [per_cent for per_cent, _ in seen.progress]
    assert shares == sorted(shares)
    assert shares[-1] == 100
    assert not folder.with_name("environment.lock").exists()

    rebuilt = small_wheel(wheel.parent, requires="something-new")
    assert status(folder, rebuilt) == "update", "another wheel of the same version asks for an update"
    marker = json.loads((folder / "mmearth.json").read_text())
    (folder / "mmearth.json").write_text(json.dumps({**marker, "version": "0.0.1"}))
    assert status(folder, wheel) == "update"
    assert find_python(settings) is None

    seen.ends.clear()
    seen.installation.remove(folder)
    wait(lambda: seen.ends, 60, "the removal")
    assert seen.ends == [("finished",)]
    assert not folder.exists()


@pytest.mark.usefixtures("bare_pip")
def test_a_package_with_another_digest_is_not_installed(install, wheel, folder, tmp_path, monkeypatch):
    """What the plugin installs by itself has the digests that it comes with, wherever the index takes it from."""
    monkeypatch.setattr(installation, "shipped_package", lambda: wheel)
    index = tmp_path / "index" / "mmearth"
    index.mkdir(parents=True)
    shutil.copy(wheel, index)
    (index / "index.html").write_text(f'<a href="{wheel.name}">{wheel.name}</a>')
    wanted = tmp_path / "requirements.txt"
    monkeypatch.setattr(installation, "shipped_requirements", lambda: wanted)
    for digest, end in (("0" * 64, "failed"), (hashlib.sha256(wheel.read_bytes()).hexdigest(), "finished")):
        install.seen.ends.clear()
        wanted.write_text(f"mmearth=={plugin_version()} --hash=sha256:{digest}\n")
        seen = install(Options(folder, index_url=index.parent.as_uri()))
        assert seen.ends[0][0] == end, log_file().read_text()
        assert folder.exists() == (end == "finished")


def test_a_folder_without_wheels_is_refused_at_once(install, wheel, folder, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    seen = install(Options(folder, wheels_folder=str(empty), package=wheel))
    assert seen.ends == [("failed", f"{empty} holds no wheels.", seen.ends[0][2])]
    assert not folder.exists()


def test_wheels_that_lack_a_package_leave_nothing_behind(install, needy_wheel, folder):
    seen = install(Options(folder, wheels_folder=str(needy_wheel.parent), package=needy_wheel))
    kind, sentence, action = seen.ends[0]
    assert (kind, sentence[:23]) == ("failed", "A package does not exis")
    assert "all packages" in action
    assert not folder.exists()
    assert "mmearth-test-of-an-index" in log_file().read_text()


@pytest.mark.usefixtures("bare_pip")
def test_an_index_that_cannot_be_reached_is_told_without_its_password(install, needy_wheel, folder):
    address = UNREACHABLE.replace("//", "//someone:hush-hush@")
    seen = install(Options(folder, index_url=address, package=needy_wheel))
    assert seen.ends[0][:2] == ("failed", "The package index cannot be reached.")
    assert not folder.exists()
    log = log_file().read_text()
    assert "127.0.0.1" in log
    assert "hush-hush" not in log


@pytest.mark.usefixtures("bare_pip")
def test_cancel_ends_every_program_and_leaves_nothing(install, needy_wheel, folder, wait):
    with socket.create_server(("127.0.0.1", 0)) as server:  # takes the call and never says a word
        address = f"http://127.0.0.1:{server.getsockname()[1]}/simple"
        install.seen.installation.start(Options(folder, index_url=address, package=needy_wheel))
        wait(lambda: any("pip install" in line for line in programs_in(folder)), 120, "pip at work")
        server.settimeout(60)
        connection, _ = server.accept()
        with connection:
            install.seen.installation.cancel()
            wait(lambda: install.seen.ends, 20, "the end after the cancel")
    assert install.seen.ends == [("cancelled",)]
    assert programs_in(folder) == []
    assert not folder.exists()


def test_cancel_before_anything_has_begun(install, wheel, folder, wait):
    install.seen.installation.start(Options(folder, wheels_folder=str(wheel.parent), package=wheel))
    install.seen.installation.cancel()
    wait(lambda: install.seen.ends, 60, "the end after the cancel")
    assert install.seen.ends == [("cancelled",)]
    assert not folder.exists()


@pytest.mark.parametrize("gpu", [False, True])
def test_a_disk_without_room_is_told_before_anything_is_written(install, wheel, folder, monkeypatch, gpu):
    usage = shutil.disk_usage("/")._replace(free=int(4e9) if gpu else int(0.5e9))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    seen = install(Options(folder, wheels_folder=str(wheel.parent), gpu=gpu, package=wheel))
    assert seen.ends[0][0] == "failed"
    assert ("4.0 GB free" if gpu else "0.5 GB free") in seen.ends[0][1]
    assert not folder.exists()


def test_files_of_others_are_not_touched(install, wheel, folder, wait):
    folder.mkdir()
    (folder / "thesis.doc").write_text("years of work")
    assert status(folder) == "foreign"
    seen = install(Options(folder, wheels_folder=str(wheel.parent), package=wheel))
    assert seen.ends[0][:2] == ("failed", f"{folder} holds other files.")
    seen.ends.clear()
    seen.installation.remove(folder)
    wait(lambda: seen.ends, 20, "the refusal")
    assert seen.ends[0][0] == "failed"
    assert (folder / "thesis.doc").read_text() == "years of work"


def test_two_qgis_do_not_install_at_once(install, wheel, folder):
    from qgis.PyQt.QtCore import QLockFile

    other = QLockFile(str(folder.with_name("environment.lock")))
    assert other.tryLock(0)
    seen = install(Options(folder, wheels_folder=str(wheel.parent), package=wheel))
    assert seen.ends[0][1].startswith("Another QGIS is working on")
    other.unlock()


def test_the_lock_of_a_killed_qgis_does_not_block(install, folder):
    """A lock names the process that holds it; one that is gone holds nothing."""
    gone = subprocess.Popen(["/bin/true"])
    gone.wait()
    folder.with_name("environment.lock").write_text(f"{gone.pid}\npython\n{socket.gethostname()}\n\n\n")
    install.seen.installation.remove(folder)
    assert install.seen.installation.wait(20)
    assert not folder.with_name("environment.lock").exists()


def test_a_plugin_without_its_package_says_so(install, folder, monkeypatch):
    monkeypatch.setattr("qgis_plugin.core.python.installation.shipped_package", lambda: None)
    seen = install(Options(folder))
    assert "mmearth is missing from the plugin's folder" in seen.ends[0][1]


@pytest.mark.skipif(
    not os.environ.get("MMEARTH_FULL_INSTALL"),
    reason="installs 660 MB from the index pip is set to, in two minutes; set MMEARTH_FULL_INSTALL=1",
)
def test_the_real_package_from_the_index(install, folder):
    seen = install(Options(folder))
    assert seen.ends == [("finished",)], log_file().read_text()
    assert check_python(python_in(folder)).ok
